"""Orders of the desk for receipts of the tasks: a basket's plan with what a basket does not say, and plans of our own.

A purchase, its return, or a return that names no sale is registered as the till asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from drivers.fiscal.tlv import build, encode
from pos_agent.api.atol_tasks.goods import Position, line_sum
from pos_agent.api.atol_tasks.receipt import TillReceipt
from pos_agent.api.atol_tasks.tender import as_sums
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.part_words import OWN
from pos_agent.checkout.plan import VAT_CODES, Plan, content_hash

FFD_12 = 4  # tag 1209


def dressed(order: SaleOrder, asked: TillReceipt) -> SaleOrder:
    """The order with kinds of payment and goods, measures, departments and the tax system that the task names."""
    make = order.plan
    return replace(order, plan=lambda: _dressed(make(), asked))


def bare(sale_id: str, asked: TillReceipt, tax_system: int, vat: str, tlvs: tuple[bytes, ...]) -> SaleOrder:
    """A receipt of goods as they are named, of nobody. `asked` is of one part; `tax_system`: its own."""
    plan = _own_plan(asked, tax_system, vat)
    return SaleOrder(sale_id, content_hash({"plan": plan.to_json()}), None, lambda: plan, tlvs, parts=asked.parts)


def requisites(asked: TillReceipt, *, ffd: int | None, operator: bool, contact: bool) -> tuple[bytes, ...]:
    """TLVs of the receipt: 1008 (`contact`), 1021 and 1203 (`operator`), the buyer, 1084, 1192."""
    tags = []
    if contact and asked.contact:
        tags.append(build(1008, asked.contact))
    if operator and asked.operator[0]:
        tags.append(build(1021, asked.operator[0][:64]))
        tags += [build(1203, asked.operator[1])] if asked.operator[1] else []
    name, vatin = asked.buyer
    named = (*((build(1227, name),) if name else ()), *((build(1228, vatin),) if vatin else ()))
    tags += [build(1256, named)] if named and ffd == FFD_12 else list(named)
    tags += [build(1084, (build(1085, key), build(1086, value))) for key, value in asked.attributes]
    tags += [build(1192, asked.note)] if asked.note else []
    return tuple(encode([tag]) for tag in tags)


def _dressed(plan: Plan, asked: TillReceipt) -> Plan:
    items: list[Mapping[str, Any]] = []
    left = list(plan.items)
    for line, position in zip(plan.lines, asked.positions, strict=True):
        count = len(line["items"])
        items += [_named(item, position) for item in left[:count]]
        left = left[count:]
    return _taxed(replace(plan, items=items), asked)


def _taxed(plan: Plan, asked: TillReceipt) -> Plan:
    """What the task names is of the register's usual receipt; other parts have what the settings say."""
    if not asked.tax_system:
        return plan
    if plan.parts:
        parts = [part if part["name"] else {**part, "tax_system": asked.tax_system} for part in plan.parts]
        return replace(plan, parts=parts)
    return replace(plan, tax_system=asked.tax_system) if asked.parts == (OWN,) else plan


def _named(item: Mapping[str, Any], position: Position) -> dict[str, Any]:
    """A marked item keeps the kind of goods that its code gave it."""
    made = {**item, "method": position.method, "department": position.department}
    if position.mark is None:
        made |= {"subject": position.subject}
        made |= {"measure": position.measure} if position.measure is not None else {}
    return made


def _own_plan(asked: TillReceipt, tax_system: int, vat: str) -> Plan:
    items, lines = [], []
    for number, one in enumerate(asked.positions, 1):
        rate, total = VAT_CODES[one.vat or vat], line_sum(one.price_kop, one.quantity_micro)
        item = {"price_kop": one.price_kop, "quantity_micro": one.quantity_micro, "sum_kop": total}
        items.append(_named({"name": one.name, **item, "vat": rate}, one))
        shown = {"number": number, "id": str(number), "sku": one.sku, "name": one.name, "gtin": "", "vat": rate}
        money = {"gross_kop": total, "discounts": {}, "points_kop": 0, "spent_pt": 0, "accrued_pt": 0}
        lines.append({**shown, **item, **money, "items": [item]})
    return Plan(
        operation=asked.operation,
        items=items,
        lines=lines,
        tender=as_sums(asked.payments),
        tax_system=tax_system,
        total_kop=asked.total_kop,
    )
