"""A receipt task -> an order for the desk, and what became of it.

The sale's id follows from the uuid, so the desk itself makes one document of it at most, whoever asks how often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.buyer import buyer
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, DoubtError, StoppedError, UncertainError
from pos_agent.api.atol_tasks.numbers import roubles
from pos_agent.api.atol_tasks.offer import Offer, Offers, goods
from pos_agent.api.atol_tasks.parting import one_part
from pos_agent.api.atol_tasks.plans import bare, dressed, requisites
from pos_agent.api.atol_tasks.receipt import TillReceipt, receipt
from pos_agent.api.atol_tasks.results import Json
from pos_agent.api.atol_tasks.returns import back, known_number, named_sale
from pos_agent.api.printers import Named, of_printer
from pos_agent.api.spending import without_word
from pos_agent.api.till_book import ABSENT, ENDED_BY_RETURN, REGISTERED, UNFINISHED, fate
from pos_agent.api.till_parts import made_parts, main_of, part_words, printer_part, unfinished
from pos_agent.checkout.desk import Desk, SaleOrder
from pos_agent.checkout.evidence import use_armed
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.part_words import OWN
from pos_agent.checkout.taking_back import sold
from pos_agent.checkout.unseen import without_receipt
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.model.receipt import DocumentId, Operation
from pos_agent.money import roubles as written

LONGEST_ID = 90
OPERATOR_BY_TAG = ("atol",)  # vendors whose receipts take 1021 as a tag: ATOL notes, section 3.3; others keep their own


@dataclass(frozen=True)
class Made:
    """A registered receipt: its result, the offer it was sold by, the document."""

    result: Json
    document: DocumentId
    offer: Offer | None = None


def sale_id(uuid: str) -> str:
    """The desk's id for a uuid: readable when it can be."""
    plain = uuid.isascii() and uuid.isprintable() and len(uuid) <= LONGEST_ID
    return "atol:" + (uuid if plain else "#" + hashlib.sha256(uuid.encode()).hexdigest())


