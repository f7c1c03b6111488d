"""Promo codes given to this register: load a list, keep a batch's key, take one back, look one up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.errors import AgentError, UsageError
from pos_agent.rules.code_form import ONCE, PER_CUSTOMER, TIMES, UNLIMITED, Batch, plain
from pos_agent.rules.code_states import Asking, CodeState, why_not
from pos_agent.rules.values import Rules
from pos_agent.store.codes import LISTED, IssuedCode
from pos_agent.store.repositories import View

MOST = 10_000  # codes in one request; a longer list comes in several
LONGEST = 200
LEAST_KEY = 16  # bytes: a shorter key can be guessed


def take(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{batch, codes: [...], here, customer, from, to}` -> `{"batch", "new", "known"}`. Repeating loads nothing twice.

    `here` binds them to this register, `customer` to a customer; `from` <= date < `to`. A batch in force with a loaded
    list knows its codes by the list alone. RUL-03: no rules; PRC-02: the batch does not fit; API-01.
    """
    given = args.get("codes")
    if not isinstance(given, list) or len(given) > MOST or not all(_good(code) for code in given):
        raise UsageError("API-01", field="codes")
    wanted, first, end = text(args, "customer", ""), _day(args, "from"), _day(args, "to")
    with parts.views.reading() as view:
        rules = _rules(view)
        batch = batch_of(rules, text(args, "batch"))
        customer = find_one(view, wanted).id if wanted else ""
    if any(rule.kind == "coupon" and rule.terms.batch == batch.id for rule in rules.sale_rules):
        raise UsageError("PRC-02", why=f"{batch.id}: coupon")
    register = parts.config.agent.register_name if args.get("here") else ""
    codes = [
        IssuedCode(
            id=f"{LISTED}:{batch.id}:{code}",
            batch=batch.id,
            code=code,
            customer=customer,
            register=register,
            valid_from=first,
            valid_to=end,
            times={ONCE: 1, TIMES: batch.times, PER_CUSTOMER: 1, UNLIMITED: 0}[batch.kind],
            per_customer=batch.kind == PER_CUSTOMER,
        )
        for code in dict.fromkeys(given)
    ]
    with parts.store.writing("codes loaded") as txn:
        new = txn.codes.issue(codes)
    return {"batch": batch.id, "kind": batch.kind, "new": new, "known": len(codes) - new}


def keep_key(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{batch, key: hex}`: with it the register tells mistyped codes and makes coupons. Kept sealed."""
    try:
        secret = bytes.fromhex(text(args, "key", limit=4096))
    except ValueError:
        raise UsageError("API-01", field="key") from None
    if len(secret) < LEAST_KEY:
        raise UsageError("PRC-02", why=f"{len(secret)} < {LEAST_KEY}")
    with parts.views.reading() as view:
        batch = batch_of(_rules(view), text(args, "batch"))
    with parts.store.writing("code key") as txn:
        txn.codes.put_key(batch.id, secret)
    return {"batch": batch.id}


def revoke(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{code}`: never usable again from now on; `{"revoked": how many}`. Uses that there are stay."""
    found = _found(parts, text(args, "code"))
    with parts.store.writing("code revoked") as txn:
        for one in found:
            txn.codes.revoke(one.id)
    return {"revoked": len(found)}


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{code}` -> everything given out under it, where it stands today and by which sales."""
    found, today = _found(parts, text(args, "code")), parts.clock.now().astimezone(parts.config.zone)
    with parts.views.reading() as view:
        rules = active_rules(view)
        batches = {batch.id: batch for batch in rules.batches} if rules else {}
        return {"codes": [_shown(view, one, batches.get(one.batch), today.date()) for one in found]}


def _shown(view: View, one: IssuedCode, batch: Batch | None, today: date) -> Json:
    who = Asking(today, None, one.register, one.customer)
    reason = why_not(batch, view.codes.record(one), who) if batch else "batch"
    named = {"date": CodeState.EXPIRED, "revoked": CodeState.REVOKED}
    uses = view.codes.uses(one.id)
    kept = next((use.state for use in reversed(uses) if use.state is not CodeState.ISSUED), CodeState.ISSUED)
    state = kept if reason in ("used", "reserved") else named.get(reason, CodeState.ISSUED)
    return {
        "code": one.code,
        "batch": one.batch,
        "state": state.value,
        "customer": one.customer,
        "register": one.register,
        "from": one.valid_from,
        "to": one.valid_to,
        "source": one.source,
        "document": str(one.document) if one.document else None,
        "uses": [
            {"sale": use.draft, "state": use.state.value, "document": str(use.document) if use.document else None}
            for use in uses
        ],
    }


def batch_of(rules: Rules, name: str) -> Batch:
    """The batch of the rules in force. UsageError PRC-02: there is none of this id."""
    found = next((one for one in rules.batches if one.id == name), None)
    if found is None:
        raise UsageError("PRC-02", why=f"[[codes]] {name}: {', '.join(one.id for one in rules.batches) or '-'}")
    return found


def _found(parts: Parts, code: str) -> tuple[IssuedCode, ...]:
    """As written, or as it is compared. UsageError CPN-03: nothing was given out under it."""
    with parts.views.reading() as view:
        found = view.codes.named(code) or view.codes.named(plain(code))
    if not found:
        raise UsageError("CPN-03", named=code)
    return found


def _rules(view: View) -> Rules:
    rules = active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    return rules


def _good(code: object) -> bool:
    return isinstance(code, str) and 1 <= len(code) <= LONGEST and code == code.strip() and code.isprintable()


def _day(args: Mapping[str, Any], name: str) -> str:
    given = text(args, name, "")
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError:
        raise UsageError("API-01", field=name) from None
