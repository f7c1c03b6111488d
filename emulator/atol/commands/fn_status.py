"""Passthrough to the storage, A4h (protocol notes, section 3.8): the storage's own layout, low byte first."""

from __future__ import annotations

from collections.abc import Callable

from emulator.atol.commands import documents
from emulator.atol.errors import FN_PARAMETERS, CommandError
from emulator.atol.fields import Fields, fn_day, fn_moment, le
from emulator.atol.registry import COMMANDS, Call

NUMBER_SIZE = 16
QUEUE_NOT_EMPTY = 1 << 1
DEBUG_FN_PREFIX = "9999"

Reader = Callable[[Call, Fields], bytes]


def _ascii(text: str) -> bytes:
    return text.encode("ascii", errors="replace")[:NUMBER_SIZE].ljust(NUMBER_SIZE, b" ")


def _shift(call: Call, _fields: Fields) -> bytes:
    """10h: state, number of the open or last shift, of its last receipt; binary."""
    fn = call.machine.device.fn
    return bytes((int(fn.shift_open),)) + le(fn.shift_number, 2) + le(fn.receipt_in_shift, 2)


def _exchange(call: Call, _fields: Fields) -> bytes:
    """20h: the queue to the OFD."""
    queue = call.machine.device.fn.ofd_queue()
    head = bytes((QUEUE_NOT_EMPTY if queue.count else 0, 0))
    return head + le(queue.count, 2) + le(queue.first_fd, 4) + fn_moment(queue.first_at)


def _status(call: Call, _fields: Fields) -> bytes:
    """30h: phase, current document and whether it has data, shift, warnings, last document."""
    device, fn = call.machine.device, call.machine.device.fn
    flags = (fn.phase, fn.current_document, int(device.operations_in_receipt > 0), int(fn.shift_open))
    head = bytes((*flags, fn.warnings(device.now()))) + fn_moment(fn.last_at)
    return head + _ascii(fn.serial) + le(fn.last_fd, 4)


def _number(call: Call, _fields: Fields) -> bytes:
    """31h."""
    return _ascii(call.machine.device.fn.serial)


def _validity(call: Call, _fields: Fields) -> bytes:
    """32h: last day, registrations left and done."""
    fn = call.machine.device.fn
    return fn_day(fn.expires) + bytes((fn.registrations_left, fn.registrations))


def _version(call: Call, _fields: Fields) -> bytes:
    """33h: version and type, 0 for a debug storage."""
    fn = call.machine.device.fn
    return _ascii(fn.version) + bytes((0 if fn.serial.startswith(DEBUG_FN_PREFIX) else 1,))


SUBCOMMANDS: dict[int, tuple[str, Reader]] = {
    0x10: ("", _shift),
    0x20: ("", _exchange),
    0x30: ("", _status),
    0x31: ("", _number),
    0x32: ("", _validity),
    0x33: ("", _version),
    0x40: ("fd:4l", documents.find),
    0x41: ("fd:4l", documents.ofd_receipt),
    0x42: ("", documents.unconfirmed),
    0x43: ("report:1?", documents.registration),
    0x44: ("tag:2l", documents.registration_tag),
    0x45: ("fd:4l", documents.start_reading),
    0x46: ("", documents.next_piece),
    0x47: ("", documents.next_registration_tag),
}


@COMMANDS.add(0xA4, "storage", "sub:1 parameters:*", ext=False, while_busy=True)
def storage(call: Call) -> bytes:
    """A4h: E7h for a subcommand this passthrough does not have."""
    found = SUBCOMMANDS.get(call.fields.num("sub"))
    if found is None:
        raise CommandError(FN_PARAMETERS)
    layout, read = found
    return read(call, Fields(layout, call.fields.raw("parameters")))
