"""Reading fiscal documents back from the storage (FN). Source: protocol notes, section 5."""

from __future__ import annotations

from collections.abc import Callable

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused, ShortDocument, StoredDocument
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_storage import FIND_DOCUMENT, READ_TLV, REQUEST_TLV, FdNumber, FoundDocument
from drivers.shtrih.errors import NO_DOCUMENT
from drivers.shtrih.session import Session

WITH_TOTAL = frozenset({3, 4, 31, 41})  # receipt, BSO and their corrections carry operation and total
READ_TRIES = 12
INTERRUPTED_PAUSE_S = 0.25  # a till sends its next command within tens of ms; its receipt is over in a few seconds
MAX_PIECES = 4096  # a document is at most 64 KiB, a top-level tag at least 4 bytes; no real one comes near


def find_document(session: Session, fd_number: int) -> Outcome[ShortDocument | None]:
    """FF0Ah: the short form, kept for years. Done(None) = no such document."""
    outcome = session.run(FIND_DOCUMENT, FdNumber(fd_number))
    if isinstance(outcome, Refused) and outcome.code == NO_DOCUMENT:
        return Done(None)
    if not isinstance(outcome, Done):
        return outcome
    if outcome.reply.fd_number != fd_number:
        return NotSent(LinkFault.GARBAGE, f"FF0Ah: asked for {fd_number}, got {outcome.reply.fd_number}")
    return _short(outcome.reply)


def _short(found: FoundDocument) -> Outcome[ShortDocument | None]:
    if found.at is None:
        return NotSent(LinkFault.GARBAGE, f"FF0Ah: document {found.fd_number} has no valid date")
    operation = total = None
    if found.form in WITH_TOTAL and len(found.tail) >= 6:
        operation, total = found.tail[0], int.from_bytes(found.tail[1:6], "little")
    confirmed = bool(found.ofd_receipt)
    return Done(ShortDocument(found.form, found.fd_number, found.fpd, found.at, confirmed, operation, total))


def read_document(
    session: Session, fd_number: int, wait: Callable[[float], None], trust_length: bool = True
) -> Outcome[StoredDocument | None]:
    """FF3Ah, then FF3Bh until the end. Done(None) = the full form is not kept (any more).

    A lost answer leaves a hole, and another program's command on another port of the device drops the reading
    position: either way reading starts again from FF3Ah. A document shorter than FF3Ah promised is never taken for
    whole: its last lines would be missing. Giving up changes nothing in the device and is NotSent; BUSY = the other
    program never let us finish.
    """
    fault, detail = LinkFault.SILENT, "could not be read to its end"
    for _ in range(READ_TRIES):
        head = session.run(REQUEST_TLV, FdNumber(fd_number))
        if isinstance(head, Refused) and head.code == NO_DOCUMENT:
            return Done(None)
        if not isinstance(head, Done):
            return head
        tlv = _read_pieces(session, head.reply.length)
        if isinstance(tlv, bytes):
            if len(tlv) >= head.reply.length or not trust_length:
                return Done(StoredDocument(head.reply.form, fd_number, tlv) if tlv else None)
            fault, detail = LinkFault.BUSY, f"reading was interrupted at byte {len(tlv)} of {head.reply.length}"
            wait(INTERRUPTED_PAUSE_S)
            continue
        if not isinstance(tlv, OutcomeUnknown):
            return tlv
        fault = tlv.fault
        if fault is LinkFault.LOST:
            break
    return NotSent(fault, f"document {fd_number}: {detail}")


def _read_pieces(session: Session, length: int) -> bytes | NotSent | Refused | OutcomeUnknown:
    """Stop when `length` bytes are there, on error 08h, or on an answer without content.

    The vendor's drivers ignore the length and stop by the other two; newer ones count. All three are obeyed.
    """
    tlv = bytearray()
    for _ in range(MAX_PIECES):
        if len(tlv) >= length:
            break
        outcome = session.run(READ_TLV, Nothing())
        if isinstance(outcome, Refused) and outcome.code == NO_DOCUMENT:
            break
        if not isinstance(outcome, Done):
            return outcome
        if not outcome.reply.tlv:
            break
        tlv += outcome.reply.tlv
    return bytes(tlv)
