"""Checks of the whole store: what SQLite can tell, the chain, rows against what they were made from, sealed values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby

from pos_agent.ledger.canonical import event_from_json
from pos_agent.ledger.chain import verify
from pos_agent.model.events import ChainedEvent
from pos_agent.store.errors import WrongKey
from pos_agent.store.ledger import entry_rows, event_columns
from pos_agent.store.repositories import View
from pos_agent.store.schema import ledger_entry, ledger_event, metadata

TRIGGERS = frozenset(
    {
        "fiscal_document_whole_stays",
        "ledger_event_in_chain",
        "ledger_event_no_update",
        "ledger_event_no_delete",
        "ledger_entry_with_its_event",
        "ledger_entry_no_update",
        "ledger_entry_no_delete",
        "ledger_quarantine_no_update",
        "ledger_quarantine_no_delete",
        "fn_series_cursor_forward",
        "fn_series_cursor_on_document",
        "fn_series_same_storage",
        "fn_series_stays",
        "armed_card_ends_once",
        "slip_job_ends_once",
        "rules_version_content_stays",
        "rules_version_stays",
        "sale_intent_registered_stays",
        "sale_intent_same_sale",
        "sale_intent_stays",
        "issued_code_stays_itself",
        "issued_code_stays",
        "code_use_begins_reserved",
        "code_use_limit_insert",
        "code_use_limit_update",
        "code_use_steps",
        "code_use_stays",
        "prepaid_event_stays_itself",
        "prepaid_event_stays",
        "prepaid_hold_begins_held",
        "prepaid_hold_steps",
        "prepaid_hold_stays",
        "points_order_begins_asked",
        "points_order_done_with_its_event",
        "points_order_stays",
        "split_sale_steps",
        "split_sale_stays",
        "shadow_run_forward",
        "shadow_difference_stays_itself",
        "till_request_stays_itself",
        "till_request_steps",
        "till_request_stays",
        "hold_elsewhere_stays_itself",
        "hold_elsewhere_stays",
        "consent_said_stays_itself",
        "consent_said_stays",
        "brought_stays_itself",
        "confirmation_steps",
        "sync_cursor_starts_at_nothing",
        "sync_cursor_forward",
        "sync_cursor_on_our_rows",
        "sync_cursor_stays",
        "sync_rules_forward",
        "sync_rules_stays",
    }
)


@dataclass(frozen=True)
class Finding:
    """`check` is the name of the check, `what` where it failed, for the log. No personal data."""

    check: str
    what: str


def check_all(view: View) -> tuple[Finding, ...]:
    """Every finding; empty when the store is whole. Reads everything: minutes on a big database, off the sale path."""
    return tuple(chain(_sqlite(view), _schema(view), _chain(view), _rows(view), _sealed(view), _cursors(view)))


def _sqlite(view: View) -> Iterator[Finding]:
    connection = view.session.connection
    for (text,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
        if text != "ok":
            yield Finding("sqlite", str(text))
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding("foreign_key", f"{row[0]} row {row[1]} -> {row[2]}")


def _schema(view: View) -> Iterator[Finding]:
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')"
    present = set(view.session.connection.exec_driver_sql(query).scalars())
    for name in sorted((TRIGGERS | set(metadata.tables)) - present):
        yield Finding("schema", f"{name} is missing")


def _chain(view: View) -> Iterator[Finding]:
    try:
        for breach in verify(view.ledger.range(), unique_ids=True):
            yield Finding("chain", f"{breach.kind} at {breach.where}: {breach.detail}")
    except ValueError as error:
        yield Finding("chain", f"an event cannot be read: {error}")


def _rows(view: View) -> Iterator[Finding]:
    """Columns beside the body, and entries, repeat what the hashed body says. Both are read once, side by side."""
    connection = view.session.connection
    by_seq = ledger_entry.select().order_by(ledger_entry.c.seq, ledger_entry.c.entry_id)
    groups = groupby(connection.execute(by_seq).mappings(), key=lambda entry: entry["seq"])
    entries_of = next(groups, None)
    for row in connection.execute(ledger_event.select().order_by(ledger_event.c.seq)).mappings():
        try:
            event = event_from_json(row["body"])
        except ValueError:
            return  # told by the chain check
        chained = ChainedEvent(row["seq"], event, row["prev_hash"], row["hash"])
        if any(row[name] != value for name, value in event_columns(chained).items()):
            yield Finding("event_columns", f"seq {chained.seq}")
        while entries_of is not None and entries_of[0] < chained.seq:
            yield Finding("entries", "entries without an event")
            entries_of = next(groups, None)
        stored: list[dict[str, object]] = []
        if entries_of is not None and entries_of[0] == chained.seq:
            stored, entries_of = [dict(entry) for entry in entries_of[1]], next(groups, None)
        if stored != sorted(entry_rows(chained), key=lambda entry: str(entry["entry_id"])):
            yield Finding("entries", f"seq {chained.seq}")
    if entries_of is not None:
        yield Finding("entries", "entries without an event")


def _sealed(view: View) -> Iterator[Finding]:
    for customer_id in view.customers.ids():
        try:
            view.customers.get(customer_id)
            view.customers.answers(customer_id)
        except WrongKey:
            yield Finding("sealed", f"customer {customer_id}")
    for document in view.documents.ids():
        try:
            view.documents.get(document)
        except WrongKey:
            yield Finding("sealed", f"document {document}")


def _cursors(view: View) -> Iterator[Finding]:
    """Every document from the start of a series to its cursor is stored."""
    numbers: dict[str, set[int]] = {}
    for document in view.documents.ids():
        numbers.setdefault(document.fn_serial, set()).add(document.fd_number)
    for series in view.series.all():
        missing = set(range(series.first_fd, series.cursor_fd + 1)) - numbers.get(series.fn_serial, set())
        if missing:
            yield Finding("cursor", f"{series.fn_serial}: {len(missing)} documents missing, first {min(missing)}")
