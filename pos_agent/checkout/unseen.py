"""A return without its receipt (loyalty rules, section 9): money by the presented price, nothing restored, the accrual
taken back at the lowest rate of the customer's level, and the document is flagged for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from drivers.selling import Tender
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.figures import snapshot_before
from pos_agent.checkout.marks import taken
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.plan import VAT_CODES, Plan, content_hash, item_json
from pos_agent.checkout.split_plan import check_parts, parts_named
from pos_agent.errors import AgentError, UsageError
from pos_agent.logs import logger
from pos_agent.model.receipt import Operation
from pos_agent.money import line_sum_kop
from pos_agent.rules.accrue import AccrualLine
from pos_agent.rules.basket import Basket, BasketError, read
from pos_agent.rules.items import FiscalItem
from pos_agent.rules.returns import reverse_without_sale
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View

NO_ORIGINAL = "no_original"


def order(orders: Orders, sale_id: str, given: Mapping[str, Any], customer: str | None, payment: str) -> SaleOrder:
    """Take `lines` of a basket back at their `price_kop`: one receipt, so one part. PRC-01, API-01.

    RET-05: marked goods, which need their receipt.
    """
    goods, marks = taken({**given, "draft": sale_id})  # read whole: what is wrong in it is told
    if marks:
        raise UsageError("RET-05")
    basket, parts = _read(goods, orders.counter.vat), parts_named(goods)
    check_parts(sale_id, basket.lines, orders.counter.tax_system, orders.counter.systems)
    if len(parts) > 1:
        raise UsageError("API-01", field=f"lines[].part: {', '.join(parts)}")
    asked = content_hash({"unseen": dict(given), "customer": customer, "paid": payment})

    def plan() -> Plan:
        """After the device was read."""
        with orders.journal.store.reading() as view:
            rules = orders.journal.rules(view)
            today = orders.clock.now().astimezone(orders.journal.place.zone).date()
            cancelled_pt = _cancelled(view, rules, basket, customer, today) if customer else 0
        return _plan(orders, basket, payment, rules.hash, cancelled_pt)

    return SaleOrder(sale_id, asked, customer, plan, parts=parts)


def without_receipt(orders: Orders, plan: Plan, lines: Sequence[Mapping[str, Any]], customer: str | None) -> Plan:
    """`plan` of a till's own return with what it does to the points of `customer`; `lines` as in a basket.

    What cannot be reckoned (no rules in force) moves no points: the money has been given back. The mark stays.
    """
    flagged = replace(plan, flags=[*plan.flags, NO_ORIGINAL])
    today = orders.clock.now().astimezone(orders.journal.place.zone).date()
    try:
        goods, _ = taken({"lines": [*lines], "draft": "return"})
        basket = _read(goods, orders.counter.vat)
        with orders.journal.store.reading() as view:
            rules = orders.journal.rules(view)
            cancelled_pt = _cancelled(view, rules, basket, customer, today) if customer else 0
    except AgentError as error:
        logger("desk").warning("return without its receipt moves no points", code=error.code)
        return flagged
    return replace(flagged, rules=rules.hash, cancelled_pt=cancelled_pt)


def _read(goods: Mapping[str, Any], vat: str) -> Basket:
    try:
        basket = read(goods)
    except BasketError as error:
        told = tuple(f"{one.path}: {one.message_ru}" for one in error.problems)
        raise UsageError("PRC-01", lines=told, count=len(told)) from error
    for number, line in enumerate(basket.lines):
        if (line.vat or vat) not in VAT_CODES:
            raise UsageError("API-01", field=f"lines[{number}].vat")
    return basket


def _cancelled(view: View, rules: Rules, basket: Basket, customer: str, today: date) -> int:
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    lines = [
        AccrualLine(
            line.id,
            line.name,
            line_sum_kop(line.price_kop, line.quantity_micro),
            sku=line.sku,
            category=line.category,
            gtin=line.gtin,
            flags=line.flags,
            barcode=line.barcode,
            quantity_micro=line.quantity_micro,
        )
        for line in basket.lines
    ]
    return reverse_without_sale(rules, lines, snapshot_before(events, customer, today, rules), today).total_pt


def _plan(orders: Orders, basket: Basket, payment: str, rules: str, cancelled_pt: int) -> Plan:
    items: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for number, line in enumerate(basket.lines, 1):
        vat = VAT_CODES[line.vat or orders.counter.vat]
        sum_kop = line_sum_kop(line.price_kop, line.quantity_micro)
        item = FiscalItem(line.price_kop, line.quantity_micro, sum_kop)
        items.append({**item_json(item), "name": line.name or line.id, "vat": vat})
        named = {"number": number, "name": line.name or line.id, "sku": line.sku, "gtin": line.gtin}
        lines.append({**named, "quantity_micro": line.quantity_micro, "sum_kop": sum_kop})
    total_kop = sum(line["sum_kop"] for line in lines)
    return Plan(
        operation=int(Operation.SALE_RETURN),
        items=items,
        lines=lines,
        tender=asdict(Tender(**{"cashless_kop" if payment == "card" else "cash_kop": total_kop})),
        tax_system=orders.counter.systems.get(basket.lines[0].part, orders.counter.tax_system),
        total_kop=total_kop,
        rules=rules,
        cancelled_pt=cancelled_pt,
        flags=[NO_ORIGINAL],
    )
