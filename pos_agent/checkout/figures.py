"""Figures that recording and slips read off the ledger: the customer before a receipt, the balance after it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pos_agent.checkout.standing import ladder, snapshot
from pos_agent.ledger.balance import balance, points
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.customer import Balance
from pos_agent.model.events import LedgerEvent
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.rules.levels import Tier, level_of, next_level
from pos_agent.rules.values import Rules


def policy(rules: Rules) -> FoldPolicy:
    """What the ledger needs to know of the program."""
    return FoldPolicy(rules.program.id, rules.program.grace_days)


def balance_on(events: Sequence[LedgerEvent], day: date, rules: Rules) -> Balance:
    """Points on the evening of a business date."""
    return balance(fold(events, day, policy(rules)), day, rules.program.level.window)


def points_on(events: Sequence[LedgerEvent], day: date, rules: Rules) -> Balance:
    """`balance_on` without what levels look at."""
    return points(fold(events, day, policy(rules)), day)


def snapshot_before(events: Sequence[LedgerEvent], customer: str, day: date, rules: Rules) -> CustomerSnapshot:
    """The customer as the rules of a receipt of `day` see them: purchases of the day itself do not count."""
    return snapshot(events, customer, day, rules)


def points_figures(now: Balance) -> dict[str, Any]:
    """Slip figures of a balance."""
    day, points_pt = now.next_expiry or ("", 0)
    return {
        "available_pt": now.active_pt,
        "pending_pt": now.pending_pt,
        "pending_from": now.pending_from,
        "debt_pt": now.debt_pt,
        "expiry_day": day,
        "expiry_pt": points_pt,
    }


def cancelled_figures(was: Balance, now: Balance, taken_pt: int, restored_pt: int = 0) -> dict[str, Any]:
    """Where a cancelled accrual was taken from: usable points, pending ones; the rest had expired or is owed."""
    from_active = max(0, was.active_pt + restored_pt - now.active_pt)
    from_pending = max(0, was.pending_pt - now.pending_pt)
    return {
        "cancelled_pt": min(taken_pt, from_active),
        "pending_before_pt": was.pending_pt if from_pending else 0,
        "cancelled_pending_pt": min(taken_pt, from_pending),
    }


def level_figures(
    events: Sequence[LedgerEvent], customer: str, day: date, rules: Rules, before: Sequence[LedgerEvent] | None = None
) -> dict[str, Any]:
    """Slip figures: the level of `day`, another one that begins then or tomorrow, the way to the next from there.

    `before`: the events without this document, whose level the slip shows first (None: nothing has happened). A
    purchase raises it tomorrow, a return may undo it at once (loyalty rules, section 8).
    """
    tiers = ladder(rules)
    if not tiers:
        return {}
    now, then = (snapshot_before(events, customer, one, rules) for one in (day, day + timedelta(days=1)))
    level = level_of(tiers, now if before is None else snapshot_before(before, customer, day, rules))
    changed = next(
        (
            (one, begins)
            for one, begins in ((level_of(tiers, now), day), (level_of(tiers, then), day + timedelta(days=1)))
            if one != level
        ),
        None,
    )
    figures = _level_told(level, changed)
    following = next_level(tiers, then)
    if following is not None:
        tier = following[0]
        kop, visits = tier.missing(then)
        figures |= {"next_level": tier.name, "next_level_bp": tier.bp}
        figures |= {"next_left_kop": kop} if kop else {"next_left_visits": visits}
    off = figures and not (rules.accrue and rules.accrue.tiers)
    return {**figures, "level_is_discount": True} if off else figures


def _level_told(level: Tier | None, changed: tuple[Tier | None, date] | None) -> dict[str, Any]:
    figures: dict[str, Any] = {"level": level.name, "level_bp": level.bp} if level is not None else {}
    if changed is not None:
        tier, begins = changed
        figures["level_from"] = begins.isoformat()
        figures |= {"level_then": tier.name, "level_then_bp": tier.bp} if tier is not None else {}
    return figures


def terms_figures(rules: Rules) -> dict[str, Any]:
    """Slip figures: what a point is worth and the cap of a receipt; {} when points cannot be spent, or not in whole
    kopecks."""
    kop, pt = rules.program.kop_per_pt
    worth_kop, rest = divmod(100 * kop, pt)
    return {"point_kop": worth_kop, "cap_bp": rules.spend.cap_bp} if rules.spend is not None and not rest else {}


def claim_figures(rules: Rules, day: date, earned_pt: int) -> dict[str, Any]:
    """Slip figures: the last day on which a buyer may claim a receipt of nobody; {} when there is nothing to claim."""
    days = rules.club.cards.claim_days
    return {"claim_until": (day + timedelta(days=days)).isoformat()} if days and earned_pt else {}


def balance_slip(events: Sequence[LedgerEvent], customer: str, at: str, rules: Rules) -> SlipFacts:
    """A slip of the balance alone, asked for by the customer. `at`: local ISO time."""
    day = date.fromisoformat(at[:10])
    now = points_on(events, day, rules)
    level = level_figures(events, customer, day, rules)
    return SlipFacts(SlipKind.BALANCE, at=at[:16], customer=customer, **points_figures(now), **level)
