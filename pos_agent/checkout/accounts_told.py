"""Prepaid accounts and the events that touch them: the way from an account to its events, what the slip tells of them.

Also which goods a return gave back: the slip says them beside what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pos_agent.checkout.prepaid import shown, touched
from pos_agent.checkout.recording import Recording
from pos_agent.ledger.prepaid import Account, account
from pos_agent.ledger.returned import returned_pieces
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId, FiscalDocument
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.store.repositories import Txn, View


def accounts_of(view: View, event: LedgerEvent) -> list[str]:
    """A sale names its accounts; a return touches those of its sale."""
    named = event.facts.get("original")
    if not named:
        return list(dict.fromkeys(touched(event.facts)))
    sales = [one.event.facts for one in view.ledger.by_document(DocumentId.parse(named))]
    return list(dict.fromkeys(name for facts in sales for name in touched(facts)))


def accounts_touched(txn: Txn, event: LedgerEvent) -> None:
    """Right after the event was appended."""
    txn.prepaid.touch(accounts_of(txn, event), event.id)


def accounts_told(view: View, made: Recording, document: FiscalDocument) -> Recording:
    """The slip with what is left on every account after this event; nobody has to be named for that."""
    made = _goods_told(view, made)
    names = accounts_of(view, made.event)
    found = [account(name, [*view.prepaid.events(name), made.event]) for name in names]
    left = [one for one in found if one is not None]
    if not left:
        return made
    kind = SlipKind.RETURN if made.event.facts.get("original") else SlipKind.RECEIPT
    at = document.at.isoformat(timespec="minutes")
    slip = made.slip or SlipFacts(kind, at=at, document=str(document.id))
    return replace(made, slip=replace(slip, prepaid=rests_told(left, str(document.id))))


def rests_told(accounts: Sequence[Account], document: str) -> tuple[dict[str, object], ...]:
    """Slip figures: `kind`, `account` (its code), `name`, `rest_kop`, `rest_micro`, `last` (usable day, "" = no end).

    `value_kop`, `units_micro`: what it was worth; `sold`: this document opened it; `rest`: keep | forfeit; `personal`.
    """
    return tuple(
        {
            "kind": one.kind,
            "account": "" if one.kind == "deposit" else shown(one.id),
            "name": str(one.terms.get("name", "")),
            "rest_kop": max(0, one.rest_kop),
            "rest_micro": max(0, one.rest_micro),
            "value_kop": int(one.terms.get("value_kop", 0)),
            "units_micro": int(one.terms.get("units_micro", 0)),
            "sold": one.opened == document,
            "rest": str(one.terms.get("rest", "")),
            "personal": bool(one.terms.get("customer")),
            "last": (date.fromisoformat(one.terms["to"]) - timedelta(days=1)).isoformat() if one.terms["to"] else "",
        }
        for one in accounts
    )


def _goods_told(view: View, made: Recording) -> Recording:
    """A return that names its sale: which goods came back, how many of how many."""
    original = str(made.event.facts.get("original", ""))
    if made.slip is None or not original:
        return made
    sales = [one.event for one in view.ledger.by_document(DocumentId.parse(original))]
    lines = [line for one in sales if one.kind is EventKind.RECEIPT for line in one.facts.get("lines", ())]
    sold = {line["number"]: line for line in lines if {"number", "name", "quantity_micro"} <= line.keys()}
    pieces = returned_pieces(made.event).items()
    goods = [(str(sold[n]["name"]), micro, int(sold[n]["quantity_micro"])) for n, micro in pieces if n in sold]
    return replace(made, slip=replace(made.slip, returned=tuple(goods)))
