"""Opening and cancelling a receipt, discounts and taxes on it: 92h, 59h, 43h, B8h (protocol notes, section 3.4)."""

from __future__ import annotations

from emulator.atol.commands.shift import shift_wanted
from emulator.atol.errors import (
    RETURN_OPEN,
    SALE_OPEN,
    TAX_TOO_LARGE,
    WRONG_DISCOUNT,
    WRONG_RECEIPT_TYPE,
    CommandError,
)
from emulator.atol.modes import REGISTRATION
from emulator.atol.registry import COMMANDS, Call
from emulator.atol.sale import Sale
from emulator.device import Device
from emulator.receipt import OpenReceipt
from emulator.terms import DeviceMode, Reason, Refusal

KIND = {1: 1, 2: 2, 4: 3, 5: 4}
"""Type of 92h -> tag 1054: sale, its return, purchase, its return."""
CORRECTION_SALE, CORRECTION_SALE_RETURN, CORRECTION_BUY_RETURN = 7, 8, 10
PAPERLESS = 2
"""Bit of the flags of 92h: do not print. One source uses bit 1, which is taken for nothing here."""
SUM = 1
PERCENT = 0
SURCHARGE = 1
HUNDREDTHS = 10_000


def opened(device: Device) -> OpenReceipt:
    """The open receipt; refuses NO_RECEIPT."""
    if device.receipt is None:
        raise Refusal(Reason.NO_RECEIPT)
    return device.receipt


def sale_of(call: Call) -> Sale:
    """What is known of the open receipt besides its lines; refuses NO_RECEIPT."""
    opened(call.machine.device)
    if call.machine.sale is None:
        call.machine.sale = Sale()
    return call.machine.sale


def _kind(call: Call) -> tuple[int, bool]:
    """Tag 1054 and whether it is a correction. With 9 for a correction of a purchase, 8 is a correction return [U]."""
    kind = call.fields.num("kind")
    buy = call.machine.variant.correction_buy
    corrections = {CORRECTION_SALE: 1, buy: 3, CORRECTION_BUY_RETURN: 4}
    corrections.setdefault(CORRECTION_SALE_RETURN, 2)
    if kind in KIND:
        return KIND[kind], False
    if kind in corrections:
        return corrections[kind], True
    raise CommandError(WRONG_RECEIPT_TYPE)


@COMMANDS.add(0x92, "open receipt", "flags:1 kind:1", (REGISTRATION,), prints=True)
def open_receipt(call: Call) -> bytes:
    """92h: 89h or 87h over an open receipt, 88h after 24 hours; a closed shift is opened first."""
    machine = call.machine
    device = machine.device
    kind, correction = _kind(call)
    if device.receipt is not None:
        raise CommandError(SALE_OPEN if device.receipt.kind in (1, 4) else RETURN_OPEN)
    if device.mode is DeviceMode.SHIFT_OVER:
        raise Refusal(Reason.SHIFT_OVER_24H)
    if correction and device.profile.ffd == "1.05" and kind not in (1, 3):
        raise CommandError(WRONG_RECEIPT_TYPE)
    if call.test_run:
        return b""
    shift_wanted(call)
    device.open_receipt(kind, machine.operator, correction)
    machine.sale = Sale(paperless=call.fields.bit("flags", PAPERLESS))
    return b""


@COMMANDS.add(0x59, "cancel receipt", "", (REGISTRATION,), prints=True)
def cancel_receipt(call: Call) -> bytes:
    """59h."""
    machine = call.machine
    machine.device.cancel_receipt(opened(machine.device).operator)
    machine.sale = None
    machine.collected = {}
    return b""


@COMMANDS.add(0x43, "discount on the receipt", "flags:1 area:1 type:1 sign:1 size:5d", (REGISTRATION,))
def discount(call: Call) -> bytes:
    """43h: spread over the lines, since a fiscal document knows no discount on the whole. Percent in 1/100 [U]."""
    machine, fields = call.machine, call.fields
    sale, receipt = sale_of(call), opened(machine.device)
    if fields.num("area") or fields.num("sign") > SURCHARGE or fields.num("type") > SUM or sale.discounted:
        raise CommandError(WRONG_DISCOUNT)
    size = fields.num("size")
    if fields.num("type") == PERCENT:
        if not machine.variant.discount_percent:
            raise CommandError(WRONG_DISCOUNT)
        size = (2 * receipt.subtotal_kop * size + HUNDREDTHS) // (2 * HUNDREDTHS)
    if fields.num("sign") != SURCHARGE and size > receipt.subtotal_kop:
        raise CommandError(WRONG_DISCOUNT)
    if not call.test_run:
        machine.device.change_total(size if fields.num("sign") == SURCHARGE else -size, receipt.operator)
        sale.discounted = True
    return b""


@COMMANDS.add(0xB8, "tax on the receipt", "flags:1 reserved:1 tax:1 sum:7d", (REGISTRATION,))
def receipt_tax(call: Call) -> bytes:
    """B8h: checked; this device computes the tax from the lines itself."""
    machine = call.machine
    machine.taxes.vat(call.fields.num("tax"))
    if call.fields.num("sum") > opened(machine.device).subtotal_kop:
        raise CommandError(TAX_TOO_LARGE)
    return b""
