"""A recorded receipt told again: the price out of its event, the lots its points touched. Pure.

An event of a sale by the agent keeps lines, items, trace and hash, so every kopeck can be reckoned again without the
rules or the customer's later history. Events written before they were kept are told by what they have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pos_agent.ledger.accounts import Accounts, Posting
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import CustomerState, FoldPolicy
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.basket_values import Basket, BasketLine
from pos_agent.rules.items import FiscalItem, fiscal_items
from pos_agent.rules.price import Priced, PricedLine, Totals

Facts = Mapping[str, Any]


def retold(facts: Facts) -> tuple[Basket, Priced] | None:
    """Basket and price as far as explanations need them; None when the event does not hold a whole price."""
    trace: Sequence[Mapping[str, Any]] = facts.get("trace", [])
    lines = facts.get("lines", [])
    opened = {entry["line"] for entry in trace if entry["step"] == "line"}
    if not lines or any("id" not in line or line["id"] not in opened for line in lines):
        return None
    basket = Basket(lines=tuple(_basket_line(line) for line in lines))
    priced = tuple(_priced_line(line) for line in lines)
    return basket, Priced(
        lines=priced,
        totals=Totals(
            gross_kop=sum(line.gross_kop for line in priced),
            discount_kop=sum(line.gross_kop - line.net_kop - line.points_kop for line in priced),
            points_pt=sum(line.points_pt for line in priced),
            points_kop=sum(line.points_kop for line in priced),
            payable_kop=sum(line.net_kop for line in priced),
            accrued_pt=sum(line.accrued_pt for line in priced),
        ),
        applied=tuple(facts.get("applied", ())),
        stamps_after={},
        trace=tuple(trace),
    )


def lots_touched(
    event: LedgerEvent, history: Sequence[LedgerEvent], program: str, grace_days: int = 0
) -> list[dict[str, Any]]:
    """What the event did to which lot, in order: `{kind, lot, of, amount_pt, expires}`, out of points below zero.

    `of`: the event that opened the lot. What went to or came from a debt has no lot. The fold is of all that is known
    up to the event's business date.
    """
    if event.customer is None or not event.entries:
        return []
    state = fold(history, date.fromisoformat(event.business_date), FoldPolicy(program, grace_days))
    names = Accounts(event.customer, program)
    holding = (names.active, names.pending, names.debt)
    return [_touched(one, state) for one in state.postings if one.event == event.id and one.account in holding]


def _touched(posting: Posting, state: CustomerState) -> dict[str, Any]:
    lot = next((one for one in state.lots if one.id == posting.lot), None)
    return {
        "kind": posting.kind,
        "lot": posting.lot,
        "of": lot.event if lot else "",
        "account": posting.account.rpartition("/")[2],
        "amount_pt": posting.amount_pt,
        "expires": lot.expires.isoformat() if lot and lot.expires else "",
    }


def _basket_line(line: Facts) -> BasketLine:
    return BasketLine(
        id=line["id"],
        price_kop=line["price_kop"],
        quantity_micro=line["quantity_micro"],
        sku=line.get("sku", ""),
        name=line.get("name", ""),
        gtin=line.get("gtin", ""),
    )


def _priced_line(line: Facts) -> PricedLine:
    net_kop, gross_kop = line["sum_kop"], line.get("gross_kop", line["sum_kop"])
    made = [FiscalItem(**item) for item in line.get("items", ())]
    return PricedLine(
        id=line["id"],
        gross_kop=gross_kop,
        discounts=line.get("discounts", {}),
        points_pt=line.get("spent_pt", 0),
        points_kop=line.get("points_kop", 0),
        net_kop=net_kop,
        accrued_pt=line.get("accrued_pt", 0),
        items=tuple(made) or fiscal_items(line["price_kop"], line["quantity_micro"], net_kop),
    )
