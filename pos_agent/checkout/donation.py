"""A receipt rounded up for a fund, in points: the receipt itself, its price and its money stay what they are.

What is missing to a round sum is given out of the customer's points, never more than there are. For customers in the
fund's segment it is written in the transaction of the document, under an id of the receipt: whatever is killed, once.
A whole return gives it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from pos_agent.checkout.figures import points_figures, points_on, policy
from pos_agent.checkout.limits import is_sale
from pos_agent.checkout.offline import may_spend_pt
from pos_agent.errors import UsageError
from pos_agent.ledger.asked import Asked, adjust
from pos_agent.ledger.fold import fold
from pos_agent.ledger.order import is_return
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.model.slip import SlipFacts
from pos_agent.rules.club_terms import FundTerms
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import Txn, View

REASON, OPERATOR = "round up", "program"


def follow(txn: Txn, rules: Rules, event: LedgerEvent, merchant: str = "") -> None:
    """What a registered sale or return of a customer means for donations. May be repeated.

    `merchant`: whose the register is.
    """
    if event.customer is None or event.kind is not EventKind.RECEIPT:
        return
    if is_sale(event):
        _round_up(txn, rules, event)
    elif is_return(event):
        _give_back(txn, rules, event, merchant)


def on_slip(txn: Txn, rules: Rules, slip: SlipFacts) -> SlipFacts:
    """The slip with what was given and what is left after it."""
    event = given(txn, DocumentId.parse(slip.document)) if slip.document and slip.customer else None
    if event is None:
        return slip
    fund = rules.club.donation.fund(str(event.facts["fund"]))
    history = [chained.event for chained in txn.ledger.by_customer(slip.customer)]
    left = points_figures(points_on(history, date.fromisoformat(event.business_date), rules))
    donated_pt = -(event.entries[0].amount_pt or 0)
    return replace(slip, donated_pt=donated_pt, donated_to=fund.name if fund else str(event.facts["fund"]), **left)


def name_of(receipt: DocumentId) -> str:
    """The order's id: one for a receipt, whoever asked."""
    return f"round-up-{receipt.fn_serial}-{receipt.fd_number}"


def given(view: View, receipt: DocumentId) -> LedgerEvent | None:
    """The donation of this receipt, None: there was none."""
    known = view.ledger.get(f"{EventKind.ADJUST.value}:{name_of(receipt)}")
    return known.event if known is not None else None


def sale_of(view: View, receipt: DocumentId) -> LedgerEvent | None:
    """The sale that this receipt is, with the points of all its parts; None: not here."""
    events = [chained.event for chained in view.ledger.by_document(receipt)]
    return next((one for one in events if is_sale(one) and one.purchase is not None), None)


def whose(event: LedgerEvent | None) -> str:
    """The customer. UsageError PTS-09: there is no such sale, or nobody's."""
    if event is None:
        raise UsageError("PTS-09", why="no such receipt")
    if event.customer is None:
        raise UsageError("PTS-09", why="nobody's")
    return event.customer


def tail_pt(view: View, rules: Rules, sale: LedgerEvent | None) -> int:
    """What rounding this receipt up is worth in points, hundredths, down. UsageError PTS-09: nothing, and why."""
    whose(sale)
    assert sale is not None, "it has a customer"
    if not rules.club.donation.round_up_kop:
        raise UsageError("PTS-09", why="no rounding")
    if _back(view, sale):
        raise UsageError("PTS-09", why="came back")
    if not (found := _tail_pt(rules, sale)):
        raise UsageError("PTS-09", why="round already")
    return found


def event_of(order: Asked, amount_pt: int, fund: str, receipt: DocumentId) -> LedgerEvent:
    """`amount_pt` below 0: given to the fund; above: given back with the receipt."""
    made = adjust(order, amount_pt)
    return replace(made, facts={**made.facts, "fund": fund, "sale": str(receipt)})


def _tail_pt(rules: Rules, sale: LedgerEvent) -> int:
    paid_kop, step_kop = sale.purchase.net_kop if sale.purchase else 0, rules.club.donation.round_up_kop
    kop, pt = rules.program.kop_per_pt
    return -paid_kop % step_kop * pt // kop if step_kop and paid_kop > 0 else 0


def _round_up(txn: Txn, rules: Rules, sale: LedgerEvent) -> None:
    fund, customer, wanted_pt = _fund(txn, rules, sale), sale.customer or "", _tail_pt(rules, sale)
    if fund is None or sale.document is None or not wanted_pt or given(txn, sale.document) is not None:
        return
    marks, at = txn.club.marks(customer), datetime.fromisoformat(sale.at)
    if marks.blocked or marks.provisional:
        return
    history = [chained.event for chained in txn.ledger.by_customer(customer)]
    state = fold(history, at.date(), policy(rules), customer)
    free_pt = min(state.active_pt, may_spend_pt(txn, rules, state, sale.register, at) - state.held_for(sale.register))
    if free_pt >= wanted_pt:
        _write(txn, rules, event_of(_order(rules, sale, name_of(sale.document)), -wanted_pt, fund.id, sale.document))


def _fund(view: View, rules: Rules, sale: LedgerEvent) -> FundTerms | None:
    """The fund in whose segment the customer was on the day of the sale."""
    funds = [one for one in rules.club.donation.funds if one.segment]
    if not funds:
        return None
    cards = view.ledger.cards(sale.customer or "")
    segments = frozenset().union(*(view.club.segments(card, sale.business_date) for card in cards))
    return next((one for one in funds if one.segment in segments), None)


def _give_back(txn: Txn, rules: Rules, event: LedgerEvent, merchant: str) -> None:
    original = event.purchase.original if event.purchase else None
    donated, sale = (given(txn, original), sale_of(txn, original)) if original is not None else (None, None)
    if donated is None or sale is None or original is None or not _back(txn, sale, whole=True):
        return
    order = replace(_order(rules, event, f"{name_of(original)}-back"), merchant=merchant)
    _write(txn, rules, event_of(order, -(donated.entries[0].amount_pt or 0), str(donated.facts["fund"]), original))


def _back(view: View, sale: LedgerEvent, *, whole: bool = False) -> bool:
    """Did anything, or all, of the sale come back?"""
    pieces, named = Pieces(sale), str(sale.document)
    for one in _history(view, sale):
        back = returned_pieces(one) if one.facts.get("original") == named else {}
        if back and pieces.fits(back):
            pieces.give_back(back)
    return pieces.all_back if whole else any(pieces.back_micro.values())


def _history(view: View, sale: LedgerEvent) -> Iterable[LedgerEvent]:
    return (chained.event for chained in view.ledger.by_customer(sale.customer or ""))


def _order(rules: Rules, event: LedgerEvent, name: str) -> Asked:
    at, customer = datetime.fromisoformat(event.at), event.customer or ""
    after = at + timedelta(seconds=1)  # the receipt's own points come first, on its own day
    at = after if after.date() == at.date() else at
    return Asked(name, customer, rules.program.id, event.register, at, REASON, OPERATOR)


def _write(txn: Txn, rules: Rules, event: LedgerEvent) -> None:
    if txn.ledger.get(event.id) is None:
        txn.ledger.append(event)
        txn.balances.drop(event.customer or "", rules.program.id)
