"""One priced basket cut into the receipts of its parts, one for each taxation system or further printer. Pure.

`line.part` names the part: a word of `TAX_SYSTEMS`, or of a printer beside the register's own (its settings say which
taxation system that is), or nothing for the register's own. Prices, discounts, points and
prepayments are those of the whole basket; each part is a fiscal document with its own lines, payments and tag 1055.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from drivers.selling import Tender
from pos_agent.checkout.plan import TENDERS, Plan
from pos_agent.errors import UsageError
from pos_agent.rules.basket_values import PREPAID, BasketLine
from pos_agent.rules.parts import Part

TAX_SYSTEMS = {"osn": 1, "usn_income": 2, "usn_income_expense": 4, "eshn": 16, "patent": 32}  # tag 1055
LONGEST_SALE_ID = 97  # a part's id has a dash and its number more


def parts_named(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts that a basket, not read yet, names: each once, in order; "" of lines that name none."""
    lines = given.get("lines")
    named = [str(line.get("part", "")) for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    return tuple(dict.fromkeys(named))


def check_parts(sale_id: str, lines: Sequence[BasketLine], own: int, systems: Mapping[str, int]) -> None:
    """UsageError API-01: an unknown part, or a line of another taxation system than the register's without VAT.

    `own`: the register's taxation system; `systems`: of each part.
    """
    for number, line in enumerate(lines):
        if line.part and line.part not in systems:
            raise UsageError("API-01", field=f"lines[{number}].part: {line.part} ({', '.join(systems)})")
        if systems.get(line.part, own) != own and not line.vat:
            raise UsageError("API-01", field=f"lines[{number}].vat")
    if len({line.part for line in lines}) > 1 and len(sale_id) > LONGEST_SALE_ID:
        raise UsageError("API-01", field=f"sale: {len(sale_id)} > {LONGEST_SALE_ID}")


def laid_out(plan: Plan, parts: Sequence[Part], own: int, systems: Mapping[str, int]) -> Plan:
    """The whole plan with its parts; a single part is only a receipt of another taxation system or printer."""
    if not parts:
        return plan
    if len(parts) == 1:
        return replace(plan, tax_system=systems.get(parts[0].name, own))
    of_line = {index: part.name for part in parts for index in part.lines}
    lines = [{**line, "part": of_line[index]} for index, line in enumerate(plan.lines)]
    tenders = [_tender(part) for part in parts]
    surplus_kop = plan.paid.cash_kop - sum(one.cash_kop for one in tenders)
    last = max((number for number, one in enumerate(tenders) if one.cash_kop), default=None)
    if surplus_kop and last is not None:  # the change is printed once, on the last receipt that cash pays
        tenders[last] = replace(tenders[last], cash_kop=tenders[last].cash_kop + surplus_kop)
    cut_up = [
        {
            "name": part.name,
            "tax_system": systems.get(part.name, own),
            "lines": list(part.lines),
            "total_kop": part.payable_kop,
            "tender": asdict(tender),
        }
        for part, tender in zip(parts, tenders, strict=True)
    ]
    return replace(plan, lines=lines, parts=cut_up)


def cut(plan: Plan, sale_id: str, number: int) -> Plan:
    """The receipt of one part, counted from 1: what the printer is given. Loyalty is the whole's."""
    part = plan.parts[number - 1]
    mine = set(part["lines"])
    items: list[Mapping[str, Any]] = []
    lines: list[Mapping[str, Any]] = []
    marks: list[dict[str, Any]] = []
    at = 0
    for index, line in enumerate(plan.lines):
        count = len(line["items"])
        if index in mine:
            marks += [
                {"item": len(items) + one["item"] - at, "line": len(lines), "name": one["name"]}
                for one in plan.marks
                if one["line"] == index
            ]
            items += plan.items[at : at + count]
            lines.append(line)
        at += count
    return Plan(
        operation=plan.operation,
        items=items,
        lines=lines,
        tender=part["tender"],
        tax_system=part["tax_system"],
        total_kop=part["total_kop"],
        rules=plan.rules,
        marks=marks,
        part={"sale": sale_id, "number": number, "of": len(plan.parts), "name": part["name"]},
    )


def joined(plan: Plan, parts: Sequence[Mapping[str, Any]]) -> Plan:
    """The whole plan with what its parts' receipts learnt of their lines (checks of marking codes)."""
    known = {line["number"]: line for part in parts for line in part["lines"]}
    return replace(plan, lines=[known.get(line["number"], line) for line in plan.lines])


def _tender(part: Part) -> Tender:
    sums = dict.fromkeys(TENDERS.values(), 0)
    for kind, kop in (*part.payments, *part.offsets):
        sums["advance_kop" if kind in PREPAID else TENDERS[kind]] += kop
    return Tender(**sums)
