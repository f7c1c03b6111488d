"""Shadow rules: how far each of them has looked, and the sales that they would have priced otherwise.

Revision 0010. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0008"

STATEMENTS = (
    """
    CREATE TABLE shadow_run (
        rules_hash TEXT NOT NULL,
        through_seq INTEGER NOT NULL,
        priced INTEGER NOT NULL,
        differing INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        problem TEXT NOT NULL,
        begun_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (rules_hash),
        CONSTRAINT hash_form CHECK (length(rules_hash) = 64),
        CONSTRAINT counts CHECK (through_seq >= 0 AND differing BETWEEN 0 AND priced AND failed >= 0)
    ) STRICT
    """,
    """
    CREATE TRIGGER shadow_run_forward BEFORE UPDATE ON shadow_run
    WHEN NEW.rules_hash <> OLD.rules_hash OR NEW.through_seq < OLD.through_seq OR NEW.priced < OLD.priced
    BEGIN SELECT RAISE(ABORT, 'shadow_run: a run only goes on'); END
    """,
    """
    CREATE TABLE shadow_difference (
        rules_hash TEXT NOT NULL,
        seq INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        business_date TEXT NOT NULL,
        source TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (rules_hash, seq),
        FOREIGN KEY(rules_hash) REFERENCES shadow_run (rules_hash),
        CONSTRAINT source_known CHECK (source IN ('basket', 'ledger')),
        CONSTRAINT seq_range CHECK (seq > 0)
    ) STRICT
    """,
    "CREATE INDEX shadow_difference_day ON shadow_difference (rules_hash, business_date)",
    """
    CREATE TRIGGER shadow_difference_stays_itself BEFORE UPDATE ON shadow_difference
    BEGIN SELECT RAISE(ABORT, 'shadow_difference: what was found stays as it was found'); END
    """,
    "PRAGMA user_version = 10",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
