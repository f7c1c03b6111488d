"""The table of commands: code, name, request layout, password kind, handler.

A handler gets a :class:`Call` and returns the answer's fields after the result byte (and after the operator
number, which is put in front by itself where the notes list it). It refuses by raising ``CommandError`` or by
letting a ``Refusal`` of the device pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from emulator.shtrih.fields import Fields

if TYPE_CHECKING:
    from emulator.shtrih.machine import Machine


class Password(Enum):
    """Who may give a command (protocol notes, section 2, notation)."""

    NONE = range(0)
    OPERATOR = range(1, 31)
    ADMIN = range(29, 31)
    SYSTEM = range(30, 31)


@dataclass(frozen=True)
class Call:
    """One command being executed: who asks, through which port, with what."""

    machine: Machine
    fields: Fields
    operator: int
    port: int


Handler = Callable[[Call], bytes]


@dataclass(frozen=True)
class Command:
    """One row of the table. ``code`` is 00h..FFh, or FF00h + second byte for FN commands."""

    code: int
    name: str
    layout: str
    password: Password
    handler: Handler
    keeps_reading: bool = False
    """FF3Bh alone: it goes on where FF3Ah set the reading position; every other command drops that position."""

    @property
    def head(self) -> bytes:
        """Command bytes that open the request and the answer."""
        return bytes((0xFF, self.code & 0xFF)) if self.code > 0xFF else bytes((self.code,))

    @property
    def tells_operator(self) -> bool:
        """True when the operator number follows the result: base commands of operators and administrators."""
        return self.code <= 0xFF and self.password in (Password.OPERATOR, Password.ADMIN)


class CommandTable:
    """Commands by code, filled by :meth:`add` used as a decorator."""

    def __init__(self) -> None:
        self._by_code: dict[int, Command] = {}

    def add(
        self,
        code: int,
        name: str,
        layout: str = "",
        password: Password = Password.OPERATOR,
        keeps_reading: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Put a handler into the table; a code used twice is a ``ValueError``."""

        def register(handler: Handler) -> Handler:
            if code in self._by_code:
                raise ValueError(f"command {code:X}h is declared twice")
            self._by_code[code] = Command(code, name, layout, password, handler, keeps_reading)
            return handler

        return register

    def find(self, payload: bytes) -> Command | None:
        """The command a request payload starts with, or None."""
        if payload[0] != 0xFF:
            return self._by_code.get(payload[0])
        return self._by_code.get(0xFF00 + payload[1]) if len(payload) > 1 else None

    def codes(self) -> tuple[int, ...]:
        """Every known code, in order."""
        return tuple(sorted(self._by_code))


COMMANDS = CommandTable()
