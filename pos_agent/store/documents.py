"""Fiscal documents as they were read back from the fiscal storage."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.model.receipt import DocumentId
from pos_agent.store.errors import DocumentConflict
from pos_agent.store.redact import blank_personal
from pos_agent.store.schema import fiscal_document
from pos_agent.store.session import Session

_T = fiscal_document
CASHIER_BYTES = 4  # enough to tell the cashiers of a chain apart, too few to be a key to anything


class DocumentState(StrEnum):
    """How much of a document could be read."""

    WHOLE = "whole"  # TLV read and decoded
    SHORT = "short"  # only the short form: type, number, date, sum
    DAMAGED = "damaged"  # bytes that do not decode, or none


@dataclass(frozen=True)
class StoredDocument:
    """`at` is the printer's local ISO time, "" when unknown; `raw` the TLV bytes; `decoded` without personal data."""

    id: DocumentId
    state: DocumentState
    form: int | None = None
    fpd: int | None = None
    at: str = ""
    operation: int | None = None
    total_kop: int | None = None
    raw: bytes | None = None
    decoded: Mapping[str, Any] | None = None


class DocumentsView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, document: DocumentId) -> StoredDocument | None:
        """With `raw` opened. WrongKey when it was sealed by another key or changed."""
        row = self._session.connection.execute(sa.select(_T).where(_is(document))).one_or_none()
        return None if row is None else self._from_row(row)

    def exists(self, document: DocumentId) -> bool:
        """Without opening anything."""
        return self._session.connection.execute(sa.select(_T.c.form).where(_is(document))).first() is not None

    def cashier_code(self, name: str) -> str:
        """What stands for a cashier's name (tag 1021) in the ledger: eight digits of its keyed hash; "" for no name.

        Case and spaces do not count. Without the key of personal data no name can be tried against it.
        """
        token = self._session.vault.token("cashier", " ".join(name.split()).casefold())
        return token[-CASHIER_BYTES:].hex() if token else ""

    def recent(self, limit: int = 20, fn_serial: str | None = None) -> tuple[StoredDocument, ...]:
        """Newest first by the printer's clock (those without a time last), then by document number. At most `limit`."""
        query = sa.select(_T).order_by(_T.c.at.desc().nulls_last(), _T.c.fd_number.desc()).limit(limit)
        if fn_serial is not None:
            query = query.where(_T.c.fn_serial == fn_serial)
        return tuple(self._from_row(row) for row in self._session.connection.execute(query))

    def newest(self, fn_serial: str, forms: Collection[int]) -> StoredDocument | None:
        """The last document of these forms in one storage."""
        query = sa.select(_T).where((_T.c.fn_serial == fn_serial) & _T.c.form.in_(forms))
        row = self._session.connection.execute(query.order_by(_T.c.fd_number.desc()).limit(1)).one_or_none()
        return None if row is None else self._from_row(row)

    def unread(self, limit: int = 10) -> tuple[StoredDocument, ...]:
        """Documents that could not be read whole, newest first; at most `limit`."""
        query = sa.select(_T).where(_T.c.state != DocumentState.WHOLE.value)
        rows = self._session.connection.execute(query.order_by(_T.c.stored_at.desc()).limit(limit))
        return tuple(self._from_row(row) for row in rows)

    def ids(self) -> Iterator[DocumentId]:
        """Every stored document by storage and number."""
        query = sa.select(_T.c.fn_serial, _T.c.fd_number).order_by(_T.c.fn_serial, _T.c.fd_number)
        for row in self._session.connection.execute(query):
            yield DocumentId(row.fn_serial, row.fd_number)

    def _from_row(self, row: Any) -> StoredDocument:  # noqa: ANN401 - a row of any columns
        document = DocumentId(row.fn_serial, row.fd_number)
        sealed = row.raw_sealed
        return StoredDocument(
            id=document,
            state=DocumentState(row.state),
            form=row.form,
            fpd=row.fpd,
            at=row.at or "",
            operation=row.operation,
            total_kop=row.total_kop,
            raw=None if sealed is None else self._session.vault.open(sealed, _T.name, str(document), "raw"),
            decoded=None if row.decoded is None else json.loads(row.decoded),
        )


class Documents(DocumentsView):
    """Writes."""

    def put(self, document: StoredDocument) -> bool:
        """Store it; True when it is new or replaces a short or damaged reading, False when it is here already.

        `decoded` is stored with personal tags blank. A poorer reading never replaces a better one (False).
        DocumentConflict when a whole document is here and differs.
        """
        blanked = None if document.decoded is None else blank_personal(document.decoded)
        offered = replace(document, decoded=blanked)
        stored = self.get(document.id)
        if stored is None:
            self._session.connection.execute(_T.insert().values(**self._to_row(offered)))
            return True
        if stored.state is DocumentState.WHOLE and offered.state is DocumentState.WHOLE:
            if (stored.form, stored.fpd, stored.raw) != (offered.form, offered.fpd, offered.raw):
                raise DocumentConflict(str(document.id))
            return False
        if _RANK[offered.state] <= _RANK[stored.state]:
            return False
        self._session.connection.execute(_T.update().where(_is(document.id)).values(**self._to_row(offered)))
        return True

    def _to_row(self, document: StoredDocument) -> dict[str, Any]:
        raw = document.raw
        place = (_T.name, str(document.id), "raw")
        return {
            "fn_serial": document.id.fn_serial,
            "fd_number": document.id.fd_number,
            "form": document.form,
            "fpd": document.fpd,
            "at": document.at or None,
            "operation": document.operation,
            "total_kop": document.total_kop,
            "raw_sealed": None if raw is None else self._session.vault.seal(raw, *place),
            "decoded": None if document.decoded is None else canonical_json(document.decoded),
            "state": document.state.value,
            "stored_at": self._session.stamp(),
        }


_RANK = {DocumentState.DAMAGED: 0, DocumentState.SHORT: 1, DocumentState.WHOLE: 2}


def _is(document: DocumentId) -> sa.ColumnElement[bool]:
    return (_T.c.fn_serial == document.fn_serial) & (_T.c.fd_number == document.fd_number)
