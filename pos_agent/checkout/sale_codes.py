"""Promo codes in sales that the agent registers (loyalty rules, section 3.5).

A code is reserved in the transaction that writes the intent, used in the one that records the document, given back when
the sale was not executed or came back whole. An intent has no known outcome until it is settled, so its codes are held
without the limit of 15 minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pos_agent.checkout.plan import Plan
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId, Operation
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.code_form import ONCE, PER_CUSTOMER, TIMES, UNLIMITED, Batch, plain
from pos_agent.rules.code_states import NEW, Asking, CodeEvent, CodeRecord, CodeState, why_not
from pos_agent.rules.price import Priced
from pos_agent.rules.values import Rules
from pos_agent.store.codes import COUPON, SEEN, CodeUse, IssuedCode
from pos_agent.store.repositories import Txn, View

GIVING = ("discount", "points", "coupon", "note")  # steps of the trace by which a rule gave something
HINT = "hint"  # only tells what is missing


@dataclass(frozen=True)
class KnownCodes:
    """What pricing needs: rules that know the loaded lists, the basket with what is known of its codes, keys.

    `issued`: (code as entered, batch) -> what was given out under it.
    """

    rules: Rules
    basket: Basket
    secrets: Mapping[str, bytes]
    issued: Mapping[tuple[str, str], IssuedCode]


def draft_of(register: str, sale_id: str) -> str:
    """How a sale is named in uses of codes. `register` may be that of a further printer at its counter, `till-1/ip`."""
    return f"{register.partition('/')[0]}:{sale_id}"


def known(view: View, rules: Rules, basket: Basket) -> KnownCodes:
    """Look the entered codes up. What the caller said of a code (`code_states`) keeps its word of the registry only."""
    secrets = view.codes.secrets() if rules.batches else {}
    issued: dict[tuple[str, str], IssuedCode] = {}
    records: dict[str, CodeRecord] = dict(basket.code_records)
    batches = {batch.id: batch for batch in rules.batches}
    for code in basket.codes:
        for batch in sorted(rules.batches, key=lambda one: one.id):
            batches[batch.id] = listed = _with_list(view, batches[batch.id], code)
            found = _best(view, listed, basket, code)
            if found is not None:
                issued[code, batch.id] = found
                if not any(entered == code and other != batch.id for entered, other in issued):
                    records[code] = replace(view.codes.record(found), online=basket.record_of(code).online)
    if any(batches[one.id] is not one for one in rules.batches):
        rules = replace(rules, batches=tuple(batches[one.id] for one in rules.batches))
    return KnownCodes(rules, replace(basket, code_records=records), secrets, issued)


def _with_list(view: View, batch: Batch, code: str) -> Batch:
    """A batch whose list was loaded knows its codes by the list; of it those that this basket needs."""
    one = view.codes.one_listed(batch.id)
    if one is None:
        return batch
    entered = {code} if any(found.source == "list" for found in view.codes.find(batch.id, code)) else set[str]()
    return replace(batch, codes=batch.codes | {one} | entered)


def key_of(batch: Batch, code: str) -> str:
    """The text a code is kept under: a listed one as it is, a generated one as it is compared."""
    return code if batch.codes else plain(code)


def _best(view: View, batch: Batch, basket: Basket, code: str) -> IssuedCode | None:
    """Of several things given out under one text (a coupon with a common text): one that may be used, else one of
    this customer, else any."""
    if not batch.names(code):
        return None
    customer = basket.customer.id if basket.customer else ""
    who = Asking(
        day=basket.at.date() if basket.at else None,
        now=basket.at,
        register=basket.register,
        customer=customer,
        draft=f"{basket.register}:{basket.draft}",
    )
    online = basket.record_of(code).online
    found = view.codes.find(batch.id, key_of(batch, code))
    usable = [one for one in found if not why_not(batch, replace(view.codes.record(one), online=online), who)]
    own = [one for one in found if one.customer and one.customer == customer]
    return next(iter((*usable, *reversed(own), *found)), None)


def held(priced: Priced, found: KnownCodes) -> list[dict[str, Any]]:
    """Codes that this sale takes up, for its plan. `applied`: a rule that asks for the code gave something."""
    gave = {entry["rule"] for entry in priced.trace if entry["step"] in GIVING and entry.get("kind") != HINT}
    batches = {batch.id: batch for batch in found.rules.batches}
    codes: list[dict[str, Any]] = []
    for entry in priced.trace:
        if entry["step"] != "code" or "reason" in entry or not entry.get("batch"):
            continue
        batch, code = batches[entry["batch"]], entry["code"]
        if batch.kind == UNLIMITED:
            continue
        asks = {rule.id for rule in found.rules.sale_rules if code in rule.when.codes or batch.id in rule.when.batches}
        issued = found.issued.get((code, batch.id))
        key = key_of(batch, code)
        codes.append(
            {
                "id": issued.id if issued else f"{SEEN}:{batch.id}:{key}",
                "batch": batch.id,
                "code": key,
                "applied": bool(asks & gave),
                "times": {ONCE: 1, TIMES: batch.times, PER_CUSTOMER: 1}[batch.kind],
                "per_customer": batch.kind == PER_CUSTOMER,
            }
        )
    return codes


def reserve(txn: Txn, draft: str, customer: str, plan: Plan) -> None:
    """With the intent. StoreRefused: another sale has taken one of the codes meanwhile."""
    for one in plan.codes:
        known_code = txn.codes.get(one["id"])
        if known_code is None:
            limits = {"times": one["times"], "per_customer": one["per_customer"]}
            txn.codes.issue([IssuedCode(one["id"], one["batch"], one["code"], source=SEEN, **limits)])
        elif known_code.times != one["times"] and known_code.source != COUPON:
            txn.codes.limit(one["id"], one["times"])
        _step(txn, one["id"], draft, customer, CodeEvent.RESERVE)


def registered(txn: Txn, draft: str, customer: str, plan: Plan, document: DocumentId | None) -> None:
    """The sale is a document: its codes are used, or free again when no rule with them applied. May be repeated."""
    applied = {one["id"]: one["applied"] for one in plan.codes}
    for use in txn.codes.by_draft(draft):
        if use.state is CodeState.RESERVED:
            event = CodeEvent.APPLIED if applied.get(use.code_id) else CodeEvent.NOT_APPLIED
            _step(txn, use.code_id, draft, customer, event, document)


def released(txn: Txn, draft: str, customer: str) -> None:
    """The sale was not executed."""
    for use in txn.codes.by_draft(draft):
        if use.state is CodeState.RESERVED:
            _step(txn, use.code_id, draft, customer, CodeEvent.DROPPED)


def returned(txn: Txn, event: LedgerEvent) -> None:
    """A return was recorded: when its sale is back whole, the codes that it used may be used again."""
    named = event.facts.get("original")
    sale = txn.intents.by_document(DocumentId.parse(named)) if named else None
    if sale is None or sale.document is None:
        return
    sale_id = str((sale.plan.get("part") or {}).get("sale", sale.sale_id))
    draft = draft_of(sale.register, sale_id)
    uses = [use for use in txn.codes.by_draft(draft) if use.state is CodeState.USED]
    if not uses:
        return
    happened = CodeEvent.RETURNED if _whole(txn, sale.document) else CodeEvent.RETURNED_PART
    for use in uses:
        _step(txn, use.code_id, draft, use.customer, happened, use.document)


def returns_of(view: View, original: LedgerEvent) -> list[LedgerEvent]:
    """Recorded documents that name this sale, in the ledger's order."""
    if original.customer is None:
        return [chained.event for chained in view.ledger.naming(original.document)] if original.document else []
    events = (chained.event for chained in view.ledger.by_customer(original.customer))
    return [event for event in events if event.facts.get("original") == str(original.document)]


