"""Slips to print and versions of the rules.

Revision 0003. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    CREATE TABLE slip_job (
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
        CONSTRAINT kind_known CHECK (kind IN ('receipt', 'return', 'invitation', 'balance')),
        CONSTRAINT state_known CHECK (state IN ('pending', 'printing', 'printed', 'expired', 'failed')),
        CONSTRAINT document_whole CHECK ((fn_serial IS NULL) = (fd_number IS NULL)),
        CONSTRAINT about_something CHECK (fn_serial IS NOT NULL OR customer_id IS NOT NULL),
        CONSTRAINT attempts_range CHECK (attempts >= 0)
    ) STRICT
    """,
    "CREATE INDEX slip_job_waiting ON slip_job (state, created_at)",
    """
    CREATE TRIGGER slip_job_ends_once BEFORE UPDATE ON slip_job WHEN OLD.state IN ('printed', 'expired', 'failed')
    BEGIN SELECT RAISE(ABORT, 'slip_job: what ended does not come back'); END
    """,
    """
    CREATE TABLE rules_version (
        version INTEGER NOT NULL,
        imported_at TEXT NOT NULL,
        source TEXT NOT NULL,
        format TEXT NOT NULL,
        content TEXT NOT NULL,
        hash TEXT NOT NULL,
        active INTEGER NOT NULL,
        PRIMARY KEY (version),
        UNIQUE (hash),
        CONSTRAINT format_known CHECK (format IN ('toml', 'json')),
        CONSTRAINT hash_form CHECK (length(hash) = 64),
        CONSTRAINT active_flag CHECK (active IN (0, 1))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX rules_version_active ON rules_version (active) WHERE active = 1",
    """
    CREATE TRIGGER rules_version_content_stays BEFORE UPDATE OF version, imported_at, source, format, content, hash
    ON rules_version
    BEGIN SELECT RAISE(ABORT, 'rules_version: a version is never changed'); END
    """,
    """
    CREATE TRIGGER rules_version_stays BEFORE DELETE ON rules_version
    BEGIN SELECT RAISE(ABORT, 'rules_version: a version is never deleted'); END
    """,
    "PRAGMA user_version = 3",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
