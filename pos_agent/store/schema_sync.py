"""Tables of the sync with the cloud. The migrations make them; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, PrimaryKeyConstraint, Table, Text

from pos_agent.store.schema import metadata

sync_cursor = Table(
    "sync_cursor",
    metadata,
    Column("epoch", Text, primary_key=True, nullable=False),
    Column("sent_seq", Integer, nullable=False),
    Column("acked_seq", Integer, nullable=False),
    Column("acked_hash", Text, nullable=False),
    Column("acked_at", Text, nullable=False),
    CheckConstraint("length(epoch) = 32", name="epoch_form"),
    CheckConstraint("acked_seq >= 0 AND acked_seq <= sent_seq", name="acked_was_sent"),
    CheckConstraint("length(acked_hash) = 64", name="hash_form"),
    sqlite_strict=True,
)

sync_parked = Table(
    "sync_parked",
    metadata,
    Column("epoch", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("parked_at", Text, nullable=False),
    PrimaryKeyConstraint("epoch", "seq"),
    CheckConstraint("length(reason) BETWEEN 1 AND 100", name="reason_form"),
    sqlite_strict=True,
)

sync_rules = Table(
    "sync_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("version >= 1", name="version_range"),
    CheckConstraint("length(hash) = 64", name="hash_form"),
    sqlite_strict=True,
)
