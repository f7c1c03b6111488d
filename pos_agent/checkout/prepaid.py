"""Certificates, abonements and deposits in sales that the agent registers (loyalty rules, section 3.4).

Sold: a prepayment (fiscal notes, section 4.6), its account opened by the sale's event under the terms of that day.
Paid with: an offset, tag 1215, out of what the ledger says is left less what open sales hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pos_agent.checkout.plan import Plan
from pos_agent.checkout.sale_codes import KnownCodes
from pos_agent.errors import UsageError
from pos_agent.ledger.prepaid import Account, account
from pos_agent.money import MICRO
from pos_agent.rules.basket_values import ABONEMENT, DEPOSIT, PREPAID, BasketLine
from pos_agent.rules.code_form import coupon_code
from pos_agent.rules.compiled import compiled
from pos_agent.rules.line_state import LineState
from pos_agent.rules.opening import opened
from pos_agent.rules.prepaid_terms import FULL, PrepaidTerms
from pos_agent.rules.price import Priced
from pos_agent.rules.quantities import micro_of, quantity
from pos_agent.rules.values import Rules
from pos_agent.store.prepaid import Hold
from pos_agent.store.repositories import Txn, View

PREPAYMENT, ADVANCE, PAYMENT = 1, 3, 10  # tags 1214, 1214, 1212
CALCULATED = {1: 3, 2: 4, 3: 3, 4: 4, 5: 6, 6: 6, 7: 9, 8: 10, 9: 9, 10: 10, 11: 12, 12: 12}  # 1199: rate -> rate/1xx


@dataclass(frozen=True)
class Occasion:
    """Whose sale it is, where and when."""

    sale_id: str
    customer: str | None
    store: str
    day: date


def account_name(kind: str, code: str) -> str:
    """How an account is kept: as printed, without case, spaces and dashes."""
    return f"{kind}:{''.join(code.upper().replace('-', '').split())}"


def shown(name: str) -> str:
    """The code alone, for people."""
    return name.partition(":")[2]


def presented(view: View, given: Mapping[str, Any], now: Occasion) -> Mapping[str, Any]:
    """The basket with what is left on the accounts it pays with: `sum_kop`, or `units` and `scope`.

    The till may say less than the rest, never more. UsageError PAY-02: not known at this register; PAY-03: nothing is
    left, or an open sale holds it; PAY-04: over, another branch, another customer; API-01: one account twice.
    """
    payments = given.get("payments")
    if not isinstance(payments, list):
        return given
    found: list[Any] = []
    for number, one in enumerate(payments):
        if not isinstance(one, dict) or one.get("kind") not in PREPAID:
            found.append(one)
            continue
        paying = _paying(view, one, now)
        if any(isinstance(other, dict) and _same(other, paying) for other in found):
            raise UsageError("API-01", field=f"payments[{number}].id")
        found.append(paying)
    return {**given, "payments": found}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one.get("kind"), one.get("id")) == (other["kind"], other["id"])


def _paying(view: View, one: Mapping[str, Any], now: Occasion) -> dict[str, Any]:
    kind, code = str(one["kind"]), one.get("id", "")
    if kind == DEPOSIT:
        code = _deposit(view, now)
    if not isinstance(code, str) or not code.strip():
        raise UsageError("PAY-04", account=kind, why="prepaid_nobody" if kind == DEPOSIT else "prepaid_code")
    name = account_name(kind, code)
    known = account(name, view.prepaid.events(name))
    if known is None:
        raise UsageError("PAY-02", account=shown(name))
    if (why := _why_not(view, known, now)) is not None:
        raise UsageError("PAY-04", account=shown(name), why=why)
    left_kop, left_micro = available(view, known, now.sale_id)
    if max(left_kop, left_micro) <= 0:
        raise UsageError("PAY-03", account=shown(name))
    paying = {**one, "id": shown(name)}
    if kind == ABONEMENT:
        asked = micro_of(one["units"]) if "units" in one else None
        return {**paying, "units": quantity(min(left_micro, asked or left_micro)), "scope": known.terms["scope"]}
    return {**paying, "sum_kop": min(left_kop, one["sum_kop"]) if type(one.get("sum_kop")) is int else left_kop}


def _deposit(view: View, now: Occasion) -> str:
    """Whose deposit pays: of the customer's cards the first that has one with something left, its own before others."""
    if not now.customer:
        return ""
    for card in view.ledger.cards(now.customer):
        name = account_name(DEPOSIT, card)
        known = account(name, view.prepaid.events(name))
        if known is not None and available(view, known, now.sale_id)[0] > 0:
            return card
    return now.customer


def _why_not(view: View, known: Account, now: Occasion) -> str | None:
    """A key of texts/reasons.toml."""
    terms = known.terms
    if known.over(now.day):
        return "prepaid_over"
    if terms["stores"] and now.store not in terms["stores"]:
        return "prepaid_store"
    owner = terms["customer"]
    return "prepaid_person" if owner and not (now.customer and owner in view.ledger.cards(now.customer)) else None


def available(view: View, known: Account, sale_id: str = "") -> tuple[int, int]:
    """Kopecks and millionths that may be used: the rest less what other open sales hold."""
    held = view.prepaid.held(known.id, besides=sale_id)
    return known.rest_kop - (held.sum_kop if held else 0), known.rest_micro - (held.units_micro if held else 0)


def offsets_of(priced: Priced) -> list[dict[str, Any]]:
    """What each account pays, for the plan and the event; lines count from 1."""
    return [
        {
            "account": account_name(one.kind, one.id),
            "kind": one.kind,
            "sum_kop": one.sum_kop,
            "units_micro": one.units_micro,
            "lines": {str(index): kop for index, kop in enumerate(one.by_line_kop, 1) if kop},
            "units": {str(index): micro for index, micro in enumerate(one.units_by_line_micro, 1) if micro},
        }
        for one in priced.paid.offsets
        if one.sum_kop or one.units_micro
    ]


