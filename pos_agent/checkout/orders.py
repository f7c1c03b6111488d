"""What a caller asks to be registered -> an order for the desk: a basket to sell, lines of a receipt to take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from drivers.fiscal.tlv import build, encode
from drivers.selling import MarkCode
from pos_agent.checkout import member
from pos_agent.checkout.at_register import UNSAID, AtRegister
from pos_agent.checkout.baskets import RecentBaskets
from pos_agent.checkout.confirming import NOT_CONFIRMED, Confirmed, confirmed, must_be_confirmed
from pos_agent.checkout.contact import contact_tlvs
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.journal import StoreJournal
from pos_agent.checkout.limits import ALLOWED, Verdict, quick_return
from pos_agent.checkout.list_price import list_rules
from pos_agent.checkout.mark_checks import Marks
from pos_agent.checkout.marks import Mark, as_sold, dressed, taken
from pos_agent.checkout.plan import VAT_CODES, Plan, content_hash, of_sale, tender_of
from pos_agent.checkout.prepaid import Occasion, as_prepayments, offsets_of, presented, sells_of
from pos_agent.checkout.sale_codes import KnownCodes, coupons_of, held, known
from pos_agent.checkout.split_plan import TAX_SYSTEMS, check_parts, laid_out, parts_named
from pos_agent.checkout.stamp_counts import stamp_counts
from pos_agent.checkout.taking_back import return_plan, sold
from pos_agent.clock import Clock
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.basket import Basket, BasketError, read
from pos_agent.rules.basket_values import PREPAID
from pos_agent.rules.price import Priced, price
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class Counter:
    """Settings of the gateway: tax system (one bit of 1055) and the VAT word of lines that name none.

    `sell_refused_marks`: marked goods whose code did not pass its check are sold all the same. `store`: where a basket
    that names none is sold. `printers`: part -> tax system, of further printers at the counter.
    """

    tax_system: int
    vat: str
    original_requisite: str
    sell_refused_marks: bool = False
    store: str = ""
    printers: Mapping[str, int] = field(default_factory=dict)

    @property
    def systems(self) -> Mapping[str, int]:
        """Part -> tax system."""
        return {**TAX_SYSTEMS, **self.printers}


@dataclass(frozen=True)
class Look:
    """A basket priced as its sale would be. `known.rules` are `rules` that know the loaded lists of codes."""

    rules: Rules
    known: KnownCodes
    priced: Priced
    basket: Basket  # before limits
    verdict: Verdict = ALLOWED


class Orders:
    """Makes orders; reads the store, changes nothing."""

    def __init__(self, journal: StoreJournal, clock: Clock, counter: Counter) -> None:
        self.journal = journal
        self.clock = clock
        self.counter = counter
        self.baskets: RecentBaskets | None = None  # for those who look at sales that are over

    def look(
        self,
        sale_id: str,
        basket: Mapping[str, Any],
        customer: str | None,
        *,
        at_list_price: bool = False,
        said: AtRegister = UNSAID,
        yes: Confirmed = NOT_CONFIRMED,
    ) -> Look:
        """What the sale would cost now; nothing is held or changed. PRC-01, MRK-01, RUL-..

        `said` as in `sale`, `yes` what `confirming.confirmed` made of it.
        `at_list_price`: what the till itself would take; no rules, no customer, no database are asked for it.
        """
        goods, _ = taken(basket)
        if at_list_price:
            return self._at_list_price(sale_id, {name: one for name, one in goods.items() if name != "payments"})
        with self.journal.store.reading() as view:
            paying = presented(view, goods, self._now(sale_id, customer, goods))
            return self._look(view, sale_id, paying, customer, said, yes)

    def choices(self, view: View, sale_id: str, basket: Mapping[str, Any], customer: str) -> tuple[Look, Look, Look]:
        """As `look`; and the same goods, not paid yet, with nothing spent and with as much as fits. Read once."""
        goods, _ = taken(basket)
        asked = self._look(view, sale_id, presented(view, goods, self._now(sale_id, customer, goods)), customer)
        unpaid = replace(asked.basket, payments=())
        none, most = (self._of(view, asked.rules, replace(unpaid, asked_pt=pt), asked.verdict) for pt in (0, None))
        return asked, none, most

    def sale(
        self,
        sale_id: str,
        basket: Mapping[str, Any],
        customer: str | None,
        contact: str,
        *,
        at_list_price: bool = False,
        said: AtRegister = UNSAID,
    ) -> SaleOrder:
        """`basket` as for `price`; the customer's figures in it are replaced by the ledger's.

        `at_list_price`: it was offered without loyalty, so it is sold so; nobody is its customer then.
        UsageError PRC-01: the basket is not accepted, every problem at once; MRK-01: the same of its marking codes.
        """
        customer = None if at_list_price else customer
        goods, marks = taken(basket)
        with self.journal.store.reading() as view:
            if view.intents.get(sale_id) is None and view.splits.get(sale_id) is None:
                self._check(view, sale_id, goods, customer)  # wrong input is told before the printer is touched
        named = {"basket": basket, "customer": customer, "contact": bool(contact)}
        asked = content_hash({**named, "list_price": True} if at_list_price else named)
        tlvs = contact_tlvs(contact)
        codes = self._marks({name: mark.to_sell() for name, mark in marks.items()})
        listed = at_list_price
        plan = lambda: dressed(self._sale_plan(sale_id, goods, customer, said, listed), marks)  # noqa: E731 - device first
        return SaleOrder(sale_id, asked, customer, plan, tlvs, codes, parts_named(goods))

    def sale_return(
        self,
        sale_id: str,
        receipt: DocumentId,
        lines: Mapping[int, int],
        payment: str,
        marks: Mapping[int, Mark] | None = None,
    ) -> SaleOrder:
        """Take back `lines` (line of the sale -> millionths; empty = all that is left). RET-.., PAY-07, API-01.

        `marks`: line -> the code scanned from the pack that comes back; MRK-03, MRK-04.
        """
        with self.journal.store.reading() as view:
            original = sold(view, receipt)
        backs = as_sold(marks or {}, original.lines)
        wanted = {str(number): micro for number, micro in lines.items()}
        given: dict[str, Any] = {"receipt": str(receipt), "lines": wanted, "paid": payment}
        if backs:
            given["marks"] = {str(number): mark.code.hex() for number, mark in backs.items()}
        asked = content_hash(given)
        named = build(1084, (build(1085, self.counter.original_requisite), build(1086, str(receipt))))
        customer = None if original.ends else original.event.customer

        def plan() -> Plan:
            """After the device was read."""
            with self.journal.store.reading() as view:
                now = sold(view, receipt)
                if now.ends != original.ends:  # the sale was finished meanwhile: it is another return
                    raise UsageError("RET-04")
                made = return_plan(view, now, lines, payment, backs, self._tax_system(view, receipt))
                return replace(made, flags=self._flags(view, now.event.at))

        codes = self._marks({str(number): mark.to_return() for number, mark in backs.items()})
        order = SaleOrder(sale_id, asked, customer, plan, (encode([named]),), codes)
        return replace(order, receipt=receipt, ends=original.ends)

    def _tax_system(self, view: View, receipt: DocumentId) -> int:
        """Of the printer that registered it."""
        series = view.series.get(receipt.fn_serial)
        _, _, part = series.register.partition("/") if series is not None else ("", "", "")
        return self.counter.printers.get(part, self.counter.tax_system)

    def _flags(self, view: View, sold_at: str) -> list[str]:
        """What to look at in a return. It is made whether the rules can be read or not."""
        try:
            limits = self.journal.rules(view).limits
        except AgentError:
            return []
        return quick_return(limits, sold_at, self.clock.now())

    def _marks(self, codes: Mapping[str, MarkCode]) -> Marks:
        return Marks(codes, self.counter.sell_refused_marks)

    # ------------------------------------------------------------------ sale

    def _sale_plan(
        self, sale_id: str, given: Mapping[str, Any], customer: str | None, said: AtRegister, listed: bool = False
    ) -> Plan:
        own, now = self.counter, self._now(sale_id, customer, given)
        yes = confirmed(self.journal.store, said, sale_id, customer, self.journal.place.register)
        with self.journal.store.reading() as view:
            paying = presented(view, given, now)
            if listed:
                look = self._at_list_price(sale_id, paying)
            else:
                look = self._look(view, sale_id, paying, customer, said, yes)
            found, priced = look.known, look.priced
            sells = sells_of(view, found, priced, now)
        if self.baskets is not None:
            self.baskets.put(sale_id, found.basket, priced, found.secrets)
        must_be_confirmed(priced, yes)
        money = [one for one in paying.get("payments", []) if one["kind"] not in PREPAID]
        tender = tender_of(money, priced.paid.due_kop)
        tender = replace(tender, advance_kop=tender.advance_kop + priced.totals.payable_kop - priced.paid.due_kop)
        plan = of_sale(found.basket, priced, tender, own.tax_system, own.vat, look.rules.hash)
        plan = replace(
            as_prepayments(plan, sells),
            codes=held(priced, found),
            coupons=coupons_of(look.rules, priced),
            stamps=stamp_counts(look.rules, found.basket, priced) if customer else {},
            offsets=offsets_of(priced),
            flags=look.verdict.flags(),
            at_register=said.facts(named=customer is not None),
        )
        return laid_out(plan, priced.parts, own.tax_system, own.systems)

    def _look(
        self,
        view: View,
        sale_id: str,
        paying: Mapping[str, Any],
        customer: str | None,
        said: AtRegister = UNSAID,
        yes: Confirmed = NOT_CONFIRMED,
    ) -> Look:
        rules, who, verdict = self.journal.rules(view), None, ALLOWED
        if customer:
            now, register = self.clock.now().astimezone(self.journal.place.zone), self.journal.place.register
            who = member.before_receipt(view, rules, customer, register, now, paying.get("customer") or {})
            verdict = member.verdict(view, rules, customer, register, now, said, yes.by)
        return self._of(view, rules, self._read(sale_id, paying, who), verdict)

    def _of(self, view: View, rules: Rules, basket: Basket, verdict: Verdict) -> Look:
        found = known(view, rules, verdict.applied(basket))
        return Look(rules, found, self._priced(found), basket, verdict)

    def _at_list_price(self, sale_id: str, paying: Mapping[str, Any]) -> Look:
        plain = {name: one for name, one in paying.items() if name not in ("codes", "code_states", "spend", "spend_pt")}
        found = KnownCodes(list_rules(), self._read(sale_id, plain, None), {}, {})
        return Look(list_rules(), found, self._priced(found), found.basket)

    def _check(self, view: View, sale_id: str, given: Mapping[str, Any], customer: str | None) -> None:
        basket = self._read(sale_id, presented(view, given, self._now(sale_id, customer, given)), None)
        check_parts(sale_id, basket.lines, self.counter.tax_system, self.counter.systems)

    def _now(self, sale_id: str, customer: str | None, given: Mapping[str, Any]) -> Occasion:
        today = self.clock.now().astimezone(self.journal.place.zone).date()
        return Occasion(sale_id, customer, str(given.get("store") or self.counter.store), today)

    def _priced(self, found: KnownCodes) -> Priced:
        """Refuses what this register cannot write down: points of further programs."""
        try:
            priced = price(found.rules, found.basket, found.secrets)
        except BasketError as error:
            raise _refused(error) from error
        if any(one.spent_pt for one in priced.programs):
            raise UsageError("API-01", field="customer.programs")
        return priced

    def _read(self, sale_id: str, given: Mapping[str, Any], figures: Mapping[str, Any] | None) -> Basket:
        now = self.clock.now().astimezone(self.journal.place.zone).isoformat(timespec="seconds")
        place = {"at": now, "register": self.journal.place.register, "channel": "till"}
        if self.counter.store:
            place["store"] = self.counter.store
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
        return basket


def _refused(error: BasketError) -> UsageError:
    told = tuple(f"{one.path}: {one.message_ru}" for one in error.problems)
    return UsageError("PRC-01", lines=told, count=len(told))
