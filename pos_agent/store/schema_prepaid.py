"""Tables of prepaid accounts and of sales in parts. Made by the migrations; a test holds both equal (see `schema`)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, text

from pos_agent.store.schema import metadata

prepaid_event = Table(
    "prepaid_event",
    metadata,
    Column("account", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    PrimaryKeyConstraint("account", "event_id"),
    CheckConstraint("length(account) BETWEEN 1 AND 120", name="account_form"),
    sqlite_strict=True,
)

prepaid_hold = Table(
    "prepaid_hold",
    metadata,
    Column("sale_id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sum_kop", Integer, nullable=False),
    Column("units_micro", Integer, nullable=False),
    Column("opens", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("sale_id", "account"),
    CheckConstraint("kind IN ('abonement', 'certificate', 'deposit')", name="kind_known"),
    CheckConstraint("sum_kop >= 0 AND units_micro >= 0", name="sums_range"),
    CheckConstraint("opens IN (0, 1)", name="opens_flag"),
    CheckConstraint("state IN ('held', 'recorded', 'free')", name="state_known"),
    Index("prepaid_hold_account", "account", "state"),
    Index("prepaid_hold_one_opening", "account", unique=True, sqlite_where=text("opens = 1 AND state <> 'free'")),
    sqlite_strict=True,
)

split_sale = Table(
    "split_sale",
    metadata,
    Column("sale_id", Text, primary_key=True, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("customer_id", Text),
    Column("points_pt", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    CheckConstraint("length(sale_id) BETWEEN 1 AND 97", name="sale_id_form"),
    CheckConstraint("length(content_hash) = 64", name="hash_form"),
    CheckConstraint("points_pt >= 0 AND parts BETWEEN 2 AND 9", name="numbers_range"),
    CheckConstraint("state IN ('open', 'made', 'ended', 'dropped')", name="state_known"),
    Index("split_sale_state", "register", "state"),
    sqlite_strict=True,
)
