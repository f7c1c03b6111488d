"""Promo codes and coupons: what was given out, who holds or used it, keys of batches.

Revision 0006. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

OVER_LIMIT = """
    WHEN NEW.state <> 'issued' AND EXISTS (
        SELECT 1 FROM issued_code AS code WHERE code.id = NEW.code_id AND code.times > 0 AND code.times <= (
            SELECT count(*) FROM code_use AS other
            WHERE other.code_id = NEW.code_id AND other.draft <> NEW.draft AND other.state <> 'issued'
              AND (code.per_customer = 0 OR other.customer_id = NEW.customer_id)))
    BEGIN SELECT RAISE(ABORT, 'code_use: the code is held or used by another sale'); END
"""

STATEMENTS = (
    """
    CREATE TABLE issued_code (
        id TEXT NOT NULL,
        batch TEXT NOT NULL,
        code TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        register TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT NOT NULL,
        times INTEGER NOT NULL,
        per_customer INTEGER NOT NULL,
        source TEXT NOT NULL,
        revoked INTEGER NOT NULL,
        fn_serial TEXT,
        fd_number INTEGER,
        issued_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT code_form CHECK (length(code) BETWEEN 1 AND 200 AND length(batch) >= 1),
        CONSTRAINT times_range CHECK (times >= 0),
        CONSTRAINT flags CHECK (per_customer IN (0, 1) AND revoked IN (0, 1)),
        CONSTRAINT source_known CHECK (source IN ('list', 'coupon', 'seen')),
        CONSTRAINT coupon_has_document CHECK ((source = 'coupon') = (fn_serial IS NOT NULL)),
        CONSTRAINT document_whole CHECK ((fn_serial IS NULL) = (fd_number IS NULL))
    ) STRICT
    """,
    "CREATE INDEX issued_code_text ON issued_code (batch, code)",
    """
    CREATE TRIGGER issued_code_stays_itself BEFORE UPDATE ON issued_code
    WHEN NEW.id <> OLD.id OR NEW.batch <> OLD.batch OR NEW.code <> OLD.code OR NEW.customer_id <> OLD.customer_id
      OR NEW.register <> OLD.register OR NEW.per_customer <> OLD.per_customer OR NEW.source <> OLD.source
      OR NEW.revoked < OLD.revoked
    BEGIN SELECT RAISE(ABORT, 'issued_code: a code that was given out is never another, a revoked one stays so'); END
    """,
    """
    CREATE TRIGGER issued_code_stays BEFORE DELETE ON issued_code
    BEGIN SELECT RAISE(ABORT, 'issued_code: a code is never forgotten'); END
    """,
    """
    CREATE TABLE code_use (
        code_id TEXT NOT NULL,
        draft TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        state TEXT NOT NULL,
        fn_serial TEXT,
        fd_number INTEGER,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (code_id, draft),
        FOREIGN KEY(code_id) REFERENCES issued_code (id),
        CONSTRAINT state_known CHECK (state IN ('reserved', 'used', 'issued')),
        CONSTRAINT used_names_document CHECK (state <> 'used' OR fn_serial IS NOT NULL),
        CONSTRAINT document_whole CHECK ((fn_serial IS NULL) = (fd_number IS NULL))
    ) STRICT
    """,
    "CREATE INDEX code_use_draft ON code_use (draft)",
    """
    CREATE TRIGGER code_use_begins_reserved BEFORE INSERT ON code_use WHEN NEW.state <> 'reserved'
    BEGIN SELECT RAISE(ABORT, 'code_use: a code is reserved before it is used'); END
    """,
    "CREATE TRIGGER code_use_limit_insert BEFORE INSERT ON code_use" + OVER_LIMIT,
    "CREATE TRIGGER code_use_limit_update BEFORE UPDATE ON code_use" + OVER_LIMIT,
    """
    CREATE TRIGGER code_use_steps BEFORE UPDATE ON code_use
    WHEN NEW.code_id <> OLD.code_id OR NEW.draft <> OLD.draft
      OR (OLD.state = 'used' AND NEW.state = 'reserved') OR (OLD.state = 'issued' AND NEW.state = 'used')
    BEGIN SELECT RAISE(ABORT, 'code_use: no such step in the life of a code'); END
    """,
    """
    CREATE TRIGGER code_use_stays BEFORE DELETE ON code_use
    BEGIN SELECT RAISE(ABORT, 'code_use: a use is never forgotten'); END
    """,
    """
    CREATE TABLE code_key (
        batch TEXT NOT NULL,
        secret_sealed BLOB NOT NULL,
        added_at TEXT NOT NULL,
        PRIMARY KEY (batch)
    ) STRICT
    """,
    "PRAGMA user_version = 6",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
