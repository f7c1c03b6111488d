"""Questions to a real Shtrih-M register that decide what sources leave open. Only commands that change nothing.

The list below is a wall: a command that is not on it is never sent, whatever a check asks for. FF3Bh moves the reading
position of a document and nothing else. Source: protocol notes, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.exchange import Answer, exchange
from drivers.shtrih.frame import FILLER
from drivers.shtrih.link import ShtrihLink
from drivers.streams.byte_stream import ByteStream

WITH_PASSWORD = frozenset({0x10, 0x11, 0x1F, 0x26, 0x2E}) | frozenset(
    {0xFF01, 0xFF03, 0xFF09, 0xFF0A, 0xFF3A, 0xFF3B, 0xFF3F}
)
WITHOUT_PASSWORD = frozenset({0xFC, 0xF7, 0x6B})
TIMEOUT_S = 10.0
SHORTEST_SECRET = 5  # digits; a shorter one would hide counters


class UnansweredError(Exception):
    """The device stopped answering; the text is for the report."""


@dataclass(frozen=True)
class Reply:
    """`code` 0 = done. `data`: what follows the result byte. `short`: an FF command refused as `FF code`, two bytes."""

    code: int
    data: bytes
    short: bool = False


class Questions:
    """Asks over one open stream; the same question is sent once. `password`: the system administrator's."""

    def __init__(self, stream: ByteStream, monotonic: Callable[[], float], password: int) -> None:
        self.stream = stream
        self.monotonic = monotonic
        self._password = password
        self._link = ShtrihLink()
        self._known: dict[tuple[int, bytes], Reply] = {}

    def ask(self, code: int, parameters: bytes = b"") -> Reply:
        """The answer to a question, from memory when it was asked before. Raises UnansweredError."""
        known = self._known.get((code, parameters))
        if known is None:
            known = self._known[code, parameters] = self.ask_again(code, parameters)
        return known

    def ask_again(self, code: int, parameters: bytes = b"") -> Reply:
        """The same, always sent: for answers that change, as the pieces of a document."""
        payload = self.payload(code, parameters)
        result = exchange(self.stream, self._link, payload, TIMEOUT_S, self.monotonic)
        if not isinstance(result, Answer):
            raise UnansweredError(f"{code:02X}h: {result.fault.value}")
        return reply_of(code, result.payload)

    def payload(self, code: int, parameters: bytes = b"") -> bytes:
        """Bytes of a question. Raises ValueError for a command that is not on the list."""
        if code not in WITH_PASSWORD | WITHOUT_PASSWORD:
            raise ValueError(f"{code:02X}h is no question")
        head = code.to_bytes(2 if code > 0xFF else 1, "big")
        secret = self._password.to_bytes(4, "little") if code in WITH_PASSWORD else b""
        return head + secret + parameters


def reply_of(code: int, payload: bytes) -> Reply:
    """Result and data of an answer's payload."""
    if len(payload) == 2 and payload[0] == FILLER:
        return Reply(payload[1], b"", short=True)
    size = 2 if code > 0xFF else 1
    return Reply(payload[size], payload[size + 1 :])


def secrets_of(questions: Questions) -> tuple[str, ...]:
    """Numbers that must not leave the shop, as this device tells them: of the register, the FN, INN, RNM."""
    status, storage, registration = questions.ask(0x11), questions.ask(0xFF01), questions.ask(0xFF09)
    told = [str(int.from_bytes(status.data[30:34], "little")), str(int.from_bytes(status.data[40:46], "little"))]
    texts = [storage.data[10:26], registration.data[5:17], registration.data[17:37]]
    texts += [questions.ask(0x1F, bytes((18, 1, 0, field))).data for field in (1, 2, 3, 4)]
    told += [text.split(b"\0", 1)[0].decode("ascii", "replace").strip() for text in texts]
    return tuple(dict.fromkeys(number for number in told if len(number) > SHORTEST_SECRET))
