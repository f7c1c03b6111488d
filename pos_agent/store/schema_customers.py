"""Tables of what is known of customers beside their contacts, and of confirmation codes (migration 0012)."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from pos_agent.store.schema import metadata

customer_mark = Table(
    "customer_mark",
    metadata,
    Column("customer_id", Text, ForeignKey("customer.id"), primary_key=True, nullable=False),
    Column("no_offer", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("provisional", Integer, nullable=False),
    Column("changed_at", Text, nullable=False),
    CheckConstraint("no_offer IN (0, 1) AND blocked IN (0, 1) AND provisional IN (0, 1)", name="flags"),
    sqlite_strict=True,
)

customer_segment = Table(
    "customer_segment",
    metadata,
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False),
    Column("segment", Text, nullable=False),
    Column("first_day", Text, nullable=False),
    Column("end_day", Text, nullable=False),
    Column("put_at", Text, nullable=False),
    PrimaryKeyConstraint("customer_id", "segment"),
    CheckConstraint("length(segment) BETWEEN 1 AND 64", name="segment_form"),
    sqlite_strict=True,
)

consent_said = Table(
    "consent_said",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("given", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("place", Text, nullable=False),
    CheckConstraint("kind IN ('processing', 'messages')", name="kind_known"),
    CheckConstraint("given IN (0, 1)", name="given_flag"),
    Index("consent_said_customer", "customer_id", "id"),
    sqlite_strict=True,
)

friend_code = Table(
    "friend_code",
    metadata,
    Column("code", Text, primary_key=True, nullable=False),
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False, unique=True),
    CheckConstraint("length(code) BETWEEN 4 AND 20", name="code_form"),
    sqlite_strict=True,
)

brought = Table(
    "brought",
    metadata,
    Column("newcomer_id", Text, ForeignKey("customer.id"), primary_key=True, nullable=False),
    Column("friend_id", Text, ForeignKey("customer.id"), nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("newcomer_id <> friend_id", name="not_oneself"),
    Index("brought_friend", "friend_id", "at"),
    sqlite_strict=True,
)

confirmation = Table(
    "confirmation",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("customer_id", Text, ForeignKey("customer.id"), nullable=False),
    Column("register", Text, nullable=False),
    Column("amount_pt", Integer, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    CheckConstraint("tries >= 0", name="tries_range"),
    CheckConstraint("amount_pt >= 0", name="amount_range"),
    Index("confirmation_customer", "customer_id", "register", "made_at"),
    sqlite_strict=True,
)

wrong_code = Table(
    "wrong_code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("kind IN ('confirmation', 'senior')", name="kind_known"),
    Index("wrong_code_at", "register", "at"),
    sqlite_strict=True,
)

senior = Table(
    "senior",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    Column("pin_hash", LargeBinary, nullable=False),
    Column("set_at", Text, nullable=False),
    CheckConstraint("length(name) BETWEEN 1 AND 64", name="name_form"),
    sqlite_strict=True,
)
