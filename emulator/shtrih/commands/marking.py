"""Marking of goods, FFD 1.2: FF61h, FF67h..FF73h (protocol notes, section 2.8); 37h on a device of FFD 1.05.

FF71h..FF73h: layouts of the vendor's JavaPOS driver, one source.
"""

from __future__ import annotations

from emulator.shtrih.errors import (
    BAD_PARAMETER,
    FN_NO_DATA,
    MARKING_NOT_CHECKED,
    MARKING_ORDER,
    MARKING_TABLE_FULL,
    CommandError,
)
from emulator.shtrih.fields import fn_moment, le
from emulator.shtrih.frame2 import crc16
from emulator.shtrih.marking import (
    ALL_POSITIVE,
    CHECKED_BY_FORM,
    CODE_TYPE,
    LOCAL_REASON,
    LOCAL_STATUS,
    Notification,
    code_tags,
)
from emulator.shtrih.registry import COMMANDS, Call
from emulator.tlv import encode

DATA_MATRIX = 0x444D
BULK = 0xFF
BLOCK_BYTES = 128
AREA_PERCENT = 0
CHECKED, ACCEPTED = 1, 2


def _server_answer(call: Call) -> bytes:
    """FN code, tag 2106 and no TLV of the server's; nothing on a device without one."""
    return bytes((0, ALL_POSITIVE)) if call.machine.variant.marking_server else b""


@COMMANDS.add(0xFF61, "check marking code", "planned:1 mode:1 code_size:1 tlv_size:1 rest:*")
def check_code(call: Call) -> bytes:
    """FF61h: local check, its reason, type of the code, the server's part. A3h when the table of codes is full."""
    fields, marking = call.fields, call.machine.marking
    code, tlv = _cut(fields.raw("rest"), fields.num("code_size"))
    if not code or len(tlv) != fields.num("tlv_size"):
        raise CommandError(BAD_PARAMETER)
    if marking.full:
        raise CommandError(MARKING_TABLE_FULL)
    server = _server_answer(call)
    marking.checked = (code, server[1] if server else CHECKED_BY_FORM)
    return bytes((LOCAL_STATUS, LOCAL_REASON, CODE_TYPE, len(server))) + server


@COMMANDS.add(0xFF69, "accept or reject a marking code", "accept:1")
def accept_code(call: Call) -> bytes:
    """FF69h: answers tag 2106; A1h when no code was checked before."""
    marking, accept = call.machine.marking, call.fields.num("accept")
    if marking.checked is None:
        raise CommandError(MARKING_ORDER)
    if accept not in (0, 1):
        raise CommandError(BAD_PARAMETER)
    code, result = marking.checked
    marking.checked = None
    if accept:
        marking.accepted[code] = result
    return bytes((result,))


@COMMANDS.add(0xFF67, "bind a marking code to the operation", "size:1 rest:*")
def bind_code(call: Call) -> bytes:
    """FF67h: tags 1163 and 2106 for the last line; ACh for a code that was not accepted before."""
    fields, marking = call.fields, call.machine.marking
    code, rest = _cut(fields.raw("rest"), fields.num("size"))
    if not code or rest not in (b"", bytes((BULK,))):
        raise CommandError(BAD_PARAMETER)
    if code not in marking.accepted:
        raise CommandError(MARKING_NOT_CHECKED)
    call.machine.device.add_item_tlv(encode(code_tags(code, marking.accepted[code])))
    del marking.accepted[code]
    return le(DATA_MATRIX, 2) + bytes((CODE_TYPE,))


def _cut(data: bytes, size: int) -> tuple[bytes, bytes]:
    if len(data) < size:
        raise CommandError(BAD_PARAMETER)
    return data[:size], data[size:]


@COMMANDS.add(0xFF68, "status of notifications")
def notification_status(call: Call) -> bytes:
    """FF68h: state, queue, number and moment of the first notification, filling in percent."""
    waiting = call.machine.marking.notifications
    head = bytes((0,)) + le(len(waiting), 2)
    if not waiting:
        return head + bytes(4 + 5) + bytes((AREA_PERCENT,))
    return head + le(waiting[0].number, 4) + fn_moment(waiting[0].at) + bytes((AREA_PERCENT,))


@COMMANDS.add(0xFF70, "status of marking work")
def marking_status(call: Call) -> bytes:
    """FF70h: state of check and notification, command flags, codes kept, codes in the receipt, free area, queue."""
    marking, device = call.machine.marking, call.machine.device
    state = CHECKED if marking.checked else ACCEPTED if marking.accepted else 0
    items = device.receipt.items if device.receipt else []
    bound = sum(1 for item in items for tag in item.given if tag.tag == 1163)
    head = bytes((state, 0, 0, min(len(marking.accepted), 255), min(bound, 255), AREA_PERCENT))
    return head + le(len(marking.notifications), 2)


@COMMANDS.add(0xFF71, "start reading notifications")
def start_notifications(call: Call) -> bytes:
    """FF71h: how many, number and size of the first; reading starts anew."""
    marking = call.machine.marking
    if not marking.notifications:
        raise CommandError(FN_NO_DATA)
    first = marking.notifications[0]
    marking.reading = (first.number, 0)
    return le(len(marking.notifications), 2) + le(first.number, 4) + le(len(first.body), 2)


@COMMANDS.add(0xFF72, "read a block of a notification")
def read_notification(call: Call) -> bytes:
    """FF72h: number, size, offset, up to 128 bytes; 08h when all were read."""
    marking = call.machine.marking
    number, offset = marking.reading
    found = next((one for one in marking.notifications if one.number >= number), None)
    if found is None:
        raise CommandError(FN_NO_DATA)
    offset = offset if found.number == number else 0
    block = found.body[offset : offset + BLOCK_BYTES]
    after = offset + len(block)
    marking.reading = (found.number, after) if after < len(found.body) else (found.number + 1, 0)
    return le(found.number, 4) + le(len(found.body), 2) + le(offset, 2) + le(len(block), 2) + block


@COMMANDS.add(0xFF73, "confirm a notification", "number:4 crc:2")
def confirm_notification(call: Call) -> bytes:
    """FF73h: 08h for an unknown number, 33h for a check sum that is not the notification's."""
    marking, number = call.machine.marking, call.fields.num("number")
    found: Notification | None = next((one for one in marking.notifications if one.number == number), None)
    if found is None:
        raise CommandError(FN_NO_DATA)
    if crc16(found.body) != call.fields.num("crc"):
        raise CommandError(BAD_PARAMETER)
    marking.notifications.remove(found)
    return b""
