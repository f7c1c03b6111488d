"""Registers: 91h (protocol notes, section 3.6). Numbers are BCD unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from emulator.atol.commands.receipt import KIND
from emulator.atol.commands.status import RECEIPT_TYPE
from emulator.atol.errors import NO_RECEIPT, WRONG_PAYMENT, WRONG_RECEIPT_TYPE, WRONG_REGISTER, CommandError
from emulator.atol.fields import bcd, dmy
from emulator.atol.registry import COMMANDS, Call
from emulator.device_cash import KINDS
from emulator.fn_document import RECEIPT_FORMS, Document
from emulator.tlv import number

PAYMENT_WORD = {1: "cash", 2: "electronic", 3: "advance", 4: "credit", 5: "other"}
FFD = {"1.05": 2, "1.1": 3, "1.2": 4}
SHIFT_LIFE = timedelta(hours=24)
LAST_RECEIPT_RESERVED = bytes(3)


def _name(kind: int) -> str:
    if kind not in KIND:
        raise CommandError(WRONG_RECEIPT_TYPE)
    return KINDS[KIND[kind]]


def _payments(call: Call, kind: int, payment: int) -> bytes:
    if payment not in PAYMENT_WORD:
        raise CommandError(WRONG_PAYMENT)
    return bcd(call.machine.device.registers[f"{_name(kind)}_{PAYMENT_WORD[payment]}_kop"], 6)


def _receipts(call: Call, kind: int, _par2: int) -> bytes:
    return bcd(call.machine.device.registers[f"{_name(kind)}_count"], 2)


def _cash(call: Call, _par1: int, _par2: int) -> bytes:
    return bcd(call.machine.device.registers["cash_kop"], 7)


def _now(call: Call, _par1: int, _par2: int) -> bytes:
    return dmy(call.machine.device.now())


def _shift(call: Call, _par1: int, _par2: int) -> bytes:
    """State byte, then the end of the 24 hours of an open shift, or the last closing; 2 is never set here."""
    fn = call.machine.device.fn
    if fn.shift_open and fn.shift_opened_at is not None:
        return b"\x01" + dmy(fn.shift_opened_at + SHIFT_LIFE)
    closed = next((one.at for one in reversed(fn.documents.values()) if one.form == 5), None)
    return b"\0" + (dmy(closed) if closed else bytes(6))


def _serial(call: Call, _par1: int, _par2: int) -> bytes:
    return bcd(int(call.machine.device.profile.serial), 7)


def _print_settings(call: Call, _par1: int, _par2: int) -> bytes:
    return bcd(call.machine.device.profile.columns, 1)


def _grand_total(call: Call, kind: int, _par2: int) -> bytes:
    return bcd(call.machine.device.registers[f"total_{_name(kind)}_kop"], 7)


def _unsent(call: Call, _par1: int, _par2: int) -> bytes:
    return bcd(call.machine.device.fn.ofd_queue().count, 3)


def _document(document: Document | None) -> bytes:
    if document is None:
        raise CommandError(NO_RECEIPT)
    kind = RECEIPT_TYPE.get(number(document.tags, 1054), 0)
    head = bcd(document.fd, 5) + bcd(kind, 1) + bcd(number(document.tags, 1020), 7)
    return head + dmy(document.at)[:5] + bcd(document.sign, 5) + LAST_RECEIPT_RESERVED


def _last_receipt(call: Call, _par1: int, _par2: int) -> bytes:
    documents = call.machine.device.fn.documents
    return _document(next((one for one in reversed(documents.values()) if one.form in RECEIPT_FORMS), None))


def _last_document(call: Call, _par1: int, _par2: int) -> bytes:
    """As 33h [U]; type and total are 0 for documents that are no receipts."""
    if not call.machine.variant.register_34h:
        raise CommandError(WRONG_REGISTER)
    fn = call.machine.device.fn
    return _document(fn.documents.get(fn.last_fd))


def _numbers(call: Call, _par1: int, _par2: int) -> bytes:
    fn = call.machine.device.fn
    return bcd(fn.receipt_in_shift, 3) + bcd(fn.shift_number, 3)


def _ffd(call: Call, _par1: int, _par2: int) -> bytes:
    code = FFD[call.machine.device.profile.ffd]
    return bytes((code, code)) + bytes(4)


def _extended_error(call: Call, _par1: int, _par2: int) -> bytes:
    """Binary, high byte first: command, extended code, tag of a missing requisite."""
    last = call.machine.last_error
    return b"".join(value.to_bytes(2, "big") for value in (last.command, last.extended, last.tag)) + bytes(2)


REGISTERS: dict[int, Callable[[Call, int, int], bytes]] = {
    0x03: _payments,
    0x06: _receipts,
    0x0A: _cash,
    0x11: _now,
    0x12: _shift,
    0x16: _serial,
    0x18: _print_settings,
    0x28: _grand_total,
    0x2C: _unsent,
    0x33: _last_receipt,
    0x34: _last_document,
    0x35: _numbers,
    0x36: _ffd,
    0x37: _extended_error,
}
"""0Dh is a register of devices without a storage and is refused."""


@COMMANDS.add(0x91, "register", "register:1 par1:1? par2:1?", ext=False, while_busy=True)
def register(call: Call) -> bytes:
    """91h: 6Ch for a register this device does not have."""
    read = REGISTERS.get(call.fields.num("register"))
    if read is None:
        raise CommandError(WRONG_REGISTER)
    return read(call, call.fields.num("par1"), call.fields.num("par2"))
