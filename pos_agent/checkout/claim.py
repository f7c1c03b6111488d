"""A receipt of nobody whose buyer comes back with it: its points, within the program's days, once.

The receipt itself stays nobody's: it counts for no level, and its return takes these points back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from pos_agent.checkout.figures import snapshot_before
from pos_agent.checkout.limits import is_sale
from pos_agent.checkout.points_orders import place
from pos_agent.errors import UsageError
from pos_agent.ledger.asked import Asked, adjust, gift
from pos_agent.ledger.returned import returned_pieces
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import Txn, View
from pos_agent.store.store import Store


def claimed(
    store: Store, rules: Rules, customer: str, receipt: DocumentId, register: str, now: datetime, merchant: str = ""
) -> tuple[LedgerEvent, bool]:
    """The event with the points, and whether it was there before.

    UsageError CUS-12: claims are off, the receipt is not here, is somebody's, is too old, came back or earns nothing.
    """
    name = f"claim-{receipt.fn_serial}-{receipt.fd_number}"
    with store.reading() as view:
        done = view.ledger.get(f"gift:{name}")
        if done is not None:
            if done.event.customer != customer:
                raise UsageError("CUS-12", why="claimed already")
            return done.event, True
        earned_pt = worth(view, rules, customer, receipt, now.date())
    order = Asked(name, customer, rules.program.id, register, now, "claim", "program", merchant)
    rule = rules.accrue
    event = gift(order, earned_pt, rule.life_days if rule else None, rule.delay_days if rule else 0)
    event = replace(event, facts={**event.facts, "sale": str(receipt)})
    return place(store, rules, event, {"claim": str(receipt), "customer": customer}, lambda view: None)


def worth(view: View, rules: Rules, customer: str, receipt: DocumentId, today: date) -> int:
    """The points that the receipt of nobody would give this customer, hundredths. UsageError CUS-12."""
    sale = _of_nobody(view, rules, receipt, today)
    history = [chained.event for chained in view.ledger.by_customer(customer)]
    day = date.fromisoformat(sale.business_date)
    earned = accrue(rules, _lines(sale), snapshot_before(history, customer, day, rules), day=day)
    if not earned.total_pt:
        raise UsageError("CUS-12", why="earns nothing")
    return earned.total_pt


def returned(txn: Txn, rules: Rules, event: LedgerEvent) -> None:
    """A return of a claimed receipt: its share of the points is taken back. May be repeated."""
    original = str(event.facts.get("original", ""))
    if not original or event.customer is not None:
        return
    fn_serial, _, fd_number = original.partition("/")
    given = txn.ledger.get(f"gift:claim-{fn_serial}-{fd_number}")
    if given is None or given.event.customer is None:
        return
    named = [chained.event for chained in txn.ledger.by_document(DocumentId.parse(original))]
    sale = next((one for one in named if is_sale(one)), None)
    if sale is None:
        return
    before = [one for one in _returns(txn, original) if one.id != event.id]
    taken_pt = _share(sale, [*before, event], given.event) - _share(sale, before, given.event)
    name = f"{given.event.id.partition(':')[2]}-{event.document}".replace("/", "-")
    if not taken_pt or txn.ledger.get(f"adjust:{name}") is not None:
        return
    txn.ledger.append(_taken(given.event, event, name, taken_pt, rules))
    txn.balances.drop(given.event.customer, rules.program.id)


def _taken(given: LedgerEvent, event: LedgerEvent, name: str, taken_pt: int, rules: Rules) -> LedgerEvent:
    at = datetime.fromisoformat(event.at)
    made = adjust(
        Asked(name, given.customer or "", rules.program.id, event.register, at, "claim", "program"), -taken_pt
    )
    return replace(made, entries=(replace(made.entries[0], lot=given.entries[0].id),))


def _share(sale: LedgerEvent, backs: Iterable[LedgerEvent], given: LedgerEvent) -> int:
    """The part of the claimed points that all returned pieces together earned, by money, rounded down."""
    sold = {line["number"]: line for line in sale.facts["lines"]}
    micro = dict.fromkeys(sold, 0)
    for back in backs:
        for number, piece in returned_pieces(back).items():
            micro[number] = min(sold[number]["quantity_micro"], micro[number] + piece)
    kop = sum(line["sum_kop"] * micro[number] // line["quantity_micro"] for number, line in sold.items())
    whole = sum(line["sum_kop"] for line in sold.values())
    return (given.entries[0].amount_pt or 0) * kop // whole if whole else 0


def _returns(view: View, original: str) -> list[LedgerEvent]:
    """Returns that name this receipt."""
    return [chained.event for chained in view.ledger.naming(DocumentId.parse(original))]


def _of_nobody(view: View, rules: Rules, receipt: DocumentId, today: date) -> LedgerEvent:
    days = rules.club.cards.claim_days
    if not days:
        raise UsageError("CUS-12", why="no claims")
    sales = [chained.event for chained in view.ledger.by_document(receipt) if is_sale(chained.event)]
    if not sales:
        raise UsageError("CUS-12", why="no such receipt")
    sale = sales[0]
    if sale.customer is not None:
        raise UsageError("CUS-12", why="somebody's")
    if (today - date.fromisoformat(sale.business_date)).days > days:
        raise UsageError("CUS-12", why="too old")
    if _returns(view, str(receipt)):
        raise UsageError("CUS-12", why="came back")
    return sale


def _lines(sale: LedgerEvent) -> list[AccrualLine]:
    return [
        AccrualLine(
            str(line["number"]),
            line["name"],
            line["sum_kop"],
            sku=line.get("sku", ""),
            gtin=line.get("gtin", ""),
            quantity_micro=line["quantity_micro"],
        )
        for line in sale.facts["lines"]
    ]
