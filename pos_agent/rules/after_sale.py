"""Phase 8: points by rules, coupons for the next receipt, privileges and hints in words (loyalty rules, section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pos_agent.money import roubles
from pos_agent.rules.accrue import BP, Earning, Extra
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.code_form import coupon_code
from pos_agent.rules.conditions import Moment
from pos_agent.rules.discounts import base_of
from pos_agent.rules.kinds import POINTS
from pos_agent.rules.line_state import LineState
from pos_agent.rules.offer import NOT_IN_SCOPE, NOTHING, Offer, nothing
from pos_agent.rules.ready_rule import ReadyRule
from pos_agent.rules.stacking import refusal, too_little
from pos_agent.rules.values import Rules

NO_KEY = "no key"
LEFT = "{left}"  # in a hint: how much is missing, in roubles


@dataclass
class After:
    """What phase 8 gave. `extra` by program id; `coupons` and `notes` JSON values."""

    extra: dict[str, Extra] = field(default_factory=dict)
    coupons: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    trace: list[Mapping[str, Any]] = field(default_factory=list)


def after_sale(
    rules: Rules,
    queue: Sequence[ReadyRule],
    moment: Moment,
    lines: Sequence[LineState],
    earning: Mapping[str, Sequence[Earning]],
    secrets: Mapping[str, bytes],
) -> After:
    """Run the rules of phase 8 in their order. `earning`: program id -> the lines as its accrual sees them."""
    found = After()
    for rule in queue:
        refused = refusal(rule, moment)
        kind = rule.rule.kind
        program = rule.rule.terms.program or rules.program.id
        mine = [
            line
            for line in lines
            if line.scopes & rule.scope.bit
            and not (rule.scope.undiscounted and line.discounted)
            and (not earning[program][line.index].barred if kind in POINTS else line.open_to_discounts)
        ]
        if refused is None and not mine:
            refused = nothing(NOT_IN_SCOPE)
        if refused is None and rule.of_lines:
            refused = too_little(rule, mine)
        if refused is None and kind in POINTS and moment.customer is None:
            refused = nothing("no customer")
        if refused is None:
            refused = _given(rules, rule, moment, mine, earning[program], program, secrets, found)
        if refused is not None:
            entry = rule.skipped(refused.reason, refused.facts.get("condition", ""))
            found.trace.append({**entry, **refused.facts})
    return found


def _given(
    rules: Rules,
    rule: ReadyRule,
    moment: Moment,
    mine: Sequence[LineState],
    earning: Sequence[Earning],
    program: str,
    secrets: Mapping[str, bytes],
    found: After,
) -> Offer | None:
    """Note what the rule gives; an offer of nothing when it gives nothing."""
    if rule.rule.kind in POINTS:
        return _points(rule, mine, earning, program, found)
    if rule.rule.kind == "coupon":
        return _coupon(rules, rule, moment.basket, secrets, found)
    text, up_to_kop = rule.rule.terms.text, rule.rule.terms.up_to_kop
    if up_to_kop:
        left_kop = up_to_kop - base_of(rule.rule, mine)
        if left_kop <= 0:
            return nothing(NOTHING)
        text = text.replace(LEFT, roubles(left_kop))
    found.notes.append({"rule": rule.id, "kind": rule.rule.kind, "text": text})
    found.trace.append({"step": "note", **rule.named, "text": text})
    return None


def _points(
    rule: ReadyRule, mine: Sequence[LineState], earning: Sequence[Earning], program: str, found: After
) -> Offer | None:
    """Exact points of a rule on top of the program's own, or another rate for its lines."""
    terms, kind = rule.rule.terms, rule.rule.kind
    before = found.extra.get(program, Extra())
    bases = {line.index: earning[line.index].base_kop for line in mine}
    base_kop = sum(bases.values())
    told: dict[str, Any] = {"step": "points", **rule.named, "program": program, "base_kop": base_kop}
    if kind == "cashback" and terms.replaces:
        rates = {index: max(terms.bp, before.rates.get(index, 0)) for index in bases}
        found.extra[program] = Extra({**before.rates, **rates}, before.points)
        found.trace.append({**told, "bp": terms.bp, "mode": "replace", "lines": [line.id for line in mine]})
        return None
    if kind == "cashback":
        more = {index: (base * terms.bp, BP) for index, base in bases.items()}
        told |= {"bp": terms.bp, "mode": "add"}
    else:
        parts = base_kop // terms.per_kop if kind == "points_per_full" else 1
        if not parts or not base_kop:
            return nothing(NOTHING, {"base_kop": base_kop})
        more = {index: (base * parts * terms.points_pt, base_kop) for index, base in bases.items()}
        told |= {"parts": parts, "pt": terms.points_pt}
    found.extra[program] = Extra(before.rates, (*before.points, more))
    found.trace.append({**told, "lines": [line.id for line in mine]})
    return None


def _coupon(rules: Rules, rule: ReadyRule, basket: Basket, secrets: Mapping[str, bytes], found: After) -> Offer | None:
    """A code for the next receipt: made from the batch's secret, or the one code that its list has."""
    terms = rule.rule.terms
    batch = next(one for one in rules.batches if one.id == terms.batch)
    secret = secrets.get(batch.id)
    if len(batch.codes) == 1:
        code = next(iter(batch.codes))
    elif secret is None or batch.codes:
        return nothing(NO_KEY)
    else:
        code = coupon_code(batch, secret, f"{rule.id}:{_occasion(basket)}")
    first = basket.at.date() + timedelta(days=terms.from_days) if basket.at else None
    end = first + timedelta(days=terms.valid_days) if first and terms.valid_days else batch.end
    told = {
        "code": code,
        "rule": rule.id,
        "kind": batch.kind,
        "valid_from": first.isoformat() if first else "",
        "valid_to": end.isoformat() if end else "",
    }
    found.coupons.append({**told, "text": terms.text} if terms.text else told)
    found.trace.append({"step": "coupon", **rule.named, "code": code, "batch": batch.id})
    return None


def _occasion(basket: Basket) -> str:
    """What makes this sale different from every other: the till's draft id, else all that is known of it."""
    customer = basket.customer.id if basket.customer else ""
    known = basket.draft or ";".join(
        [str(basket.at), *(f"{line.id},{line.price_kop},{line.quantity_micro}" for line in basket.lines)]
    )
    return hashlib.sha256(f"{basket.store}|{basket.register}|{customer}|{known}".encode()).hexdigest()
