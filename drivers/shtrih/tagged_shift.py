"""A shift opened and closed with tags of the host, and what else only the storage's own commands do.

E0h and 41h do the same without tags and without telling the document; FF41h, FF0Ch, FF0Bh (FF42h, FF0Ch, FF43h) carry
1021 or 1203 of the cashier and answer number and sign. What was begun and surely not registered is dropped (FF08h).
Source: protocol notes, sections 2.7 and 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.api import Done, NotSent, Outcome, Refused
from drivers.fiscal.tlv import decode
from drivers.selling import Registered
from drivers.shtrih import commands_correction as documents
from drivers.shtrih import commands_marking as rare
from drivers.shtrih.command import Command, Nothing
from drivers.shtrih.commands_receipt import DOCUMENT_TLV, Tlv
from drivers.shtrih.commands_storage import CANCEL_STORAGE_DOCUMENT
from drivers.shtrih.seller import TLV_BYTES
from drivers.shtrih.till import Connected

SHIFT_OPEN, SHIFT_CLOSE = 2, 5  # forms whose members the tags are


@dataclass(frozen=True)
class StorageMemory:
    """FF63h: documents that still fit the 5-year store, kilobytes free in the 30-day store."""

    documents: int
    kilobytes: int


@dataclass(frozen=True)
class DocumentSize:
    """FF75h: bytes of the last document and of the operator's receipt for it (one source)."""

    document: int
    receipt: int


class ShtrihTaggedShift(Connected):
    """Shift documents with tags, registers and room of the storage."""

    def shift_open_tagged(self, tlv: bytes) -> Outcome[Registered]:
        """FF41h, FF0Ch, FF0Bh [COMMIT]. `tlv`: at most 249 bytes of whole TLVs, b"" for none."""
        return self._formed(documents.START_OPEN_SHIFT, documents.STORAGE_OPEN_SHIFT, tlv, SHIFT_OPEN)

    def shift_close_tagged(self, tlv: bytes) -> Outcome[Registered]:
        """FF42h, FF0Ch, FF43h [COMMIT]: the storage's Z document; the register prints its report by 41h alone."""
        return self._formed(documents.START_CLOSE_SHIFT, documents.STORAGE_CLOSE_SHIFT, tlv, SHIFT_CLOSE)

    def _formed(
        self,
        start: Command[Nothing, Nothing],
        finish: Command[Nothing, documents.ShiftDocument],
        tlv: bytes,
        form: int,
    ) -> Outcome[Registered]:
        if len(tlv) > TLV_BYTES:
            raise ValueError(f"{len(tlv)} bytes of tags, a frame takes {TLV_BYTES}")
        decode(tlv, parent=form)
        begun = self._plain(start, Nothing())
        if not isinstance(begun, Done):
            return begun
        tagged = self._plain(DOCUMENT_TLV, Tlv(tlv)) if tlv else begun
        if not isinstance(tagged, Done):
            self._plain(CANCEL_STORAGE_DOCUMENT, Nothing())  # nothing of it is registered yet
            return tagged
        outcome = self._command(finish, Nothing())
        if isinstance(outcome, NotSent | Refused):
            self._plain(CANCEL_STORAGE_DOCUMENT, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(Registered(outcome.reply.fd_number, outcome.reply.fpd, at=outcome.reply.at))

    def sync_registers(self) -> Outcome[None]:
        """FF62h: the register's counters are taken from the storage anew [SET]."""
        return self._plain(rare.SYNC_REGISTERS, Nothing())

    def storage_memory(self) -> Outcome[StorageMemory]:
        """FF63h [QUERY]."""
        outcome = self._command(rare.STORAGE_MEMORY, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(StorageMemory(outcome.reply.documents, outcome.reply.kilobytes))

    def storage_execution(self) -> Outcome[str]:
        """FF74h: the storage's execution in its own words [QUERY]. One source; another calls FF75h's data so."""
        outcome = self._command(rare.STORAGE_EXECUTION, Nothing())
        return Done(outcome.reply.name.rstrip()) if isinstance(outcome, Done) else outcome

    def document_size(self) -> Outcome[DocumentSize]:
        """FF75h [QUERY]."""
        outcome = self._command(rare.DOCUMENT_SIZE, Nothing())
        return (
            Done(DocumentSize(outcome.reply.document, outcome.reply.receipt)) if isinstance(outcome, Done) else outcome
        )
