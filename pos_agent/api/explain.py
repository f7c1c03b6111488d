"""One receipt from fiscal bytes to rule trace: `receipts.explain`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from drivers.api import Capabilities, Qr, SlipPart, Text
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.api.prepaid import account_json
from pos_agent.api.receipts import document_id
from pos_agent.api.slip_style import style_of
from pos_agent.checkout.accounts_told import accounts_of
from pos_agent.checkout.explained import lots_touched, retold
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger.prepaid import account
from pos_agent.ledger.returned import returned_pieces
from pos_agent.model.events import ChainedEvent, EventKind, LedgerEvent
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip import lay_out
from pos_agent.rules.detail import detail
from pos_agent.rules.why import why
from pos_agent.store.documents import StoredDocument
from pos_agent.store.repositories import View
from pos_agent.store.slips import SlipJob

WIDE = Capabilities(columns=48, double_columns=24, native_qr=False)  # while no printer is connected
PAID = {1031: "cash_kop", 1081: "cashless_kop", 1215: "advance_kop", 1216: "credit_kop", 1217: "provision_kop"}
KEPT = (
    "codes", "coupons", "stamps", "before", "applied", "flags", "original", "returned", "why",
    "offsets", "sells", "back", "part", "documents",
)  # fmt: skip


def explain(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{document: "FN/FD", lang: ru | en}` -> document, lines, steps of the price, points and lots, slips, sync.

    `told` has the price in sentences of `lang` when the event holds a whole price; `steps` is then reckoned with base,
    exact figure and rounding, else the trace as it was kept. AgentError DOC-02: not here; UsageError DOC-02, API-01.
    """
    wanted, lang = document_id(text(args, "document")), text(args, "lang", parts.config.agent.language)
    if lang not in ("ru", "en"):
        raise UsageError("API-01", field="lang")
    with parts.views.reading() as view:
        document = view.documents.get(wanted)
        if document is None:
            raise AgentError("DOC-02", document=wanted)
        events = view.ledger.by_document(wanted)
        chained = next((one for one in reversed(events) if one.event.kind is not EventKind.UNREADABLE), None)
        chained = chained or next(iter(events), None)
        intent = view.intents.by_document(wanted)
        slips = [_slip(parts, view, job) for job in view.slips.by_document(wanted)]
        answer: Json = {"document": _document(document), "slips": slips, "sync": None, "sale": None}
        if intent is not None:
            answer["sale"] = {"id": intent.sale_id, "attempt": intent.attempt, "after_fd": intent.fd_before}
        if chained is not None:
            answer |= _event(parts, view, chained, lang)
            answer["sync"] = _sync(parts, view, chained)
    return answer


def _document(document: StoredDocument) -> Json:
    """What is in the fiscal storage, without personal data."""
    tags: Sequence[Mapping[str, Any]] = document.decoded["tags"] if document.decoded else ()
    values = {tag["tag"]: tag.get("value") for tag in tags}
    return {
        "number": str(document.id),
        "state": document.state.value,
        "form": document.form,
        "operation": document.operation,
        "fpd": document.fpd,
        "at": document.at,
        "shift": values.get(1038),
        "total_kop": document.total_kop,
        "paid": {name: values[tag] for tag, name in PAID.items() if values.get(tag)},
        "bytes": len(document.raw or b""),
        "tags": len(tags),
        "sha256": hashlib.sha256(document.raw).hexdigest() if document.raw else "",
    }


def _event(parts: Parts, view: View, chained: ChainedEvent, lang: str) -> Json:
    """What the ledger made of it."""
    event, facts = chained.event, chained.event.facts
    priced, trace = retold(facts), list(facts.get("trace", []))
    history = [one.event for one in view.ledger.by_customer(event.customer)] if event.customer else []
    rules, version = active_rules(view), view.rules.by_hash(str(facts.get("rules", "")))
    grace = rules.program.grace_days if rules else 0
    programs = sorted({entry.program for entry in event.entries})
    returns = [one for one in history if one.facts.get("original") == str(event.document)]
    return {
        "event": event.id,
        "customer": event.customer,
        "by": facts.get("by", ""),
        "rules": {"hash": facts.get("rules", ""), "version": version.version if version else None},
        "lines": list(facts.get("lines", [])),
        "steps": detail(*priced) if priced else trace,
        "told": why(*priced, str(facts.get("hash", "")) or "-", lang) if priced else [],
        "hash": facts.get("hash", ""),
        "points": [
            {"kind": one.kind.value, "program": one.program, "amount_pt": one.amount_pt} for one in event.entries
        ],
        "lots": [lot for program in programs for lot in lots_touched(event, history, program, grace)],
        "returns": [
            {"document": str(one.document), "at": one.at, "lines": {str(k): v for k, v in returned_pieces(one).items()}}
            for one in returns
        ],
        "accounts": _accounts(parts, view, event),
        **{name: facts[name] for name in KEPT if name in facts},
    }


def _accounts(parts: Parts, view: View, event: LedgerEvent) -> list[Json]:
    """Prepaid accounts that the receipt touched, as they stand today."""
    today = parts.clock.now().astimezone(parts.config.zone).date()
    found = [account(name, view.prepaid.events(name)) for name in accounts_of(view, event)]
    return [account_json(one, today) for one in found if one is not None]


def _sync(parts: Parts, view: View, chained: ChainedEvent) -> Json:
    """`acknowledged`: the cloud has this row; `waiting`; `set aside`: not taken; `off`: no cloud is set up."""
    epoch = view.meta.epoch()
    acked = view.sync.cursor(epoch).acked_seq
    parked = view.sync.parked(epoch, chained.seq, chained.seq)
    state = "acknowledged" if chained.seq <= acked else "waiting"
    if parked:
        state = "set aside"
    elif not parts.config.cloud.url and state == "waiting":
        state = "off"
    reason = parked[0].reason if parked else ""
    return {"seq": chained.seq, "hash": chained.hash, "acked_seq": acked, "state": state, "reason": reason}


def _slip(parts: Parts, view: View, job: SlipJob) -> Json:
    """The slip as it is laid out for this printer, in the language of the paper."""
    facts = SlipFacts.from_json({key: value for key, value in job.facts.items() if key != "copy_at"})
    customer = view.customers.get(job.customer_id) if job.customer_id else None
    line = parts.actor.watch.line if parts.actor is not None else None
    device = line.printer.capabilities() if line is not None and line.connected else WIDE
    laid = lay_out(facts, customer, style_of(parts.config), device, str(job.facts.get("copy_at", "")))
    return {"id": job.id, "state": job.state.value, "text": [shown for part in laid for shown in _shown(part)]}


def _shown(part: SlipPart) -> list[str]:
    if isinstance(part, Text):
        return [part.text]
    return [f"[QR {part.text}]"] if isinstance(part, Qr) else []
