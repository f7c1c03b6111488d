"""State of the fiscal storage: FF01h..FF04h, FF09h, FF39h, FF3Fh, FF40h (protocol notes, section 2.7)."""

from __future__ import annotations

from emulator.shtrih.fields import ascii_padded, fn_moment, le, ymd
from emulator.shtrih.registry import COMMANDS, Call, Password

REGISTRATION_FD = 1
QUEUE_NOT_EMPTY = 1 << 1
NO_MOMENT = bytes(5)
DEBUG_FN_PREFIX = "9999"
FFD_WITH_LONG_FORM = "1.2"


@COMMANDS.add(0xFF01, "FN status", password=Password.SYSTEM)
def fn_status(call: Call) -> bytes:
    """FF01h: phase, current document and whether it has data, shift, warnings, last document."""
    machine = call.machine
    device, fn = machine.device, machine.device.fn
    started = machine.started
    document = started.code if started else fn.current_document
    has_data = bool(started.tlvs) if started else device.operations_in_receipt > 0
    flags = bytes((fn.phase, document, int(has_data), int(fn.shift_open), fn.warnings(device.now())))
    return flags + fn_moment(fn.last_at) + ascii_padded(fn.serial, 16) + le(fn.last_fd, 4)


@COMMANDS.add(0xFF02, "FN number", password=Password.SYSTEM)
def fn_number(call: Call) -> bytes:
    """FF02h."""
    return ascii_padded(call.machine.device.fn.serial, 16)


@COMMANDS.add(0xFF03, "FN expiry", password=Password.SYSTEM)
def fn_expiry(call: Call) -> bytes:
    """FF03h: date and, as most sources have it, the two re-registration counters."""
    fn = call.machine.device.fn
    whole = ymd(fn.expires) + bytes((fn.registrations_left, max(fn.registrations - 1, 0)))
    return whole[: call.machine.variant.expiry_bytes]


@COMMANDS.add(0xFF04, "FN version", password=Password.SYSTEM)
def fn_version(call: Call) -> bytes:
    """FF04h: version and type; serials that begin with 9999 are debug ones (МГМ)."""
    fn = call.machine.device.fn
    return ascii_padded(fn.version, 16) + bytes((0 if fn.serial.startswith(DEBUG_FN_PREFIX) else 1,))


@COMMANDS.add(0xFF09, "last registration", password=Password.SYSTEM)
def last_registration(call: Call) -> bytes:
    """FF09h: the short form of 50 bytes, or the long one of 67 for FFD 1.2 (one source)."""
    profile, fn = call.machine.device.profile, call.machine.device.fn
    document = fn.find(REGISTRATION_FD)
    head = fn_moment(document.at) + ascii_padded(profile.inn, 12) + ascii_padded(profile.rnm, 20)
    head += bytes((profile.tax_systems, 0))
    if profile.ffd == FFD_WITH_LONG_FORM:
        head += b"\0" + ascii_padded(profile.ofd_inn, 12) + bytes(4)
    return head + le(document.fd, 4) + le(document.sign, 4)


@COMMANDS.add(0xFF39, "OFD exchange status", password=Password.SYSTEM)
def ofd_status(call: Call) -> bytes:
    """FF39h: messages in the queue and the first of them."""
    queue = call.machine.device.fn.ofd_queue()
    status = QUEUE_NOT_EMPTY if queue.count else 0
    moment = fn_moment(queue.first_at) if queue.first_at else NO_MOMENT
    return bytes((status, 0)) + le(queue.count, 2) + le(queue.first_fd, 4) + moment


@COMMANDS.add(0xFF3F, "unconfirmed FD count", password=Password.SYSTEM)
def unconfirmed_count(call: Call) -> bytes:
    """FF3Fh: 2 or 4 bytes, the sources disagree; a switch of the variant."""
    return le(call.machine.device.fn.ofd_queue().count, call.machine.variant.unconfirmed_width)


@COMMANDS.add(0xFF40, "current shift", password=Password.SYSTEM)
def current_shift(call: Call) -> bytes:
    """FF40h: state, number of the open (or last) shift, last closed receipt in it."""
    fn = call.machine.device.fn
    return bytes((int(fn.shift_open),)) + le(fn.shift_number, 2) + le(fn.receipt_in_shift, 2)
