"""Sales that the agent registers itself, written down before the first byte goes to the printer.

Revision 0005. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE sale_intent (
        sale_id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        register TEXT NOT NULL,
        fn_serial TEXT NOT NULL,
        fd_before INTEGER NOT NULL,
        shift INTEGER NOT NULL,
        total_kop INTEGER NOT NULL,
        expected TEXT NOT NULL,
        plan TEXT NOT NULL,
        customer_id TEXT,
        points_pt INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        fd_number INTEGER,
        fpd INTEGER,
        answer TEXT NOT NULL,
        reason TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT,
        PRIMARY KEY (sale_id),
        UNIQUE (fn_serial, fd_number),
        CONSTRAINT sale_id_form CHECK (length(sale_id) BETWEEN 1 AND 100),
        CONSTRAINT hash_form CHECK (length(content_hash) = 64),
        CONSTRAINT numbers_range CHECK (fd_before >= 0 AND total_kop >= 0 AND points_pt >= 0 AND attempt >= 1),
        CONSTRAINT state_known CHECK (
            state IN ('intent', 'closing', 'registered', 'not_executed', 'needs_operator')),
        CONSTRAINT registered_has_document CHECK ((state = 'registered') = (fd_number IS NOT NULL)),
        CONSTRAINT document_is_newer CHECK (fd_number IS NULL OR fd_number > fd_before)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX sale_intent_one_unsettled ON sale_intent (register) "
    "WHERE state IN ('intent', 'closing', 'needs_operator')",
    "CREATE INDEX sale_intent_customer ON sale_intent (customer_id, state)",
    """
    CREATE TRIGGER sale_intent_registered_stays BEFORE UPDATE ON sale_intent
    WHEN OLD.state = 'registered'
    BEGIN SELECT RAISE(ABORT, 'sale_intent: a registered sale is never changed'); END
    """,
    """
    CREATE TRIGGER sale_intent_same_sale BEFORE UPDATE ON sale_intent
    WHEN NEW.sale_id <> OLD.sale_id OR NEW.content_hash <> OLD.content_hash OR NEW.register <> OLD.register
      OR (OLD.state <> 'not_executed'
          AND (NEW.fn_serial <> OLD.fn_serial OR NEW.fd_before <> OLD.fd_before OR NEW.expected <> OLD.expected
               OR NEW.plan <> OLD.plan OR NEW.points_pt <> OLD.points_pt))
    BEGIN SELECT RAISE(ABORT, 'sale_intent: what was written before the first byte is never changed'); END
    """,
    """
    CREATE TRIGGER sale_intent_stays BEFORE DELETE ON sale_intent
    BEGIN SELECT RAISE(ABORT, 'sale_intent: a sale is never forgotten'); END
    """,
    "PRAGMA user_version = 5",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
