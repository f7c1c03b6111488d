"""Status and identification: 10h, 11h, FCh, F7h, 6Bh (protocol notes, sections 2.1 and 3.1 to 3.3)."""

from __future__ import annotations

from datetime import date

from emulator.shtrih.errors import BAD_PARAMETER, TEXT_OF_CODE, CommandError
from emulator.shtrih.fields import dmy, fixed, le
from emulator.shtrih.machine_view import mode_byte, status_flags, submode
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.shtrih.variant import PRINT_RESULT
from emulator.terms import PaperState

BATTERY = 157
"""Raw reading of about 3.1 V (V = raw / 51)."""
SUPPLY = 215
"""Raw reading of about 24 V (V = raw / 9)."""
SHORTEST_11H = 48
NO_FM_DATE = date(2016, 1, 1)
"""Devices with FN report this date for the fiscal memory that they do not have."""


@COMMANDS.add(0x10, "short status")
def short_status(call: Call) -> bytes:
    """10h: 16 bytes, or 17 with the last print result when F7h bit 34 is set."""
    machine = call.machine
    operations = machine.device.operations_in_receipt
    answer = le(status_flags(machine), 2) + bytes((mode_byte(machine), submode(machine), operations & 0xFF))
    answer += bytes((BATTERY, SUPPLY, 0, 0, operations >> 8 & 0xFF, 0, 0, 0))
    return answer + bytes((_print_result(call),)) if machine.variant.has(PRINT_RESULT) else answer


def _print_result(call: Call) -> int:
    device = call.machine.device
    if device.paper in (PaperState.OUT_WHILE_PRINTING, PaperState.BACK):
        return 1
    if device.cover_open:
        return 2
    return 5 if device.busy else 0


@COMMANDS.add(0x11, "full status")
def full_status(call: Call) -> bytes:
    """11h: 48 bytes; models append FM flags and mode, then the high word of the serial number (50, 52)."""
    machine = call.machine
    device, profile, fn = machine.device, machine.device.profile, machine.device.fn
    now = device.now()
    digits = "".join(sign for sign in profile.serial if sign.isdigit())
    last_closed = fn.shift_number - 1 if fn.shift_open else fn.shift_number
    serial = int(digits or "0")
    tail = bytes(2) + le(serial >> 32, 2)
    return b"".join(
        (
            fixed(profile.firmware, 2),
            le(profile.firmware_build, 2),
            dmy(profile.firmware_date),
            le(machine.tables.number(1, 1, 1), 1),
            le(device.running_document_number, 2),
            le(status_flags(machine), 2),
            bytes((mode_byte(machine), submode(machine), call.port)),
            b"NA\0\0",
            dmy(NO_FM_DATE),
            dmy(now) + bytes((now.hour, now.minute, now.second)),
            b"\0",
            le(serial, 4),
            le(last_closed, 2),
            b"\0\0",
            bytes((max(fn.registrations - 1, 0), fn.registrations_left)),
            le(int(profile.inn), 6),
            tail[: machine.variant.full_status_bytes - SHORTEST_11H],
        )
    )


@COMMANDS.add(0xFC, "device type", password=Password.NONE)
def device_type(call: Call) -> bytes:
    """FCh: a fiscal register, its protocol version, model, Russian, name."""
    profile = call.machine.device.profile
    version = bytes(call.machine.variant.protocol_version)
    return b"\0\0" + version + bytes((profile.model_code, 0)) + profile.title.encode("cp1251", errors="replace")


@COMMANDS.add(0xF7, "model parameters", "kind:1", Password.NONE)
def model_parameters(call: Call) -> bytes:
    """F7h type 1, with the newer fields on 512-dot graphics."""
    if call.fields.num("kind") != 1:
        raise CommandError(BAD_PARAMETER)
    profile, variant = call.machine.device.profile, call.machine.variant
    widths = [variant.columns_of(font, profile.columns, profile.double_columns) for font in (1, 2)]
    narrow, wide = (profile.dots // width for width in widths) if variant.font_in_dots else widths
    return b"".join(
        (
            le(variant.capability_word, 8),
            bytes((narrow, wide, 1)),
            bytes((12, 16, 0, 0)),
            le(0, 4) + le(30, 4),
            bytes((0, 14)),
            le(variant.max_command, 2),
            bytes((40, 64)),
            le(600, 2),
        )
    )


@COMMANDS.add(0x6B, "text of an error", "code:1?", Password.NONE)
def error_text(call: Call) -> bytes:
    """6Bh with a code, or without one for the last error."""
    code = call.fields.num("code", call.machine.last_error)
    return TEXT_OF_CODE.get(code, f"Ошибка {code:02X}h").encode("cp1251")
