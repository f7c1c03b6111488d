"""Refusals that only mean "not now": wait, or continue printing, then send the same command.

A refused command was not executed, so sending it again is safe whatever its effect. Everything is bounded.

* 50h printing, C9h and CAh too hot or cold: wait and send again.
* 58h waits for "continue printing": B0h, then again.
* 72h not in this submode, 73h not in this mode: a look at 10h tells whether the device prints (then as 50h) or waits
  (as 58h); some models say 73h instead of 50h while a report prints. Anything else is the caller's to decide.
* 93h RAM restored: once more. 6Ah: once more, where a repeat changes nothing (`Session` makes it unknown elsewhere).

Source: Shtrih-M protocol 2.0, the errors named; protocol notes, sections 3.2 and 3.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.shtrih.command import Command, Nothing
from drivers.shtrih.commands_print import CONTINUE_PRINT
from drivers.shtrih.commands_status import SHORT_STATUS, ShortStatus
from drivers.shtrih.errors import WAITS_FOR_CONTINUE, WRONG_MODE, WRONG_SUBMODE, Reaction, explain
from drivers.shtrih.session import Session
from drivers.shtrih.status import Submode, is_printing

Q = TypeVar("Q")
A = TypeVar("A")

POLL_S = 0.3
PATIENCE_S = 30.0  # a long receipt prints in less than 10 s
POLLS = 100  # the same bound in commands, for a clock that stands still
CONTINUES = 2  # B0h per command
REPEATS = 1  # of a command that asks for it


@dataclass
class _Spent:
    continues: int = 0
    repeats: int = 0


class Patience:
    """Runs commands of one session, waiting out what passes by itself."""

    def __init__(self, session: Session, wait: Callable[[float], None]) -> None:
        self._session = session
        self._wait = wait

    def run(self, command: Command[Q, A], request: Q | Callable[[], Q]) -> Outcome[A]:
        """As `Session.run`; refusals that pass are waited out, then returned as Refused."""
        spent = _Spent()
        until = self._session.now() + PATIENCE_S
        for _ in range(POLLS):
            outcome = self._session.run(command, request)
            if not isinstance(outcome, Refused) or self._session.now() >= until:
                return outcome
            if not self._passes(outcome.code, spent):
                return outcome
        return outcome

    def _passes(self, code: int, spent: _Spent) -> bool:
        """Do what the refusal asks for; False when only the caller can."""
        reaction = self._why() if code in (WRONG_SUBMODE, WRONG_MODE) else explain(code).reaction
        if reaction is Reaction.WAIT:
            self._wait(POLL_S)
            return True
        if reaction is Reaction.CONTINUE and spent.continues < CONTINUES:
            spent.continues += 1
            self._session.run(CONTINUE_PRINT, Nothing())
            return True
        if reaction is Reaction.REPEAT and spent.repeats < REPEATS:
            spent.repeats += 1
            return True
        return False

    def _why(self) -> Reaction:
        """72h and 73h say "not now": mode and submode say whether waiting or B0h helps."""
        status = self._session.run(SHORT_STATUS, Nothing())
        if isinstance(status, Done) and is_printing(status.reply):
            return Reaction.WAIT
        if isinstance(status, Done) and status.reply.submode == Submode.PAPER_BACK:
            return explain(WAITS_FOR_CONTINUE).reaction
        return Reaction.STATE

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
