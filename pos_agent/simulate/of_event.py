"""An event of the ledger -> what happened, as far as the event keeps it. Pure.

A sale that the agent registered keeps every line at the price it was offered at, its article, name, GTIN, category,
flags, floor, what was spent, the codes, the customer and its segments; one that was written before those were kept says
so in `lacks`. A sale seen in the fiscal storage keeps prices after discounts and the name. No sale keeps a birthday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.checkout.goods_facts import goods_known
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import Operation
from pos_agent.rules.basket_values import BasketLine
from pos_agent.simulate.needs import ALWAYS, OF_GOODS, OF_OWN, OF_SALE
from pos_agent.simulate.past import Past, PastKind

KINDS = {int(Operation.SALE): PastKind.SALE, int(Operation.SALE_RETURN): PastKind.RETURN}
BY_HAND = (EventKind.GIFT, EventKind.ADJUST)


def past_of_event(event: LedgerEvent, store: str) -> Past | None:
    """A sale, a return or a gift; None for what moves neither goods nor points given by hand."""
    if event.kind in BY_HAND and event.customer is not None:
        return _gift(event, store)
    kind = KINDS.get(event.facts.get("operation", 0))
    if event.kind is not EventKind.RECEIPT or kind is None or event.document is None:
        return None
    original = event.purchase.original if event.purchase else None
    lines, offered = _listed(event.facts, "lines"), event.facts.get("offered")
    told: Mapping[str, Any] = offered if isinstance(offered, Mapping) else {}
    return Past(
        kind=kind,
        id=str(event.document),
        at=event.at,
        register=event.register,
        store=store,
        customer=event.customer or "",
        lines=tuple(_line(line) for line in lines),
        paid_kop=event.facts.get("total_kop", 0),
        spent_pt=sum(entry.amount_pt or 0 for entry in event.entries if entry.kind is EntryKind.SPEND),
        codes=tuple(dict.fromkeys(one["code"] for one in _listed(event.facts, "codes"))),
        original=str(original) if original else str(event.facts.get("original", "")),
        pieces=tuple((one["number"], one["quantity_micro"]) for one in _listed(event.facts, "returned")),
        channel=told.get("channel", ""),
        delivery=told.get("delivery", ""),
        partner=told.get("partner", ""),
        segments=tuple(told.get("segments", ())),
        lacks=_lacks(lines, told) if kind is PastKind.SALE else (),
    )


def _gift(event: LedgerEvent, store: str) -> Past | None:
    entries = [one for one in event.entries if one.kind in (EntryKind.GIFT, EntryKind.ADJUST) and one.amount_pt]
    if not entries:
        return None
    first = entries[0]
    return Past(
        kind=PastKind.GIFT,
        id=first.id if first.kind is EntryKind.ADJUST else first.lot or first.id,
        at=event.at,
        register=event.register,
        store=store,
        customer=event.customer or "",
        points_pt=sum(one.amount_pt or 0 for one in entries),
        active_from=first.active_from,
        expires=first.expires,
    )


def _lacks(lines: Sequence[Mapping[str, Any]], offered: Mapping[str, Any]) -> tuple[str, ...]:
    own = all("sku" in line for line in lines)  # else a receipt of the till's own
    missing = () if all(goods_known(line) for line in lines) else OF_GOODS
    return (*ALWAYS, *missing, *(() if offered else OF_SALE), *(() if own else OF_OWN))


def _line(line: Mapping[str, Any]) -> BasketLine:
    """A return keeps the money of a line, not its price: that is its price for one."""
    return BasketLine(
        id=str(line["number"]),
        price_kop=line.get("price_kop", line.get("sum_kop", 0)),
        quantity_micro=line["quantity_micro"],
        sku=line.get("sku", ""),
        name=line.get("name", ""),
        gtin=line.get("gtin", ""),
        category=line.get("category", ""),
        barcode=line.get("barcode", ""),
        flags=frozenset(line.get("flags", ())),
        floor_kop=line.get("floor_kop", 0),
        volume_ml=line.get("volume_ml", 0),
        sells=line.get("sells", ""),
    )


def _listed(facts: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found = facts.get(key, ())
    return found if isinstance(found, list | tuple) else ()
