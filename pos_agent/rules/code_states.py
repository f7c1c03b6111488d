"""The life of a promo code (loyalty rules, section 3.5): a pure state table, and whether a register may take it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from pos_agent.rules.code_form import ONCE, PER_CUSTOMER, TIMES, UNLIMITED, Batch

HELD_FOR = timedelta(minutes=15)


class CodeState(StrEnum):
    """Of one use of a code."""

    ISSUED = "issued"
    RESERVED = "reserved"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class CodeEvent(StrEnum):
    """What happens to it."""

    RESERVE = "reserve"  # a draft is priced with it
    APPLIED = "applied"  # the sale is registered and a rule with it applied
    NOT_APPLIED = "not_applied"  # the sale is registered, no such rule applied
    DROPPED = "dropped"
    TIMEOUT = "timeout"  # 15 minutes over
    UNKNOWN = "unknown"  # the sale's outcome is unknown: reserved without a limit
    RETURNED = "returned"  # that sale came back whole
    RETURNED_PART = "returned_part"
    PAST = "past"  # its date has passed
    REVOKE = "revoke"


TABLE: Mapping[tuple[CodeState, CodeEvent], CodeState] = {
    (CodeState.ISSUED, CodeEvent.RESERVE): CodeState.RESERVED,
    (CodeState.ISSUED, CodeEvent.PAST): CodeState.EXPIRED,
    (CodeState.ISSUED, CodeEvent.REVOKE): CodeState.REVOKED,
    (CodeState.RESERVED, CodeEvent.APPLIED): CodeState.USED,
    (CodeState.RESERVED, CodeEvent.NOT_APPLIED): CodeState.ISSUED,
    (CodeState.RESERVED, CodeEvent.DROPPED): CodeState.ISSUED,
    (CodeState.RESERVED, CodeEvent.TIMEOUT): CodeState.ISSUED,
    (CodeState.RESERVED, CodeEvent.UNKNOWN): CodeState.RESERVED,
    (CodeState.USED, CodeEvent.RETURNED): CodeState.ISSUED,
    (CodeState.USED, CodeEvent.RETURNED_PART): CodeState.USED,
}


class CodeRefusedError(ValueError):
    """The event cannot happen in this state."""


def step(state: CodeState, event: CodeEvent, *, past: bool = False) -> CodeState:
    """The next state. `past`: the code's date has passed, what would be issued again is expired. CodeRefusedError."""
    try:
        found = TABLE[state, event]
    except KeyError as error:
        raise CodeRefusedError(f"{event} in state {state}") from error
    return CodeState.EXPIRED if found is CodeState.ISSUED and past else found


@dataclass(frozen=True)
class Use:
    """One use: by which draft (`register:draft id`) of which customer. `until` None = no limit (unknown outcome)."""

    draft: str
    customer: str
    state: CodeState
    until: datetime | None = None


def _over(until: datetime | None, now: datetime | None) -> bool:
    """Without an offset on both sides the wall clock decides."""
    if until is None or now is None:
        return False
    if until.tzinfo is None or now.tzinfo is None:
        until, now = until.replace(tzinfo=None), now.replace(tzinfo=None)
    return now >= until


@dataclass(frozen=True)
class CodeRecord:
    """All uses of one code. `bound`: the register or customer it was given to, "" = anyone; `online`: the registry
    of codes was asked just now, so the record is the truth and not a memory. `start` <= date < `end`: of this code
    alone (a coupon), within those of its batch."""

    uses: tuple[Use, ...] = ()
    revoked: bool = False
    bound_register: str = ""
    bound_customer: str = ""
    online: bool = False
    start: date | None = None
    end: date | None = None

    def dated(self, day: date | None) -> bool:
        """Do the code's own dates allow this day?"""
        if self.start is None and self.end is None:
            return True
        return day is not None and (not self.start or self.start <= day) and (not self.end or day < self.end)

    def live(self, now: datetime | None) -> tuple[Use, ...]:
        """Uses that count: used, and reserved ones whose time is not over."""
        return tuple(
            use
            for use in self.uses
            if use.state is CodeState.USED or (use.state is CodeState.RESERVED and not _over(use.until, now))
        )

    def after(
        self, event: CodeEvent, draft: str, *, now: datetime, customer: str = "", past: bool = False
    ) -> CodeRecord:
        """The record after an event of one draft. CodeRefusedError; whether a use is free is `why_not`'s business."""
        if event is CodeEvent.REVOKE:
            return replace(self, revoked=True)
        mine = next((use for use in self.uses if use.draft == draft), Use(draft, customer, CodeState.ISSUED))
        if mine.state is CodeState.RESERVED and event is CodeEvent.RESERVE:
            state = CodeState.RESERVED  # the same draft is priced again
        else:
            state = step(mine.state, event, past=past)
        others = tuple(use for use in self.uses if use.draft != draft)
        if state not in (CodeState.RESERVED, CodeState.USED):
            return replace(self, uses=others)
        until = now + HELD_FOR if event is CodeEvent.RESERVE else None
        return replace(self, uses=(*others, Use(draft, mine.customer, state, until)))


NEW = CodeRecord()


@dataclass(frozen=True)
class Asking:
    """Who wants to use a code, when."""

    day: date | None
    now: datetime | None
    register: str = ""
    customer: str = ""
    draft: str = ""


def why_not(batch: Batch, record: CodeRecord, who: Asking) -> str:
    """ "" when the code may be used, else the reason: date, revoked, bound, offline, used, reserved, no customer."""
    if record.revoked:
        return "revoked"
    if not (batch.in_force(who.day) and record.dated(who.day)):
        return "date"
    if (record.bound_register and record.bound_register != who.register) or (
        record.bound_customer and record.bound_customer != who.customer
    ):
        return "bound"
    if batch.kind == PER_CUSTOMER and not who.customer:
        return "no customer"
    others = [use for use in record.live(who.now) if not (who.draft and use.draft == who.draft)]
    if taken := _taken(batch, others, who.customer):
        return taken
    bound = bool(record.bound_register or record.bound_customer)
    if batch.kind != UNLIMITED and not record.online and batch.offline != "allow":
        return "" if batch.offline == "bound" and bound else "offline"
    return ""


def _taken(batch: Batch, uses: list[Use], customer: str) -> str:
    """used + reserved never exceed what the kind allows."""
    if batch.kind == PER_CUSTOMER:
        uses = [use for use in uses if use.customer == customer]
    limits = {ONCE: 1, TIMES: batch.times, PER_CUSTOMER: 1}
    if batch.kind == UNLIMITED or len(uses) < limits[batch.kind]:
        return ""
    return "reserved" if any(use.state is CodeState.RESERVED for use in uses) else "used"


@dataclass(frozen=True)
class CodeBook:
    """What a register knows of codes when it prices: records by code, secrets by batch. Empty by default."""

    records: Mapping[str, CodeRecord] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
