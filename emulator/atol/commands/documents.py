"""Documents read back from the storage: subcommands 40h..47h of A4h (protocol notes, sections 3.8 and 4)."""

from __future__ import annotations

from emulator.atol.errors import FN_NO_DATA, CommandError
from emulator.atol.fields import Fields, fn_moment, le
from emulator.atol.registry import Call
from emulator.documents import WARNING_TAGS
from emulator.fn_document import RECEIPT_FORMS, Document
from emulator.tlv import number

SHIFTS = (2, 5)
REGISTRATION, FN_CLOSE, REREGISTRATION = 1, 6, 11
INN_SIZE, RNM_SIZE = 12, 20
TLV_HEAD = 4
SUM_LIMIT = 2**32


def find(call: Call, fields: Fields) -> bytes:
    """40h: the short form; DAh when there is no such document."""
    fn = call.machine.device.fn
    document = fn.document(fields.num("fd"))
    head = bytes((document.form, int(document.fd <= fn.delivered_fd))) + fn_moment(document.at)
    return head + le(document.fd, 4) + le(document.sign, 4) + _details(call, document)


def _details(call: Call, document: Document) -> bytes:
    tags = document.tags
    if document.form in SHIFTS:
        warnings = sum(bit for bit, tag in WARNING_TAGS if number(tags, tag))
        return le(number(tags, 1038), 2) + bytes((warnings,))
    if document.form in RECEIPT_FORMS:
        size = call.machine.variant.sum_bytes
        total = number(tags, 1020)
        return bytes((number(tags, 1054),)) + le(total % SUM_LIMIT if size == 4 else total, size)
    if document.form in (REGISTRATION, REREGISTRATION):
        return _registered(call)
    return b""


def _registered(call: Call) -> bytes:
    profile = call.machine.device.profile
    inn, rnm = profile.inn.ljust(INN_SIZE).encode("ascii"), profile.rnm.ljust(RNM_SIZE).encode("ascii")
    return inn + rnm + bytes((profile.tax_systems, 0))


def ofd_receipt(call: Call, fields: Fields) -> bytes:
    """41h: the raw confirmation of the OFD."""
    return call.machine.device.fn.ofd_receipt(fields.num("fd"))


def unconfirmed(call: Call, _fields: Fields) -> bytes:
    """42h: documents without a confirmation."""
    return le(call.machine.device.fn.ofd_queue().count, 2)


def registration(call: Call, fields: Fields) -> bytes:
    """43h: the first (and only) registration; DAh for another report number."""
    if fields.num("report", 1) != 1:
        raise CommandError(FN_NO_DATA)
    document = call.machine.device.fn.document(REGISTRATION)
    return fn_moment(document.at) + _registered(call) + le(document.fd, 4) + le(document.sign, 4)


def registration_tag(call: Call, fields: Fields) -> bytes:
    """44h: one TLV of the registration report."""
    tags = call.machine.device.fn.document(REGISTRATION).tags
    found = next((tlv.whole for tlv in tags if tlv.tag == fields.num("tag")), None)
    if found is None:
        raise CommandError(FN_NO_DATA)
    return found


def next_registration_tag(call: Call, _fields: Fields) -> bytes:
    """47h: the TLVs of the registration report in turn, DAh after the last, which starts anew."""
    machine = call.machine
    if machine.registration_tlvs is None:
        machine.registration_tlvs = [tlv.whole for tlv in machine.device.fn.document(REGISTRATION).tags]
    if not machine.registration_tlvs:
        machine.registration_tlvs = None
        raise CommandError(FN_NO_DATA)
    return machine.registration_tlvs.pop(0)


def start_reading(call: Call, fields: Fields) -> bytes:
    """45h: form and length of all TLVs together; 46h reads them."""
    form, body = call.machine.device.fn.body(fields.num("fd"))
    variant = call.machine.variant
    call.machine.reading = split(body, variant.piece, variant.whole_tlvs)
    return le(form, 2) + le(len(body), 2)


def next_piece(call: Call, _fields: Fields) -> bytes:
    """46h: one TLV, a long one in pieces; DAh at the end and when nothing is being read."""
    if not call.machine.reading:
        raise CommandError(FN_NO_DATA)
    return call.machine.reading.pop(0)


def split(body: bytes, piece: int, whole_tlvs: bool) -> list[bytes]:
    """Cut a document into pieces of at most ``piece`` bytes, with a new piece for every TLV or without."""
    if not whole_tlvs:
        return [body[at : at + piece] for at in range(0, len(body), piece)]
    pieces: list[bytes] = []
    while body:
        end = TLV_HEAD + int.from_bytes(body[2:4], "little")
        member, body = body[:end], body[end:]
        pieces += [member[at : at + piece] for at in range(0, len(member), piece)]
    return pieces
