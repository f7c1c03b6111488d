"""What a command is: a code with typed fields, a time, an effect and a source. The commands: `commands`.

Request: access password (2 bytes, packed decimal), code, for a family its sub-command, fields. Answer: `55h err`,
mostly one more byte (extended code or zero), data; four commands begin otherwise. Source: protocol notes, section 3.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Generic, TypeVar

from drivers.api import Effect
from drivers.fields import RAW_REST, Cursor, FieldError, bcd, decode_record, encode_record, layout

Q = TypeVar("Q")
A = TypeVar("A")

ANSWER = 0x55
OK_CODES = frozenset({0x00, 0x01})  # 01: control tape processed, counts as success


class Head(Enum):
    """How a good answer begins."""

    ERR = "err"  # 55h, err, data
    STATE = "state"  # 55h, data: 45h has no err
    BARE = "bare"  # err, data: A5h
    OWN = "own"  # its own first byte, data; a failure comes as 55h err


@dataclass(frozen=True)
class Command(Generic[Q, A]):
    """One command. `sub`: bytes after the code that name it (A4h 30h). `timeout_s`: from its last byte to the first
    byte of the answer. `title`: the vendor's or the common name. `own`: first byte of the answer with Head.OWN."""

    code: int
    title: str
    request: type[Q]
    reply: type[A]
    timeout_s: float
    effect: Effect
    source: str
    sub: bytes = b""
    head: Head = Head.ERR
    own: int = 0

    @property
    def name(self) -> str:
        """The code as the documents write it: `3Fh`, `A4h 30h`."""
        return " ".join(f"{byte:02X}h" for byte in bytes((self.code,)) + self.sub)


@dataclass(frozen=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True)
class Rest:
    """Whatever the answer carries after `55 err`."""

    data: Annotated[bytes, RAW_REST] = b""


PASSWORD = bcd(2)


def encode_command(command: Command[Q, A], request: Q, password: int) -> bytes:
    """Payload of a request. `password`: 0..9999. Raises FieldError when a value does not fit its field."""
    return PASSWORD.encode(password) + bytes((command.code,)) + command.sub + encode_record(request)


@dataclass(frozen=True)
class Failure:
    """An error answer; `extra` is the byte after the code, 0 when there is none."""

    code: int
    extra: int = 0


def split_reply(command: Command[Q, A], payload: bytes) -> bytes | Failure:
    """The fields of a good answer, or the failure. Raises FieldError when it is neither."""
    if not payload:
        raise FieldError("an answer without bytes")
    if command.head is Head.OWN and payload[0] == command.own:
        return payload[1:]
    if command.head is Head.BARE and payload[0] != ANSWER:
        return payload[1:] if payload[0] in OK_CODES else Failure(payload[0])
    if payload[0] != ANSWER or len(payload) < 2:
        raise FieldError(f"an answer that begins {payload[:2].hex(' ').upper()}")
    if command.head is Head.STATE:
        return payload[1:]
    if payload[1] in OK_CODES and command.head is Head.ERR:
        return payload[2:]
    return Failure(payload[1], payload[2] if len(payload) > 2 else 0)


def decode_reply(command: Command[Q, A], fields: bytes) -> A:
    """The answer's fields; more bytes than the layout are fine. Raises FieldError when too short."""
    return decode_record(command.reply, fields)


def surplus(command: Command[Q, A], fields: bytes) -> int:
    """Bytes of an answer beyond its layout. Raises FieldError when too short."""
    cursor = Cursor(fields)
    for _, wire in layout(command.reply):
        wire.decode(cursor)
    return cursor.left
