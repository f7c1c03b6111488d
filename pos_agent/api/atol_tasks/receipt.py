"""A receipt task, read and checked whole before anything is done. Source: task reference, sections 3.1 to 3.8.

What would have to stand in the document and cannot is a fault (11), never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.goods import Position, added_up, line_sum, lowered
from pos_agent.api.atol_tasks.marking import mark_of
from pos_agent.api.atol_tasks.parting import Parting, parting
from pos_agent.api.atol_tasks.words import (
    DEFAULT_METHOD,
    FULL_METHODS,
    MEASURES,
    METHODS,
    PAYMENTS,
    RECEIPTS,
    SUBJECTS,
    TAX_SYSTEMS,
    TAXES,
)
from pos_agent.api.spending import said_by
from pos_agent.checkout.at_register import UNSAID, AtRegister
from pos_agent.checkout.part_words import NO_PARTS, OWN, PartWords
from pos_agent.errors import UsageError

FREE_UNITS = ("no_discount", "no_spend", "no_accrue")
MEASURE_CODES = frozenset(map(str, MEASURES.values()))
NAME_LIMIT = 128  # characters of tag 1030
DROPPED_KOP = 100  # `total` may leave out kopecks, not roubles
PRINTABLE = frozenset({"text", "barcode", "pictureFromMemory", "pixels"})


@dataclass(frozen=True)
class Wish:
    """Extension member `loyalty` of a sale task, all of it optional (docs/tills-atol.md)."""

    customer: str = field(default="", repr=False)
    spend: str = "none"
    spend_pt: int | None = None
    codes: tuple[str, ...] = ()
    card: str = "reduce"  # what a total below the sum on the card does: "reduce" the sum, "keep" it and the price
    receipt: str = ""  # of a return: FN/FD of the sale
    said: AtRegister = field(default=UNSAID, repr=False)  # a confirmation code, a senior, who the cashier is


@dataclass(frozen=True)
class TillReceipt:
    """`payments` are kopecks by kind (`words.PAYMENTS`), zero sums left out. `before`, `after`: printable items."""

    operation: int
    positions: tuple[Position, ...]
    payments: Mapping[str, int]
    contact: str = field(default="", repr=False)
    buyer: tuple[str, str] = field(default=("", ""), repr=False)  # name, INN
    operator: tuple[str, str] = field(default=("", ""), repr=False)
    tax_system: int = 0
    before: tuple[Mapping[str, Any], ...] = ()
    after: tuple[Mapping[str, Any], ...] = ()
    attributes: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # 1084
    note: str = field(default="", repr=False)  # 1192
    wish: Wish = Wish()
    device: str = OWN  # the part whose printer it was sent to

    @property
    def total_kop(self) -> int:
        """Before loyalty."""
        return sum(line_sum(one.price_kop, one.quantity_micro) for one in self.positions)

    @property
    def parts(self) -> tuple[str, ...]:
        """Of its positions, each once, in order."""
        return tuple(dict.fromkeys(one.part for one in self.positions))


def receipt(task: Mapping[str, Any], lang: str, words: PartWords = NO_PARTS, device: str = OWN) -> TillReceipt:
    """TaskError 501 with the field's path, 11 for what cannot be registered, 66 when it is not paid.

    `device`: the part whose printer it was sent to, "" = the default device.
    """
    given = Fields(task, lang)
    belongs = parting(given, words, device)
    given.unsupported(*belongs.refused, "operationInfo", "industryInfo", "machineNumber", "customParameters")
    items = given.each("items", required=True)
    goods = [one for one in items if one.given.get("type", "position") == "position"]
    if not goods:
        raise given.wrong("items", "missing")
    positions = [piece for one in goods for piece in _position(one, belongs)]
    positions = _to_total(given, positions)
    others = [one for one in items if one not in goods]
    client = given.sub("clientInfo")
    if client is not None:
        client.unsupported("birthDate", "citizenship", "identityDocumentCode", "identityDocumentData", "address")
    made = TillReceipt(
        operation=RECEIPTS[str(task["type"])],
        positions=tuple(positions),
        payments=_payments(given),
        contact=client.text("emailOrPhone", "").strip() if client else "",
        buyer=(client.text("name", ""), client.text("vatin", "")) if client else ("", ""),
        operator=_operator(given),
        tax_system=given.word("taxationType", TAX_SYSTEMS) if given.has("taxationType") else 0,
        before=tuple(one.given for one in given.each("preItems")),
        after=tuple(one.given for one in [*_printed(others), *given.each("postItems")]),
        attributes=tuple(
            (one.text("name"), one.text("value")) for one in others if one.given.get("type") == "userAttribute"
        ),
        note=next((one.text("value") for one in others if one.given.get("type") == "additionalAttribute"), ""),
        wish=_wish(given),
        device=device,
    )
    _paid(made, lang)
    return made


def _position(given: Fields, belongs: Parting) -> list[Position]:
    given.unsupported(*belongs.refused, "industryInfo", "nomenclatureCode", "markingCode", "productCodes")
    given.unsupported("additionalAttribute", "exciseSum", "countryCode", "customsDeclaration", "customParameters")
    price, micro = given.kop("price"), given.micro("quantity")
    method = given.word("paymentMethod", METHODS, DEFAULT_METHOD)
    mark, subject = mark_of(given), given.word("paymentObject", SUBJECTS, "commodity")
    made = Position(
        name=given.text("name")[:NAME_LIMIT],
        price_kop=price,
        quantity_micro=micro,
        amount_kop=given.kop("amount", line_sum(price, micro)),
        vat=_tax(given),
        method=method,
        subject=subject,
        department=given.whole("department", 0, 0, 255),
        measure=_measure(given),
        flags=() if method in FULL_METHODS else FREE_UNITS,
        mark=mark,
        sku=given.text("sku", ""),
        category=given.text("category", ""),
    )
    pieces = added_up(replace(made, part=belongs.of(given, made.department)))
    if pieces is None:
        raise given.wrong("amount")
    return pieces


def _tax(given: Fields) -> str | None:
    tax = given.sub("tax")
    if tax is None or not tax.has("type"):
        return None
    word = TAXES.get(tax.text("type"))
    if word is None:
        raise faults.fault(faults.INVALID_TAX, "wrong_value", given.lang, path=tax.at("type"))
    return word


def _measure(given: Fields) -> int | None:
    """A code or word of tag 2108; a text of the older format is no code. Pieces are what is meant anyway."""
    value = given.given.get("measurementUnit")
    if value is None or (isinstance(value, str) and value not in MEASURES and value not in MEASURE_CODES):
        return None
    return given.word("measurementUnit", MEASURES) or None


def _to_total(given: Fields, positions: list[Position]) -> list[Position]:
    whole = sum(one.amount_kop for one in positions)
    dropped = whole - given.kop("total", whole)
    cheaper = lowered(positions, dropped) if 0 <= dropped < DROPPED_KOP else None
    if cheaper is None:
        raise given.wrong("total")
    return cheaper


def _payments(given: Fields) -> dict[str, int]:
    by_number = {number: word for word, number in PAYMENTS.items()}
    sums: dict[str, int] = {}
    for one in given.each("payments", required=True):
        kop = one.kop("sum")
        if not kop:
            continue
        kind = by_number[one.word("type", PAYMENTS)]
        sums[kind] = sums.get(kind, 0) + kop
    return sums


def _paid(made: TillReceipt, lang: str) -> None:
    total, paid = made.total_kop, sum(made.payments.values())
    if paid < total:
        raise faults.fault(faults.NOT_FULLY_PAID, "not_paid", lang, paid=_said(paid), total=_said(total))
    others = paid - made.payments.get("cash", 0)
    if others > total:
        raise faults.fault(faults.PARSE, "too_much_card", lang, paid=_said(others), total=_said(total))


def _operator(given: Fields) -> tuple[str, str]:
    who = given.sub("operator")
    return ("", "") if who is None else (who.text("name", ""), who.text("vatin", ""))


def _printed(items: list[Fields]) -> list[Fields]:
    return [one for one in items if one.given.get("type") in PRINTABLE]


def _wish(given: Fields) -> Wish:
    said = given.sub("loyalty")
    if said is None:
        return Wish()
    codes = said.given.get("codes") or []
    if not isinstance(codes, list) or not all(isinstance(one, str) for one in codes):
        raise said.wrong("codes", "wrong_type")
    spend, card = said.text("spend", "none"), said.text("card", "reduce")
    if spend not in ("none", "max", "exact"):
        raise said.wrong("spend")
    if card not in ("reduce", "keep"):
        raise said.wrong("card")
    points = said.kop("points", 0) if spend == "exact" else None
    try:
        register = said_by(said.given)
    except UsageError as error:
        raise said.wrong(str(error.params["field"])) from error
    return Wish(said.text("customer", ""), spend, points, tuple(codes), card, said.text("receipt", ""), register)


def _said(kop: int) -> str:
    return f"{kop // 100}.{kop % 100:02d}"
