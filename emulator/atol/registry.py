"""The table of commands: code, name, request layout, where it may be given, handler.

A handler gets a :class:`Call` and returns what follows ``55h err`` (and the second byte, where there is one). It
refuses by raising ``CommandError`` or by letting a ``Refusal`` of the device pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.atol.fields import Fields

if TYPE_CHECKING:
    from emulator.atol.machine import AtolMachine

TEST_RUN = 0
"""Bit of the flags of many commands: check only."""


@dataclass(frozen=True)
class Call:
    """One command being executed: who asks, through which port, with what. ``body``: all parameters as they came."""

    machine: AtolMachine
    fields: Fields
    port: int
    body: bytes

    @property
    def test_run(self) -> bool:
        """Bit 0 of the flags: nothing is to be done."""
        return self.fields.bit("flags", TEST_RUN)


Handler = Callable[[Call], bytes]


@dataclass(frozen=True)
class Command:
    """One row of the table.

    ``modes``: modes that take the command, None for any. ``ext``: a second byte follows ``55h err``. ``raw``: the
    handler returns the whole answer (3Fh, 45h, A5h, B3h, 4Dh, 74h). ``while_busy``: also while a report prints.
    ``prints``: the print head is used, so that an interrupted print goes on first.
    """

    code: int
    name: str
    layout: str
    handler: Handler
    modes: tuple[int, ...] | None = None
    ext: bool = True
    raw: bool = False
    while_busy: bool = False
    prints: bool = False


class CommandTable:
    """Commands by code, filled by :meth:`add` used as a decorator."""

    def __init__(self) -> None:
        self._by_code: dict[int, Command] = {}

    def add(
        self,
        code: int,
        name: str,
        layout: str = "",
        modes: tuple[int, ...] | None = None,
        *,
        ext: bool = True,
        raw: bool = False,
        while_busy: bool = False,
        prints: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Put a handler into the table; a code used twice is a ``ValueError``."""

        def register(handler: Handler) -> Handler:
            if code in self._by_code:
                raise ValueError(f"command {code:02X}h is declared twice")
            self._by_code[code] = Command(code, name, layout, handler, modes, ext, raw, while_busy, prints)
            return handler

        return register

    def find(self, code: int) -> Command | None:
        """The command of this code, or None."""
        return self._by_code.get(code)

    def codes(self) -> tuple[int, ...]:
        """Every known code, in order."""
        return tuple(sorted(self._by_code))


COMMANDS = CommandTable()
