"""Slips asked for by people: of a receipt again, of a balance, an invitation, why this sum, a note to the owner, a
trial."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, printer_problem, text
from pos_agent.api.points import active_rules
from pos_agent.api.receipts import document_id
from pos_agent.api.storage_note import storage_note
from pos_agent.checkout.slip_asked import balance_asked, invitation_asked, why_asked
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.model.events import EventKind
from pos_agent.model.receipt import DocumentId
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip_trial import MOVED
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp
from pos_agent.store.slips import SlipJob

ID_ALPHABET = "0123456789abcdef"
KINDS = ("", "receipt", "balance", "invitation", "why", "note", "trial")
CARD_SIGNS = 10
AGAIN = (SlipKind.RECEIPT, SlipKind.RETURN, SlipKind.INVITATION)


def ask(parts: Parts, args: Mapping[str, Any]) -> Future[Json] | Json:
    """`{document}` or `{customer}` -> `{"slip": id}`, queued; it prints when the device is idle and the till quiet.

    `{kind: "invitation", document}`: an invitation to the program, after that receipt; `{kind: "why", document}`: what
    its price and points came from; `{kind: "note"}`: to the owner, how long the storage lasts (the printer is asked);
    `{kind: "trial"}`: of the paper and the scanner, its answer has `qr` too, the text of the QR on it.
    AgentError SLP-02: the receipt has no slip; DOC-02, CUS-01, RUL-03; PrinterError PRN-03, PRN-04: a note without a
    printer; UsageError CUS-07, DOC-02: wrongly written; API-01: no such kind.
    """
    kind = text(args, "kind", "")
    if kind not in KINDS:
        raise UsageError("API-01", field=f"kind: {kind}")
    if kind == "note":
        return storage_note(parts, _local(parts), lambda facts: _queued(parts, _note(parts, facts)))
    if kind == "trial":
        queued = _trial(parts)
        _woken(parts, queued)
        return queued  # at once: whoever watches the paper asks for its state
    document, customer = text(args, "document", ""), text(args, "customer", "")
    with parts.views.reading() as view:
        if kind == "invitation":
            job = _invitation(parts, view, document)
        elif kind == "why":
            job = _why(view, document)
        else:
            job = _again(view, document, _local(parts)) if document else _balance(parts, view, customer)
    return _woken(parts, _queued(parts, job))


def _woken(parts: Parts, queued: Json) -> Future[Json] | Json:
    """The answer, through the printer's thread: that wakes it."""
    if parts.actor is None:
        return queued
    return parts.actor.ask(lambda watch: queued)


def _queued(parts: Parts, job: SlipJob) -> Json:
    job_id = f"slip:asked:{parts.ids.token(ID_ALPHABET, 16)}"
    with parts.store.writing("slip asked for") as txn:
        txn.slips.add(SlipJob(job_id, job.kind, job.document, job.customer_id, job.facts))
    return {"slip": job_id}


def state(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{slip}` -> `{"state": pending | printing | printed | expired | failed, "reason", "problem", "minutes"}`.

    `problem`: what is wrong with the printer, see `printer_problem`; `minutes`: how long a slip waits for it.
    """
    wanted = text(args, "slip")
    with parts.views.reading() as view:
        job = view.slips.get(wanted)
    if job is None:
        raise AgentError("SLP-02", why=wanted)
    return {
        "slip": job.id,
        "state": job.state.value,
        "reason": job.reason,
        "attempts": job.attempts,
        "problem": printer_problem(parts),
        "minutes": parts.config.loyalty.slip_max_age_minutes,
    }


def today(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{"slips": [{id, kind, document, customer, state, reason, created_at}]}` of the register's day, newest first."""
    midnight = parts.clock.now().astimezone(parts.config.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with parts.views.reading() as view:
        jobs = view.slips.since(stamp(midnight))
    return {
        "slips": [
            {
                "id": job.id,
                "kind": job.kind.value,
                "document": str(job.document) if job.document else None,
                "customer": job.customer_id,
                "state": job.state.value,
                "reason": job.reason,
                "created_at": job.created_at,
            }
            for job in jobs
        ]
    }


def _local(parts: Parts) -> str:
    return parts.clock.now().astimezone(parts.config.zone).isoformat(timespec="minutes")[:16]


def _job(facts: SlipFacts, document: DocumentId | None) -> SlipJob:
    return SlipJob("", facts.kind, document, facts.customer or None, facts.to_json())


def _invitation(parts: Parts, view: View, written: str) -> SlipJob:
    number, rules = document_id(written), active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    if not view.documents.exists(number):
        raise AgentError("DOC-02", document=number)
    return _job(invitation_asked(view, rules, number, _local(parts)), number)


def _why(view: View, written: str) -> SlipJob:
    number = document_id(written)
    if not view.documents.exists(number):
        raise AgentError("DOC-02", document=number)
    told = [one for one in view.ledger.by_document(number) if one.event.kind is EventKind.RECEIPT]
    if not told or not told[-1].event.facts.get("trace"):
        raise AgentError("SLP-02", why="no_slip")
    return _job(why_asked(view, told[-1], told[-1].event.customer or ""), number)


def _again(view: View, written: str, local: str) -> SlipJob:
    number = document_id(written)
    jobs = [job for job in view.slips.by_document(number) if job.kind in AGAIN]
    if not jobs:
        raise AgentError("SLP-02", why="no_slip")
    first = jobs[0]
    return SlipJob("", first.kind, number, first.customer_id, {**first.facts, "copy_at": local})


def _balance(parts: Parts, view: View, wanted: str) -> SlipJob:
    customer = find_one(view, wanted)
    rules = active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    now, register = parts.clock.now(), parts.config.agent.register_name
    return _job(balance_asked(view, rules, customer.id, register, now, parts.config.zone), None)


def _trial(parts: Parts) -> Json:
    """A code as long as a card's; its digits are new each time, so that an earlier slip is not taken for this one."""
    code = MOVED + parts.ids.token("23456789", CARD_SIGNS - len(MOVED))
    told = {"register": parts.config.agent.register_name, "code": code}
    queued = _queued(parts, _job(SlipFacts(SlipKind.TRIAL, at=_local(parts), note=told), None))
    return {**queued, "qr": parts.config.loyalty.qr_prefix + code}


def _note(parts: Parts, facts: SlipFacts) -> SlipJob:
    """A note is kept with the last document of the storage that it is about."""
    with parts.views.reading() as view:
        series = view.series.active(parts.config.agent.register_name)
    if series is None or not series.cursor_fd:
        raise PrinterError("PRN-03")
    return _job(facts, DocumentId(series.fn_serial, series.cursor_fd))
