"""Requisites as TLV: E8h write, E9h read (protocol notes, section 3.5)."""

from __future__ import annotations

from emulator.atol.commands.receipt import sale_of
from emulator.atol.errors import (
    ALREADY_WRITTEN,
    FN_NO_DATA,
    FN_PARAMETERS,
    ITEM_TAG_OUTSIDE,
    NOT_CHANGEABLE,
    NOT_IN_THIS_STATE,
    RECEIPT_TAG_INSIDE,
    CommandError,
    extended,
)
from emulator.atol.fields import le
from emulator.atol.modes import CHOICE
from emulator.atol.registry import COMMANDS, Call
from emulator.atol.sale import is_item_tag, is_receipt_tag, may_repeat
from emulator.receipt import given_tags
from emulator.terms import Reason, Refusal

HEADER = 4
CONTINUATION = 2
"""Bytes before the value in blocks after the first: most likely the tag again (inferred)."""
SHIFT_TAGS = (1021, 1203)
"""Cashier: taken without a receipt, for the next opening or closing of a shift [U]."""
BLOCK = 64
"""Bytes of TLV in one answer of E9h [U]."""


@COMMANDS.add(0xE8, "write requisite", "print:1 blocks:1 block:1 tlv:*", ext=False)
def write_requisite(call: Call) -> bytes:
    """E8h: a tag of the item between EAh and EBh, of the receipt outside; long values come in several blocks."""
    if call.machine.state(call.machine.monotonic)[0] == CHOICE:
        raise CommandError(0x66)
    tlv = _whole(call)
    if tlv:
        _place(call, int.from_bytes(tlv[:2], "little"), tlv)
    return b""


def _whole(call: Call) -> bytes:
    """The finished TLV, b"" while blocks are missing. Refuses E7h for blocks that do not make one."""
    fields, collected = call.fields, call.machine.collected
    part, blocks, block = fields.raw("tlv"), fields.num("blocks"), fields.num("block")
    if not 0 <= block < blocks or len(part) < (CONTINUATION if block else HEADER):
        raise CommandError(FN_PARAMETERS)
    if block == 0:
        collected.clear()
    collected[block] = part[CONTINUATION:] if block else part
    if sorted(collected) != list(range(block + 1)):
        raise CommandError(FN_PARAMETERS)
    if block < blocks - 1:
        return b""
    tlv = b"".join(collected[number] for number in range(blocks))
    collected.clear()
    if len(tlv) != HEADER + int.from_bytes(tlv[2:4], "little"):
        raise CommandError(FN_PARAMETERS)
    return tlv


def _place(call: Call, tag: int, tlv: bytes) -> None:
    try:
        given_tags(tlv)
    except Refusal as refusal:
        raise extended(NOT_CHANGEABLE) if refusal.reason is Reason.BAD_PARAMETER else refusal from refusal
    if call.machine.device.receipt is None:
        _place_for_shift(call, tag, tlv)
        return
    sale = sale_of(call)
    inside, item = sale.item_open, is_item_tag(tag)
    if not item and not is_receipt_tag(tag):
        raise CommandError(FN_PARAMETERS)
    if inside and not item:
        raise extended(RECEIPT_TAG_INSIDE)
    if not inside and not is_receipt_tag(tag):
        raise extended(ITEM_TAG_OUTSIDE)
    written = sale.item_tags if inside else sale.receipt_tags
    if tag in written and not may_repeat(tag):
        raise extended(ALREADY_WRITTEN)
    if inside:
        sale.item_tlvs += tlv
    else:
        call.machine.device.add_receipt_tlv(tlv)
    written.add(tag)


def _place_for_shift(call: Call, tag: int, tlv: bytes) -> None:
    if tag not in SHIFT_TAGS:
        raise extended(NOT_IN_THIS_STATE)
    call.machine.shift_tlvs += tlv


@COMMANDS.add(0xE9, "read requisite", "tag:2l block:1", ext=False, while_busy=True)
def read_requisite(call: Call) -> bytes:
    """E9h: a tag of the registration report, with the number of blocks in front of each part; DAh when it has none."""
    tag = call.fields.num("tag")
    found = next((tlv for tlv in call.machine.device.fn.document(1).tags if tlv.tag == tag), None)
    if found is None:
        raise CommandError(FN_NO_DATA)
    parts = [found.whole[at : at + BLOCK] for at in range(0, len(found.whole), BLOCK)]
    block = call.fields.num("block")
    if block >= len(parts):
        raise CommandError(FN_PARAMETERS)
    return le(len(parts), 1) + parts[block]
