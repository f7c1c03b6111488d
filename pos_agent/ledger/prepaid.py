"""Certificates, abonements and deposits from the set of events (loyalty rules, sections 3.4 and 9). Pure.

sale:   facts["sells"]   = [{"account", "kind", "line", "value_kop", "units_micro", "rest", "to", "stores", ...}]
        facts["offsets"] = [{"account", "kind", "sum_kop", "units_micro", "lines": {"1": kop}, "units": {"1": micro}}]
return: facts["returned"] = [{"number", "quantity_micro"}] of the sale `facts["original"]`

        facts["advance_kop"] = its tag 1215, when a till registered it (those of the agent have `facts["sale"]`)

What goes back is C(k) of all that came back, so any partition and any order of returns ends at the same rest. A return
that a till registered gives back to accounts when its offset (1215) covers their share; else it returned money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pos_agent.ledger.calendar import instant
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import Operation
from pos_agent.money import MICRO, returned_part

Facts = Mapping[str, Any]
ABONEMENT, FORFEIT = "abonement", "forfeit"


@dataclass(frozen=True)
class Given:
    """Kopecks and millionths of a unit that went to or from an account."""

    sum_kop: int = 0
    units_micro: int = 0


@dataclass(frozen=True)
class Account:
    """One account today. `terms`: the facts it was sold under. A rest below 0: two registers used it unseen.

    Abonements have units (`rest_micro`), the others money.
    """

    id: str
    kind: str
    rest_kop: int
    rest_micro: int
    terms: Facts = field(default_factory=dict)
    opened: str = ""  # FN/FD

    def over(self, day: date) -> bool:
        """Is its last usable day behind? `to` is the first day on which it cannot be used."""
        end = str(self.terms.get("to", ""))
        return bool(end) and day.isoformat() >= end


def account(name: str, events: Iterable[LedgerEvent]) -> Account | None:
    """The account out of the events that touch it, in any order and with repetitions; None when nothing opened it."""
    known = {event.id: event for event in events}
    ordered = sorted(known.values(), key=lambda one: (one.business_date, instant(one.at), one.id))
    sales = [one for one in ordered if one.facts.get("sells") or one.facts.get("offsets")]
    openings = [(sale, one) for sale in sales for one in sale.facts.get("sells", ()) if one["account"] == name]
    if not openings:
        return None
    rest_kop = rest_micro = 0
    for sale, one in openings:
        back, line = _back_micro(sale, ordered), one["line"]
        quantity = next(sold["quantity_micro"] for sold in sale.facts["lines"] if sold["number"] == line)
        rest_kop += one["value_kop"] - returned_part(one["value_kop"], back.get(line, 0), quantity)
        rest_micro += one["units_micro"] - returned_part(one["units_micro"], back.get(line, 0), quantity)
    opening, terms = openings[-1]
    for sale in sales:
        rest_kop, rest_micro = _after(name, sale, ordered, rest_kop, rest_micro, terms)
    return Account(name, terms["kind"], rest_kop, rest_micro, terms, str(opening.document))


def _after(
    name: str, sale: LedgerEvent, events: Sequence[LedgerEvent], rest_kop: int, rest_micro: int, terms: Facts
) -> tuple[int, int]:
    """What one sale leaves. A sale that came back whole is as if it had not been; else a forfeited rest stays so."""
    taken = [one for one in sale.facts.get("offsets", ()) if one["account"] == name]
    if not taken:
        return rest_kop, rest_micro
    micro = sum(one["units_micro"] for one in taken)
    back = given_back(sale.facts, back_to_accounts(sale, events)).get(name, Given())
    if terms["kind"] == ABONEMENT:
        return rest_kop, rest_micro - micro + back.units_micro
    kop = sum(one["sum_kop"] for one in taken)
    if terms.get("rest") == FORFEIT and back.sum_kop < kop:
        return min(0, rest_kop - kop) + back.sum_kop, rest_micro
    return rest_kop - kop + back.sum_kop, rest_micro


def back_to_accounts(sale: LedgerEvent, events: Iterable[LedgerEvent]) -> dict[int, int]:
    """Line -> what came back of it by returns that gave the accounts their share, of those that fit. Any order."""
    known = {event.id: event for event in events if event.facts.get("original") == str(sale.document)}
    pieces = Pieces(sale)
    for event in sorted(known.values(), key=lambda one: (one.business_date, instant(one.at), one.id)):
        back = returned_pieces(event)
        if pieces.fits(back) and ("sale" in event.facts or _covered(sale, pieces.back_micro, back, event)):
            pieces.give_back(back)
    return pieces.back_micro


def _covered(sale: LedgerEvent, before: Mapping[int, int], back: Mapping[int, int], event: LedgerEvent) -> bool:
    """Does the offset of a till's own return cover what accounts get? A kopeck a line is another maker's rounding."""
    after = {number: micro + back.get(number, 0) for number, micro in before.items()}
    was, now = (sum(one.sum_kop for one in given_back(sale.facts, micro).values()) for micro in (before, after))
    offset_kop = int(event.facts.get("advance_kop", 0))
    return offset_kop > 0 and offset_kop + len(back) >= now - was


def _back_micro(sale: LedgerEvent, events: Iterable[LedgerEvent]) -> dict[int, int]:
    """Line -> what came back of it, of returns that fit, whoever registered them."""
    pieces = Pieces(sale)
    for event in events:
        if event.facts.get("original") == str(sale.document):
            back = returned_pieces(event)
            if pieces.fits(back):
                pieces.give_back(back)
    return pieces.back_micro


def given_back(sale: Facts, back_micro: Mapping[int, int]) -> dict[str, Given]:
    """What is back on each account once `back_micro` of the sale's lines are.

    Abonements by their lines; certificates and deposits by the formula over the receipt (of each part, where a sale has
    several), of what abonements did not pay. Several of them: the last that paid gets back first, as points do.
    """
    found: dict[str, Given] = {}
    if sale.get("operation", int(Operation.SALE)) != int(Operation.SALE):
        return found
    lines: Sequence[Facts] = sale["lines"]
    for part in dict.fromkeys(line.get("part", "") for line in lines):
        mine = [line for line in lines if line.get("part", "") == part]
        _of_part(mine, sale.get("offsets", ()), back_micro, found)
    return found


def _of_part(
    lines: Sequence[Facts], offsets: Sequence[Facts], back_micro: Mapping[int, int], found: dict[str, Given]
) -> None:
    due = returned = 0  # kopecks that abonements did not pay: of the part, and of what came back
    by_units = [one for one in offsets if one["units"]]
    for line in lines:
        number, quantity, net = str(line["number"]), line["quantity_micro"], line["sum_kop"]
        k = back_micro.get(line["number"], 0)
        money = returned_part(net, k, quantity)
        covered = {one["account"]: one["lines"].get(number, 0) for one in by_units}
        paid = sum(covered.values())
        back = paid * money // net if net else 0
        for name, kop in _last_first(covered, back).items():
            _add(found, name, Given(kop))
        for one in by_units:
            _add(found, one["account"], Given(0, _units_back(one["units"].get(number, 0), k, quantity)))
        due, returned = due + net - paid, returned + money - back
    numbers = {str(line["number"]) for line in lines}
    sums = {
        one["account"]: sum(kop for number, kop in one["lines"].items() if number in numbers)
        for one in offsets
        if not one["units"]
    }
    back = sum(sums.values()) * returned // due if due else 0
    for name, kop in _last_first(sums, back).items():
        _add(found, name, Given(kop))


def _units_back(units_micro: int, back_micro: int, quantity_micro: int) -> int:
    """floor(X x k / q) in whole units while the sale counted whole ones: half a visit does not come back."""
    if units_micro % MICRO or quantity_micro % MICRO:
        return returned_part(units_micro, back_micro, quantity_micro)
    return units_micro // MICRO * back_micro // quantity_micro * MICRO


def _last_first(sums: Mapping[str, int], back: int) -> dict[str, int]:
    """`back` kopecks over accounts, the last that paid first, each at most what it gave."""
    found: dict[str, int] = {}
    for name, kop in reversed(list(sums.items())):
        found[name] = min(kop, back)
        back -= found[name]
    return found


def _add(found: dict[str, Given], name: str, more: Given) -> None:
    was = found.get(name, Given())
    found[name] = Given(was.sum_kop + more.sum_kop, was.units_micro + more.units_micro)
