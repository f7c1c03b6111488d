"""What a sale or a return is going to be, written down before the first byte: items, payments, points. Pure.

A plan is enough to build the receipt again and to explain the registered document: the fiscal storage knows prices
after discounts, only the plan knows which points paid for what. It holds no personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from drivers.selling import FiscalItem, Tender
from pos_agent.checkout.goods_facts import goods_facts, offered_facts
from pos_agent.checkout.resolve import Content
from pos_agent.errors import UsageError
from pos_agent.model.receipt import Operation
from pos_agent.rules.answer import to_json
from pos_agent.rules.basket import Basket
from pos_agent.rules.items import FiscalItem as PricedItem
from pos_agent.rules.price import Priced

VAT_CODES = {
    "vat20": 1,
    "vat10": 2,
    "vat120": 3,
    "vat110": 4,
    "vat0": 5,
    "none": 6,
    "vat5": 7,
    "vat7": 8,
    "vat105": 9,
    "vat107": 10,
    "vat22": 11,
    "vat122": 12,
}  # words of the basket -> tag 1199
TENDERS = {
    "cash": "cash_kop",
    "card": "cashless_kop",
    "cashless": "cashless_kop",
    "electronic": "cashless_kop",
    "sbp": "cashless_kop",
    "other": "cashless_kop",
    "advance": "advance_kop",
    "credit": "credit_kop",
}


@dataclass(frozen=True)
class Plan:
    """`items` are drivers' fiscal items as JSON, `lines` the sold or returned goods (see the event's facts).

    `spent_pt` and `accrued_pt` are of a sale; `original` (FN/FD) and `returned` of a return. Sums are kopecks.
    `codes`, `coupons`, `stamps`: what the sale does to promo codes, next-receipt coupons and stamp counters (see
    `sale_codes`, `stamp_counts`). `before`: the customer's figures it was priced by; `answer`: hash of the price.
    `marks`: marked items as `{item, line, name}`: places from 0, and the name of the code (see `mark_checks.Marks`).
    `offsets`: what prepaid accounts pay, `sells`: accounts that are sold (see `prepaid`); of a return `back`: what goes
    back to accounts, `closes`: what it takes of sold ones. `parts` of a whole plan, `part` of one of them (see
    `split_plan`); `ends`: the unfinished sale that this return takes back.
    `flags`: what a person should look at (see `limits`), `at_register`: how the customer was named (see `at_register`).
    `offered`: what else a rule may ask about this sale (see `goods_facts`).
    """

    operation: int
    items: Sequence[Mapping[str, Any]]
    lines: Sequence[Mapping[str, Any]]
    tender: Mapping[str, int]
    tax_system: int
    total_kop: int
    spent_pt: int = 0
    accrued_pt: int = 0
    rules: str = ""
    applied: Sequence[str] = ()
    trace: Sequence[Mapping[str, Any]] = ()
    original: str = ""
    returned: Sequence[Mapping[str, int]] = ()
    restored_pt: int = 0
    cancelled_pt: int = 0
    level: Mapping[str, Any] = field(default_factory=dict)
    codes: Sequence[Mapping[str, Any]] = ()
    coupons: Sequence[Mapping[str, str]] = ()
    stamps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    answer: str = ""
    marks: Sequence[Mapping[str, Any]] = ()
    offsets: Sequence[Mapping[str, Any]] = ()
    sells: Sequence[Mapping[str, Any]] = ()
    back: Sequence[Mapping[str, Any]] = ()
    closes: Sequence[Mapping[str, Any]] = ()
    parts: Sequence[Mapping[str, Any]] = ()
    part: Mapping[str, Any] = field(default_factory=dict)
    ends: str = ""
    flags: Sequence[str] = ()
    at_register: Mapping[str, Any] = field(default_factory=dict)
    offered: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` gives the same plan back."""
        values: dict[str, Any] = json.loads(json.dumps(vars(self), ensure_ascii=False))
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """Inverse of `to_json`."""
        return cls(**values)

    @property
    def fiscal_items(self) -> list[FiscalItem]:
        """What the printer is given."""
        return [FiscalItem(**item) for item in self.items]

    @property
    def paid(self) -> Tender:
        """How it is paid; cash may exceed the total."""
        return Tender(**self.tender)

    @property
    def content(self) -> Content:
        """What the registered document must say: cash without the change."""
        paid = self.paid
        others = paid.cashless_kop + paid.advance_kop + paid.credit_kop + paid.provision_kop
        kept = (self.total_kop - others, paid.cashless_kop, paid.advance_kop, paid.credit_kop, paid.provision_kop)
        return Content(self.operation, self.total_kop, kept)


