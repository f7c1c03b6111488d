"""Gifts, adjustments, allowances and merges of cards: each written down with its id before it happens.

Revision 0008. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE points_order (
        id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT id_form CHECK (length(id) BETWEEN 1 AND 120),
        CONSTRAINT hash_form CHECK (length(content_hash) = 64),
        CONSTRAINT state_known CHECK (state IN ('asked', 'done'))
    ) STRICT
    """,
    "CREATE INDEX points_order_asked ON points_order (asked_at) WHERE state = 'asked'",
    """
    CREATE TRIGGER points_order_begins_asked BEFORE INSERT ON points_order WHEN NEW.state <> 'asked'
    BEGIN SELECT RAISE(ABORT, 'points_order: an order is written down before it is done'); END
    """,
    """
    CREATE TRIGGER points_order_done_with_its_event BEFORE UPDATE ON points_order
    WHEN NEW.id <> OLD.id OR NEW.content_hash <> OLD.content_hash OR NEW.body <> OLD.body OR NEW.state <> 'done'
      OR NOT EXISTS (SELECT 1 FROM ledger_event WHERE event_id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'points_order: it only becomes done, with its event in the ledger'); END
    """,
    """
    CREATE TRIGGER points_order_stays BEFORE DELETE ON points_order
    BEGIN SELECT RAISE(ABORT, 'points_order: an order is never forgotten'); END
    """,
    "CREATE INDEX ledger_event_merge ON ledger_event (seq) WHERE kind = 'merge'",
    "PRAGMA user_version = 8",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
