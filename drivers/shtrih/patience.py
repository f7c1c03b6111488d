"""Refusals that only mean "not now": wait, or continue printing, then send the same command.

A refused command was not executed, so sending it again is safe whatever its effect. Everything is bounded.
Source: Shtrih-M protocol 2.0, errors 50h, 58h, 72h; protocol notes, sections 3.2 and 3.4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.shtrih.command import Command, Nothing
from drivers.shtrih.commands_print import CONTINUE_PRINT
from drivers.shtrih.commands_status import SHORT_STATUS, ShortStatus
from drivers.shtrih.errors import PRINTING, WAITS_FOR_CONTINUE, WRONG_SUBMODE
from drivers.shtrih.session import Session
from drivers.shtrih.status import Submode, is_printing

Q = TypeVar("Q")
A = TypeVar("A")

POLL_S = 0.3
PATIENCE_S = 30.0  # a long receipt prints in less than 10 s
POLLS = 100  # the same bound in commands, for a clock that stands still
CONTINUES = 2  # B0h per command


class Patience:
    """Runs commands of one session, waiting out what passes by itself."""

    def __init__(self, session: Session, wait: Callable[[float], None]) -> None:
        self._session = session
        self._wait = wait

    def run(self, command: Command[Q, A], request: Q) -> Outcome[A]:
        """As `Session.run`; 50h, 58h and a passing 72h are waited out, then returned as Refused."""
        continues = 0
        until = self._session.now() + PATIENCE_S
        for _ in range(POLLS):
            outcome = self._session.run(command, request)
            if not isinstance(outcome, Refused) or self._session.now() >= until:
                return outcome
            code = self._why_submode() if outcome.code == WRONG_SUBMODE else outcome.code
            if code == PRINTING:
                self._wait(POLL_S)
            elif code == WAITS_FOR_CONTINUE and continues < CONTINUES:
                continues += 1
                self._session.run(CONTINUE_PRINT, Nothing())
            else:
                return outcome
        return outcome

    def _why_submode(self) -> int:
        """72h says "not in this submode": the submode says whether waiting or B0h helps."""
        status = self._session.run(SHORT_STATUS, Nothing())
        if not isinstance(status, Done):
            return WRONG_SUBMODE
        if is_printing(status.reply):
            return PRINTING
        return WAITS_FOR_CONTINUE if status.reply.submode == Submode.PAPER_BACK else WRONG_SUBMODE

    def until_printed(self) -> Outcome[ShortStatus]:
        """Poll 10h until nothing prints, B0h when the device waits for it. Done(status) also when time is over."""
        continues = 0
        for _ in range(POLLS):
            outcome = self._session.run(SHORT_STATUS, Nothing())
            if not isinstance(outcome, Done):
                return outcome
            if outcome.reply.submode == Submode.PAPER_BACK and continues < CONTINUES:
                continues += 1
                self._session.run(CONTINUE_PRINT, Nothing())
            elif is_printing(outcome.reply):
                self._wait(POLL_S)
            else:
                return outcome
        return outcome
