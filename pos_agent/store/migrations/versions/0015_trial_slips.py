"""Trial slips of an installer are queued too: about no receipt and no customer.

Revision 0015. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.

A check cannot be changed in place: the table is built anew and takes the rows over in their order, each whole.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    """
    CREATE TABLE slip_job_new (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        fn_serial TEXT,
        fd_number INTEGER,
        customer_id TEXT,
        facts TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT kind_known CHECK (kind IN ('receipt', 'return', 'invitation', 'balance', 'why', 'note', 'trial')),
        CONSTRAINT state_known CHECK (state IN ('pending', 'printing', 'printed', 'expired', 'failed')),
        CONSTRAINT document_whole CHECK ((fn_serial IS NULL) = (fd_number IS NULL)),
        CONSTRAINT about_something CHECK (fn_serial IS NOT NULL OR customer_id IS NOT NULL OR kind = 'trial'),
        CONSTRAINT attempts_range CHECK (attempts >= 0)
    ) STRICT
    """,
    """
    INSERT INTO slip_job_new (rowid, id, kind, fn_serial, fd_number, customer_id, facts, state, created_at, changed_at,
        attempts, reason)
    SELECT rowid, id, kind, fn_serial, fd_number, customer_id, facts, state, created_at, changed_at, attempts, reason
    FROM slip_job ORDER BY rowid
    """,
    "DROP TABLE slip_job",
    "ALTER TABLE slip_job_new RENAME TO slip_job",
    "CREATE INDEX slip_job_waiting ON slip_job (state, created_at)",
    """
    CREATE TRIGGER slip_job_ends_once BEFORE UPDATE ON slip_job WHEN OLD.state IN ('printed', 'expired', 'failed')
    BEGIN SELECT RAISE(ABORT, 'slip_job: what ended does not come back'); END
    """,
    "PRAGMA user_version = 15",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
