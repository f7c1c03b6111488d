"""Until when points live that a return would give back (loyalty rules, section 9). Pure: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pos_agent.checkout.figures import policy
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.returning import piece_entries
from pos_agent.ledger.fold import fold
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.rules.values import Rules

EVENT = "receipt:asked"


@dataclass(frozen=True)
class Back:
    """`points_pt` usable again through `last_day`; None = as long as the program lives."""

    points_pt: int
    last_day: date | None


def coming_back(
    original: LedgerEvent, plan: Plan, history: Sequence[LedgerEvent], at: str, rules: Rules
) -> tuple[Back, ...]:
    """What of `plan.restored_pt` becomes usable, soonest to end first.

    Less than `restored_pt`: the rest pays the customer's debt, or goes to a lot that is over and is lost with it.
    `history`: events of the customer. `at`: the moment of the return at the shop, ISO.
    """
    if not plan.restored_pt or original.customer is None:
        return ()
    event = LedgerEvent(
        id=EVENT,
        kind=EventKind.RECEIPT,
        register=original.register,
        at=at,
        business_date=at[:10],
        customer=original.customer,
        purchase=Purchase(-plan.total_kop, original.document),
        entries=piece_entries(EVENT, original, rules.program.id),
        facts={"original": plan.original, "returned": [*plan.returned]},
    )
    state = fold([*history, event], date.fromisoformat(at[:10]), policy(rules), original.customer)
    lots = {lot.id: lot.expires for lot in state.lots}
    found: dict[date | None, int] = {}
    for posting in state.postings:
        restored = posting.event == EVENT and posting.kind == EntryKind.RESTORE.value and posting.amount_pt > 0
        if restored and posting.lot in lots and posting.account.endswith(("/active", "/pending")):
            day = _last_day(lots[posting.lot])
            found[day] = found.get(day, 0) + posting.amount_pt
    return tuple(Back(found[day], day) for day in sorted(found, key=lambda day: day or date.max))


def told(backs: Sequence[Back]) -> list[Mapping[str, object]]:
    """`[{points_pt, last_day}]`, `last_day` "" = they do not end."""
    return [{"points_pt": one.points_pt, "last_day": one.last_day.isoformat() if one.last_day else ""} for one in backs]


def _last_day(expires: date | None) -> date | None:
    return expires - timedelta(days=1) if expires else None
