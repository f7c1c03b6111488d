"""Table of orders about points. The migrations make it; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Text, text

from pos_agent.store.schema import metadata

points_order = Table(
    "points_order",
    metadata,
    Column("id", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    CheckConstraint("length(id) BETWEEN 1 AND 120", name="id_form"),
    CheckConstraint("length(content_hash) = 64", name="hash_form"),
    CheckConstraint("state IN ('asked', 'done')", name="state_known"),
    Index("points_order_asked", "asked_at", sqlite_where=text("state = 'asked'")),
    sqlite_strict=True,
)
