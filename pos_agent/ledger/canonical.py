"""Ledger events as canonical JSON and back: the text that is hashed, stored and sent.

A field with its default value is left out, so a field added later does not change the hash of older events.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pos_agent.model.canonical import canonical_json
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

T = TypeVar("T")
_ENTRY_TEXTS = ("lot", "earned", "active_from", "expires", "merchant")


def event_to_json(event: LedgerEvent) -> str:
    """Canonical JSON of an event. ValueError when `facts` hold anything but JSON values (floats, tuples)."""
    table: dict[str, Any] = {
        "id": event.id,
        "kind": event.kind.value,
        "register": event.register,
        "at": event.at,
        "business_date": event.business_date,
    }
    if event.customer is not None:
        table["customer"] = event.customer
    if event.document is not None:
        table["document"] = str(event.document)
    if event.fpd is not None:
        table["fpd"] = event.fpd
    if event.purchase is not None:
        table["purchase"] = _purchase_table(event.purchase)
    if event.entries:
        table["entries"] = [_entry_table(entry) for entry in event.entries]
    if event.facts:
        table["facts"] = event.facts
    return canonical_json(table)


def event_from_json(text: str) -> LedgerEvent:
    """The event of a canonical text. ValueError for another shape, unknown keys, floats or a text not canonical."""
    table = _table(json.loads(text))
    event = LedgerEvent(
        id=_text(table, "id"),
        kind=EventKind(_text(table, "kind")),
        register=_text(table, "register"),
        at=_text(table, "at"),
        business_date=_text(table, "business_date"),
        customer=_maybe(table, "customer", _text),
        document=_maybe(table, "document", _document),
        fpd=_maybe(table, "fpd", _integer),
        purchase=_purchase(_table(table["purchase"])) if "purchase" in table else None,
        entries=tuple(_entry(_table(item)) for item in _items(table, "entries")),
        facts=_table(table.get("facts", {})),
    )
    if event_to_json(event) != text:
        raise ValueError("not a canonical event: unknown keys, spaces, another order or defaults written out")
    return event


def _purchase_table(purchase: Purchase) -> dict[str, Any]:
    original = {} if purchase.original is None else {"original": str(purchase.original)}
    return {"net_kop": purchase.net_kop, **original}


def _purchase(table: Mapping[str, Any]) -> Purchase:
    return Purchase(_integer(table, "net_kop"), _maybe(table, "original", _document))


def _entry_table(entry: Entry) -> dict[str, Any]:
    table: dict[str, Any] = {"id": entry.id, "kind": entry.kind.value, "program": entry.program}
    if entry.amount_pt is not None:
        table["amount_pt"] = entry.amount_pt
    table.update({key: value for key in _ENTRY_TEXTS if (value := getattr(entry, key))})
    return table


def _entry(table: Mapping[str, Any]) -> Entry:
    return Entry(
        id=_text(table, "id"),
        kind=EntryKind(_text(table, "kind")),
        program=_text(table, "program"),
        amount_pt=_maybe(table, "amount_pt", _integer),
        **{key: _text(table, key) for key in _ENTRY_TEXTS if key in table},
    )


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return value


def _items(table: Mapping[str, Any], key: str) -> list[object]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{key} must be a list")
    return value


def _maybe(table: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], T]) -> T | None:
    return read(table, key) if key in table else None


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} must be text")
    return value


def _integer(table: Mapping[str, Any], key: str) -> int:
    value = table.get(key)
    if type(value) is not int:
        raise ValueError(f"{key} must be an integer")
    return value


def _document(table: Mapping[str, Any], key: str) -> DocumentId:
    return DocumentId.parse(_text(table, key))
