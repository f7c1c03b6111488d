"""Tables as the code sees them. The migrations make them; a test holds both equal.

STRICT tables know Integer, Text and LargeBinary only. Times are ISO text, JSON is text validated here in Python, and
whatever may name a person is a sealed BLOB or a keyed hash. Triggers are in the migrations.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _table(name: str, *parts: Any) -> Table:  # noqa: ANN401 - columns and constraints share no base
    return Table(name, metadata, *parts, sqlite_strict=True)


def _need(name: str, type_: type[Integer] | type[Text] | type[LargeBinary]) -> Column[Any]:
    return Column(name, type_, nullable=False)


register_meta = _table(
    "register_meta",
    Column("id", Integer, primary_key=True),
    _need("epoch", Text),
    _need("created_at", Text),
    _need("key_check", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("length(epoch) = 32", name="epoch_form"),
)

fiscal_document = _table(
    "fiscal_document",
    _need("fn_serial", Text),
    _need("fd_number", Integer),
    Column("form", Integer),
    Column("fpd", Integer),
    Column("at", Text),
    Column("operation", Integer),
    Column("total_kop", Integer),
    Column("raw_sealed", LargeBinary),
    Column("decoded", Text),
    _need("state", Text),
    _need("stored_at", Text),
    PrimaryKeyConstraint("fn_serial", "fd_number"),
    CheckConstraint("fd_number >= 1", name="fd_range"),
    CheckConstraint("state IN ('whole', 'short', 'damaged')", name="state_known"),
    CheckConstraint("operation IS NULL OR operation BETWEEN 1 AND 4", name="operation_known"),
    CheckConstraint("total_kop IS NULL OR total_kop >= 0", name="total_range"),
    CheckConstraint("state <> 'whole' OR (raw_sealed IS NOT NULL AND form IS NOT NULL)", name="whole_has_content"),
)

ledger_event = _table(
    "ledger_event",
    Column("seq", Integer, primary_key=True),
    _need("event_id", Text),
    _need("kind", Text),
    Column("customer_id", Text),
    _need("business_date", Text),
    _need("at", Text),
    Column("fn_serial", Text),
    Column("fd_number", Integer),
    _need("body", Text),
    _need("prev_hash", Text),
    _need("hash", Text),
    UniqueConstraint("event_id"),
    CheckConstraint("seq >= 1", name="seq_range"),
    CheckConstraint("length(event_id) BETWEEN 1 AND 200", name="event_id_form"),
    CheckConstraint("length(business_date) = 10", name="business_date_form"),
    CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64", name="hash_form"),
    CheckConstraint("(fn_serial IS NULL) = (fd_number IS NULL)", name="document_whole"),
    Index("ledger_event_customer", "customer_id", "seq"),
    Index("ledger_event_document", "fn_serial", "fd_number"),
    Index("ledger_event_merge", "seq", sqlite_where=text("kind = 'merge'")),
    Index("ledger_event_day", "business_date", "seq"),
)

ledger_entry = _table(
    "ledger_entry",
    Column("entry_id", Text, primary_key=True, nullable=False),
    Column("seq", Integer, ForeignKey("ledger_event.seq"), nullable=False),
    _need("kind", Text),
    _need("program", Text),
    Column("customer_id", Text),
    Column("amount_pt", Integer),
    _need("lot", Text),
    _need("earned", Text),
    _need("active_from", Text),
    _need("expires", Text),
    CheckConstraint(
        "kind IN ('ACCRUE', 'ACTIVATE', 'REPAY', 'HOLD', 'UNHOLD', 'SPEND', 'RESTORE', 'REVERSE', 'EXPIRE', 'GIFT',"
        " 'ADJUST', 'MERGE', 'SETTLE')",
        name="kind_known",
    ),
    CheckConstraint("amount_pt IS NULL OR amount_pt >= 0 OR kind = 'ADJUST'", name="amount_range"),
    CheckConstraint(
        "amount_pt IS NOT NULL OR kind IN ('EXPIRE', 'ACTIVATE', 'RESTORE', 'REVERSE')", name="amount_present"
    ),
    Index("ledger_entry_seq", "seq"),
    Index("ledger_entry_customer", "customer_id", "program"),
)

ledger_quarantine = _table(
    "ledger_quarantine",
    Column("body_hash", Text, primary_key=True, nullable=False),
    _need("event_id", Text),
    _need("body", Text),
    _need("reason", Text),
    _need("refused_at", Text),
    CheckConstraint("length(body_hash) = 64", name="hash_form"),
)

fn_series = _table(
    "fn_series",
    Column("fn_serial", Text, primary_key=True, nullable=False),
    _need("register", Text),
    _need("first_fd", Integer),
    _need("cursor_fd", Integer),
    _need("quiet_fd", Integer),
    _need("started_at", Text),
    _need("state", Text),
    CheckConstraint("first_fd >= 1 AND cursor_fd >= first_fd - 1", name="cursor_range"),
    CheckConstraint("quiet_fd >= first_fd - 1", name="quiet_range"),
    CheckConstraint("state IN ('active', 'replaced')", name="state_known"),
    Index("fn_series_active", "register", unique=True, sqlite_where=text("state = 'active'")),
)

customer = _table(
    "customer",
    Column("id", Text, primary_key=True, nullable=False),
    _need("created_at", Text),
    _need("consent", Integer),
    Column("consent_at", Text),
    _need("advertising", Integer),
    Column("advertising_at", Text),
    CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_form"),
    CheckConstraint("consent IN (0, 1) AND advertising IN (0, 1)", name="flags"),
    CheckConstraint("consent = 0 OR consent_at IS NOT NULL", name="consent_dated"),
    CheckConstraint("advertising = 0 OR advertising_at IS NOT NULL", name="advertising_dated"),
)

personal = _table(
    "personal",
    Column("customer_id", Text, ForeignKey("customer.id"), primary_key=True, nullable=False),
    Column("name_sealed", LargeBinary),
    Column("phone_sealed", LargeBinary),
    Column("email_sealed", LargeBinary),
    Column("answers_sealed", LargeBinary),
    Column("phone_token", LargeBinary, unique=True),
    Column("phone_last_token", LargeBinary),
    Column("email_token", LargeBinary, unique=True),
    CheckConstraint("(phone_sealed IS NULL) = (phone_token IS NULL)", name="phone_whole"),
    CheckConstraint("(phone_sealed IS NULL) = (phone_last_token IS NULL)", name="phone_last_whole"),
    CheckConstraint("(email_sealed IS NULL) = (email_token IS NULL)", name="email_whole"),
    Index("personal_phone_last", "phone_last_token"),
)

card = _table(
    "card",
    Column("code_token", LargeBinary, primary_key=True, nullable=False),
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False),
    _need("code_sealed", LargeBinary),
    _need("last_token", LargeBinary),
    _need("state", Text),
    _need("added_at", Text),
    CheckConstraint("state IN ('active', 'blocked')", name="state_known"),
    Index("card_customer", "customer_id"),
    Index("card_last", "last_token"),
)

balance = _table(
    "balance",
    _need("customer_id", Text),
    _need("program", Text),
    _need("active_pt", Integer),
    _need("pending_pt", Integer),
    _need("debt_pt", Integer),
    Column("next_expiry", Text),
    Column("next_expiry_pt", Integer),
    _need("pending_from", Text),
    _need("metric_kop", Integer),
    _need("visits", Integer),
    _need("as_of", Text),
    _need("through_seq", Integer),
    PrimaryKeyConstraint("customer_id", "program"),
    CheckConstraint("active_pt >= 0 AND pending_pt >= 0 AND debt_pt >= 0", name="points_range"),
    CheckConstraint("(next_expiry IS NULL) = (next_expiry_pt IS NULL)", name="expiry_whole"),
    CheckConstraint("through_seq >= 0", name="seq_range"),
)

armed_card = _table(
    "armed_card",
    Column("id", Text, primary_key=True, nullable=False),
    _need("register", Text),
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False),
    _need("fn_serial", Text),
    _need("fd_at", Integer),
    _need("armed_at", Text),
    _need("device_expires_at", Text),
    _need("host_expires_at", Text),
    _need("state", Text),
    Column("used_fn_serial", Text),
    Column("used_fd_number", Integer),
    UniqueConstraint("used_fn_serial", "used_fd_number"),
    CheckConstraint("state IN ('armed', 'used', 'expired', 'cancelled')", name="state_known"),
    CheckConstraint("(state = 'used') = (used_fn_serial IS NOT NULL)", name="used_names_document"),
    CheckConstraint("(used_fn_serial IS NULL) = (used_fd_number IS NULL)", name="document_whole"),
    Index("armed_card_one", "register", unique=True, sqlite_where=text("state = 'armed'")),
)

slip_job = _table(
    "slip_job",
    Column("id", Text, primary_key=True, nullable=False),
    _need("kind", Text),
    Column("fn_serial", Text),
    Column("fd_number", Integer),
    Column("customer_id", Text),
    _need("facts", Text),
    _need("state", Text),
    _need("created_at", Text),
    _need("changed_at", Text),
    _need("attempts", Integer),
    _need("reason", Text),
    CheckConstraint(
        "kind IN ('receipt', 'return', 'invitation', 'balance', 'why', 'note', 'trial')",
        name="kind_known",
    ),
    CheckConstraint("state IN ('pending', 'printing', 'printed', 'expired', 'failed')", name="state_known"),
    CheckConstraint("(fn_serial IS NULL) = (fd_number IS NULL)", name="document_whole"),
    CheckConstraint("fn_serial IS NOT NULL OR customer_id IS NOT NULL OR kind = 'trial'", name="about_something"),
    CheckConstraint("attempts >= 0", name="attempts_range"),
    Index("slip_job_waiting", "state", "created_at"),
)

rules_version = _table(
    "rules_version",
    Column("version", Integer, primary_key=True),
    _need("imported_at", Text),
    _need("source", Text),
    _need("format", Text),
    _need("content", Text),
    _need("hash", Text),
    _need("active", Integer),
    UniqueConstraint("hash"),
    CheckConstraint("format IN ('toml', 'json')", name="format_known"),
    CheckConstraint("length(hash) = 64", name="hash_form"),
    CheckConstraint("active IN (0, 1)", name="active_flag"),
    Index("rules_version_active", "active", unique=True, sqlite_where=text("active = 1")),
)
