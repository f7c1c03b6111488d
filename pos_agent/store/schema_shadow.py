"""Tables of shadow rules. The migrations make them; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from pos_agent.store.schema import metadata

shadow_run = Table(
    "shadow_run",
    metadata,
    Column("rules_hash", Text, nullable=False),
    Column("through_seq", Integer, nullable=False),
    Column("priced", Integer, nullable=False),
    Column("differing", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("rules_hash"),
    CheckConstraint("length(rules_hash) = 64", name="hash_form"),
    CheckConstraint("through_seq >= 0 AND differing BETWEEN 0 AND priced AND failed >= 0", name="counts"),
    sqlite_strict=True,
)

shadow_difference = Table(
    "shadow_difference",
    metadata,
    Column("rules_hash", Text, ForeignKey("shadow_run.rules_hash"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("rules_hash", "seq"),
    CheckConstraint("source IN ('basket', 'ledger')", name="source_known"),
    CheckConstraint("seq > 0", name="seq_range"),
    Index("shadow_difference_day", "rules_hash", "business_date"),
    sqlite_strict=True,
)
