"""Shift, reports, cash in and out: E0h, 40h, 41h, 50h, 51h (protocol notes, section 2.5)."""

from __future__ import annotations

from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call, Password


@COMMANDS.add(0xE0, "open shift")
def open_shift(call: Call) -> bytes:
    """E0h."""
    call.machine.require_no_document()
    call.machine.device.open_shift(call.operator)
    return b""


@COMMANDS.add(0x40, "X report", password=Password.ADMIN)
def x_report(call: Call) -> bytes:
    """40h."""
    call.machine.device.x_report(call.operator)
    return b""


@COMMANDS.add(0x41, "Z report", password=Password.ADMIN)
def z_report(call: Call) -> bytes:
    """41h: closes the shift."""
    call.machine.require_no_document()
    call.machine.device.close_shift(call.operator)
    return b""


@COMMANDS.add(0x50, "cash in", "sum:5")
def cash_in(call: Call) -> bytes:
    """50h: answers the running document number."""
    call.machine.require_no_document()
    return le(call.machine.device.cash_in(call.operator, call.fields.num("sum")), 2)


@COMMANDS.add(0x51, "cash out", "sum:5")
def cash_out(call: Call) -> bytes:
    """51h: 46h when the drawer holds less."""
    call.machine.require_no_document()
    return le(call.machine.device.cash_out(call.operator, call.fields.num("sum")), 2)
