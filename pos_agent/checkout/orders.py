"""What a caller asks to be registered -> an order for the desk: a basket to sell, lines of a receipt to take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from drivers.fiscal.tlv import build, encode
from drivers.selling import Tender
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.figures import balance_on
from pos_agent.checkout.journal import StoreJournal
from pos_agent.checkout.plan import VAT_CODES, Plan, content_hash, of_sale, tender_of
from pos_agent.checkout.sale_codes import KnownCodes, already_back, coupons_of, held, known
from pos_agent.checkout.stamp_counts import stamp_counts
from pos_agent.clock import Clock
from pos_agent.errors import UsageError
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId, Operation
from pos_agent.money import MICRO
from pos_agent.rules.basket import Basket, BasketError, read
from pos_agent.rules.basket_values import PREPAID
from pos_agent.rules.price import Priced, PricedLine, price
from pos_agent.rules.returns import return_items
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class Counter:
    """Settings of the gateway: tax system (one bit of 1055) and the VAT word of lines that name none."""

    tax_system: int
    vat: str
    original_requisite: str


class Orders:
    """Makes orders; reads the store, changes nothing."""

    def __init__(self, journal: StoreJournal, clock: Clock, counter: Counter) -> None:
        self.journal = journal
        self.clock = clock
        self.counter = counter

    def sale(self, sale_id: str, basket: Mapping[str, Any], customer: str | None, contact: str) -> SaleOrder:
        """`basket` as for `price`; the customer's figures in it are replaced by the ledger's.

        UsageError PRC-01: the basket is not accepted, every problem at once.
        """
        self._read(sale_id, basket, None)  # wrong input is told before the printer is touched
        asked = content_hash({"basket": basket, "customer": customer, "contact": bool(contact)})
        tlvs = (encode([build(1008, contact)]),) if contact else ()
        return SaleOrder(sale_id, asked, customer, lambda: self._sale_plan(sale_id, basket, customer), tlvs)

    def sale_return(self, sale_id: str, receipt: DocumentId, lines: Mapping[int, int], payment: str) -> SaleOrder:
        """Take back `lines` (line of the sale -> millionths; empty = all that is left). RET-01, RET-02, API-01."""
        original = self._original(receipt)
        asked = content_hash({"receipt": str(receipt), "lines": {str(k): v for k, v in lines.items()}, "paid": payment})
        named = build(1084, (build(1085, self.counter.original_requisite), build(1086, str(receipt))))
        plan = lambda: self._return_plan(original, lines, payment)  # noqa: E731 - made after the device was read
        return SaleOrder(sale_id, asked, original.customer, plan, (encode([named]),))

    # ------------------------------------------------------------------ sale

    def _sale_plan(self, sale_id: str, given: Mapping[str, Any], customer: str | None) -> Plan:
        with self.journal.store.reading() as view:
            rules = self.journal.rules(view)
            basket = self._read(sale_id, given, self._figures(view, rules, customer) if customer else None)
            found = known(view, rules, basket)
        priced = self._priced(found)
        if priced.confirm:
            raise UsageError("COD-03")
        tender = tender_of(given.get("payments", []), priced.totals.payable_kop)
        plan = of_sale(found.basket, priced, tender, self.counter.tax_system, self.counter.vat, rules.hash)
        return replace(
            plan,
            codes=held(priced, found),
            coupons=coupons_of(rules, priced),
            stamps=stamp_counts(rules, basket, priced) if customer else {},
        )

    def _priced(self, found: KnownCodes) -> Priced:
        """Refuses what this register cannot write down: parts for other registers, points of further programs."""
        try:
            priced = price(found.rules, found.basket, found.secrets)
        except BasketError as error:
            raise _refused(error) from error
        if priced.parts:
            raise UsageError("API-01", field="lines[].part")
        if any(one.spent_pt for one in priced.programs):
            raise UsageError("API-01", field="customer.programs")
        return priced

    def _read(self, sale_id: str, given: Mapping[str, Any], figures: Mapping[str, Any] | None) -> Basket:
        now = self.clock.now().astimezone(self.journal.place.zone).isoformat(timespec="seconds")
        place = {"at": now, "register": self.journal.place.register, "channel": "till"}
        mine = {**place, **given, "draft": sale_id}  # what holds codes and makes coupons of this sale its own
        mine.pop("customer", None)
        if figures is not None:
            mine["customer"] = {**(given.get("customer") or {}), **figures}
        try:
            basket = read(mine)
        except BasketError as error:
            raise _refused(error) from error
        for number, line in enumerate(basket.lines):
            if (line.vat or self.counter.vat) not in VAT_CODES:
                raise UsageError("API-01", field=f"lines[{number}].vat")
        for number, payment in enumerate(basket.payments):
            if payment.kind in PREPAID:  # nobody keeps their accounts yet: what is left on one is not known here
                raise UsageError("PAY-01", field=f"payments[{number}]", kind=payment.kind)
        return basket

    def _figures(self, view: View, rules: Rules, customer: str) -> dict[str, Any]:
        """The customer before this receipt; points of open intents are not available."""
        today = self.clock.now().astimezone(self.journal.place.zone).date()
        events = [chained.event for chained in view.ledger.by_customer(customer)]
        net_kop, visits = metric_before(events, today, rules.program.level.window)
        active_pt = balance_on(events, today, rules).active_pt - view.intents.reserved_pt(customer)
        figures = {"id": customer, "metric_kop": net_kop, "visits": visits, "balance_pt": max(0, active_pt)}
        return {**figures, "stamps": stamps(events)}

    # ------------------------------------------------------------------ return

    def _original(self, receipt: DocumentId) -> LedgerEvent:
        with self.journal.store.reading() as view:
            events = [chained.event for chained in view.ledger.by_document(receipt)]
        sales = [one for one in events if one.facts.get("operation") == int(Operation.SALE)]
        if not sales:
            raise UsageError("RET-01")
        return sales[0]

    def _return_plan(self, original: LedgerEvent, lines: Mapping[int, int], payment: str) -> Plan:
        with self.journal.store.reading() as view:
            already = already_back(view, original)
            vats = _vat_codes(view, original)
            own = view.intents.by_document(original.document) if original.document else None
        sold = {line["number"]: line for line in original.facts["lines"]}
        left_micro = {number: line["quantity_micro"] - already.get(number, 0) for number, line in sold.items()}
        wanted = dict(lines) or left_micro
        items: list[dict[str, Any]] = []
        returned: list[dict[str, int]] = []
        backs: list[dict[str, Any]] = []
        restored = cancelled = total = 0
        for number, now in sorted((number, now) for number, now in wanted.items() if now):
            line = sold.get(number)
            left = left_micro.get(number, 0)
            if line is None or now > left:
                raise UsageError("RET-02", n=_quantity(left))
            part = return_items(_priced(line), line["price_kop"], line["quantity_micro"], already.get(number, 0), now)
            vat = line.get("vat") or vats[number]
            items += [{**asdict(item), "name": line["name"], "vat": vat} for item in part.items]
            returned.append({"number": number, "quantity_micro": now})
            backs.append({"number": number, "name": line["name"], "quantity_micro": now, "sum_kop": part.money_kop})
            restored, cancelled = restored + part.restored_pt, cancelled + part.cancelled_pt
            total += part.money_kop
        if not items:
            raise UsageError("RET-02", n=0)
        cashless = payment == "card" or (not payment and _was_cashless(own.plan if own else None))
        return Plan(
            operation=int(Operation.SALE_RETURN),
            items=items,
            lines=backs,
            tender=asdict(Tender(cashless_kop=total) if cashless else Tender(cash_kop=total)),
            tax_system=self.counter.tax_system,
            total_kop=total,
            rules=str(original.facts.get("rules", "")),
            original=str(original.document),
            returned=returned,
            restored_pt=restored,
            cancelled_pt=cancelled,
        )


def _refused(error: BasketError) -> UsageError:
    told = tuple(f"{one.path}: {one.message_ru}" for one in error.problems)
    return UsageError("PRC-01", lines=told, count=len(told))


def _vat_codes(view: View, original: LedgerEvent) -> dict[int, int]:
    """Line -> tag 1199 of the sale as it stands in the fiscal storage (a receipt that somebody else registered)."""
    stored = view.documents.get(original.document) if original.document else None
    tags = stored.decoded["tags"] if stored is not None and stored.decoded is not None else []
    items = [tag["tags"] for tag in tags if tag["tag"] == 1059]
    rates = [next((one["value"] for one in item if one["tag"] == 1199), VAT_CODES["none"]) for item in items]
    return dict(enumerate(rates, 1))


def _priced(line: Mapping[str, Any]) -> PricedLine:
    return PricedLine(
        id=str(line["number"]),
        gross_kop=line.get("gross_kop", line["sum_kop"]),
        discounts=line.get("discounts", {}),
        points_pt=line.get("spent_pt", 0),
        points_kop=line.get("points_kop", 0),
        net_kop=line["sum_kop"],
        accrued_pt=line.get("accrued_pt", 0),
        items=(),
    )


def _was_cashless(plan: Mapping[str, Any] | None) -> bool:
    return plan is not None and not plan["tender"].get("cash_kop")


def _quantity(micro: int) -> str:
    whole, rest = divmod(micro, MICRO)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
