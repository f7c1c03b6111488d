"""Shift and reports: 9Ah, 67h, 5Ah, cash in and out 49h, 4Fh (protocol notes, sections 3.3 and 3.4)."""

from __future__ import annotations

from emulator.atol.errors import ALREADY_ZEROED, NO_REPORTS, RECEIPT_CLOSED, SHIFT_OPEN, WRONG_REPORT, CommandError
from emulator.atol.modes import REGISTRATION, REPORTS, ZEROING
from emulator.atol.registry import COMMANDS, Call
from emulator.terms import Reason, Refusal

X_REPORT, SETTLEMENTS = 1, 9
OTHER_REPORTS = (2, 3, 5, 7, 8)
"""Sections, cashiers, hourly, quantities, service: this device keeps no such sums."""


def open_shift(call: Call) -> None:
    """Register form 2 with the requisites sent for it."""
    machine = call.machine
    machine.device.open_shift(machine.operator, machine.shift_tlvs)
    machine.shift_tlvs = b""


def shift_wanted(call: Call) -> None:
    """92h, 49h and 4Fh open a closed shift by themselves (`Variant.implicit_shift`)."""
    if not call.machine.device.fn.shift_open and call.machine.variant.implicit_shift:
        open_shift(call)


@COMMANDS.add(0x9A, "open shift", "flags:1? text:*", (REGISTRATION,), prints=True)
def open_shift_command(call: Call) -> bytes:
    """9Ah: the flags byte and a text may be left out; one client sends 57 zero bytes."""
    machine = call.machine
    if machine.device.receipt is not None:
        raise Refusal(Reason.RECEIPT_OPEN)
    if machine.device.fn.shift_open:
        raise CommandError(SHIFT_OPEN)
    if not call.test_run:
        open_shift(call)
        machine.require_print()
    return b""


@COMMANDS.add(0x67, "report without reset", "kind:1", (REPORTS,), prints=True)
def report(call: Call) -> bytes:
    """67h: 1 the X report, 9 the state of settlements (form 21); the sums of the others are not kept (AAh)."""
    machine, kind = call.machine, call.fields.num("kind")
    if kind in OTHER_REPORTS:
        raise CommandError(NO_REPORTS)
    if kind not in (X_REPORT, SETTLEMENTS):
        raise CommandError(WRONG_REPORT)
    if kind == X_REPORT:
        machine.device.x_report(machine.operator)
    else:
        machine.device.calculation_report(machine.operator)
    machine.report(REPORTS, machine.variant.x_seconds, 0.0, REPORTS)
    return b""


@COMMANDS.add(0x5A, "report with reset", "", (ZEROING,), ext=False, prints=True)
def close_shift(call: Call) -> bytes:
    """5Ah: answered when the shift is closed in the storage; the print goes on (3.2, then 7.1)."""
    machine = call.machine
    if not machine.device.fn.shift_open:
        raise CommandError(ALREADY_ZEROED)
    machine.device.close_shift(machine.operator, machine.shift_tlvs)
    machine.shift_tlvs = b""
    variant = machine.variant
    machine.report(ZEROING, variant.z_seconds, variant.clear_seconds, variant.after_z_mode)
    machine.require_print()
    return b""


def _move_cash(call: Call, incoming: bool) -> bytes:
    machine, kop = call.machine, call.fields.num("sum")
    if kop == 0:
        raise CommandError(0x08)
    if machine.device.receipt is not None:
        raise Refusal(Reason.RECEIPT_OPEN)
    if call.test_run:
        return b""
    shift_wanted(call)
    move = machine.device.cash_in if incoming else machine.device.cash_out
    move(machine.operator, kop)
    return b""


@COMMANDS.add(0x49, "cash in", "flags:1 sum:5d", (REGISTRATION,), prints=True)
def cash_in(call: Call) -> bytes:
    """49h."""
    return _move_cash(call, incoming=True)


@COMMANDS.add(0x4F, "cash out", "flags:1 sum:5d", (REGISTRATION,), prints=True)
def cash_out(call: Call) -> bytes:
    """4Fh."""
    return _move_cash(call, incoming=False)


def require_receipt(call: Call) -> None:
    """Refuse 9Ah when no receipt is open."""
    if call.machine.device.receipt is None:
        raise CommandError(RECEIPT_CLOSED)
