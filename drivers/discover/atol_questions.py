"""Questions to a real ATOL register that decide what sources leave open. Only commands that change nothing.

The lists below are a wall: a command that is not on them is never sent, whatever a check asks for. No mode is entered,
no buffer emptied. A4h 46h moves the reading position of a document and nothing else. Source: protocol notes, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.api import Done, Effect, Refused
from drivers.atol.command import Command, Head, Rest
from drivers.atol.link_v2 import LinkV2
from drivers.atol.meeting import V3
from drivers.atol.session import AtolLink, Session
from drivers.discover.atol import PATIENCE_V2, guest_link
from drivers.discover.questions import SHORTEST_SECRET, UnansweredError
from drivers.streams.byte_stream import ByteStream

OPEN = frozenset({0x3F, 0x45, 0x46, 0x4D, 0x58, 0x91, 0x9D, 0xA5, 0xB3, 0xE9})
STORAGE = 0xA4
STORAGE_OPEN = frozenset({0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x40, 0x42, 0x43, 0x45, 0x46})
HEADS = {0x3F: Head.OWN, 0x4D: Head.OWN, 0x45: Head.STATE, 0xA5: Head.BARE, 0xB3: Head.STATE}
OWN = {0x3F: 0x44, 0x4D: 0x4D}
TIMEOUT_S = 10.0
SERIAL_AT, LONG_SERIAL = slice(9, 13), b"\x91\x16\0\0"  # of 3Fh, after its first byte
STORAGE_NUMBER, REGISTRATION = b"\xa4\x31", b"\xa4\x43"


@dataclass(frozen=True)
class AtolReply:
    """`code` 0 = done. `data`: what follows `55 err`, or the first byte of an answer that begins otherwise."""

    code: int
    data: bytes


class AtolQuestions:
    """Asks over one open stream; the same question is sent once. `protocol` v2 or v3; `password`: the access one."""

    def __init__(self, stream: ByteStream, monotonic: Callable[[], float], protocol: str, password: int = 0) -> None:
        self.stream = stream
        self.monotonic = monotonic
        self.password = password
        link: AtolLink = guest_link(monotonic()) if protocol == V3 else LinkV2(PATIENCE_V2)
        self._session = Session(stream, monotonic, link, password)
        self._known: dict[bytes, AtolReply] = {}

    def ask(self, question: bytes) -> AtolReply:
        """The answer to a question (command and parameters), from memory when it was asked. Raises UnansweredError."""
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self.ask_again(question)
        return known

    def ask_again(self, question: bytes) -> AtolReply:
        """The same, always sent: for answers that change, as the pieces of a document."""
        require_question(question)
        code = question[0]
        command = Command(
            code, "", Rest, Rest, TIMEOUT_S, Effect.QUERY, "", head=HEADS.get(code, Head.ERR), own=OWN.get(code, 0)
        )
        outcome = self._session.run(command, Rest(question[1:]))
        if isinstance(outcome, Done):
            return AtolReply(0, outcome.reply.data)
        if isinstance(outcome, Refused):
            return AtolReply(outcome.code, b"")
        raise UnansweredError(f"{code:02X}h: {outcome.fault.value}")

    def task(self, question: bytes) -> bytes:
        """A question as both low levels carry it: password, command, parameters."""
        require_question(question)
        return bytes.fromhex(f"{self.password:04d}") + question


def require_question(question: bytes) -> None:
    """Raises ValueError for what is not on the lists."""
    allowed = question[0] in OPEN or (question[0] == STORAGE and question[1] in STORAGE_OPEN)
    if not allowed:
        raise ValueError(f"{question[:2].hex(' ')} is no question")


def secrets_of(questions: AtolQuestions) -> tuple[str, ...]:
    """Numbers that must not leave the shop, as this register tells them: of the register, the FN, INN, RNM."""
    status, long = questions.ask(b"\x3f"), questions.ask(LONG_SERIAL)
    told = [status.data[SERIAL_AT].hex(), long.data[:7].hex(), long.data[:7].hex().lstrip("0")]
    storage, registration = questions.ask(STORAGE_NUMBER), questions.ask(REGISTRATION)
    texts = [storage.data[:16], registration.data[5:17], registration.data[17:37]]
    told += [text.split(b"\0", 1)[0].decode("ascii", "replace").strip() for text in texts]
    told += [number.lstrip("0") for number in told]
    return tuple(dict.fromkeys(number for number in told if len(number) > SHORTEST_SECRET))
