"""Tables of promo codes. The migrations make them; a test holds both equal (see `schema`)."""

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

issued_code = Table(
    "issued_code",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("batch", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("per_customer", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("revoked", Integer, nullable=False),
    Column("fn_serial", Text),
    Column("fd_number", Integer),
    Column("issued_at", Text, nullable=False),
    CheckConstraint("length(code) BETWEEN 1 AND 200 AND length(batch) >= 1", name="code_form"),
    CheckConstraint("times >= 0", name="times_range"),
    CheckConstraint("per_customer IN (0, 1) AND revoked IN (0, 1)", name="flags"),
    CheckConstraint("source IN ('list', 'coupon', 'seen')", name="source_known"),
    CheckConstraint("(source = 'coupon') = (fn_serial IS NOT NULL)", name="coupon_has_document"),
    CheckConstraint("(fn_serial IS NULL) = (fd_number IS NULL)", name="document_whole"),
    Index("issued_code_text", "batch", "code"),
    sqlite_strict=True,
)

code_use = Table(
    "code_use",
    metadata,
    Column("code_id", Text, ForeignKey("issued_code.id"), nullable=False),
    Column("draft", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("fn_serial", Text),
    Column("fd_number", Integer),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("code_id", "draft"),
    CheckConstraint("state IN ('reserved', 'used', 'issued')", name="state_known"),
    CheckConstraint("state <> 'used' OR fn_serial IS NOT NULL", name="used_names_document"),
    CheckConstraint("(fn_serial IS NULL) = (fd_number IS NULL)", name="document_whole"),
    Index("code_use_draft", "draft"),
    sqlite_strict=True,
)

code_key = Table(
    "code_key",
    metadata,
    Column("batch", Text, primary_key=True, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("added_at", Text, nullable=False),
    sqlite_strict=True,
)