def of_sale(basket: Basket, priced: Priced, tender: Tender, tax_system: int, vat: str, rules: str) -> Plan:
    """The plan of a priced basket. UsageError API-01 names a VAT word that does not exist."""
    items: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for number, (line, result) in enumerate(zip(basket.lines, priced.lines, strict=True), 1):
        word = line.vat or vat
        if word not in VAT_CODES:
            raise UsageError("API-01", field=f"lines[{number - 1}].vat: {word}")
        items += [
            {
                "name": line.name or line.id,
                "price_kop": item.price_kop,
                "quantity_micro": item.quantity_micro,
                "sum_kop": item.sum_kop,
                "vat": VAT_CODES[word],
            }
            for item in result.items
        ]
        lines.append(
            {
                "number": number,
                "id": line.id,
                "sku": line.sku,
                "name": line.name or line.id,
                "gtin": line.gtin,
                "vat": VAT_CODES[word],
                "price_kop": line.price_kop,
                "quantity_micro": line.quantity_micro,
                "gross_kop": result.gross_kop,
                "sum_kop": result.net_kop,
                "discounts": dict(result.discounts),
                "points_kop": result.points_kop,
                "spent_pt": result.points_pt,
                "accrued_pt": result.accrued_pt,
                "items": [item_json(item) for item in result.items],
                **goods_facts(line),
            }
        )
    return Plan(
        operation=int(Operation.SALE),
        items=items,
        lines=lines,
        tender=asdict(tender),
        tax_system=tax_system,
        total_kop=priced.totals.payable_kop,
        spent_pt=priced.totals.points_pt,
        accrued_pt=priced.totals.accrued_pt,
        rules=rules,
        applied=list(priced.applied),
        trace=[dict(step) for step in priced.trace],
        before=_before(basket),
        offered=offered_facts(basket),
        answer=to_json(priced)["hash"],
    )


def item_json(item: PricedItem) -> dict[str, int]:
    """A fiscal item of a priced line as JSON."""
    return {"price_kop": item.price_kop, "quantity_micro": item.quantity_micro, "sum_kop": item.sum_kop}


def _before(basket: Basket) -> dict[str, Any]:
    """The customer's figures that the price saw; what names a person (a birthday) is left out."""
    who = basket.customer
    if who is None:
        return {}
    figures = {"metric_kop": who.metric_kop, "visits": who.visits, "balance_pt": who.balance_pt}
    return {**figures, "stamps": dict(who.stamps), **({"level": who.level} if who.level else {})}


def tender_of(payments: Sequence[Mapping[str, Any]], total_kop: int) -> Tender:
    """The basket's payments; none = exactly the total in cash.

    UsageError API-01: an unknown kind, a sum below 0, less than the total, or more than it without cash.
    """
    sums = dict.fromkeys(TENDERS.values(), 0)
    for number, payment in enumerate(payments):
        kind, kop = payment.get("kind"), payment.get("sum_kop")
        if kind not in TENDERS or not isinstance(kop, int) or isinstance(kop, bool) or kop < 0:
            raise UsageError("API-01", field=f"payments[{number}]")
        sums[TENDERS[str(kind)]] += kop
    if not payments:
        sums["cash_kop"] = total_kop
    others = sum(sums.values()) - sums["cash_kop"]
    if others > total_kop or sum(sums.values()) < total_kop:
        raise UsageError("API-01", field=f"payments: {sum(sums.values())} of {total_kop}")
    return Tender(**sums)


def content_hash(request: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what the caller asked for: the same sale id with another hash is another sale."""
    text = json.dumps(request, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
