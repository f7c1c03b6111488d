"""Receipts and corrections: one task, one document in the FN (notes on JSON, sections 3.1, 3.4, 3.8)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from emulator.device import Device
from emulator.marks import Mark
from emulator.terms import CorrectionInput, Refusal
from emulator.tlv import Tlv, encode, make
from emulator.vat import FLAT, inside
from standin.standin_documents import fiscal_result
from standin.standin_item import Position, industry_tags, position, refuse_undone, vat_code
from standin.standin_numbers import (
    INVALID_TAX,
    INVALID_TAXATION,
    INVALID_TOTAL,
    NOT_FULLY_PAID,
    VAT18_AND_20,
    DriverError,
    LinkLost,
)
from standin.standin_ports import Port
from standin.standin_print import around, marks_of, put
from standin.standin_task import Node, wrong
from standin.standin_words import BASES, PAYMENTS, PLACES, TAXATION

OPERATOR = 30
PRINTABLE = ("text", "barcode", "pictureFromMemory", "pixels")


@dataclass(frozen=True)
class Order:
    """A task read whole, before the device is asked for anything."""

    kind: int
    positions: list[Position]
    printed: list[Mark]
    tags: list[Tlv]
    payments: list[int]
    rounding_kop: int
    taxation: int
    paperless: bool


def operator_tags(task: Node) -> list[Tlv]:
    """1021 and 1203."""
    operator = task.get("operator")
    if operator is None:
        return []
    inn = operator.text_of("vatin")
    return [make(1021, operator.need("name").text), *([make(1203, inn)] if inn else [])]


def receipt(port: Port, task: Node, kind: int, correction: bool = False) -> dict[str, Any]:
    """Register it. Refusals cancel what was opened; a lost link leaves it standing."""
    if correction and port.device.profile.ffd == "1.05":
        return correction_without_lines(port, task, kind)
    device, order = port.device, read(port, task, kind)
    if correction:
        order.tags.extend(basis_tags(task))
    if port.habits.opens_shift and not device.fn.shift_open:
        device.open_shift(OPERATOR, encode(operator_tags(task)))
    with around(device, task, order.paperless, 31 if correction else 3):
        device.open_receipt(kind, OPERATOR, correction)
        try:
            fd = _fill_and_close(device, order)
        except LinkLost:
            raise
        except (Refusal, DriverError):
            with suppress(Refusal):
                device.cancel_receipt(OPERATOR)
            raise
    port.marks_accepted.clear()
    return fiscal_result(port, fd, order.paperless)


def read(port: Port, task: Node, kind: int) -> Order:
    """Raises 501, 143, 144, 219, 227, 11."""
    refuse_undone(task)
    positions, printed, tags = [], [], []
    task.need("items")
    for item in task.each("items"):
        what = item.need("type").text
        if what == "position":
            positions.append(position(item, kind, port))
        elif what in PRINTABLE:
            printed.append(item)
        else:
            tags.append(_attribute(item, what))
    if {"vat18", "vat20"} <= {one.tax_name for one in positions}:
        raise DriverError(VAT18_AND_20)
    paperless = task.flag_of("electronically")
    if paperless and not (task.get("clientInfo") and task.need("clientInfo").get("emailOrPhone")):
        raise wrong("нет поля", "clientInfo.emailOrPhone")
    subtotal = sum(one.order.sum_kop or 0 for one in positions)
    _check_taxes(port, task, positions)
    tags = [*operator_tags(task), *_client_tags(port, task), *_receipt_tags(task), *tags]
    total = _rounding(task, subtotal)
    marks = marks_of(printed, port.device, task.flag_of("ignoreNonFiscalPrintErrors"))
    return Order(kind, positions, marks, tags, payments(task), total, _taxation(port, task), paperless)


def _fill_and_close(device: Device, order: Order) -> int:
    for line in order.positions:
        device.add_item(line.order, None, line.tlvs)
        if line.discount_kop:
            device.print_line(f"Скидка {line.discount_kop // 100}.{line.discount_kop % 100:02} {line.order.name}")
    put(device, order.printed)
    if order.tags:
        device.add_receipt_tlv(encode(order.tags))
    return device.close_receipt(order.payments, order.rounding_kop, order.taxation, OPERATOR).fd


def _attribute(item: Node, what: str) -> Tlv:
    if what == "userAttribute":
        return make(1084, [make(1085, item.need("name").text), make(1086, item.need("value").text)])
    if what == "additionalAttribute":
        return make(1192, item.need("value").text)
    raise wrong("неверное значение", f"{item.path}.type")


def payments(task: Node) -> list[int]:
    """The device's sixteen; zero sums drop out, one type given twice adds up. Raises 501, 66 for none at all."""
    sums = [0] * 16
    given = task.each("payments")
    for one in given:
        sums[PLACES[one.need("type").choice(PAYMENTS)]] += one.need("sum").kop
    if not given:
        raise DriverError(NOT_FULLY_PAID)
    return sums


