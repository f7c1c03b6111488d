"""Runs declared commands over a stream. The only place that decides whether a command may be sent again.

* After anything whose end is not known, the first thing said is the link's own question: Req of the outstanding tid
  (protocol 3), ENQ until the register is free (protocol 2). Until that is answered nothing else is sent.
* QUERY and SET are then asked again, a few times. STEP, COMMIT, PRINT never are: the outcome stays unknown.
* What certainly did not reach the register (a busy line, a taken tid, a queue that stood still) is sent again.

* Protocol 2 tells no length, and its check (XOR) does not see a doubled zero byte: an answer to a QUERY with more bytes
  than its layout is believed when the next one is the same. Found by simulation (a shifted FN number in A4h 30h).

An exhausted QUERY ends as NotSent: nothing was changed, trying again is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.atol.command import Command, Failure, decode_reply, encode_command, split_reply, surplus
from drivers.atol.errors import EXTRA_BYTE, PRINTING_TROUBLE, extra_detail
from drivers.atol.tasks import KeptInProcess, TaskMemory
from drivers.exchange import Action, Answer, Link, LinkResult, NotSentResult, Payload, UnknownResult, exchange
from drivers.fields import FieldError
from drivers.streams.byte_stream import ByteStream

Q = TypeVar("Q")
A = TypeVar("A")

TRIES = {Effect.QUERY: 3, Effect.SET: 3, Effect.STEP: 1, Effect.COMMIT: 1, Effect.PRINT: 1}
REPEATABLE = frozenset({Effect.QUERY, Effect.SET})
REMEMBERED = frozenset({Effect.COMMIT})  # durably: a step that a crash cut off is cancelled with its receipt
BUSY_TRIES = 3
PATIENCE_S = 40.0  # silence after which a question is not asked again: T5 of 91h alone is 45 s
SETTLE_S = 10.0  # between commands; `connect` waits longer


class AtolLink(Link, Protocol):
    """What both protocols have besides the exchange itself."""

    repeats: bool
    sized: bool  # a frame tells how long it is
    doubted: str  # name of the last command: what a doubt is about

    @property
    def doubtful(self) -> bool:
        """A command left, and its end is not known."""

    def begin_settle(self, limit_s: float, now: float) -> None:
        """Ask what became of it."""


class Question:
    """A link that begins an exchange otherwise than by a command: settle, Abort, hello. A `Link` for one exchange."""

    def __init__(self, link: Link, begin: Callable[[float, float], None]) -> None:
        self._link = link
        self._begin = begin

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """`payload` is not used."""
        self._begin(timeout_s, now)

    def receive(self, chunk: bytes, now: float) -> None:
        self._link.receive(chunk, now)

    def poll(self, now: float) -> Action:
        return self._link.poll(now)

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        return self._link.abandon(fault, detail)


@dataclass(frozen=True)
class Recovered:
    """The answer of a command whose outcome had been unknown; `command` is "" after a restart."""

    command: str
    answer: bytes


class Session:
    """Commands with the access password over one open stream. Not thread-safe."""

    def __init__(
        self,
        stream: ByteStream,
        monotonic: Callable[[], float],
        link: AtolLink,
        password: int = 0,
        memory: TaskMemory | None = None,
    ) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._link = link
        self._password = password
        self._memory = memory or KeptInProcess()
        self.recovered: Recovered | None = None

    def now(self) -> float:
        """Monotonic seconds."""
        return self._monotonic()

    def run(self, command: Command[Q, A], request: Q) -> Outcome[A]:
        """Send, wait, decode. Raises FieldError when `request` does not fit the command: the caller's mistake."""
        payload = encode_command(command, request, self._password)
        outcome: Outcome[A] = NotSent(LinkFault.SILENT)
        heard, until = b"", self._monotonic() + PATIENCE_S
        for _ in range(TRIES[command.effect]):
            unsettled = self.settle(SETTLE_S)
            result = unsettled or self._send(command, payload)
            outcome = result if isinstance(result, NotSent) else _outcome(command, result)
            if isinstance(result, Answer) and isinstance(outcome, Done) and self._too_long(command, result.payload):
                if result.payload == heard:
                    break
                heard = result.payload
                outcome = OutcomeUnknown(LinkFault.GARBAGE, command.name, "longer than its layout")
            if not isinstance(outcome, OutcomeUnknown) or outcome.fault is LinkFault.LOST or self._monotonic() >= until:
                break
        if command.effect is Effect.QUERY and isinstance(outcome, OutcomeUnknown):
            return NotSent(outcome.fault, f"{command.name}: {outcome.detail}")
        return outcome

    def _too_long(self, command: Command[Q, A], payload: bytes) -> bool:
        """May zero bytes have been doubled on the way?"""
        if self._link.sized or command.effect is not Effect.QUERY:
            return False
        fields = split_reply(command, payload)
        return isinstance(fields, bytes) and surplus(command, fields) > 0

    def settle(self, limit_s: float) -> NotSent | None:
        """Find out what became of an earlier command. None: nothing is in doubt (any more)."""
        if not self._link.doubtful:
            return None
        asking = Question(self._link, self._link.begin_settle)
        result = exchange(self._stream, asking, b"", limit_s, self._monotonic)
        if not isinstance(result, Answer) and self._in_doubt():
            fault = result.fault
            return NotSent(fault, f"{self._link.doubted or 'an earlier command'} is not settled")
        if isinstance(result, Answer) and result.payload:
            self.recovered = Recovered(self._link.doubted, result.payload)
        self._memory.forget()
        return None

    def _in_doubt(self) -> bool:
        return self._link.doubtful

    def _send(self, command: Command[Any, Any], payload: bytes) -> LinkResult:
        self._link.repeats = command.effect in REPEATABLE
        self._link.doubted = command.name
        remembered = command.effect in REMEMBERED
        for _ in range(BUSY_TRIES):
            tid = getattr(self._link, "coming_tid", None)
            if remembered and tid is not None:
                self._memory.remember(tid)
            result = exchange(self._stream, self._link, payload, command.timeout_s, self._monotonic)
            if remembered and tid is not None and not self._link.doubtful:
                self._memory.forget()
            if not (isinstance(result, NotSentResult) and result.fault is LinkFault.BUSY) or self._link.doubtful:
                break
        return result


def _outcome(command: Command[Q, A], result: LinkResult) -> Outcome[A]:
    if isinstance(result, NotSentResult):
        return NotSent(result.fault, f"{command.name}: {result.detail}")
    if isinstance(result, UnknownResult):
        return OutcomeUnknown(result.fault, command.name, result.detail)
    try:
        fields = split_reply(command, result.payload)
        if isinstance(fields, Failure):
            return _refused(command, fields)
        return Done(decode_reply(command, fields))
    except FieldError as error:  # "done", but we cannot read what: not a reason to repeat
        return OutcomeUnknown(LinkFault.GARBAGE, command.name, str(error))


def _refused(command: Command[Any, Any], failure: Failure) -> Refused | OutcomeUnknown:
    """Paper trouble after a command that registers is no refusal: the storage may have its document."""
    if command.effect is Effect.COMMIT and failure.code in PRINTING_TROUBLE:
        return OutcomeUnknown(
            LinkFault.GARBAGE, command.name, f"{failure.code:02X}h: printing trouble, registered or not"
        )
    detail = extra_detail(failure.extra) if failure.code == EXTRA_BYTE else ""
    return Refused(failure.code, command.name, detail)
