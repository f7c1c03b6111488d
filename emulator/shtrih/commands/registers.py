"""Money and operation registers: 1Ah, 1Bh (protocol notes, section 2.4)."""

from __future__ import annotations

from emulator.shtrih.errors import BAD_PARAMETER, CommandError
from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call

KINDS = ("sale", "purchase", "sale_return", "purchase_return")
"""Receipt types in register order: that of command 8Dh."""
SHIFT_PAYMENTS = 193
PAYMENTS = ("cash", "electronic", "advance", "credit")
SHIFT_RECEIPTS = 144
RECEIPT_NUMBERS = 148

MONEY = {241: "cash_kop", 242: "cash_in_kop", 243: "cash_out_kop", 244: "total_sale_kop"}
MONEY |= {
    SHIFT_PAYMENTS + 4 * place + kind: f"{KINDS[kind]}_{payment}_kop"
    for place, payment in enumerate(PAYMENTS)
    for kind in range(4)
}
"""Kopeck registers by number. 193 + 4 * payment + type as the notes have them; 241 (cash in the drawer) is the
number vendor drivers read, the notes leave it out."""

COUNTS = {SHIFT_RECEIPTS + kind: f"{name}_count" for kind, name in enumerate(KINDS)}
COUNTS |= {RECEIPT_NUMBERS + kind: f"total_{name}_count" for kind, name in enumerate(KINDS)}
COUNTS |= {153: "cash_in_count", 154: "cash_out_count", 158: "x_count", 166: "cancelled_count"}
RUNNING_DOCUMENT = 152
Z_REPORTS = 159


@COMMANDS.add(0x1A, "money register", "register:*")
def money_register(call: Call) -> bytes:
    """1Ah: kopecks in 6 bytes; numbers above 255 exist only on cash-core models (33h here)."""
    raw = call.fields.raw("register")
    number = int.from_bytes(raw, "little")
    if len(raw) not in (1, 2) or number > 255:
        raise CommandError(BAD_PARAMETER)
    return le(call.machine.device.registers.get(MONEY.get(number, ""), 0), 6)


@COMMANDS.add(0x1B, "operation register", "register:1")
def operation_register(call: Call) -> bytes:
    """1Bh: a count in 2 bytes; 0 for registers this device does not keep. 159 counts closed shifts."""
    number = call.fields.num("register")
    if number == RUNNING_DOCUMENT:
        return le(call.machine.device.running_document_number, 2)
    if number == Z_REPORTS:
        return le(call.machine.device.fn.shift_number - int(call.machine.device.fn.shift_open), 2)
    return le(call.machine.device.registers.get(COUNTS.get(number, ""), 0), 2)
