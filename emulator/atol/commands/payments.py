"""Payments and closing: 99h, 9Bh, 4Ah (protocol notes, section 3.4)."""

from __future__ import annotations

from emulator.atol.commands.receipt import opened, sale_of
from emulator.atol.errors import WRONG_MODE, CommandError
from emulator.atol.fields import bcd
from emulator.atol.modes import REGISTRATION
from emulator.atol.registry import COMMANDS, Call
from emulator.terms import Reason, Refusal
from emulator.tlv import decode, number

LAYOUT = "flags:1 kind:1 sum:5d"
TAX_SYSTEM_TAG = 1055


def _with_items(call: Call) -> int:
    """Total of the open receipt; refuses EMPTY_RECEIPT, and 66h inside EAh..EBh."""
    receipt = opened(call.machine.device)
    if sale_of(call).item_open:
        raise CommandError(WRONG_MODE)
    if not receipt.items:
        raise Refusal(Reason.EMPTY_RECEIPT)
    return receipt.subtotal_kop


def _balance(remainder: int, change: int) -> bytes:
    return bcd(remainder, 5) + bcd(change, 5)


@COMMANDS.add(0x99, "payment", LAYOUT, (REGISTRATION,), ext=False)
def payment(call: Call) -> bytes:
    """99h: remainder and change follow the result directly, 12 bytes in all. State becomes 1.4."""
    total, sale, fields = _with_items(call), sale_of(call), call.fields
    before = sale.paid
    told = _balance(*sale.pay(fields.num("kind"), fields.num("sum"), total))
    if call.test_run:
        sale.paid = before
    return told


@COMMANDS.add(0x9B, "payment storno", LAYOUT, (REGISTRATION,), ext=False)
def payment_storno(call: Call) -> bytes:
    """9Bh: answer as of 99h."""
    total, sale, fields = _with_items(call), sale_of(call), call.fields
    before = sale.paid
    told = _balance(*sale.unpay(fields.num("kind"), fields.num("sum"), total))
    if call.test_run:
        sale.paid = before
    return told


@COMMANDS.add(0x4A, "close receipt", LAYOUT, (REGISTRATION,), prints=True)
def close_receipt(call: Call) -> bytes:
    """4Ah: registers the receipt; 67h when it is registered and the paper ended while it was printed."""
    machine = call.machine
    total, sale, fields = _with_items(call), sale_of(call), call.fields
    sums = sale.closing(fields.num("kind"), fields.num("sum"), total)
    if call.test_run:
        return b""
    receipt = opened(machine.device)
    machine.device.close_receipt(sums, 0, _tax_system(receipt.tlvs), receipt.operator)
    machine.sale = None
    machine.collected = {}
    machine.require_print()
    return b""


def _tax_system(tlvs: bytes) -> int:
    """Tag 1055 when the host sent it, else 0: the device's own."""
    return number(decode(tlvs), TAX_SYSTEM_TAG)
