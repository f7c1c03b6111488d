"""Customers, their personal data (sealed), cards, cached balances, armed cards.

Revision 0002. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE customer (
        id TEXT NOT NULL,
        created_at TEXT NOT NULL,
        consent INTEGER NOT NULL,
        consent_at TEXT,
        advertising INTEGER NOT NULL,
        advertising_at TEXT,
        PRIMARY KEY (id),
        CONSTRAINT id_form CHECK (length(id) BETWEEN 1 AND 64),
        CONSTRAINT flags CHECK (consent IN (0, 1) AND advertising IN (0, 1)),
        CONSTRAINT consent_dated CHECK (consent = 0 OR consent_at IS NOT NULL),
        CONSTRAINT advertising_dated CHECK (advertising = 0 OR advertising_at IS NOT NULL)
    ) STRICT
    """,
    """
    CREATE TABLE personal (
        customer_id TEXT NOT NULL,
        name_sealed BLOB,
        phone_sealed BLOB,
        email_sealed BLOB,
        answers_sealed BLOB,
        phone_token BLOB,
        phone_last_token BLOB,
        email_token BLOB,
        PRIMARY KEY (customer_id),
        CONSTRAINT phone_whole CHECK ((phone_sealed IS NULL) = (phone_token IS NULL)),
        CONSTRAINT phone_last_whole CHECK ((phone_sealed IS NULL) = (phone_last_token IS NULL)),
        CONSTRAINT email_whole CHECK ((email_sealed IS NULL) = (email_token IS NULL)),
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        UNIQUE (phone_token),
        UNIQUE (email_token)
    ) STRICT
    """,
    "CREATE INDEX personal_phone_last ON personal (phone_last_token)",
    """
    CREATE TABLE card (
        code_token BLOB NOT NULL,
        customer_id TEXT NOT NULL,
        code_sealed BLOB NOT NULL,
        last_token BLOB NOT NULL,
        state TEXT NOT NULL,
        added_at TEXT NOT NULL,
        PRIMARY KEY (code_token),
        CONSTRAINT state_known CHECK (state IN ('active', 'blocked')),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    "CREATE INDEX card_customer ON card (customer_id)",
    "CREATE INDEX card_last ON card (last_token)",
    """
    CREATE TABLE balance (
        customer_id TEXT NOT NULL,
        program TEXT NOT NULL,
        active_pt INTEGER NOT NULL,
        pending_pt INTEGER NOT NULL,
        debt_pt INTEGER NOT NULL,
        next_expiry TEXT,
        next_expiry_pt INTEGER,
        pending_from TEXT NOT NULL,
        metric_kop INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        as_of TEXT NOT NULL,
        through_seq INTEGER NOT NULL,
        PRIMARY KEY (customer_id, program),
        CONSTRAINT points_range CHECK (active_pt >= 0 AND pending_pt >= 0 AND debt_pt >= 0),
        CONSTRAINT expiry_whole CHECK ((next_expiry IS NULL) = (next_expiry_pt IS NULL)),
        CONSTRAINT seq_range CHECK (through_seq >= 0)
    ) STRICT
    """,
    """
    CREATE TABLE armed_card (
        id TEXT NOT NULL,
        register TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        fn_serial TEXT NOT NULL,
        fd_at INTEGER NOT NULL,
        armed_at TEXT NOT NULL,
        device_expires_at TEXT NOT NULL,
        host_expires_at TEXT NOT NULL,
        state TEXT NOT NULL,
        used_fn_serial TEXT,
        used_fd_number INTEGER,
        PRIMARY KEY (id),
        UNIQUE (used_fn_serial, used_fd_number),
        CONSTRAINT state_known CHECK (state IN ('armed', 'used', 'expired', 'cancelled')),
        CONSTRAINT used_names_document CHECK ((state = 'used') = (used_fn_serial IS NOT NULL)),
        CONSTRAINT document_whole CHECK ((used_fn_serial IS NULL) = (used_fd_number IS NULL)),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX armed_card_one ON armed_card (register) WHERE state = 'armed'",
    """
    CREATE TRIGGER armed_card_ends_once BEFORE UPDATE ON armed_card WHEN OLD.state <> 'armed'
    BEGIN SELECT RAISE(ABORT, 'armed_card: what ended does not come back'); END
    """,
    "PRAGMA user_version = 2",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
