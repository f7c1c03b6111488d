"""A fiscal receipt of KkmServer as an order for the desk, and the registered document as its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from drivers.fiscal.documents import Receipt
from drivers.fiscal.qr import ReceiptQr
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from drivers.selling import MarkCode, Tender
from pos_agent.api.kkmserver.answers import Json, roubles
from pos_agent.api.kkmserver.check import Check, check_tender
from pos_agent.api.kkmserver.fields import WrongFieldError
from pos_agent.api.kkmserver.formats import format_of
from pos_agent.api.kkmserver.jobs import Job
from pos_agent.api.kkmserver.offer import Offer, basket_of, said_with
from pos_agent.api.operation import Parts
from pos_agent.api.till_parts import MadePart, main_of
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.part_words import OWN
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.taking_back import sold
from pos_agent.checkout.unseen import without_receipt
from pos_agent.errors import PrinterError
from pos_agent.model.receipt import DocumentId
from pos_agent.money import roubles as written
from pos_agent.store.intents import Intent

SALE, SALE_RETURN, RETURNS = 1, 2, (2, 4)
LONGEST_SALE_ID = 97  # each part of a sale adds its number
LONGEST_BEFORE = 100  # where the command's own record does not hold the sale's id
TENDERS = ("Cash", "ElectronicPayment", "AdvancePayment", "Credit", "CashProvision")  # of an answer
RETURNED = {1: 3, 2: 4}  # tag 2003 of a code that comes back


def sale_id(command_id: str, longest: int = LONGEST_SALE_ID) -> str:
    """The sale of a command: always the same one, of `longest` characters at most."""
    named = f"kkm-{command_id}"
    if len(named) <= longest and named.isascii() and named.isprintable():
        return named
    return "kkm-" + hashlib.sha256(command_id.encode()).hexdigest()


def sale_of(job: Job) -> str:
    """Its sale's id as it was written down before the device was touched."""
    return str(job.content.get("sale") or sale_id(job.key, LONGEST_BEFORE))


def order_of(parts: Parts, name: str, check: Check, offer: Offer) -> SaleOrder:
    """The sale with that id. PRC-01, MRK-..: the goods are not accepted. RET-..: of a return that names its sale."""
    orders = desk_orders(parts)
    original = original_of(parts, check)
    if original is not None:
        return _naming_its_sale(parts, name, check, original)
    basket, said, listed = basket_of(check, offer), said_with(check, offer), offer.listed
    order = orders.sale(name, basket, offer.customer, check.contact, at_list_price=listed, said=said)
    codes = order.marks.codes
    if check.kind in RETURNS:
        codes = {line: MarkCode(one.code, RETURNED[one.planned], one.part) for line, one in codes.items()}
    marks = replace(order.marks, codes=codes, sell_refused=order.marks.sell_refused or check.sell_bad_marks)
    tlvs_of = {part: (*order.tlvs, *check.tlvs(_format_of(parts, check, part))) for part in check.parts}
    tlvs = tlvs_of[check.parts[0]]
    clothed = _clothed(order.plan, check, offer)
    if check.kind == SALE_RETURN:  # of a sale that it does not name
        who = offer.customer
        plan = lambda: without_receipt(orders, clothed(), check.lines, who)  # noqa: E731 - device first
        return replace(order, customer=who, plan=plan, marks=marks, tlvs=tlvs)
    return replace(order, plan=clothed, marks=marks, tlvs=tlvs, tlvs_of=tlvs_of)


def original_of(parts: Parts, check: Check) -> DocumentId | None:
    """The sale that a return names in 1084 under the agent's own requisite."""
    name, value = check.requisite
    own = parts.config.loyalty.original_requisite
    if check.kind != SALE_RETURN or name.casefold() != own.strip().casefold():
        return None
    try:
        return DocumentId.parse(value)
    except ValueError:
        raise WrongFieldError(f"{own}: нужно ФН/ФД, а не {value}") from None


def _naming_its_sale(parts: Parts, name: str, check: Check, original: DocumentId) -> SaleOrder:
    """Lines are found by name; the money must be what the sale's own reckoning gives back."""
    orders = desk_orders(parts)
    with parts.views.reading() as view:
        lines = sold(view, original).lines
    wanted: dict[int, int] = {}
    for line in check.lines:
        left = _micro(line["qty"])
        for one in lines:
            room = one["quantity_micro"] - wanted.get(one["number"], 0)
            if left and room > 0 and one["name"] == line["name"]:
                wanted[one["number"]] = wanted.get(one["number"], 0) + min(left, room)
                left -= min(left, room)
        if left:
            raise WrongFieldError(f"В чеке {original} столько нет: {line['name']}")
    cash, offset = check.paid["cash_kop"], check.paid["advance_kop"]
    others = sum(check.paid.values()) - cash - offset
    if cash and others:
        raise WrongFieldError("Возврат по исходному чеку отдаётся одним видом оплаты")
    order = orders.sale_return(name, original, wanted, "cash" if cash else "card")
    plan = order.plan()
    back, due = plan.total_kop, plan.tender["advance_kop"]
    if back != check.total_kop:
        raise WrongFieldError(f"По чеку {original} возвращается {written(back)}, а не {written(check.total_kop)}")
    if offset != due:
        told = f"{written(due)} на счёт предоплаты (AdvancePayment) и {written(back - due)} деньгами"
        raise WrongFieldError(f"По чеку {original} возвращается {told}")
    tags = replace(check, requisite=("", "")).tlvs(_format_of(parts, check, check.parts[0]))
    return replace(order, tlvs=(*order.tlvs, *tags))


