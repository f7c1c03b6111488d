"""From the lines of a recorded trace back to exchanges. Format of a line: `drivers.streams.trace.TraceRecord.line`.

Passwords are blanked in a trace (`**`), and with them the frame's check byte: both are put back as password 30.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from drivers.shtrih.command import Command, Password
from drivers.shtrih.commands import BY_CODE
from drivers.shtrih.frame import ACK, ENQ, FILLER, NAK, STX, FrameReader, Reading, answers, code_length, lrc

LINE = re.compile(r"\s*(\d{1,12}\.\d{1,9}) ([<>!]) (.*)")
BYTES = re.compile(r"(?:[0-9A-F]{2}|\*\*)(?: (?:[0-9A-F]{2}|\*\*))*")
HIDDEN = "**"
CONTROL = frozenset({ENQ, ACK, NAK, FILLER})
OTHER_FRAME = 0x8F  # starts a frame of protocol 2.0, which is not read here
STAND_IN = (30).to_bytes(4, "little")
PASSWORD_SIZE = 4
MOST_BYTES = 8 << 20  # of one file: about 50,000 exchanges


class TraceError(ValueError):
    """A line is not what a trace holds; `line` counts from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class Token:
    """One thing said: a control byte, a whole frame (STX to LRC), or bytes that are neither (`broken`): they may be a
    piece of a frame, with anything in it."""

    side: str  # ">" host, "<" device
    content: bytes
    broken: bool = False

    @property
    def payload(self) -> bytes:
        """What a frame carries; b"" for anything else."""
        return self.content[2:-1] if not self.broken and self.content[0] == STX and len(self.content) > 3 else b""


@dataclass
class Exchange:
    """One command from its ENQ to the ACK of its answer. `reply` None: no answer to it is in the trace."""

    at_s: float
    tokens: list[Token] = field(default_factory=list)
    request: bytes = b""
    reply: bytes | None = None
    notes: list[str] = field(default_factory=list)  # what happened to the port meanwhile

    @property
    def code(self) -> int:
        """FF46h is 0xFF46."""
        return int.from_bytes(self.request[: code_length(self.request)], "big")

    @property
    def command(self) -> Command[object, object] | None:
        return BY_CODE.get(self.code)


def read_trace(text: str) -> list[Exchange]:
    """Every exchange that has a command in it, in order. Raises TraceError."""
    return [each for each in _exchanges(_events(text)) if each.request]


def _events(text: str) -> Iterator[tuple[float, str, str | list[Token]]]:
    """(seconds, side, tokens) for bytes, (seconds, "!", words) for what happened to the port."""
    parser = _DeviceBytes()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise TraceError(number, "no time, direction and bytes")
        at_s, side, words = float(found[1]), found[2], found[3]
        if side == "!":
            yield at_s, side, words
            continue
        if not BYTES.fullmatch(words):
            raise TraceError(number, "not bytes in hexadecimal")
        if side == ">":
            yield at_s, side, [_written(words.split(), number)]
        elif HIDDEN in words:
            raise TraceError(number, "hidden bytes in what the device said")
        else:
            yield at_s, side, parser.tokens(bytes.fromhex(words))


def _written(words: list[str], number: int) -> Token:
    """One write of the host: a control byte or a frame."""
    content = bytearray(0 if word == HIDDEN else int(word, 16) for word in words)
    hidden = [at for at, word in enumerate(words) if word == HIDDEN]
    if content[0] == OTHER_FRAME:
        return Token(">", bytes(content), broken=True)
    if hidden:
        start = 2 + code_length(bytes(content[2:]) or b"\0")
        if content[0] != STX or hidden != [*range(start, start + PASSWORD_SIZE), len(content) - 1]:
            raise TraceError(number, "bytes are hidden where no password stands")
        content[start : start + PASSWORD_SIZE] = STAND_IN
        content[-1] = lrc(content[1:-1])
    control = len(content) == 1 and content[0] in CONTROL
    whole = control or (content[0] == STX and _is_frame(bytes(content)))
    return Token(">", bytes(content), broken=not whole)


def _is_frame(content: bytes) -> bool:
    reader = FrameReader()
    readings = [reader.feed(byte) for byte in content[1:]]
    return readings.count(Reading.WHOLE) == 1 and readings[-1] is Reading.WHOLE


class _DeviceBytes:
    """Cuts what the device said into tokens, however it was split into reads."""

    def __init__(self) -> None:
        self._frame = bytearray()
        self._reader: FrameReader | None = None

    def tokens(self, chunk: bytes) -> list[Token]:
        found = []
        for byte in chunk:
            if self._reader is not None:
                self._frame.append(byte)
                reading = self._reader.feed(byte)
                if reading is not Reading.MORE:
                    found.append(Token("<", bytes(self._frame), broken=reading is Reading.BROKEN))
                    self._reader = None
            elif byte == STX:
                self._reader, self._frame = FrameReader(), bytearray((STX,))
            else:
                found.append(Token("<", bytes((byte,)), broken=byte not in CONTROL))
        return found


def _exchanges(events: Iterable[tuple[float, str, str | list[Token]]]) -> Iterator[Exchange]:
    current: Exchange | None = None
    for at_s, _, said in events:
        if isinstance(said, str):
            if current is not None and said not in ("drain", "open", "close"):
                current.notes.append(said)
            continue
        for token in said:
            if current is None:
                current = Exchange(at_s)
            elif token.side == ">" and token.payload and current.request not in (b"", token.payload):
                yield current  # another command, and no ACK ended the one before
                current = Exchange(at_s)
            current.tokens.append(token)
            if token.side == ">" and token.payload:
                current.request = token.payload
            elif token.payload and current.request and answers(current.request, token.payload):
                current.reply = token.payload
            elif token == Token(">", bytes((ACK,))) and current.reply is not None:
                yield current
                current = None
    if current is not None:
        yield current


def parameters_of(exchange: Exchange) -> bytes:
    """The request after its code and password."""
    command = exchange.command
    secret = PASSWORD_SIZE if command is not None and command.password is not Password.NONE else 0
    return exchange.request[code_length(exchange.request) + secret :]
