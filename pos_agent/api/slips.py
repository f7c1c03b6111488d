"""Slips asked for by people: of a receipt again, or of a balance."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, printer_problem, text
from pos_agent.api.points import active_rules
from pos_agent.api.receipts import document_id
from pos_agent.checkout.figures import balance_slip, terms_figures
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp
from pos_agent.store.slips import SlipJob

ID_ALPHABET = "0123456789abcdef"


def ask(parts: Parts, args: Mapping[str, Any]) -> Future[Json] | Json:
    """`{document}` or `{customer}` -> `{"slip": id}`, queued; it prints when the device is idle and the till quiet.

    `{kind: "invitation", document}`: an invitation to the program, after that receipt. AgentError SLP-02: the receipt
    has no slip; DOC-02, CUS-01, RUL-03; UsageError CUS-07, DOC-02: wrongly written; API-01: no such kind.
    """
    kind = text(args, "kind", "")
    if kind not in ("", "receipt", "balance", "invitation"):
        raise UsageError("API-01", field=f"kind: {kind}")
    local = parts.clock.now().astimezone(parts.config.zone).isoformat(timespec="minutes")[:16]
    document, customer = text(args, "document", ""), text(args, "customer", "")
    with parts.views.reading() as view:
        if kind == "invitation":
            job = _invitation(view, document, local)
        else:
            job = _again(view, document, local) if document else _balance(view, customer, local)
    job_id = f"slip:asked:{parts.ids.token(ID_ALPHABET, 16)}"
    with parts.store.writing("slip asked for") as txn:
        txn.slips.add(SlipJob(job_id, job.kind, job.document, job.customer_id, job.facts))
    if parts.actor is None:
        return {"slip": job_id}
    return parts.actor.ask(lambda watch: {"slip": job_id})  # wakes the printer's thread


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


def _invitation(view: View, written: str, local: str) -> SlipJob:
    number, rules = document_id(written), active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    if not view.documents.exists(number):
        raise AgentError("DOC-02", document=number)
    facts = SlipFacts(SlipKind.INVITATION, at=local, document=str(number), **terms_figures(rules))
    return SlipJob("", SlipKind.INVITATION, number, None, facts.to_json())


def _again(view: View, written: str, local: str) -> SlipJob:
    number = document_id(written)
    jobs = view.slips.by_document(number)
    if not jobs:
        raise AgentError("SLP-02", why="no_slip")
    first = jobs[0]
    return SlipJob("", first.kind, number, first.customer_id, {**first.facts, "copy_at": local})


def _balance(view: View, wanted: str, local: str) -> SlipJob:
    customer = find_one(view, wanted)
    rules = active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    events = [chained.event for chained in view.ledger.by_customer(customer.id)]
    facts: SlipFacts = balance_slip(events, customer.id, local, rules)
    return SlipJob("", SlipKind.BALANCE, None, customer.id, facts.to_json())