def sells_of(view: View, found: KnownCodes, priced: Priced, now: Occasion) -> list[dict[str, Any]]:
    """The accounts that the receipt opens or fills. UsageError PAY-05: paid with another one; PAY-06: why not."""
    lines = [line for line in opened(compiled(found.rules), found.rules, found.basket) if line.line.sells]
    if lines and any(one.sum_kop or one.units_micro for one in priced.paid.offsets):
        raise UsageError("PAY-05")
    made = [_sold(view, line, found, priced.lines[line.index].net_kop, now) for line in lines]
    names = [one["account"] for one in made]
    if len(set(names)) < len(names):
        raise UsageError("PAY-06", account=shown(names[-1]), why="prepaid_twice")
    return made


def _sold(view: View, state: LineState, found: KnownCodes, net_kop: int, now: Occasion) -> dict[str, Any]:
    line, kind = state.line, state.line.sells
    terms = terms_of(found.rules, state)
    if terms is None:
        raise UsageError("PAY-06", account=line.name or line.id, why="prepaid_terms")
    if line.quantity_micro != MICRO:
        raise UsageError("PAY-06", account=line.name or line.id, why="prepaid_one")
    if (kind == DEPOSIT or terms.personal) and not now.customer:
        raise UsageError("PAY-06", account=line.name or line.id, why="prepaid_nobody")
    name = account_name(kind, (now.customer or "") if kind == DEPOSIT else _code(line, terms, found, now))
    held = view.prepaid.held(name, besides=now.sale_id)
    if kind != DEPOSIT and (account(name, view.prepaid.events(name)) or (held and held.opens)):
        raise UsageError("PAY-06", account=shown(name), why="prepaid_sold")
    end = (now.day + timedelta(days=terms.valid_days + 1)).isoformat() if terms.valid_days else ""
    return {
        "account": name,
        "kind": kind,
        "line": state.index + 1,
        "terms": terms.id,
        "name": terms.name,
        "value_kop": 0 if kind == ABONEMENT else terms.value_kop or net_kop,
        "units_micro": terms.units_micro,
        "scope": dict(terms.scope_table),
        "stores": list(terms.stores),
        "rest": terms.rest,
        "method": terms.method,
        "to": end,
        "customer": now.customer if terms.personal or kind == DEPOSIT else "",
    }


def terms_of(rules: Rules, state: LineState) -> PrepaidTerms | None:
    """The first terms of this kind for these goods; without any a certificate and a deposit have none to speak of."""
    kind = state.line.sells
    same = (one for one in rules.prepaid if one.kind == kind and one.sold.matches(state))
    return next(same, None if kind == ABONEMENT else PrepaidTerms("", kind))


def _code(line: BasketLine, terms: PrepaidTerms, found: KnownCodes, now: Occasion) -> str:
    """As the till says, else made with the key of the batch: the same sale always makes the same code."""
    if line.account:
        return line.account
    batch = next((one for one in found.rules.batches if one.id == terms.batch), None)
    secret = found.secrets.get(terms.batch)
    if batch is None or secret is None:
        raise UsageError("PAY-06", account=line.name or line.id, why="prepaid_code")
    return coupon_code(batch, secret, f"{now.sale_id}:{line.id}")


def as_prepayments(plan: Plan, sells: Sequence[Mapping[str, Any]]) -> Plan:
    """The plan whose lines that sell an account are registered as prepayments, at the calculated rate of VAT."""
    sold = {one["line"]: one for one in sells}
    items, lines = [*plan.items], [*plan.lines]
    at = 0
    for index, line in enumerate(plan.lines):
        count = len(line["items"])
        if line["number"] in sold:
            method = PREPAYMENT if sold[line["number"]]["method"] == FULL else ADVANCE
            changed = {"vat": CALCULATED[line["vat"]], "method": method, "subject": PAYMENT}
            lines[index] = {**line, **changed}
            items[at : at + count] = [{**item, **changed} for item in items[at : at + count]]
        at += count
    return replace(plan, items=items, lines=lines, sells=[*sells])


def holds_of(plan: Plan) -> list[Hold]:
    """What the sale or the return takes of accounts until its event is in the ledger."""
    takes = [
        Hold(one["account"], one["kind"], 0 if one["kind"] == ABONEMENT else one["sum_kop"], one["units_micro"])
        for one in plan.offsets
    ]
    takes += [Hold(one["account"], one["kind"], opens=one["kind"] != DEPOSIT) for one in plan.sells]
    return takes + [Hold(one["account"], one["kind"], one["sum_kop"], one["units_micro"]) for one in plan.closes]


def hold(txn: Txn, sale_id: str, plan: Plan) -> None:
    """With the intent: hold, if it is still there. UsageError PAY-03: another sale has taken it meanwhile."""
    holds = holds_of(plan)
    for one in holds:
        if one.sum_kop or one.units_micro:
            known = account(one.account, txn.prepaid.events(one.account))
            left = available(txn, known, sale_id) if known else (0, 0)
            if left[0] < one.sum_kop or left[1] < one.units_micro:
                raise UsageError("PAY-03", account=shown(one.account))
    txn.prepaid.hold(sale_id, holds)


def touched(facts: Mapping[str, Any]) -> list[str]:
    """The accounts that a sale's facts name."""
    return [one["account"] for key in ("offsets", "sells") for one in facts.get(key, ())]
