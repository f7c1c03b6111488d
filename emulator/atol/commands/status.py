"""Status, modes and versions: 3Fh, 45h, A5h, 9Dh, B3h, 4Dh, 58h, 74h, 56h, 48h (protocol notes, 3.1 and 3.2)."""

from __future__ import annotations

from emulator.atol import codepage
from emulator.atol.errors import RECEIPT_OPEN, SHIFT_OVER, WRONG_MODE, WRONG_PASSWORD, CommandError
from emulator.atol.fields import bcd, ymd_hms
from emulator.atol.modes import CHOICE, REGISTRATION
from emulator.atol.registry import COMMANDS, Call
from emulator.terms import DeviceMode, PaperState

STATUS_HEAD = 0x44
REGISTERED, SHIFT, DRAWER, PAPER, COVER, STORAGE, BATTERY = (1 << bit for bit in (0, 1, 2, 3, 5, 6, 7))
NO_PAPER, NO_PRINTER, HEAD_FAULT, CUTTER_FAULT, PRINTER_FAULT = (1 << bit for bit in range(5))
RECEIPT_TYPE = {1: 1, 2: 2, 3: 4, 4: 5}
"""Kind of a receipt (tag 1054) -> its number in 92h, 3Fh and the registers."""
HALL = 1
DECIMALS = 2
ETHERNET = 6
TCP = 128
"""First port number that is a network connection."""
PROTOCOL, KKT, LANGUAGE = 1, 1, 0
INTERNAL_BUILD = 0x91
RIGHTS_FROM = 29
"""Passwords from here on open every mode; those below are cashiers'."""


def _has_paper(call: Call) -> bool:
    return call.machine.device.paper in (PaperState.PRESENT, PaperState.BACK)


def _flags(call: Call) -> int:
    device = call.machine.device
    flags = REGISTERED | STORAGE if device.fn.registered_at else 0
    flags |= SHIFT * device.fn.shift_open | DRAWER * device.drawer_open | PAPER * _has_paper(call)
    return flags | COVER * device.cover_open | BATTERY * call.machine.variant.battery_flag


def _state_byte(call: Call) -> int:
    mode, submode = call.machine.state(call.machine.monotonic)
    return submode << 4 | mode


def _version(call: Call) -> bytes:
    """Major, minor, language, build, BCD."""
    profile = call.machine.device.profile
    major, _, minor = profile.firmware.partition(".")
    return bcd(int(major), 1) + bcd(int(minor or 0), 1) + bcd(LANGUAGE, 1) + bcd(profile.firmware_build, 2)


@COMMANDS.add(0x3F, "status", raw=True, while_busy=True)
def status(call: Call) -> bytes:
    """3Fh: 30 bytes. The shift number is that of the last closed one."""
    machine = call.machine
    device, profile, receipt = machine.device, machine.device.profile, machine.device.receipt
    version = _version(call)
    firmware = f"{version[0]:X}{version[1]:X}"[:2].encode("ascii") if machine.variant.ascii_firmware else version[:2]
    state = _state_byte(call)
    operator = machine.modes.operator
    fields = [
        bytes((STATUS_HEAD,)) + bcd(operator, 1) + bytes((HALL,)) + ymd_hms(device.now()),
        bytes((_flags(call),)) + bcd(int(profile.serial), 4) + bytes((profile.model_code,)) + firmware,
        bytes((state,)) + bcd(device.fn.receipt_in_shift, 2),
        bcd(device.fn.shift_number - device.fn.shift_open, 2),
        bytes((RECEIPT_TYPE[receipt.kind] if receipt else 0,)),
        bcd(receipt.subtotal_kop if receipt else 0, 5),
        bytes((DECIMALS, ETHERNET if call.port >= TCP else machine.variant.serial_interface)),
    ]
    return b"".join(fields)


@COMMANDS.add(0x45, "state code", raw=True, while_busy=True)
def state_code(call: Call) -> bytes:
    """45h: mode and printer flags; there is no result byte. An open cover looks like no paper to the print head."""
    flags = 0 if _has_paper(call) and not call.machine.device.cover_open else NO_PAPER
    return bytes((0x55, _state_byte(call), flags))


@COMMANDS.add(0xA5, "device type", raw=True, while_busy=True)
def device_type(call: Call) -> bytes:
    """A5h: begins with the result, not with 55h."""
    profile = call.machine.device.profile
    head = bytes((0, PROTOCOL, KKT, profile.model_code)) + call.machine.variant.mode_flags.to_bytes(2, "big")
    return head + _version(call) + codepage.to_external(profile.title)


@COMMANDS.add(0x9D, "version", "source:1", ext=False, while_busy=True)
def version(call: Call) -> bytes:
    """9Dh: the same version for the processor, the boot block and the internal build (91h)."""
    if call.fields.num("source") not in (1, 2, 3, INTERNAL_BUILD):
        raise CommandError(0xE7)
    return bytes(call.machine.variant.version_shift) + _version(call)


@COMMANDS.add(0xB3, "last error", raw=True, while_busy=True)
def last_error(call: Call) -> bytes:
    """B3h: code and second byte of the last refused command."""
    return bytes((0x55, call.machine.last_error.code, call.machine.last_error.ext))


@COMMANDS.add(0x4D, "cash in drawer", raw=True, while_busy=True)
def cash(call: Call) -> bytes:
    """4Dh: begins with its own code."""
    return bytes((0x4D,)) + bcd(call.machine.device.registers["cash_kop"], 7)


@COMMANDS.add(0x58, "result of the shift", ext=False, while_busy=True)
def shift_result(call: Call) -> bytes:
    """58h: income (sales, purchase returns) and outcome (sale returns, purchases) of the present or last shift."""
    sums = {kind: counter[1201] for kind, counter in call.machine.device.fn.shift_counters.receipts.items()}
    return bcd(sums[1] + sums[4], 7) + bcd(sums[2] + sums[3], 7)


@COMMANDS.add(0x74, "protection code", "number:1", raw=True, while_busy=True)
def protection_code(call: Call) -> bytes:
    """74h: whether a protection code is entered (table 10)."""
    return bytes((0x4C, call.machine.tables.number(10, call.fields.num("number"), 1)))


@COMMANDS.add(0x56, "enter mode", "mode:1 password:4d", ext=False)
def enter_mode(call: Call) -> bytes:
    """56h: from mode 0 only; 88h into registration when the shift is over 24 hours."""
    machine = call.machine
    mode, operator = call.fields.num("mode"), machine.tables.operator_of(call.fields.num("password"))
    if machine.state(machine.monotonic)[0] != CHOICE or not 1 <= mode <= 6:
        raise CommandError(WRONG_MODE)
    if operator is None or (mode > 3 and operator < RIGHTS_FROM):
        raise CommandError(WRONG_PASSWORD)
    if mode == REGISTRATION and machine.variant.expired_blocks_mode and machine.device.mode is DeviceMode.SHIFT_OVER:
        raise CommandError(SHIFT_OVER)
    machine.modes.enter(mode, operator)
    return b""


@COMMANDS.add(0x48, "exit mode", ext=False)
def exit_mode(call: Call) -> bytes:
    """48h: refused with 9Bh while a receipt is open in registration."""
    machine = call.machine
    if machine.modes.mode == REGISTRATION and machine.device.receipt is not None:
        raise CommandError(RECEIPT_OPEN)
    machine.modes.enter(CHOICE, 0)
    return b""
