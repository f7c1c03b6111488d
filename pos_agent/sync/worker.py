"""What the sync does next, as an actor without a thread: `tick` makes at most one request and says when to come again.

Lanes (rules down, ledger up, parked rows once more, holds of other registers down), each with its own due time and its
own backoff; a thread or a simulation drives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from pos_agent.clock import Clock, IdSource
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.sync.backoff import delay_s
from pos_agent.sync.faults import ProtocolError, SyncError
from pos_agent.sync.holds import PullHolds
from pos_agent.sync.pull import Pull, RulesRefusedError
from pos_agent.sync.push import Push, Standing, Step

PARKED_AGAIN_S = 6 * 3600.0
HOLDS_S = 30.0
DIGITS = "0123456789"


@dataclass(frozen=True)
class SyncProblem:
    """The code of a sentence for people and the words that fill it."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SyncState:
    """What `status` shows; replaced as a whole by the sync thread, read by others.

    `last_success`: UTC of the last good answer, ISO, "" before the first. `cause`: short English, why it fails now.
    `rules_version`: the cloud's publication that was taken since the start, None when none was.
    """

    standing: Standing = field(default_factory=Standing)
    last_success: str = ""
    cause: str = ""
    rules_version: int | None = None
    problems: tuple[SyncProblem, ...] = ()

    @property
    def settled(self) -> bool:
        """All is with the cloud, but for what it would not take."""
        return self.standing.waiting == 0 and not self.cause


@dataclass
class _Lane:
    """`step` makes at most one request. Failures in a row, since when, and why."""

    step: Callable[[], Step]
    due: float
    every_s: float
    failures: int = 0
    since: str = ""
    cause: str = ""


class SyncWorker:
    """`push_s` and `pull_s`: seconds between looks when there is nothing to do. `zone`: for times shown to people.

    `holds` None: what other registers keep is not asked for.
    """

    def __init__(
        self,
        push: Push,
        pull: Pull,
        clock: Clock,
        ids: IdSource,
        *,
        push_s: float,
        pull_s: float,
        zone: tzinfo = UTC,
        holds: PullHolds | None = None,
    ) -> None:
        self.state = SyncState()
        self._push, self._pull = push, pull
        self._clock, self._ids, self._zone = clock, ids, zone
        now = clock.monotonic()
        self._pushing = _Lane(self._push_once, now, push_s)
        self._lanes: tuple[_Lane, ...] = (
            _Lane(self._pull_once, now, pull_s),
            self._pushing,
            _Lane(push.offer_parked, now + PARKED_AGAIN_S, PARKED_AGAIN_S),
        )
        if holds is not None:
            self._lanes = (*self._lanes, _Lane(lambda: self._holds_once(holds), now, HOLDS_S))
        self._rules_problem: SyncProblem | None = None
        self._log = logger("sync")

    def tick(self, now: float) -> float:
        """Do what is due at monotonic time `now`, at most one request. Seconds until the next call (0: at once)."""
        for lane in self._lanes:
            if now >= lane.due:
                self._run(lane)
                break
        self._show()
        return max(0.0, min(lane.due for lane in self._lanes) - self._clock.monotonic())

    def hurry(self, go_on: Callable[[], bool]) -> SyncState:
        """Now, whatever was planned: ask for rules, send all that waits, offer what is parked; stop at a failure.

        Between requests it asks `go_on`.
        """
        for lane in self._lanes:
            again = go_on()
            while again:
                self._run(lane)
                again = lane.due <= self._clock.monotonic() and go_on()
        self._show()
        return self.state

    def look_again(self) -> None:
        """There is something new to send: do not wait for `push_s`. A backoff under way goes on."""
        if not self._pushing.failures:
            self._pushing.due = self._clock.monotonic()

    # ------------------------------------------------------------------ lanes

    def _run(self, lane: _Lane) -> None:
        try:
            done = lane.step()
        except SyncError as error:
            self._failed(lane, error.cause, error.retry_after, alarm=isinstance(error, ProtocolError))
        except AgentError as error:  # the store is full, busy or damaged: its own part tells people
            self._failed(lane, error.code, None, alarm=True)
        else:
            self._finished(lane, done)

    def _finished(self, lane: _Lane, done: Step) -> None:
        lane.due = self._clock.monotonic() + (lane.every_s if done is Step.IDLE else 0.0)
        if done is Step.SEARCHING:
            return  # no success yet: a backoff that follows goes on from where it was
        if lane.failures:
            self._log.info("the cloud answers again", count=lane.failures)
        lane.failures, lane.since, lane.cause = 0, "", ""

    def _failed(self, lane: _Lane, cause: str, retry_after: float | None, alarm: bool) -> None:
        lane.failures += 1
        lane.since = lane.since or self._clock.now().astimezone(self._zone).strftime("%d.%m %H:%M")
        wait_s = delay_s(lane.failures, int(self._ids.token(DIGITS, 6)) / 1_000_000, retry_after)
        lane.due = self._clock.monotonic() + wait_s
        if alarm or cause != lane.cause:
            tell = self._log.error if alarm else self._log.warning
            tell("no sync", code="NET-01", why=cause, attempt=lane.failures, seconds=round(wait_s, 1))
        lane.cause = cause

    def _push_once(self) -> Step:
        done = self._push.step()
        if done is not Step.IDLE:
            self._answered()
        return done

    def _holds_once(self, holds: PullHolds) -> Step:
        more = holds.step()
        self._answered()
        return Step.MOVED if more else Step.IDLE

    def _pull_once(self) -> Step:
        try:
            version = self._pull.step()
        except RulesRefusedError as error:
            code = "RUL-02" if error.any_in_force else "RUL-01"
            self._rules_problem = SyncProblem(code, {"count": error.count, "version": error.version})
            self._log.error("rules of the cloud are not taken", code=code, version=error.version, count=error.count)
        else:
            self._rules_problem = None if version is not None else self._rules_problem
            self.state = replace(self.state, rules_version=version or self.state.rules_version)
        self._answered()
        return Step.IDLE

    # ------------------------------------------------------------------ for people

    def _answered(self) -> None:
        self.state = replace(self.state, last_success=self._clock.now().isoformat(timespec="seconds"))

    def _show(self) -> None:
        failing = next((lane for lane in (self._pushing, *self._lanes) if lane.failures), None)
        problems: list[SyncProblem] = []
        if failing is not None:
            problems.append(SyncProblem("NET-01", {"t": failing.since, "cause": failing.cause}))
        standing = self._push.standing()
        if standing.parked:
            first = standing.parked[0]
            params = {"id": first.event_id, "count": len(standing.parked), "reason": first.reason}
            problems.append(SyncProblem("NET-02", params))
        if self._rules_problem is not None:
            problems.append(self._rules_problem)
        self.state = replace(
            self.state, standing=standing, cause=failing.cause if failing else "", problems=tuple(problems)
        )
