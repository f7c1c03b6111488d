"""The codes of one basket: which may be used now, by which batch, and why not (loyalty rules, section 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.rules.basket_values import Basket
from pos_agent.rules.code_form import Batch, genuine, plain
from pos_agent.rules.code_states import NEW, Asking, CodeRecord, why_not
from pos_agent.rules.values import Rules

NO_SECRETS: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Codes:
    """`usable` codes as entered, `batches` of which one is usable, `trace` one entry per code entered."""

    usable: frozenset[str]
    batches: frozenset[str]
    trace: tuple[dict[str, Any], ...]


def judged(rules: Rules, basket: Basket, secrets: Mapping[str, bytes], asking: Mapping[str, list[str]]) -> Codes:
    """`asking`: literal code -> ids of rules that ask for it; a code of no batch is usable when a rule asks for it."""
    if not basket.codes:
        return Codes(frozenset(), frozenset(), ())
    at, customer = basket.at, basket.customer
    who = Asking(
        day=at.date() if at else None,
        now=at,
        register=basket.register,
        customer=customer.id if customer else "",
        draft=f"{basket.register}:{basket.draft}" if basket.draft else "",
    )
    usable, batches, trace = set[str](), set[str](), []
    for code in basket.codes:
        entry: dict[str, Any] = {"step": "code", "code": code, "rules": asking.get(code, [])}
        batch, reason = _batch_of(rules, basket, secrets, code, who, literal=code in asking)
        if batch:
            entry |= {"batch": batch, "reason": reason} if reason else {"batch": batch}
        if not reason:
            usable.add(code)
            batches.add(batch)
        trace.append(entry)
    return Codes(frozenset(usable), frozenset(batches - {""}), tuple(trace))


def _batch_of(
    rules: Rules, basket: Basket, secrets: Mapping[str, bytes], code: str, who: Asking, *, literal: bool
) -> tuple[str, str]:
    """(batch, "" or why the code may not be used); ("", "") for a code of no batch.

    A code that a rule names is of a batch only when the batch lists it. Of several batches of one form the first by id
    that takes the code counts.
    """
    found = ("", "")
    for batch in sorted(rules.batches, key=lambda one: one.id):
        if not batch.names(code) or (literal and not batch.codes):
            continue
        secret = secrets.get(batch.id)
        reason = "mistyped" if secret is not None and not genuine(batch, secret, code) else ""
        reason = reason or why_not(batch, _known(basket, batch, code), who)
        if not reason:
            return batch.id, ""
        found = found if found[0] else (batch.id, reason)
    return found


def _known(basket: Basket, batch: Batch, code: str) -> CodeRecord:
    """What the basket tells of a code: of a generated one in whatever spelling it tells it."""
    if batch.codes or code in basket.code_records:
        return basket.record_of(code)
    text = plain(code)
    return next((known for told, known in basket.code_records.items() if plain(told) == text), NEW)
