"""Tables of the cloud. Plain SQL that PostgreSQL and SQLite both take.

Whatever concerns customers starts its key with (tenant_id, customer_id), so that it can be sharded by customer; an
event of no customer has the customer "". Whose an event id is stands in `event_place`. Rows of a register's chain,
tokens, rules and alarms concern registers and are few columns each. Nothing here names a person: customers are ids.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 2

metadata = MetaData()


def _need(name: str, type_: type[BigInteger] | type[Text]) -> Column[Any]:
    return Column(name, type_, nullable=False)


cloud_meta = Table("cloud_meta", metadata, _need("schema_version", BigInteger), PrimaryKeyConstraint("schema_version"))

token = Table(
    "token",
    metadata,
    _need("token_hash", Text),
    _need("tenant_id", Text),
    _need("role", Text),
    _need("register", Text),
    _need("created_at", Text),
    Column("revoked_at", Text),
    PrimaryKeyConstraint("token_hash"),
    CheckConstraint("role IN ('register', 'owner')", name="role_known"),
    CheckConstraint("(role = 'register') = (register <> '')", name="register_has_a_name"),
)

ledger_event = Table(
    "ledger_event",
    metadata,
    _need("tenant_id", Text),
    _need("customer_id", Text),
    _need("event_id", Text),
    _need("kind", Text),
    _need("register", Text),
    _need("business_date", Text),
    _need("at", Text),
    Column("fn_serial", Text),
    Column("fd_number", BigInteger),
    _need("body", Text),
    _need("body_hash", Text),
    _need("received_at", Text),
    PrimaryKeyConstraint("tenant_id", "customer_id", "event_id"),
)

event_place = Table(
    "event_place",
    metadata,
    _need("tenant_id", Text),
    _need("event_id", Text),
    _need("customer_id", Text),
    _need("body_hash", Text),
    PrimaryKeyConstraint("tenant_id", "event_id"),
)

chain_row = Table(
    "chain_row",
    metadata,
    _need("tenant_id", Text),
    _need("register", Text),
    _need("epoch", Text),
    _need("seq", BigInteger),
    _need("prev_hash", Text),
    _need("hash", Text),
    Column("event_id", Text),
    Column("customer_id", Text),
    _need("parked", Text),
    _need("received_at", Text),
    PrimaryKeyConstraint("tenant_id", "register", "epoch", "seq"),
    CheckConstraint("seq >= 1", name="seq_range"),
    CheckConstraint("(event_id IS NULL) = (parked <> '')", name="content_or_reason"),
    CheckConstraint("(event_id IS NULL) = (customer_id IS NULL)", name="event_whole"),
    Index("chain_row_event", "tenant_id", "event_id"),
)

hold_feed = Table(
    "hold_feed",
    metadata,
    _need("tenant_id", Text),
    _need("number", BigInteger),
    _need("event_id", Text),
    _need("customer_id", Text),
    PrimaryKeyConstraint("tenant_id", "number"),
    UniqueConstraint("tenant_id", "event_id", name="hold_numbered_once"),
    CheckConstraint("number >= 1", name="number_range"),
)

alarm = Table(
    "alarm",
    metadata,
    _need("tenant_id", Text),
    _need("alarm_id", Text),
    _need("register", Text),
    _need("epoch", Text),
    _need("seq", BigInteger),
    _need("event_id", Text),
    _need("reason", Text),
    _need("content", Text),
    _need("raised_at", Text),
    PrimaryKeyConstraint("tenant_id", "alarm_id"),
)

rules_version = Table(
    "rules_version",
    metadata,
    _need("tenant_id", Text),
    _need("version", BigInteger),
    _need("format", Text),
    _need("content", Text),
    _need("hash", Text),
    _need("source", Text),
    _need("published_at", Text),
    PrimaryKeyConstraint("tenant_id", "version"),
    CheckConstraint("format IN ('toml', 'json')", name="format_known"),
)

NEVER_CHANGED = ("ledger_event", "event_place", "hold_feed", "alarm", "rules_version")
GENESIS = "printf('%064d', 0)"


def _never(table: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: rows are never changed'); END"
        for what in ("UPDATE", "DELETE")
        if (table, what) != ("chain_row", "UPDATE")
    )


# What the database itself keeps on SQLite. On PostgreSQL the same is done by revoked rights and trigger functions.
SQLITE_GUARDS = (
    *(guard for table in (*NEVER_CHANGED, "chain_row") for guard in _never(table)),
    f"""CREATE TRIGGER chain_row_follows BEFORE INSERT ON chain_row
    WHEN NEW.seq IS NOT 1 + (SELECT coalesce(max(seq), 0) FROM chain_row
        WHERE tenant_id = NEW.tenant_id AND register = NEW.register AND epoch = NEW.epoch)
      OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM chain_row WHERE tenant_id = NEW.tenant_id
        AND register = NEW.register AND epoch = NEW.epoch AND seq = NEW.seq - 1), {GENESIS})
    BEGIN SELECT RAISE(ABORT, 'chain_row: a row follows the last one and its hash'); END""",
    """CREATE TRIGGER chain_row_is_only_filled BEFORE UPDATE ON chain_row
    WHEN OLD.parked = '' OR NEW.parked <> '' OR NEW.hash <> OLD.hash OR NEW.prev_hash <> OLD.prev_hash
      OR NEW.seq <> OLD.seq OR NEW.epoch <> OLD.epoch OR NEW.register <> OLD.register OR NEW.tenant_id <> OLD.tenant_id
    BEGIN SELECT RAISE(ABORT, 'chain_row: only the content of a parked row may come later'); END""",
)


def create(connection: sa.Connection) -> None:
    """Tables and guards of a new database."""
    metadata.create_all(connection)
    if connection.dialect.name == "sqlite":
        for statement in SQLITE_GUARDS:
            connection.exec_driver_sql(statement)
    connection.execute(cloud_meta.insert().values(schema_version=SCHEMA_VERSION))


def add_hold_feed(connection: sa.Connection) -> None:
    """From schema 1 to 2: the empty table."""
    hold_feed.create(connection)
    if connection.dialect.name == "sqlite":
        for statement in _never("hold_feed"):
            connection.exec_driver_sql(statement)
    connection.execute(cloud_meta.update().values(schema_version=2))
