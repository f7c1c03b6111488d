"""Positions of a receipt as lines of the device with their tags (notes on JSON, section 3.2)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from fractions import Fraction

from emulator.profile import Profile
from emulator.shtrih.marking import code_tags
from emulator.terms import ItemInput
from emulator.tlv import Tlv, encode, make
from standin.standin_numbers import INVALID_TAX, NOT_SUPPORTED, DriverError
from standin.standin_ports import Port
from standin.standin_task import Node, wrong
from standin.standin_words import MARK_CHECKS, MEASURES, METHODS, NEWER_TAXES, OLD_TAXES, SUBJECTS, TAXES

NOT_DONE = ("agentInfo", "supplierInfo", "productCodes")
GTIN, SERIAL = slice(2, 16), slice(18, 31)
DATA_MATRIX = b"\x44\x4d"


@dataclass(frozen=True)
class Position:
    """One line: what the device is ordered, the tags bound to it, and a discount that is only printed."""

    order: ItemInput
    tags: list[Tlv]
    discount_kop: int
    tax_name: str

    @property
    def tlvs(self) -> bytes:
        return encode(self.tags)


def position(item: Node, kind: int, port: Port) -> Position:
    """A position. Raises 501, 144, 11 for what the stand-in does not do."""
    profile = port.device.profile
    refuse_undone(item)
    tax = item.get("tax")
    name = tax.need("type").text if tax else ""
    department, discount = item.get("department"), item.get("infoDiscountAmount")
    method, subject = item.get("paymentMethod"), item.get("paymentObject")
    order = ItemInput(
        kind,
        item.need("quantity").micro,
        item.need("price").kop,
        item.need("amount").kop,
        None,
        vat_code(tax.need("type"), port) if tax else profile.vat,
        department.integer if department else 1,
        method.choice(METHODS) if method else METHODS["fullPrepayment"],
        subject.choice(SUBJECTS) if subject else SUBJECTS["commodity"],
        item.need("name").text,
    )
    if item.flag_of("piece") and order.quantity_micro % 10**6:
        raise wrong("неверное значение", f"{item.path}.quantity")
    tags = [*_measure(item, profile), *_tax_sum(tax), *_plain_tags(item), *_marking(item, port)]
    return Position(order, tags, discount.kop if discount else 0, name)


def refuse_undone(node: Node) -> None:
    """11 for members whose shape the notes do not give: dropping them in silence would change the document."""
    for name in NOT_DONE:
        if node.get(name) is not None:
            raise DriverError(NOT_SUPPORTED, f"{node.path}.{name}")


def vat_code(kind: Node, port: Port) -> int:
    """Code of tag 1199. Raises 144 for a rate that is none."""
    if kind.text in NEWER_TAXES and not port.habits.newer_rates:
        raise wrong("неверное значение", kind.path)
    code = {**TAXES, **OLD_TAXES}.get(kind.text)
    if code is None:
        raise DriverError(INVALID_TAX, f"{kind.path}: {kind.text}")
    return code


def industry_tags(node: Node, tag: int) -> list[Tlv]:
    """industryInfo as 1260 (line) or 1261 (receipt)."""
    return [
        make(
            tag,
            [
                make(1262, one.need("fois").text),
                make(1263, f"{one.need('date').at:%d.%m.%Y}"),
                make(1264, one.need("number").text),
                make(1265, one.need("industryAttribute").text),
            ],
        )
        for one in node.each("industryInfo")
    ]


def decoded(node: Node) -> bytes:
    """Base64. Raises 501."""
    try:
        return base64.b64decode(node.text, validate=True)
    except binascii.Error as error:
        raise wrong("неверное значение", node.path) from error


def _measure(item: Node, profile: Profile) -> list[Tlv]:
    unit = item.get("measurementUnit")
    if profile.ffd == "1.2":
        return [make(2108, unit.choice(MEASURES) if unit else MEASURES["piece"])]
    return [make(1197, unit.text)] if unit else []


def _tax_sum(tax: Node | None) -> list[Tlv]:
    given = tax.get("sum") if tax else None
    return [make(1200, given.kop)] if given else []


def _plain_tags(item: Node) -> list[Tlv]:
    tags = [
        make(tag, item.text_of(name))
        for tag, name in ((1191, "additionalAttribute"), (1230, "countryCode"), (1231, "customsDeclaration"))
        if item.text_of(name)
    ]
    excise = item.get("exciseSum")
    return [*tags, *([make(1229, excise.kop)] if excise else []), *industry_tags(item, 1260)]


def _marking(item: Node, port: Port) -> list[Tlv]:
    modern = port.device.profile.ffd == "1.2"
    code, mark, checked = item.get("nomenclatureCode"), item.get("markingCode"), item.get("imcParams")
    if (checked and not modern) or ((code or mark) and modern):
        raise DriverError(NOT_SUPPORTED, f"{item.path}: маркировка другого ФФД")
    if checked:
        return _checked_mark(checked, port)
    if mark:
        return [make(1162, _short_code(mark.need("mark")))]
    if code:
        return [make(1162, decoded(code))]
    return []


def _short_code(mark: Node) -> bytes:
    """FFD 1.05: GTIN in six bytes, then the serial, after 444Dh."""
    text = decoded(mark).decode("ascii", "replace")
    if not (text.startswith("01") and text[16:18] == "21" and text[GTIN].isdecimal()):
        raise wrong("неверное значение", mark.path)
    return DATA_MATRIX + int(text[GTIN]).to_bytes(6, "big") + text[SERIAL].split("\x1d")[0].encode()


def _checked_mark(params: Node, port: Port) -> list[Tlv]:
    code = decoded(params.need("imc"))
    told, mode, part = (
        params.get(name) for name in ("itemInfoCheckResult", "imcModeProcessing", "itemFractionalAmount")
    )
    bits = port.marks_accepted.get(code, 0)
    if told:
        bits = sum(told.need(name).flag << bit for bit, name in enumerate(MARK_CHECKS))
    tags = [*code_tags(code, bits), make(2102, mode.integer if mode else 0)]
    return [*tags, *([_share(part)] if part else [])]


def _share(part: Node) -> Tlv:
    try:
        share = Fraction(part.text)
    except (ValueError, ZeroDivisionError) as error:
        raise wrong("неверное значение", part.path) from error
    return make(1291, [make(1292, part.text), make(1293, share.numerator), make(1294, share.denominator)])