class Selling:
    """Receipts of one agent."""

    def __init__(self, calls: DeskCalls, archive: Archive, offers: Offers) -> None:
        self._calls, self._archive, self._offers = calls, archive, offers
        parts = calls.parts
        assert parts.desk is not None, "the daemon sells"
        assert parts.orders is not None, "the daemon sells"
        self._desk: Desk = parts.desk
        self._orders: Orders = parts.orders
        self._words = part_words(parts.config)

    def read(self, task: Mapping[str, Any], device: str = OWN) -> TillReceipt:
        """TaskError before anything is done. `device`: the part whose printer it was sent to."""
        return receipt(task, self._calls.lang, self._words, device)

    def offer(self, uuid: str, asked: TillReceipt, kept: Mapping[str, Any]) -> Offer | None:
        """What it will be sold for: as it was kept, else made now. None: no sale, nothing to offer."""
        if asked.operation != Operation.SALE:
            return None
        if "other" in asked.payments:
            raise faults.fault(faults.NOT_SUPPORTED, "not_supported", self._calls.lang, what="payments: other")
        return Offer.from_json(kept) if kept else self._offers.make(sale_id(uuid), asked)

    def without_loyalty(self, asked: TillReceipt, error: AgentError) -> Offer:
        """After loyalty was refused at the last moment (points gone, a code used): the till's own price."""
        return self._offers.plain(asked, error.code)

    def sell(self, uuid: str, asked: TillReceipt, offer: Offer | None) -> Made:
        """Register it, or find it registered. TaskError: it was not; DoubtError: not known; UsageError: not begun."""
        try:
            order = self._order(uuid, asked, offer)
            answer = self._calls.on_printer(lambda watch: self._desk.sell(order))
        except UncertainError:
            raise DoubtError from None
        except UsageError as error:
            if offer is not None and not offer.list_price and self._nothing_of(uuid):
                raise
            raise self._calls.told(error) from error
        except AgentError as error:
            if error.code in faults.IN_DOUBT:
                raise DoubtError from error
            raise self._calls.told(error) from error
        return self.made(answer, offer)

    def fate(self, uuid: str) -> Mapping[str, Any] | None:
        """The stored answer of a registered receipt; None: it was not registered, or not every part of it.

        DoubtError: not known yet. TaskError: what was made of it is taken back.
        """
        with self._calls.parts.views.reading() as view:
            found = fate(view, sale_id(uuid))
        if found.word == REGISTERED:
            return found.answer
        if found.word == ENDED_BY_RETURN:
            raise self._calls.told(UsageError("SAL-07"))
        if found.word in (ABSENT, UNFINISHED):
            return None
        raise DoubtError

    def unfinished(self, uuid: str) -> PrinterError | None:
        """SAL-06 of a sale of which some parts are made and the next one is not; None: it is no such sale."""
        with self._calls.parts.views.reading() as view:
            is_one = fate(view, sale_id(uuid)).word == UNFINISHED
            return unfinished(view, sale_id(uuid)) if is_one else None

    def _nothing_of(self, uuid: str) -> bool:
        return self.fate(uuid) is None and self.unfinished(uuid) is None

    def begun(self, uuid: str) -> bool:
        """Was anything of it written down by the desk?"""
        mine = sale_id(uuid)
        with self._calls.parts.views.reading() as view:
            return view.intents.get(mine) is not None or view.splits.get(mine) is not None

    def settle(self) -> bool:
        """Look at the storage once more; True: nothing on this printer is in doubt."""
        try:
            return self._calls.on_printer(lambda watch: self._desk.settler.settle() is None)
        except StoppedError:
            raise
        except (AgentError, UncertainError, faults.TaskError):
            return False

    def made(self, answer: Mapping[str, Any], offer: Offer | None, *, recovered: bool = False) -> Made:
        """The result of a registered receipt; of a sale in parts that of its usual receipt, and all in `parts`."""
        with self._calls.parts.views.reading() as view:
            made = made_parts(view, str(answer["sale"]))
        number = main_of(made).document if made else DocumentId.parse(str(answer["document"]))
        one = next((each for each in answer.get("documents", ()) if each["document"] == str(number)), answer)
        told: Json = {"fiscalParams": self._params(number, one), "warnings": {"recovered": True} if recovered else {}}
        told |= {"loyalty": _told(answer, offer)}
        if [each.part for each in made] not in ([], [OWN]):
            named = {str(each["document"]): each for each in answer.get("documents", ())} or {str(number): answer}
            told["parts"] = [
                {"part": each.part, "fiscalParams": self._params(each.document, named[str(each.document)])}
                for each in made
            ]
        return Made(told, number, offer)

    def _params(self, number: DocumentId, answer: Mapping[str, Any]) -> Json:
        params = self._archive.params(number)
        params.setdefault("fiscalDocumentSign", str(answer["fpd"]))
        params.setdefault("total", roubles(int(answer["total_kop"])))
        return params

    def use_up(self, made: Made) -> None:
        """A card armed before this sale is used up by it, even when loyalty came late: the next sale is not its."""
        register = self._calls.parts.config.agent.register_name
        with self._calls.parts.views.reading() as view:
            if made.offer is None or view.arming.current(register) is None:
                return
        at = self._archive.at(made.document)
        if at is None:
            zone = self._calls.parts.config.zone
            at = self._calls.parts.clock.now().astimezone(zone).replace(tzinfo=None)
        with self._calls.parts.store.writing("armed card used") as txn:
            use_armed(txn, made.document, at, register)

    # ------------------------------------------------------------------ orders

    def _order(self, uuid: str, asked: TillReceipt, offer: Offer | None) -> SaleOrder:
        mine = sale_id(uuid)
        if offer is not None:
            said, listed = asked.wish.said, offer.list_price
            said = without_word(said) if offer.refused or listed else said
            made = self._orders.sale(mine, offer.basket, offer.customer, asked.contact, at_list_price=listed, said=said)
            tags = {part: (*made.tlvs, *self._tags(asked, part, contact=False)) for part in asked.parts}
            return replace(dressed(made, asked), tlvs=tags[asked.parts[0]], tlvs_of=tags)
        named = named_sale(asked, self._orders.counter.original_requisite)
        if asked.operation == Operation.SALE_RETURN and named:
            return self._return(mine, asked, named)
        if any(one.mark is not None for one in asked.positions):
            raise faults.fault(faults.NOT_SUPPORTED, "not_supported", self._calls.lang, what="items.imcParams")
        part = one_part(asked.parts, self._calls.lang)
        system = self._words.system(part, asked.tax_system)
        if part and system != self._words.own:
            self._must_name_vat(asked)
        order = bare(mine, asked, system, self._orders.counter.vat, self._tags(asked, part, contact=True))
        return self._unnamed(order, asked) if asked.operation == Operation.SALE_RETURN else order

    def _must_name_vat(self, asked: TillReceipt) -> None:
        """The setting's rate is of the register's own taxation system."""
        bare_one = next((number for number, one in enumerate(asked.positions) if one.vat is None), None)
        if bare_one is not None:
            raise faults.fault(faults.PARSE, "missing", self._calls.lang, path=f"items[{bare_one}].tax")

    def _unnamed(self, order: SaleOrder, asked: TillReceipt) -> SaleOrder:
        """A return that names no sale: whose it is, and what it does to points."""
        try:
            who = buyer(self._calls.parts, asked.wish.customer, asked.contact, is_return=True).customer
        except AgentError:  # the money is given back all the same
            who = None
        plan = lambda: without_receipt(self._orders, order.plan(), goods(asked)["lines"], who)  # noqa: E731 - device first
        return replace(order, customer=who, plan=plan)

    def _return(self, mine: str, asked: TillReceipt, named: str) -> SaleOrder:
        number = known_number(named)
        if asked.device and self._seller_of(number) != asked.device:
            raise faults.fault(faults.PARSE, "wrong_value", self._calls.lang, path="deviceID")
        with self._calls.parts.views.reading() as view:
            lines = sold(view, number).lines
        wanted = back(asked, named, lines, self._calls.lang)
        order = self._orders.sale_return(mine, wanted.receipt, wanted.lines, wanted.payment, wanted.marks)
        plan = order.plan()
        due_kop = plan.tender["advance_kop"]
        if asked.payments.get("prepaid", 0) != due_kop:
            sums = {"account": written(due_kop), "money": written(plan.total_kop - due_kop)}
            raise faults.fault(faults.PARSE, "back_to_account", self._calls.lang, **sums)
        others = replace(asked, attributes=())  # the desk writes the sale's number itself
        return replace(order, tlvs=(*order.tlvs, *self._tags(others, self._seller_of(number), contact=True)))

    def _seller_of(self, number: DocumentId) -> str:
        """The part whose printer registered it."""
        with self._calls.parts.views.reading() as view:
            series = view.series.get(number.fn_serial)
        return printer_part(series.register) if series is not None else OWN

    def _tags(self, asked: TillReceipt, part: str, *, contact: bool) -> tuple[bytes, ...]:
        """As the printer of that part takes them."""
        other = self._desk.part_printers.of_part(part)
        identity = (other.desk if other is not None else self._desk).watch.line.state.identity
        operator = identity is not None and identity.vendor in OPERATOR_BY_TAG
        ffd = self._archive.ffd(other.register if other is not None else "")
        if ffd is None and any(asked.buyer):  # only the buyer's place depends on it
            at = of_printer(self._calls.parts, Named("", part if other is not None else OWN))
            ffd = self._archive.registered_ffd(DeskCalls(at, self._calls.lang))
        try:
            return requisites(asked, ffd=ffd, operator=operator, contact=contact)
        except ValueError as error:
            raise faults.TaskError(faults.PARSE, str(error)) from error


def _told(answer: Mapping[str, Any], offer: Offer | None) -> Json:
    """Extension member of the result: what loyalty did, and what is to be taken from the card."""
    told: Json = {
        "spentPoints": roubles(answer.get("spent_pt", 0)),
        "accruedPoints": roubles(answer.get("accrued_pt", 0)),
        "change": roubles(answer.get("change_kop") or 0),
        "applied": offer is not None and not offer.list_price,
    }
    if offer is not None:
        told |= {"reason": offer.loyalty, "payments": [_paid(one) for one in offer.basket.get("payments", [])]}
        told |= {"message": offer.refused} if offer.refused else {}
    return told


def _paid(one: Mapping[str, Any]) -> Json:
    names = {"cash": "cash", "card": "electronically", "advance": "prepaid", "credit": "credit"}
    return {"type": names[one["kind"]], "sum": roubles(one["sum_kop"])}