def _rounding(task: Node, subtotal: int) -> int:
    """Kopecks dropped off the total: all of them or none. Raises 227."""
    total = task.get("total")
    dropped = subtotal - total.kop if total else 0
    if dropped not in (0, subtotal % 100):
        raise DriverError(INVALID_TOTAL)
    return dropped


def _taxation(port: Port, task: Node) -> int:
    given = task.get("taxationType")
    if given is None:
        return 0
    bit = given.choice(TAXATION)
    if not bit & port.device.profile.tax_systems:
        raise DriverError(INVALID_TAXATION, given.text)
    return bit


def _check_taxes(port: Port, task: Node, positions: list[Position]) -> None:
    """Totals per rate are the device's own figures; given ones must agree to a kopeck a line. Raises 144."""
    for one in task.each("taxes"):
        code, given = vat_code(one.need("type"), port), one.need("sum").kop
        sums = [line.order.sum_kop or 0 for line in positions if line.order.vat == code]
        if abs(inside(code, sum(sums)) - given) > len(sums):
            raise DriverError(INVALID_TAX, f"{one.path}.sum")


def _client_tags(port: Port, task: Node) -> list[Tlv]:
    client = task.get("clientInfo")
    if client is None:
        return []
    contact = client.text_of("emailOrPhone")
    own = [make(tag, client.text_of(name)) for tag, name in ((1227, "name"), (1228, "vatin")) if client.text_of(name)]
    more = [(1244, "citizenship"), (1245, "identityDocumentCode"), (1246, "identityDocumentData"), (1254, "address")]
    if port.device.profile.ffd == "1.2":
        birth = client.get("birthDate")
        own += [make(1243, f"{birth.at:%d.%m.%Y}")] if birth else []
        own += [make(tag, client.text_of(name)) for tag, name in more if client.text_of(name)]
        own = [make(1256, own)] if own else []
    return [*([make(1008, contact)] if contact else []), *own]


def _receipt_tags(task: Node) -> list[Tlv]:
    names = ((1187, "paymentsPlace"), (1009, "paymentsAddress"), (1036, "machineNumber"))
    tags = [make(tag, task.text_of(name)) for tag, name in names if task.text_of(name)]
    company, operation = task.get("companyInfo"), task.get("operationInfo")
    if company and company.text_of("email"):
        tags.append(make(1117, company.text_of("email")))
    if operation:
        number, text, at = (operation.need(name) for name in ("id", "data", "dateTime"))
        tags.append(make(1270, [make(1271, number.integer), make(1272, text.text), make(1273, at.at)]))
    return [*tags, *industry_tags(task, 1261)]


def basis_tags(task: Node) -> list[Tlv]:
    """1173 and 1174 of a correction."""
    kind, day = task.need("correctionType"), task.need("correctionBaseDate")
    name, number = task.text_of("correctionBaseName"), task.text_of("correctionBaseNumber")
    members = [make(tag, text) for tag, text in ((1177, name), (1179, number)) if text]
    return [make(1173, kind.choice(BASES)), make(1174, [make(1178, day.at), *members])]


def correction_without_lines(port: Port, task: Node, kind: int) -> dict[str, Any]:
    """FFD 1.05: sums alone, total from `total` or from the payments; `taxes` give the VAT."""
    sums = payments(task)
    total = task.get("total")
    taxes: dict[int, int] = {}
    for one in task.each("taxes"):
        code = vat_code(one.need("type"), port)
        if code not in FLAT:
            raise DriverError(INVALID_TAX, f"{one.path}.type")
        taxes[FLAT[code]] = taxes.get(FLAT[code], 0) + one.need("sum").kop
    basis = basis_tags(task)
    order = CorrectionInput(
        operation=kind,
        total_kop=total.kop if total else sum(sums),
        by_order=bool(basis[0].value),
        cash_kop=sums[0],
        electronic_kop=sum(sums[1:13]),
        advance_kop=sums[13],
        credit_kop=sums[14],
        other_kop=sums[15],
        vat_kop=taxes,
        tax_system=_taxation(port, task),
        tlvs=encode([*basis, *operator_tags(task)]),
    )
    paperless = task.flag_of("electronically")
    with around(port.device, task, paperless, 31):
        reply = port.device.correction(order, OPERATOR)
    return fiscal_result(port, reply.fd, paperless)
