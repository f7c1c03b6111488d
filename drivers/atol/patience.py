"""Refusals that only mean "not now", modes, and what an EEh really says.

A refused command was not executed, so sending it again is safe whatever its effect. Everything is bounded.
Source: protocol notes, sections 3.2, 3.3 and 3.9.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.atol.command import Command, Nothing
from drivers.atol.commands_settings import EXTENDED_ERROR, Parameters
from drivers.atol.commands_status import ENTER_MODE, EXIT_MODE, STATE_CODE, EnterMode, StateCode
from drivers.atol.errors import EXTENDED, NO_MODE, NOT_YET, extended_detail
from drivers.atol.session import Session
from drivers.atol.status import Mode, is_printing, mode_of

Q = TypeVar("Q")
A = TypeVar("A")

POLL_S = 0.5
PATIENCE_S = 30.0
REPORT_S = 120.0  # a whole Z report with its printing
POLLS = 300  # the same bounds in commands, for a clock that stands still
EXITS = 3  # from a submode several may be needed


class Patience:
    """Runs commands of one session, waiting out what passes by itself."""

    def __init__(self, session: Session, wait: Callable[[float], None], mode_password: int) -> None:
        self._session = session
        self._wait = wait
        self._mode_password = mode_password

    def run(self, command: Command[Q, A], request: Q) -> Outcome[A]:
        """As `Session.run`; a busy register is waited out, EEh gets its extended code as detail."""
        until = self._session.now() + PATIENCE_S
        for _ in range(POLLS):
            outcome = self._session.run(command, request)
            if not isinstance(outcome, Refused):
                return outcome
            if outcome.code == EXTENDED:
                return self._extended(outcome)
            if outcome.code not in NOT_YET or self._session.now() >= until:
                break
            self._wait(POLL_S)
        return outcome

    def _extended(self, refused: Refused) -> Refused:
        why = self._session.run(EXTENDED_ERROR, Parameters())
        if not isinstance(why, Done):
            return refused
        return dataclasses.replace(refused, detail=extended_detail(why.reply.code, why.reply.rest))

    def enter(self, mode: Mode) -> Outcome[None]:
        """Be in that mode; out of another one first. Refused by 56h or 48h: as they said."""
        state = self._session.run(STATE_CODE, Nothing())
        for _ in range(EXITS):
            if not isinstance(state, Done):
                return state
            if mode_of(state.reply.mode) in (mode, Mode.CHOICE):
                break
            left = self.run(EXIT_MODE, Nothing())
            if not isinstance(left, Done):
                return left
            state = self._session.run(STATE_CODE, Nothing())
        if not isinstance(state, Done):
            return state
        if mode_of(state.reply.mode) is mode:
            return Done(None)
        if mode is Mode.CHOICE:
            return Refused(NO_MODE, EXIT_MODE.name, f"still in mode {state.reply.mode:02X}h")
        entered = self.run(ENTER_MODE, EnterMode(mode, self._mode_password))
        if isinstance(entered, Refused) and entered.code == NO_MODE:  # after a lost answer: it was entered
            again = self._session.run(STATE_CODE, Nothing())
            if isinstance(again, Done) and mode_of(again.reply.mode) is mode:
                return Done(None)
        return Done(None) if isinstance(entered, Done) else entered

    def in_mode(self, mode: Mode, command: Command[Q, A], request: Q) -> Outcome[A]:
        """One command in a mode of its own; what it prints is waited for, then the mode is left."""
        ready = self.enter(mode)
        if not isinstance(ready, Done):
            return ready
        outcome = self.run(command, request)
        if isinstance(outcome, Done):
            self.until_printed()
        if isinstance(outcome, Done | Refused) and mode is not Mode.CHOICE:
            self.leave()
        return outcome

    def leave(self) -> None:
        """Back to the choice of modes; when that fails the next `enter` sees it."""
        self._session.run(EXIT_MODE, Nothing())

    def pause(self, seconds: float) -> None:
        """Let time pass before the same question."""
        self._wait(seconds)

    def until_printed(self) -> Outcome[StateCode]:
        """Poll 45h until no report prints. Done(state) also when time is over or the printer is in trouble."""
        until = self._session.now() + REPORT_S
        for _ in range(POLLS):
            outcome = self._session.run(STATE_CODE, Nothing())
            if not isinstance(outcome, Done) or outcome.reply.faults & 0x1F:
                return outcome
            if not is_printing(outcome.reply.mode) or self._session.now() >= until:
                return outcome
            self._wait(POLL_S)
        return outcome
