"""What a return takes back of a sale that is in this register's ledger (loyalty rules, section 9).

Each line by C(k); what prepaid accounts paid goes back to them by the same formula, as an offset (tag 1215) of the
return receipt; the rest is money. Of a sale in parts one receipt is returned at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from drivers.selling import Tender
from pos_agent.checkout.marks import Mark, coming_back, facts_of, item_of
from pos_agent.checkout.own import whole_event
from pos_agent.checkout.plan import VAT_CODES, Plan, item_json
from pos_agent.checkout.prepaid import available, shown
from pos_agent.checkout.sale_codes import already_back, returns_of
from pos_agent.errors import UsageError
from pos_agent.ledger.prepaid import Given, account, back_to_accounts, given_back
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId, Operation
from pos_agent.money import plain, returned_part, roubles
from pos_agent.rules.price import PricedLine
from pos_agent.rules.returns import return_items
from pos_agent.store.repositories import View
from pos_agent.store.splits import MADE


@dataclass(frozen=True)
class Sold:
    """The receipt `document` as it was sold: `lines` are its own, `event` the one with the loyalty of the whole sale.

    `ends`: the receipt is a made part of a sale that was never finished.
    """

    event: LedgerEvent
    document: DocumentId
    lines: Sequence[Mapping[str, Any]]
    ends: str = ""


def sold(view: View, receipt: DocumentId) -> Sold:
    """UsageError RET-01: no such sale here; RET-04: the other parts of its sale are not read back yet."""
    events = [chained.event for chained in view.ledger.by_document(receipt)]
    sales = [one for one in events if one.facts.get("operation") == int(Operation.SALE) and "lines" in one.facts]
    if not sales:
        raise UsageError("RET-01")
    event = sales[0]
    part = event.facts.get("part")
    split = view.splits.get(part["sale"]) if part else None
    if part is None or split is None:
        return Sold(event, receipt, event.facts["lines"])
    whole = whole_event(view, event)
    if whole is not None:
        return Sold(whole, receipt, [line for line in whole.facts["lines"] if line["part"] == part["name"]])
    if split.state == MADE:
        raise UsageError("RET-04")
    return Sold(event, receipt, event.facts["lines"], ends=split.sale_id)


@dataclass
class _Backs:
    """The return receipt under way."""

    items: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    returned: list[dict[str, int]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    restored_pt: int = 0
    cancelled_pt: int = 0
    total_kop: int = 0


def return_plan(
    view: View, named: Sold, lines: Mapping[int, int], payment: str, marks: Mapping[int, Mark], tax_system: int
) -> Plan:
    """The plan of the return of `lines` (empty = all that is left). RET-02, RET-03, PAY-07, MRK-03.

    `tax_system` for a receipt that somebody else registered.
    """
    original, own = named.event, view.intents.by_document(named.document)
    already, vats = already_back(view, original), _vat_codes(view, named.document)
    left_micro = {one["number"]: one["quantity_micro"] - already.get(one["number"], 0) for one in named.lines}
    wanted = dict(lines) or left_micro
    if named.ends and wanted != left_micro:
        raise UsageError("RET-03")
    of_line = {line["number"]: line for line in named.lines}
    backs = _Backs()
    for number, now in sorted((number, now) for number, now in wanted.items() if now):
        if number not in of_line or now > left_micro[number]:
            raise UsageError("RET-02", n=plain(left_micro.get(number, 0)))
        _take(backs, of_line[number], already.get(number, 0), now, marks, vats)
    if not backs.items:
        raise UsageError("RET-02", n=0)
    back = [] if named.ends else _to_accounts(view, original, backs.returned)
    offset_kop = sum(one["sum_kop"] for one in back)
    if named.ends and own is not None:
        offset_kop = Plan.from_json(own.plan).paid.advance_kop  # held, never used: nothing to give back
    offset_kop = min(offset_kop, backs.total_kop)
    cashless = payment == "card" or (not payment and _was_cashless(own.plan if own else None))
    money_kop = backs.total_kop - offset_kop
    tender = Tender(advance_kop=offset_kop, **{"cashless_kop" if cashless else "cash_kop": money_kop})
    return Plan(
        operation=int(Operation.SALE_RETURN),
        items=backs.items,
        lines=backs.lines,
        tender=asdict(tender),
        tax_system=own.plan["tax_system"] if own else tax_system,
        total_kop=backs.total_kop,
        rules=str(original.facts.get("rules", "")),
        original=str(original.document),
        returned=backs.returned,
        restored_pt=0 if named.ends else backs.restored_pt,
        cancelled_pt=0 if named.ends else backs.cancelled_pt,
        marks=backs.marks,
        back=back,
        closes=_closed(view, original, already, backs.returned),
        ends=named.ends,
    )


def _take(
    backs: _Backs,
    line: Mapping[str, Any],
    before: int,
    now: int,
    marks: Mapping[int, Mark],
    vats: Mapping[int, int],
) -> None:
    number = line["number"]
    part = return_items(_priced(line), line["price_kop"], line["quantity_micro"], before, now)
    as_sold = {name: line[name] for name in ("method", "subject") if name in line}
    vat = line.get("vat") or vats[number]
    made = [{**item_json(item), "name": line["name"], "vat": vat, **as_sold} for item in part.items]
    mark = coming_back(marks, line, now)
    if mark is not None:
        backs.marks.append({"item": len(backs.items), "line": len(backs.lines), "name": str(number)})
        made = [item_of(item, mark) for item in made]
    backs.items += made
    backs.returned.append({"number": number, "quantity_micro": now})
    back = {"number": number, "name": line["name"], "quantity_micro": now, "sum_kop": part.money_kop}
    backs.lines.append({**back, "mark": facts_of(mark)} if mark is not None else back)
    backs.restored_pt += part.restored_pt
    backs.cancelled_pt += part.cancelled_pt
    backs.total_kop += part.money_kop


def _to_accounts(view: View, original: LedgerEvent, returned: Sequence[Mapping[str, int]]) -> list[dict[str, Any]]:
    """What this document gives back to each account: C(k after) - C(k before)."""
    offsets = original.facts.get("offsets", ())
    if not offsets:
        return []
    before = back_to_accounts(original, returns_of(view, original))
    after = {**before}
    for piece in returned:
        after[piece["number"]] = after.get(piece["number"], 0) + piece["quantity_micro"]
    was, now = given_back(original.facts, before), given_back(original.facts, after)
    found = []
    for one in offsets:
        name, kind = one["account"], one["kind"]
        had, has = was.get(name, Given()), now.get(name, Given())
        kop, micro = has.sum_kop - had.sum_kop, has.units_micro - had.units_micro
        if kop or micro:
            found.append({"account": name, "kind": kind, "sum_kop": kop, "units_micro": micro})
    return found


def _closed(
    view: View, original: LedgerEvent, already: Mapping[int, int], returned: Sequence[Mapping[str, int]]
) -> list[dict[str, Any]]:
    """What the return takes of accounts that the sale sold. UsageError PAY-07: they were paid with meanwhile."""
    now = {piece["number"]: piece["quantity_micro"] for piece in returned}
    quantities = {line["number"]: line["quantity_micro"] for line in original.facts["lines"]}
    found = []
    for one in original.facts.get("sells", ()):
        if one["line"] not in now:
            continue
        before, sold_micro = already.get(one["line"], 0), quantities[one["line"]]
        after = before + now[one["line"]]
        kop, micro = (
            returned_part(whole, after, sold_micro) - returned_part(whole, before, sold_micro)
            for whole in (one["value_kop"], one["units_micro"])
        )
        known = account(one["account"], view.prepaid.events(one["account"]))
        left = available(view, known) if known else (0, 0)
        if left[0] < kop or left[1] < micro:
            told = roubles(max(0, left[0])) if one["value_kop"] else plain(max(0, left[1]))
            raise UsageError("PAY-07", account=shown(one["account"]), left=told)
        found.append({"account": one["account"], "kind": one["kind"], "sum_kop": kop, "units_micro": micro})
    return found


def _vat_codes(view: View, receipt: DocumentId) -> dict[int, int]:
    """Line -> tag 1199 of the sale as it stands in the fiscal storage (a receipt that somebody else registered)."""
    stored = view.documents.get(receipt)
    tags = stored.decoded["tags"] if stored is not None and stored.decoded is not None else []
    items = [tag["tags"] for tag in tags if tag["tag"] == 1059]
    rates = [next((one["value"] for one in item if one["tag"] == 1199), VAT_CODES["none"]) for item in items]
    return dict(enumerate(rates, 1))


def _priced(line: Mapping[str, Any]) -> PricedLine:
    return PricedLine(
        id=str(line["number"]),
        gross_kop=line.get("gross_kop", line["sum_kop"]),
        discounts=line.get("discounts", {}),
        points_pt=line.get("spent_pt", 0),
        points_kop=line.get("points_kop", 0),
        net_kop=line["sum_kop"],
        accrued_pt=line.get("accrued_pt", 0),
        items=(),
    )


def _was_cashless(plan: Mapping[str, Any] | None) -> bool:
    return plan is not None and not plan["tender"].get("cash_kop")
