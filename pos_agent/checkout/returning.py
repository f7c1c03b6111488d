"""A registered return -> points taken back (loyalty rules, section 9). Pure.

With the original: each returned line is matched to lines of the sale and gets C(k after) - C(k before) of their points,
so any partition and any order ends at the same sums. What matches nothing, or exceeds what was sold, is accepted as a
fiscal fact, moves no points and is flagged for review. Without the original: the lowest rate of the customer's level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pos_agent.checkout.figures import cancelled_figures, level_figures, points_figures, points_on, snapshot_before
from pos_agent.checkout.identify import Identified
from pos_agent.checkout.recording import Place, Recording, accrual_lines, bare_event
from pos_agent.model.events import Entry, EntryKind, LedgerEvent, Purchase
from pos_agent.model.receipt import FiscalDocument, Receipt, ReceiptLine
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.rules.returns import reversal, reverse_without_sale
from pos_agent.rules.values import Rules


@dataclass(frozen=True)
class Back:
    """Part of a sold line that comes back: its number in the sale, how much of it, the points that go with it."""

    line: int
    quantity_micro: int
    points_pt: int


def sale_return(
    document: FiscalDocument,
    who: Identified,
    original: LedgerEvent | None,
    history: Sequence[LedgerEvent],
    rules: Rules,
    place: Place,
) -> Recording:
    """A return of a known customer. `original`: the event of its sale, when the document names it and it is here."""
    event, receipt = bare_event(document, place), document.receipt
    assert receipt is not None, "only receipts come here"
    day = date.fromisoformat(event.business_date)
    flags: list[str] = []
    if original is not None:
        backs, unmatched = match(receipt.lines, original, history)
        taken_pt, entries = sum(back.points_pt for back in backs), _reverse_pieces(event.id, original, backs, rules)
        facts: dict[str, Any] = named_facts(receipt, original, backs)
        flags += ["unmatched"] if unmatched else []
    else:
        before = snapshot_before(history, who.customer, day, rules)
        reversed_ = reverse_without_sale(rules, accrual_lines(receipt.lines), before, day)
        taken_pt, facts = reversed_.total_pt, {"trace": reversed_.trace}
        entries = reverse_amount(event.id, taken_pt, rules)
        flags.append("no_original")
    event = replace(
        event,
        customer=who.customer,
        purchase=Purchase(-receipt.total_kop, original.document if original else None),
        entries=entries,
        facts={**event.facts, "by": who.by, "rules": rules.hash, **facts, **({"flags": flags} if flags else {})},
    )
    was, now = points_on(history, day, rules), points_on([*history, event], day, rules)
    slip = SlipFacts(
        kind=SlipKind.RETURN,
        at=document.at.isoformat(timespec="minutes"),
        customer=who.customer,
        document=str(document.id),
        original_at=original.at[:16] if original else "",
        before_pt=was.active_pt,
        **cancelled_figures(was, now, taken_pt),
        **points_figures(now),
        **level_figures([*history, event], who.customer, day, rules, history),
    )
    return Recording(event, slip)


def named_facts(receipt: Receipt, original: LedgerEvent, backs: Sequence[Back]) -> dict[str, Any]:
    """What the ledger keeps of a return that names its sale; `advance_kop`: what was given back as an offset."""
    facts = {"original": str(original.document), "returned": [_piece(back) for back in backs]}
    return {**facts, "advance_kop": receipt.advance_kop} if receipt.advance_kop else facts


def match(
    lines: Sequence[ReceiptLine], original: LedgerEvent, history: Sequence[LedgerEvent]
) -> tuple[list[Back], bool]:
    """Returned lines against sold ones: by GTIN or name, in the order of the sale, each up to what is not back yet.

    The second value tells that something matched nothing or was more than was sold.
    """
    sold = original.facts["lines"]
    already = _already_back(original, history)
    backs: list[Back] = []
    unmatched = False
    for line in lines:
        left = line.quantity_micro
        for candidate in _candidates(line, sold):
            number, quantity = candidate["number"], candidate["quantity_micro"]
            now = min(left, quantity - already.get(number, 0))
            if now <= 0:
                continue
            before = already.get(number, 0)
            backs.append(Back(number, now, reversal(candidate.get("accrued_pt", 0), quantity, before, now)))
            already[number] = before + now
            left -= now
        unmatched = unmatched or left > 0
    return backs, unmatched


def _candidates(line: ReceiptLine, sold: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sold lines of the same goods: the same marked unit first, then the same price (a split line is there twice)."""
    same = [
        known
        for known in sold
        if (line.gtin and known["gtin"] == line.gtin) or _plain(known["name"]) == _plain(line.name)
    ]
    return sorted(same, key=lambda known: (known["gtin"] != line.gtin, known["price_kop"] != line.price_kop))


def _already_back(original: LedgerEvent, history: Sequence[LedgerEvent]) -> dict[int, int]:
    """Line of the sale -> millionths returned by earlier documents."""
    named = str(original.document)
    back: dict[int, int] = {}
    for event in history:
        if event.facts.get("original") == named:
            for part in event.facts["returned"]:
                back[part["number"]] = back.get(part["number"], 0) + part["quantity_micro"]
    return back


def _reverse_pieces(event: str, original: LedgerEvent, backs: Sequence[Back], rules: Rules) -> tuple[Entry, ...]:
    """No amounts: the fold computes them from the pieces of all returns, so registers that were apart agree."""
    if not backs:
        return ()
    return piece_entries(event, original, rules.program.id)


def piece_entries(event: str, original: LedgerEvent, program: str) -> tuple[Entry, ...]:
    """What returns of a sale do to points: spent ones go back first, then the accrual is taken."""
    kinds = {entry.kind for entry in original.entries}
    found = []
    if EntryKind.SPEND in kinds:
        found.append(Entry(f"{event}:{EntryKind.RESTORE.value}:{program}", EntryKind.RESTORE, program, None))
    lots = [entry.lot or entry.id for entry in original.entries if entry.kind is EntryKind.ACCRUE]
    if lots:
        name = f"{event}:{EntryKind.REVERSE.value}:{program}"
        found.append(Entry(name, EntryKind.REVERSE, program, None, lot=lots[0]))
    return tuple(found)


def reverse_amount(event: str, taken_pt: int, rules: Rules) -> tuple[Entry, ...]:
    """A return that names no sale takes so many points back, of any lots."""
    if not taken_pt:
        return ()
    name = f"{event}:{EntryKind.REVERSE.value}:{rules.program.id}"
    return (Entry(id=name, kind=EntryKind.REVERSE, program=rules.program.id, amount_pt=taken_pt),)


def _piece(back: Back) -> dict[str, int]:
    return {"number": back.line, "quantity_micro": back.quantity_micro, "points_pt": back.points_pt}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
