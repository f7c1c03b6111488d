"""Points that other registers keep, as the cloud told of them, and how far it has told.

Revision 0014. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    """
    CREATE TABLE hold_elsewhere (
        event_id TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        body TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        PRIMARY KEY (event_id)
    ) STRICT
    """,
    "CREATE INDEX hold_elsewhere_customer ON hold_elsewhere (customer_id)",
    """
    CREATE TRIGGER hold_elsewhere_stays_itself BEFORE UPDATE ON hold_elsewhere
    BEGIN SELECT RAISE(ABORT, 'hold_elsewhere: rows are never changed'); END
    """,
    """
    CREATE TRIGGER hold_elsewhere_stays BEFORE DELETE ON hold_elsewhere
    BEGIN SELECT RAISE(ABORT, 'hold_elsewhere: rows are never deleted'); END
    """,
    """
    CREATE TABLE hold_cursor (
        id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT one_row CHECK (id = 1),
        CONSTRAINT number_range CHECK (number >= 0)
    ) STRICT
    """,
    "PRAGMA user_version = 14",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