def already_back(view: View, original: LedgerEvent) -> dict[int, int]:
    """Line of the sale -> millionths that recorded documents took back."""
    back: dict[int, int] = {}
    for event in returns_of(view, original):
        for piece in event.facts["returned"]:
            back[piece["number"]] = back.get(piece["number"], 0) + piece["quantity_micro"]
    return back


def issue_coupons(txn: Txn, document: DocumentId, customer: str | None, plan: Plan, register: str) -> None:
    """Coupons of a registered sale: one use each, of this customer; without one bound to this register."""
    txn.codes.issue(
        IssuedCode(
            id=f"{COUPON}:{document}:{one['rule']}",
            batch=one["batch"],
            code=one["key"],
            customer=customer or "",
            register="" if customer else register,
            valid_from=one["valid_from"],
            valid_to=one["valid_to"],
            source=COUPON,
            document=document,
        )
        for one in plan.coupons
    )


def coupons_of(rules: Rules, priced: Priced) -> list[dict[str, str]]:
    """Coupons of the answer for the plan, with their batch and the text they are kept under."""
    batches = {batch.id: batch for batch in rules.batches}
    of_rule = {entry["rule"]: batches[entry["batch"]] for entry in priced.trace if entry["step"] == "coupon"}
    return [
        {**one, "batch": of_rule[one["rule"]].id, "key": key_of(of_rule[one["rule"]], one["code"])}
        for one in priced.coupons
    ]


def _whole(txn: Txn, sale: DocumentId) -> bool:
    sold = [
        one.event
        for one in txn.ledger.by_document(sale)
        if one.event.facts.get("operation") == int(Operation.SALE) and "lines" in one.event.facts
    ]
    if not sold:
        return False
    back = already_back(txn, sold[0])
    lines: Sequence[Mapping[str, Any]] = sold[0].facts["lines"]
    return all(back.get(line["number"], 0) >= line["quantity_micro"] for line in lines)


def _step(
    txn: Txn, code_id: str, draft: str, customer: str, event: CodeEvent, document: DocumentId | None = None
) -> None:
    """One event of the pure table, written down."""
    issued = txn.codes.get(code_id)
    before = txn.codes.record(issued) if issued else NEW
    after = before.after(event, draft, now=txn.session.clock.now(), customer=customer)
    state = next((use.state for use in after.uses if use.draft == draft), CodeState.ISSUED)
    txn.codes.put_use(CodeUse(code_id, draft, customer, state, document if state is CodeState.USED else None))
