"""How far the cloud has the ledger, what it would not take, and which of its rules were taken.

Revision 0004. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE sync_cursor (
        epoch TEXT NOT NULL,
        sent_seq INTEGER NOT NULL,
        acked_seq INTEGER NOT NULL,
        acked_hash TEXT NOT NULL,
        acked_at TEXT NOT NULL,
        PRIMARY KEY (epoch),
        CONSTRAINT epoch_form CHECK (length(epoch) = 32),
        CONSTRAINT acked_was_sent CHECK (acked_seq >= 0 AND acked_seq <= sent_seq),
        CONSTRAINT hash_form CHECK (length(acked_hash) = 64)
    ) STRICT
    """,
    """
    CREATE TRIGGER sync_cursor_starts_at_nothing BEFORE INSERT ON sync_cursor
    WHEN NEW.sent_seq <> 0 OR NEW.acked_seq <> 0 OR NEW.acked_hash <> printf('%064d', 0)
      OR EXISTS (SELECT 1 FROM sync_cursor WHERE epoch = NEW.epoch)
    BEGIN SELECT RAISE(ABORT, 'sync_cursor: an epoch starts once, before its first row'); END
    """,
    """
    CREATE TRIGGER sync_cursor_forward BEFORE UPDATE ON sync_cursor
    WHEN NEW.acked_seq < OLD.acked_seq OR NEW.sent_seq < OLD.sent_seq OR NEW.epoch <> OLD.epoch
    BEGIN SELECT RAISE(ABORT, 'sync_cursor: it never moves back'); END
    """,
    """
    CREATE TRIGGER sync_cursor_on_our_rows BEFORE UPDATE ON sync_cursor
    WHEN NEW.sent_seq > (SELECT coalesce(max(seq), 0) FROM ledger_event)
      OR NEW.acked_hash IS NOT coalesce(
        (SELECT hash FROM ledger_event WHERE seq = NEW.acked_seq), printf('%064d', 0))
    BEGIN SELECT RAISE(ABORT, 'sync_cursor: it moves only onto a row of ours, with the hash of that row'); END
    """,
    """
    CREATE TRIGGER sync_cursor_stays BEFORE DELETE ON sync_cursor
    BEGIN SELECT RAISE(ABORT, 'sync_cursor: it is never forgotten'); END
    """,
    """
    CREATE TABLE sync_parked (
        epoch TEXT NOT NULL,
        seq INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        parked_at TEXT NOT NULL,
        PRIMARY KEY (epoch, seq),
        CONSTRAINT reason_form CHECK (length(reason) BETWEEN 1 AND 100)
    ) STRICT
    """,
    """
    CREATE TABLE sync_rules (
        id INTEGER NOT NULL,
        version INTEGER NOT NULL,
        hash TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT one_row CHECK (id = 1),
        CONSTRAINT version_range CHECK (version >= 1),
        CONSTRAINT hash_form CHECK (length(hash) = 64)
    ) STRICT
    """,
    """
    CREATE TRIGGER sync_rules_forward BEFORE UPDATE ON sync_rules WHEN NEW.version <= OLD.version
    BEGIN SELECT RAISE(ABORT, 'sync_rules: an older publication is never taken'); END
    """,
    """
    CREATE TRIGGER sync_rules_stays BEFORE DELETE ON sync_rules
    BEGIN SELECT RAISE(ABORT, 'sync_rules: what was taken is never forgotten'); END
    """,
    "PRAGMA user_version = 4",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
