"""Tables of what other registers keep. The migrations make them; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from pos_agent.store.schema import metadata

hold_elsewhere = Table(
    "hold_elsewhere",
    metadata,
    Column("event_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    PrimaryKeyConstraint("event_id"),
    Index("hold_elsewhere_customer", "customer_id"),
    sqlite_strict=True,
)

hold_cursor = Table(
    "hold_cursor",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("number >= 0", name="number_range"),
    sqlite_strict=True,
)
