"""Documents read back from the FN: FF0Ah, FF3Ah, FF3Bh, FF3Ch (protocol notes, sections 2.7 and 5)."""

from __future__ import annotations

from emulator.shtrih.errors import FN_NO_DATA, CommandError
from emulator.shtrih.fields import ascii_padded, fn_moment, le
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.terms import ShortForm

SHIFTS = (2, 5)
"""Document types of FF0Ah: shift open and close."""
RECEIPTS = (3, 4, 31, 41)
"""Receipt, BSO and their corrections."""
REGISTRATION, FN_CLOSE, REREGISTRATION = 1, 6, 11
PIECE = 252
"""Longest answer of FF3Bh: a frame of 255 bytes without command and result."""


@COMMANDS.add(0xFF0A, "find FD by number", "fd:4", Password.SYSTEM)
def find_document(call: Call) -> bytes:
    """FF0Ah: the short form; 08h when there is no such document."""
    found = call.machine.device.fn.find(call.fields.num("fd"))
    head = bytes((found.form, int(found.ofd_receipt))) + fn_moment(found.at)
    return head + le(found.fd, 4) + le(found.sign, 4) + _details(call, found)


def _details(call: Call, found: ShortForm) -> bytes:
    profile = call.machine.device.profile
    registered = ascii_padded(profile.inn, 12) + ascii_padded(profile.rnm, 20)
    if found.form in SHIFTS:
        return le(found.shift or 0, 2)
    if found.form in RECEIPTS:
        return le(found.operation or 0, 1) + le(found.total_kop or 0, 5)
    systems_and_mode = bytes((profile.tax_systems, 0))
    tails = {REGISTRATION: systems_and_mode, REREGISTRATION: systems_and_mode + b"\0", FN_CLOSE: b""}
    return registered + tails[found.form] if found.form in tails else b""


@COMMANDS.add(0xFF3A, "request FD in TLV form", "fd:4", Password.SYSTEM)
def request_tlv(call: Call) -> bytes:
    """FF3Ah: tag of the whole document and length of its members; FF3Bh reads them."""
    form, body = call.machine.device.fn.body(call.fields.num("fd"))
    call.machine.reading = split_members(body)
    return le(form, 2) + le(len(body), 2)


@COMMANDS.add(0xFF3B, "read next TLV", password=Password.SYSTEM, keeps_reading=True)
def read_tlv(call: Call) -> bytes:
    """FF3Bh: one top-level TLV per call, a long one in pieces that fit a frame; 08h at the end.

    Any other command since FF3Ah dropped the reading position, and 08h is answered then too.
    """
    if not call.machine.reading:
        raise CommandError(FN_NO_DATA)
    return call.machine.reading.pop(0)


def split_members(body: bytes) -> list[bytes]:
    """Cut a document into its top-level TLVs and those into pieces of one frame; damage ends with the body."""
    pieces: list[bytes] = []
    while body:
        end = 4 + int.from_bytes(body[2:4], "little")
        member, body = body[:end], body[end:]
        pieces += [member[at : at + PIECE] for at in range(0, len(member), PIECE)]
    return pieces


@COMMANDS.add(0xFF3C, "OFD receipt by FD number", "fd:4", Password.SYSTEM)
def ofd_receipt(call: Call) -> bytes:
    """FF3Ch: the raw receipt of the OFD; 08h when it has not come."""
    return call.machine.device.fn.ofd_receipt(call.fields.num("fd"))[:PIECE]
