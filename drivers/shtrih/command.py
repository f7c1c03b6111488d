"""What a command is: a code with typed fields, a time, an effect and a source. The commands: `commands`.

Request: code (1 byte, or FFh and one more), password (4 bytes little-endian, unless the command has none), fields.
Answer: the same code, result byte, and fields only when the result is 0. Source: Shtrih-M protocol 2.0,
chapter on commands; protocol notes, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Generic, TypeVar

from drivers.api import Effect
from drivers.fields import U8, decode_record, encode_record, optional
from drivers.shtrih.frame import FILLER, code_length

Q = TypeVar("Q")
A = TypeVar("A")


class Password(Enum):
    """Whose password a command asks for. 30 (system administrator) is accepted by every one."""

    NONE = "none"
    OPERATOR = "operator"  # 1..30
    ADMIN = "admin"  # 29 or 30
    SYSTEM = "system"  # 30


@dataclass(frozen=True)
class Command(Generic[Q, A]):
    """One command. `timeout_s`: from its last byte to the first byte of the answer. `title`: the vendor's name."""

    code: int
    title: str
    request: type[Q]
    reply: type[A]
    timeout_s: float
    effect: Effect
    password: Password
    source: str

    @property
    def name(self) -> str:
        """The code as the documents write it: `10h`, `FF45h`."""
        return f"{self.code:02X}h"


@dataclass(frozen=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True)
class Operator:
    """Most answers carry the number of the operator whose password was given, 1..30; some firmware leaves it out."""

    operator: Annotated[int | None, optional(U8)] = None


def encode_command(command: Command[Q, A], request: Q, password: int) -> bytes:
    """Payload of a request. Raises FieldError when a value does not fit its field."""
    code = command.code.to_bytes(2 if command.code > 0xFF else 1, "big")
    secret = b"" if command.password is Password.NONE else password.to_bytes(4, "little")
    return code + secret + encode_record(request)


def split_reply(payload: bytes) -> tuple[int, bytes]:
    """Result byte and the fields after it. An unknown FF command may be answered `FF error`, two bytes."""
    if len(payload) == 2 and payload[0] == FILLER:
        return payload[1], b""
    size = code_length(payload)
    return payload[size], payload[size + 1 :]


def decode_reply(command: Command[Q, A], fields: bytes) -> A:
    """The answer's fields after result 0; more bytes than the layout are fine. Raises FieldError when too short."""
    return decode_record(command.reply, fields)
