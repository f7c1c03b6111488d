"""FN documents made in steps: FF41h+FF0Bh, FF42h+FF43h, FF35h+FF4Ah/FF36h, FF37h+FF38h, FF08h (notes, section 2.7)."""

from __future__ import annotations

from emulator.shtrih.commands.receipt import with_moment
from emulator.shtrih.errors import BAD_PARAMETER, FN_WRONG_STATE, CommandError
from emulator.shtrih.fields import le, ymd
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.terms import CorrectionInput, DeviceMode, FiscalReply, Reason, Refusal

OPEN_SHIFT, CLOSE_SHIFT, CORRECTION, CALCULATION = 0x02, 0x08, 0x14, 0x17
"""Codes of the current document in FF01h."""
KINDS_OF_CORRECTION = (1, 3)
VAT_TAGS = (1102, 1103, 1104, 1105, 1106, 1107)
"""Flat totals in the order of FF4Ah: 20 %, 10 %, 0 %, without, 20/120, 10/110."""


def _start(call: Call, code: int, needed: DeviceMode | None, otherwise: Reason) -> bytes:
    call.machine.require_no_document()
    mode = call.machine.device.mode
    if mode is DeviceMode.RECEIPT_OPEN:
        raise Refusal(Reason.RECEIPT_OPEN)
    if needed is not None and (mode is DeviceMode.SHIFT_CLOSED) is not (needed is DeviceMode.SHIFT_CLOSED):
        raise Refusal(otherwise)
    call.machine.begin(code)
    return b""


def _finish(call: Call, code: int) -> bytes:
    """TLV collected for the begun document; a document begun by another command is 02h, none at all is fine."""
    started = call.machine.started
    if started is not None and started.code != code:
        raise CommandError(FN_WRONG_STATE)
    return started.tlvs if started else b""


def _numbers(reply: FiscalReply) -> bytes:
    return le(reply.fd, 4) + le(reply.sign, 4)


@COMMANDS.add(0xFF41, "start opening the shift", password=Password.SYSTEM)
def start_open_shift(call: Call) -> bytes:
    """FF41h."""
    return _start(call, OPEN_SHIFT, DeviceMode.SHIFT_CLOSED, Reason.SHIFT_OPEN)


@COMMANDS.add(0xFF0B, "open shift in FN", password=Password.SYSTEM)
def open_shift_fn(call: Call) -> bytes:
    """FF0Bh: shift, FD number, fiscal sign."""
    reply = call.machine.device.open_shift(call.operator, _finish(call, OPEN_SHIFT))
    call.machine.started = None
    return le(reply.shift, 2) + _numbers(reply)


@COMMANDS.add(0xFF42, "start closing the shift", password=Password.SYSTEM)
def start_close_shift(call: Call) -> bytes:
    """FF42h."""
    return _start(call, CLOSE_SHIFT, DeviceMode.SHIFT_OPEN, Reason.SHIFT_CLOSED)


@COMMANDS.add(0xFF43, "close shift in FN", password=Password.SYSTEM)
def close_shift_fn(call: Call) -> bytes:
    """FF43h: shift, FD number, fiscal sign, date-time with extended answers."""
    reply = call.machine.device.close_shift(call.operator, _finish(call, CLOSE_SHIFT))
    call.machine.started = None
    return le(reply.shift, 2) + _numbers(reply) + with_moment(call, reply.at)


@COMMANDS.add(0xFF37, "start calculation state report", password=Password.SYSTEM)
def start_calculation(call: Call) -> bytes:
    """FF37h."""
    return _start(call, CALCULATION, None, Reason.WRONG_STATE)


@COMMANDS.add(0xFF38, "calculation state report", password=Password.SYSTEM)
def calculation_report(call: Call) -> bytes:
    """FF38h: FD number, sign, unconfirmed documents and the date of the first."""
    _finish(call, CALCULATION)
    reply = call.machine.device.calculation_report(call.operator)
    call.machine.started = None
    first = ymd(reply.first_unsent_at) if reply.first_unsent_at else bytes(3)
    return _numbers(reply) + le(reply.unsent, 4) + first + with_moment(call, reply.at)


@COMMANDS.add(0xFF35, "start correction receipt", password=Password.SYSTEM)
def start_correction(call: Call) -> bytes:
    """FF35h."""
    return _start(call, CORRECTION, DeviceMode.SHIFT_OPEN, Reason.SHIFT_CLOSED)


_CORRECTION_LAYOUT = (
    "kind:1 operation:1 total:5 cash:5 electronic:5 advance:5 credit:5 other:5 "
    + " ".join(f"vat{tag}:5" for tag in VAT_TAGS)
    + " system:1"
)


@COMMANDS.add(0xFF4A, "correction receipt V2", _CORRECTION_LAYOUT, Password.SYSTEM)
def correction_v2(call: Call) -> bytes:
    """FF4Ah: answers receipt number, FD number, sign."""
    fields = call.fields
    order = CorrectionInput(
        operation=fields.num("operation"),
        total_kop=fields.num("total"),
        by_order=fields.num("kind") == 1,
        cash_kop=fields.num("cash"),
        electronic_kop=fields.num("electronic"),
        advance_kop=fields.num("advance"),
        credit_kop=fields.num("credit"),
        other_kop=fields.num("other"),
        vat_kop={tag: fields.num(f"vat{tag}") for tag in VAT_TAGS if fields.num(f"vat{tag}")},
        tax_system=fields.num("system"),
        tlvs=_finish(call, CORRECTION),
    )
    return _correct(call, order)


@COMMANDS.add(0xFF36, "form correction receipt, old", "total:5 operation:1", Password.SYSTEM)
def correction_old(call: Call) -> bytes:
    """FF36h: the whole sum is taken as paid in cash."""
    total = call.fields.num("total")
    tlvs = _finish(call, CORRECTION)
    return _correct(call, CorrectionInput(call.fields.num("operation"), total, cash_kop=total, tlvs=tlvs))


def _correct(call: Call, order: CorrectionInput) -> bytes:
    if order.operation not in KINDS_OF_CORRECTION:
        raise CommandError(BAD_PARAMETER)
    reply = call.machine.device.correction(order, call.operator)
    call.machine.started = None
    return le(reply.receipt, 2) + _numbers(reply) + with_moment(call, reply.at)


@COMMANDS.add(0xFF08, "cancel FN document", password=Password.SYSTEM)
def cancel_document(call: Call) -> bytes:
    """FF08h: drops a half-made report or the open receipt; 02h when there is neither."""
    machine = call.machine
    if machine.started is not None:
        machine.started = None
    elif machine.device.mode is DeviceMode.RECEIPT_OPEN:
        machine.device.cancel_receipt(call.operator)
    else:
        raise CommandError(FN_WRONG_STATE)
    return b""
