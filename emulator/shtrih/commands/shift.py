"""Shift, reports, cash in and out: E0h, 40h to 43h, 50h, 51h (protocol notes, section 2.5)."""

from __future__ import annotations

from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call, Password


@COMMANDS.add(0xE0, "open shift")
def open_shift(call: Call) -> bytes:
    """E0h; how a device answers without the result byte (one source) is a switch of the variant."""
    call.machine.require_no_document()
    call.machine.device.open_shift(call.operator)
    return b""


@COMMANDS.add(0x42, "department report", password=Password.ADMIN)
def department_report(call: Call) -> bytes:
    """42h: without clearing. Not in the notes' catalogue; the code is that of the vendor's protocol."""
    call.machine.device.section_report(call.operator)
    return b""


@COMMANDS.add(0x43, "tax report", password=Password.ADMIN)
def tax_report(call: Call) -> bytes:
    """43h: without clearing; the same remark."""
    call.machine.device.tax_report(call.operator)
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
