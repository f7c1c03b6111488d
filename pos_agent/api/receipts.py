"""Documents as they were recorded, and reading older ones."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from pos_agent.api.event_json import chained_json
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.events import ChainedEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import DocumentState, StoredDocument

MAX_FD = 2**32 - 1
LONGEST_FN = 20


def recent(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{limit}` (1..1000, default 20) -> newest documents first, with what they moved."""
    limit = number(args, "limit", 20, 1, 1000)
    with parts.views.reading() as view:
        rows = [(document, view.ledger.by_document(document.id)) for document in view.documents.recent(limit)]
    return {"documents": [_row(document, events) for document, events in rows]}


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{document: "FN/FD"}` -> the decoded document without personal data, its events, its slips.

    AgentError DOC-02: not here; UsageError DOC-02: not written as one.
    """
    wanted = document_id(text(args, "document"))
    with parts.views.reading() as view:
        document = view.documents.get(wanted)
        if document is None:
            raise AgentError("DOC-02", document=wanted)
        events, slips = view.ledger.by_document(wanted), view.slips.by_document(wanted)
    return {
        **_row(document, events),
        "decoded": document.decoded,
        "damage": _damage(document),
        "events": [chained_json(chained) for chained in events],
        "slips": [{"id": slip.id, "state": slip.state.value, "facts": dict(slip.facts)} for slip in slips],
    }


def _damage(document: StoredDocument) -> Json | None:
    """Where a document that is kept as read breaks off, `{"ru", "en"}`; the event has it in English only."""
    if document.state is not DocumentState.DAMAGED or not document.raw or document.form is None:
        return None
    try:
        read_body(document.form, document.raw)
    except TlvError as error:
        return {"ru": f"байт {error.offset}: {error.message_ru}", "en": str(error)}
    return None


def backfill(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{first}`: read documents from that number up to the start of the series, without slips."""
    first = number(args, "first", None, 1, 2**32 - 1)
    if parts.actor is None:
        raise UsageError("PRN-03")
    return parts.actor.ask(lambda watch: {"recorded": watch.backfill(first)})


def document_id(written: str) -> DocumentId:
    """FN/FD as people write it. UsageError DOC-02: it is not written so."""
    try:
        found = DocumentId.parse(written)
    except ValueError:
        raise UsageError("DOC-02", document=written) from None
    if not 1 <= found.fd_number <= MAX_FD or len(found.fn_serial) > LONGEST_FN:
        raise UsageError("DOC-02", document=written)
    return found


def _row(document: StoredDocument, events: tuple[ChainedEvent, ...]) -> Json:
    entries = [entry for chained in events for entry in chained.event.entries]
    return {
        "document": str(document.id),
        "state": document.state.value,
        "form": document.form,
        "at": document.at,
        "operation": document.operation,
        "total_kop": document.total_kop,
        "customer": next((one.event.customer for one in events if one.event.customer), None),
        "by": next((one.event.facts["by"] for one in events if "by" in one.event.facts), ""),
        "points": [{"kind": entry.kind.value, "amount_pt": entry.amount_pt} for entry in entries],
        "flags": [flag for one in events for flag in one.event.facts.get("flags", [])],
    }
