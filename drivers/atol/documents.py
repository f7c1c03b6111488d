"""Reading fiscal documents back from the storage (FN). Source: protocol notes, sections B.2, 3.8 and 4."""

from __future__ import annotations

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused, ShortDocument, StoredDocument
from drivers.atol.command import Nothing
from drivers.atol.commands_storage import FIND_DOCUMENT, READ_TLV, REQUEST_TLV, FdNumber, FoundDocument, TlvHead
from drivers.atol.errors import EXTENDED, NO_DATA
from drivers.atol.session import Session
from drivers.fiscal.tlv import HEADER, TlvError, decode

WITH_TOTAL = frozenset({3, 4, 31, 41})  # receipt, BSO and their corrections carry operation and total
END = frozenset({NO_DATA, EXTENDED})  # both end a document for the one production driver known
READ_TRIES = 5
MAX_PIECES = 4096


def find_document(session: Session, fd_number: int) -> Outcome[ShortDocument | None]:
    """A4h 40h: the short form, kept for years. Done(None) = no such document."""
    outcome = session.run(FIND_DOCUMENT, FdNumber(fd_number))
    if isinstance(outcome, Refused) and outcome.code == NO_DATA:
        return Done(None)
    if not isinstance(outcome, Done):
        return outcome
    if outcome.reply.fd_number != fd_number:
        return NotSent(LinkFault.GARBAGE, f"A4h 40h: asked for {fd_number}, got {outcome.reply.fd_number}")
    return _short(outcome.reply)


def _short(found: FoundDocument) -> Outcome[ShortDocument | None]:
    if found.at is None:
        return NotSent(LinkFault.GARBAGE, f"A4h 40h: document {found.fd_number} has no valid date")
    operation = total = None
    if found.form in WITH_TOTAL and len(found.tail) >= 5:  # the sum has 4 bytes in FN-1, 5 later
        operation, total = found.tail[0], int.from_bytes(found.tail[1:6], "little")
    confirmed = bool(found.ofd_receipt)
    return Done(ShortDocument(found.form, found.fd_number, found.fpd, found.at, confirmed, operation, total))


def read_document(session: Session, fd_number: int, trust_length: bool) -> Outcome[StoredDocument | None]:
    """A4h 45h, then A4h 46h until the end. Done(None) = the full form is not kept (any more).

    A lost piece, a piece that is no TLV, and a length that differs from the one A4h 45h told make it read again from
    the start. The same difference twice is the register's way, unless `trust_length`: then it is never taken for whole.
    Nothing at all of a document that was announced is believed the second time: power that went between the two
    commands takes the reading position with it.
    """
    fault, detail, before, nothing_before = LinkFault.SILENT, "could not be read to its end", b"", False
    for _ in range(READ_TRIES):
        head = session.run(REQUEST_TLV, FdNumber(fd_number))
        if isinstance(head, Refused) and head.code == NO_DATA:
            return Done(None)
        if not isinstance(head, Done):
            return head
        tlv = _read_pieces(session, head.reply.length)
        if isinstance(tlv, OutcomeUnknown | NotSent):
            fault = tlv.fault
            if fault is LinkFault.LOST:
                break
            continue
        if isinstance(tlv, Refused):
            return tlv
        if not tlv and (not head.reply.length or nothing_before):
            return Done(None)
        nothing_before = not tlv
        if tlv and _is_whole(tlv) and (len(tlv) == head.reply.length or (tlv == before and not trust_length)):
            return Done(StoredDocument(head.reply.form, fd_number, _body(head.reply, tlv)))
        fault, detail, before = LinkFault.GARBAGE, f"{len(tlv)} of {head.reply.length} bytes", tlv
    return NotSent(fault, f"document {fd_number}: {detail}")


def _read_pieces(session: Session, length: int) -> bytes | NotSent | Refused | OutcomeUnknown:
    """Until `length` bytes are there, DAh or EEh, or an answer without content."""
    tlv = bytearray()
    for _ in range(MAX_PIECES):
        if len(tlv) >= length:
            break
        outcome = session.run(READ_TLV, Nothing())
        if isinstance(outcome, Refused) and outcome.code in END:
            break
        if not isinstance(outcome, Done):
            return outcome
        if not outcome.reply.data:
            break
        tlv += outcome.reply.data
    return bytes(tlv)


def _is_whole(tlv: bytes) -> bool:
    try:
        decode(tlv)
    except TlvError:
        return False
    return True


def _body(head: TlvHead, tlv: bytes) -> bytes:
    """Without the outer header of the form, where a register sends one: sources say it does not."""
    outer = head.form.to_bytes(2, "little") + (len(tlv) - HEADER).to_bytes(2, "little")
    return tlv[HEADER:] if len(tlv) > HEADER and tlv[:HEADER] == outer else tlv
