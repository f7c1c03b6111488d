"""Lines of a receipt: EAh, EBh, and the registrations of older devices 52h, 57h, E6h (protocol notes, section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.atol import codepage
from emulator.atol.commands.receipt import opened, sale_of
from emulator.atol.errors import (
    AFTER_DISCOUNT,
    CORRECTION_HAS_ONE,
    SEE_BYTE,
    WRONG_FFD,
    WRONG_LENGTH,
    WRONG_MODE,
    WRONG_QUANTITY,
    WRONG_SUBJECT,
    CommandError,
    extended,
)
from emulator.atol.modes import REGISTRATION
from emulator.atol.registry import COMMANDS, Call
from emulator.atol.sale import Sale
from emulator.receipt import SUBJECTS
from emulator.terms import ItemInput

NAME_LIMIT = 128
MICRO_OF_MILLI = 1000
FULL_PAYMENT, GOODS = 4, 1
FIRST_TAX_OF_SECTION = 6
"""Tax number taken for a line of 52h, which names none: without VAT."""

ITEM_LAYOUT = (
    "flags:1 price:7d quantity:5d total:7d tax:1 tax_sum:7d section:1d subject:1d method:1d discount_sign:1"
    " discount:7d reserved:2b name:*"
)
NAMED_LAYOUT = (
    "flags:1 name:64b price:6d quantity:5d discount_type:1 discount_sign:1 discount:6d tax:1 section:1 text:16b"
    " reserved:1"
)


def _may_add(call: Call) -> Sale:
    """A line may be added now; a correction has one (EEh 0101h), after a discount there is none (7Ch)."""
    sale, receipt = sale_of(call), opened(call.machine.device)
    if sale.discounted:
        raise CommandError(AFTER_DISCOUNT)
    if receipt.correction and receipt.items and call.machine.device.profile.ffd == "1.05":
        raise extended(CORRECTION_HAS_ONE)
    if sale.paid:
        raise CommandError(WRONG_MODE)
    return sale


@dataclass(frozen=True)
class Line:
    """One line in the protocol's numbers: kopecks, thousandths, tax number."""

    name: str
    price: int
    quantity: int
    total: int | None
    tax: int
    section: int
    subject: int = GOODS
    method: int = FULL_PAYMENT


def _order(call: Call, line: Line) -> ItemInput:
    if line.quantity == 0:
        raise CommandError(WRONG_QUANTITY)
    if line.subject not in SUBJECTS or not 1 <= line.method <= 7:
        raise extended(WRONG_SUBJECT)
    return ItemInput(
        kind=opened(call.machine.device).kind,
        quantity_micro=line.quantity * MICRO_OF_MILLI,
        price_kop=line.price,
        sum_kop=line.total,
        tax_kop=None,
        vat=call.machine.taxes.vat(line.tax),
        department=line.section,
        method=line.method,
        subject=line.subject,
        name=line.name,
    )


@COMMANDS.add(0xEA, "begin item", "flags:1 one:1 zero:1", (REGISTRATION,))
def begin_item(call: Call) -> bytes:
    """EAh: every client sends 01 00 after the flags. A second EAh drops what was collected since the first."""
    sale = _may_add(call)
    if not call.test_run:
        sale.begin_item()
        call.machine.collected = {}
    return b""


@COMMANDS.add(0xEB, "end item", ITEM_LAYOUT, (REGISTRATION,))
def end_item(call: Call) -> bytes:
    """EBh: 66h without EAh; the line's total may differ from price x quantity by a kopeck."""
    fields, sale = call.fields, _may_add(call)
    if not sale.item_open:
        raise CommandError(WRONG_MODE)
    if len(fields.raw("name")) > NAME_LIMIT:
        raise CommandError(WRONG_LENGTH)
    numbers = [fields.num(name) for name in ("price", "quantity", "total", "tax", "section", "subject", "method")]
    order = _order(call, Line(codepage.external(fields.raw("name")), *numbers))
    if not call.test_run:
        call.machine.device.add_item(order, tlvs=sale.item_tlvs)
        sale.end_item()
    return b""


def _pre_fn(call: Call) -> None:
    """Registrations of older devices: F6h with "wrong FFD version" on a device with a storage (9.5)."""
    if not call.machine.variant.pre_fn:
        raise CommandError(SEE_BYTE, WRONG_FFD)
    _may_add(call)


def _old_item(call: Call, section: int, tax: int, name: str) -> bytes:
    line = Line(name, call.fields.num("price"), call.fields.num("quantity"), None, tax, section)
    order = _order(call, line)
    if not call.test_run:
        call.machine.device.add_item(order)
    return b""


@COMMANDS.add(0x52, "registration", "flags:1 price:5d quantity:5d section:1d", (REGISTRATION,))
def registration(call: Call) -> bytes:
    """52h: the name is that of the section (table 7)."""
    _pre_fn(call)
    section = call.fields.num("section")
    name = call.machine.tables.text(7, section, 1) if section else ""
    return _old_item(call, section, FIRST_TAX_OF_SECTION, name or f"СЕКЦИЯ {section}")


@COMMANDS.add(0x57, "return", "flags:1 price:5d quantity:5d", (REGISTRATION,))
def old_return(call: Call) -> bytes:
    """57h [U]."""
    _pre_fn(call)
    return _old_item(call, 0, FIRST_TAX_OF_SECTION, "ВОЗВРАТ")


@COMMANDS.add(0xE6, "registration with name", NAMED_LAYOUT, (REGISTRATION,))
def named_registration(call: Call) -> bytes:
    """E6h: FFD 1.0."""
    _pre_fn(call)
    fields = call.fields
    name = codepage.external(fields.raw("name").rstrip(b"\0")).rstrip()
    return _old_item(call, fields.num("section"), fields.num("tax"), name)
