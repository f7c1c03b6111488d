"""Table of what programs asked. The migrations make it; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from pos_agent.store.schema import metadata

till_request = Table(
    "till_request",
    metadata,
    Column("front", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("content", LargeBinary),
    Column("state", Text, nullable=False),
    Column("loyalty", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("front", "id"),
    CheckConstraint("front IN ('api', 'atol', 'kkmserver')", name="front_known"),
    CheckConstraint("length(content_hash) = 66", name="hash_form"),
    CheckConstraint("state IN ('asked', 'confirmed', 'sent', 'done', 'refused', 'dropped')", name="state_known"),
    CheckConstraint("loyalty IN ('ok', 'late', 'off')", name="loyalty_known"),
    CheckConstraint("(content IS NULL) = (state IN ('done', 'dropped'))", name="content_while_open"),
    Index("till_request_state", "front", "state", "changed_at"),
    sqlite_strict=True,
)
