"""Runs declared commands over a stream. The only place that decides whether a command may be sent again.

The effect column decides, nothing else:

* QUERY and SET: asked again after an unknown outcome, a few times.
* STEP, COMMIT, PRINT: never. The outcome stays unknown; the state of the device decides, not this file.

A refusal is an answer: "nothing was done". One error code is not to be believed in that, see `errors.DOUBTFUL`.

An exhausted QUERY ends as NotSent: nothing was changed, trying again is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.exchange import Answer, Link, LinkResult, NotSentResult, UnknownResult, exchange
from drivers.fields import FieldError
from drivers.shtrih.command import Command, Password, decode_reply, encode_command, split_reply
from drivers.shtrih.errors import DOUBTFUL
from drivers.streams.byte_stream import ByteStream

Q = TypeVar("Q")
A = TypeVar("A")

REPEATABLE, TRIES = (Effect.QUERY, Effect.SET), 3


class Session:
    """Commands with passwords over one open stream. Not thread-safe."""

    def __init__(
        self,
        stream: ByteStream,
        monotonic: Callable[[], float],
        link: Link,
        operator_password: int = 30,
        system_password: int = 30,
    ) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._link = link
        self._passwords = {
            Password.NONE: 0,
            Password.OPERATOR: operator_password,
            Password.ADMIN: system_password,
            Password.SYSTEM: system_password,
        }

    def now(self) -> float:
        """Monotonic seconds."""
        return self._monotonic()

    def run(self, command: Command[Q, A], request: Q | Callable[[], Q]) -> Outcome[A]:
        """Send, wait, decode. FieldError, before the command is sent: `request` does not fit it, the caller's mistake.

        A request that is a function is called while the device answers ENQ: a long receipt is told faster.
        """
        password = self._passwords[command.password]
        outcome: Outcome[A] = NotSent(LinkFault.SILENT)
        for _ in range(TRIES if command.effect in REPEATABLE else 1):
            result = exchange(
                self._stream,
                self._link,
                lambda: encode_command(command, request() if callable(request) else request, password),
                command.timeout_s,
                self._monotonic,
            )
            outcome = _outcome(command, result)
            if not isinstance(outcome, OutcomeUnknown) or outcome.fault is LinkFault.LOST:
                break
        if command.effect is Effect.QUERY and isinstance(outcome, OutcomeUnknown):
            return NotSent(outcome.fault, f"{command.name}: {outcome.detail}")
        return outcome


def _outcome(command: Command[Q, A], result: LinkResult) -> Outcome[A]:
    if isinstance(result, NotSentResult):
        return NotSent(result.fault, f"{command.name}: {result.detail}")
    if isinstance(result, UnknownResult):
        return OutcomeUnknown(result.fault, command.name, result.detail)
    return _read(command, result)


def _read(command: Command[Q, A], answer: Answer) -> Outcome[A]:
    code, fields = split_reply(answer.payload)
    if code in DOUBTFUL and command.effect not in REPEATABLE:
        return OutcomeUnknown(LinkFault.GARBAGE, command.name, f"{code:02X}h: may have come after the work")
    if code:
        return Refused(code, command.name)
    try:
        return Done(decode_reply(command, fields))
    except FieldError as error:  # "done", but we cannot read what: not a reason to repeat
        return OutcomeUnknown(LinkFault.GARBAGE, command.name, str(error))