def _format_of(parts: Parts, check: Check, part: str) -> int | None:
    """Only the buyer's place depends on it: the printer is not asked for nothing."""
    return format_of(parts, part) if check.buyer else None


def _clothed(planned: Callable[[], Plan], check: Check, offer: Offer) -> Callable[[], Plan]:
    """The plan with what the request names: kind, tax system, tags of items, tenders."""

    def plan() -> Plan:
        bare = planned()
        paid = {**check.paid, "cash_kop": check.paid["cash_kop"] - offer.cut_kop}
        try:
            check_tender(paid, bare.total_kop)
        except WrongFieldError as error:  # the price became another one since the offer
            raise PrinterError("SAL-03", lines=(str(error),)) from error
        whole = asdict(Tender(**paid))
        made = replace(bare, operation=check.kind, items=_carrying(bare, check), tender=whole)
        return _taxed(made, check) if not bare.parts else replace(made, parts=_parts(made, check))

    return plan


def _taxed(plan: Plan, check: Check) -> Plan:
    """What the request names is of the register's usual receipt; another part has what the settings say."""
    return replace(plan, tax_system=check.tax_system) if check.tax_system and check.parts == (OWN,) else plan


def _parts(plan: Plan, check: Check) -> list[Mapping[str, Any]]:
    """The taxation that the request names, and provision, which the basket has as cashless: the first parts take it."""
    left = plan.tender["provision_kop"]
    made: list[Mapping[str, Any]] = []
    for part in plan.parts:
        tender = part["tender"]
        provision = min(left, tender["cashless_kop"])
        left -= provision
        tender = {**tender, "cashless_kop": tender["cashless_kop"] - provision, "provision_kop": provision}
        system = part["tax_system"] if part["name"] or not check.tax_system else check.tax_system
        made.append({**part, "tender": tender, "tax_system": system})
    return made


def _carrying(plan: Plan, check: Check) -> list[Mapping[str, Any]]:
    carried, items = check.carried, iter(plan.items)
    return [{**next(items), **carried.get(line["id"], {})} for line in plan.lines for _ in line["items"]]


def registered(parts: Parts, made: Sequence[MadePart]) -> Json:
    """The answer's own members; of a sale in parts the numbers of its usual receipt, all money, all in `Documents`."""
    main = main_of(made)
    told = _document(parts, main.intent)
    if [one.part for one in made] == [OWN]:
        return told
    paid = [Plan.from_json(one.intent.plan).content.payments_kop for one in made]
    documents = [
        {"Part": one.part, "FnNumber": one.document.fn_serial, "Sum": roubles(one.intent.total_kop)}
        | _document(parts, one.intent)
        for one in made
    ]
    return {**told, **tenders([sum(kops) for kops in zip(*paid, strict=True)]), "Documents": documents}


def _document(parts: Parts, intent: Intent) -> Json:
    """From the document as it was read back; what cannot be read yet, from the plan."""
    assert intent.document is not None, "a registered sale has its document"
    number, plan = intent.document, Plan.from_json(intent.plan)
    with parts.views.reading() as view:
        stored = view.documents.get(number)
    document = None
    if stored is not None and stored.raw and stored.form is not None:
        try:
            document = read_body(stored.form, stored.raw)
        except TlvError:
            document = None
    receipt = document if isinstance(document, Receipt) else None
    now = parts.clock.now().astimezone(parts.config.zone).replace(tzinfo=None)
    at = receipt.at if receipt is not None and receipt.at is not None else now
    fpd = intent.fpd or (receipt.fpd if receipt else None) or 0
    return {
        "CheckNumber": number.fd_number,
        "SessionNumber": receipt.shift if receipt and receipt.shift is not None else intent.shift,
        "SessionCheckNumber": (receipt.number_in_shift if receipt else None) or 0,
        "URL": "",
        "QRCode": ReceiptQr(at, plan.total_kop, number.fn_serial, number.fd_number, fpd, plan.operation).text(),
        **tenders(list(plan.content.payments_kop)),
    }


def tenders(sums: list[int]) -> Json:
    """Cash without the change, then 1081, 1215, 1216, 1217."""
    return {name: roubles(kop) for name, kop in zip(TENDERS, sums, strict=True)}


def desk_orders(parts: Parts) -> Orders:
    """PRN-03: nobody drives a printer here."""
    if parts.orders is None:
        raise PrinterError("PRN-03")
    return parts.orders


def _micro(quantity: str) -> int:
    whole, _, rest = quantity.partition(".")
    return int(whole) * 1_000_000 + int(rest.ljust(6, "0") or 0)
