"""Table of sales that the agent registers itself. The migrations make it; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, text

from pos_agent.store.schema import metadata

sale_intent = Table(
    "sale_intent",
    metadata,
    Column("sale_id", Text, primary_key=True, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("fn_serial", Text, nullable=False),
    Column("fd_before", Integer, nullable=False),
    Column("shift", Integer, nullable=False),
    Column("total_kop", Integer, nullable=False),
    Column("expected", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("customer_id", Text),
    Column("points_pt", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fd_number", Integer),
    Column("fpd", Integer),
    Column("answer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text),
    UniqueConstraint("fn_serial", "fd_number"),
    CheckConstraint("length(sale_id) BETWEEN 1 AND 100", name="sale_id_form"),
    CheckConstraint("length(content_hash) = 64", name="hash_form"),
    CheckConstraint("fd_before >= 0 AND total_kop >= 0 AND points_pt >= 0 AND attempt >= 1", name="numbers_range"),
    CheckConstraint(
        "state IN ('intent', 'closing', 'registered', 'not_executed', 'needs_operator')", name="state_known"
    ),
    CheckConstraint("(state = 'registered') = (fd_number IS NOT NULL)", name="registered_has_document"),
    CheckConstraint("fd_number IS NULL OR fd_number > fd_before", name="document_is_newer"),
    Index(
        "sale_intent_one_unsettled",
        "register",
        unique=True,
        sqlite_where=text("state IN ('intent', 'closing', 'needs_operator')"),
    ),
    Index("sale_intent_customer", "customer_id", "state"),
    sqlite_strict=True,
)
