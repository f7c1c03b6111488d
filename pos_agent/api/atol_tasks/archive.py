"""Documents of the storage: from the agent's own database when it has them, else asked from the storage."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drivers.api import ShortDocument, StoredDocument
from drivers.fiscal.documents import FiscalDocument
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, UncertainError
from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.results import Json, document_tlv, fiscal_params, local
from pos_agent.api.atol_tasks.words import DOCUMENT_TYPES
from pos_agent.api.device import FIRST_REPORT
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch


class Archive:
    """Reads documents for results and for `getFnDocument`."""

    def __init__(self, calls: DeskCalls) -> None:
        self._calls, self._parts = calls, calls.parts

    def stored(self, number: DocumentId) -> tuple[FiscalDocument, bytes] | None:
        """The document and its TLV as the agent recorded it; None: not recorded whole."""
        with self._parts.views.reading() as view:
            found = view.documents.get(number)
        if found is None or not found.raw or found.form is None:
            return None
        try:
            return read_body(found.form, found.raw), found.raw
        except TlvError:
            return None

    def params(self, number: DocumentId) -> Json:
        """`fiscalParams` of a document that is surely registered; what cannot be read now is left out."""
        try:
            return self._params(number)
        except (AgentError, UncertainError, faults.TaskError) as error:
            logger("atol").warning("document not read", reason=type(error).__name__, fd=number.fd_number)
            return {"fiscalDocumentNumber": number.fd_number, "fnNumber": number.fn_serial}

    def at(self, number: DocumentId) -> datetime | None:
        """When it was registered by the printer's clock; None: not recorded."""
        known = self.stored(number)
        return known[0].at if known is not None else None

    def _params(self, number: DocumentId) -> Json:
        known = self.stored(number)
        if known is not None:
            return fiscal_params(known[0], self._parts.config.zone)
        told: Json = {"fiscalDocumentNumber": number.fd_number, "fnNumber": number.fn_serial}
        short = self._short(number)
        if short is not None:
            at = local(short.at, self._parts.config.zone)
            told |= {"fiscalDocumentSign": str(short.fpd), "fiscalDocumentDateTime": at}
        return told

    def document(self, task: Mapping[str, Any]) -> Json:
        """`getFnDocument`: `{documentTLV, rawData}`. TaskError 123: there is none; 501."""
        given = Fields(task, self._calls.lang)
        fd, raw = given.whole("fiscalDocumentNumber", None, 1, 2**32 - 1), given.flag("withRawData")
        return self._calls.on_printer(lambda watch: self._asked(watch, fd, raw))

    def ffd(self, station: str = "") -> int | None:
        """The format (tag 1209) of the newest document that the agent has of that printer; None: not known.

        `station`: the name of its storages, "" = the register's own.
        """
        config = self._parts.config
        with self._parts.views.reading() as view:
            if config.parts.printer:
                series = view.series.active(station or config.agent.register_name)
                newest = view.documents.recent(1, series.fn_serial) if series is not None else ()
            else:
                newest = view.documents.recent(1)
        if not newest or not newest[0].raw or newest[0].form is None:
            return None
        try:
            return read_body(newest[0].form, newest[0].raw).ffd
        except TlvError:
            return None

    def registered_ffd(self, calls: DeskCalls) -> int | None:
        """The same of the registration, for a printer of which no document is recorded; None: it does not tell now."""

        def asked(watch: Watch) -> StoredDocument | None:
            return watch.line.asked(watch.line.printer.read_document(FIRST_REPORT))

        try:
            found = calls.on_printer(lambda watch: calls.held(watch, asked))
            return read_body(found.form, found.tlv).ffd if found is not None else None
        except (AgentError, UncertainError, TlvError, faults.TaskError):
            return None

    def _asked(self, watch: Watch, fd: int, raw: bool) -> Json:
        calls = self._calls
        with watch.line.hold():
            calls.connected(watch)
            found = calls.must(watch, watch.line.printer.read_document(fd))
            short = None if found else calls.must(watch, watch.line.printer.find_document(fd))
        if found is None and short is None:
            raise faults.fault(faults.NO_MORE_DATA, "no_document", calls.lang)
        if found is None:
            assert short is not None
            return {"documentTLV": self._shortened(short)}
        told: Json = {"documentTLV": document_tlv(read_body(found.form, found.tlv))}
        return {**told, "rawData": base64.b64encode(found.tlv).decode()} if raw else told

    def _shortened(self, short: ShortDocument) -> Json:
        kind = DOCUMENT_TYPES.get(short.form, "receipt")
        numbers = {"1040": short.fd_number, "1077": str(short.fpd), "1012": short.at.isoformat()}
        return {"fiscalDocumentType": kind, "short": True, **numbers}

    def _short(self, number: DocumentId) -> ShortDocument | None:
        """The short form, when the storage tells."""

        def asked(watch: Watch) -> ShortDocument | None:
            return watch.line.asked(watch.line.printer.find_document(number.fd_number))

        return self._calls.on_printer(asked)
