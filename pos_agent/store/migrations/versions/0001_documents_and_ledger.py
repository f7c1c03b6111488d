"""The register, the documents of its fiscal storages, and the ledger that only grows.

Revision 0001. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    "PRAGMA application_id = 1347375937",  # the letters POSA
    """
    CREATE TABLE register_meta (
        id INTEGER NOT NULL,
        epoch TEXT NOT NULL,
        created_at TEXT NOT NULL,
        key_check BLOB NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT one_row CHECK (id = 1),
        CONSTRAINT epoch_form CHECK (length(epoch) = 32)
    ) STRICT
    """,
    """
    CREATE TABLE fiscal_document (
        fn_serial TEXT NOT NULL,
        fd_number INTEGER NOT NULL,
        form INTEGER,
        fpd INTEGER,
        at TEXT,
        operation INTEGER,
        total_kop INTEGER,
        raw_sealed BLOB,
        decoded TEXT,
        state TEXT NOT NULL,
        stored_at TEXT NOT NULL,
        PRIMARY KEY (fn_serial, fd_number),
        CONSTRAINT fd_range CHECK (fd_number >= 1),
        CONSTRAINT state_known CHECK (state IN ('whole', 'short', 'damaged')),
        CONSTRAINT operation_known CHECK (operation IS NULL OR operation BETWEEN 1 AND 4),
        CONSTRAINT total_range CHECK (total_kop IS NULL OR total_kop >= 0),
        CONSTRAINT whole_has_content CHECK (state <> 'whole' OR (raw_sealed IS NOT NULL AND form IS NOT NULL))
    ) STRICT
    """,
    """
    CREATE TRIGGER fiscal_document_whole_stays BEFORE UPDATE ON fiscal_document WHEN OLD.state = 'whole'
    BEGIN SELECT RAISE(ABORT, 'fiscal_document: a whole document is never changed'); END
    """,
    """
    CREATE TABLE ledger_event (
        seq INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        customer_id TEXT,
        business_date TEXT NOT NULL,
        at TEXT NOT NULL,
        fn_serial TEXT,
        fd_number INTEGER,
        body TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (event_id),
        CONSTRAINT seq_range CHECK (seq >= 1),
        CONSTRAINT event_id_form CHECK (length(event_id) BETWEEN 1 AND 200),
        CONSTRAINT business_date_form CHECK (length(business_date) = 10),
        CONSTRAINT hash_form CHECK (length(prev_hash) = 64 AND length(hash) = 64),
        CONSTRAINT document_whole CHECK ((fn_serial IS NULL) = (fd_number IS NULL))
    ) STRICT
    """,
    "CREATE INDEX ledger_event_customer ON ledger_event (customer_id, seq)",
    "CREATE INDEX ledger_event_document ON ledger_event (fn_serial, fd_number)",
    """
    CREATE TRIGGER ledger_event_in_chain BEFORE INSERT ON ledger_event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger_event)
      OR NEW.prev_hash IS NOT coalesce(
        (SELECT hash FROM ledger_event ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
      OR EXISTS (SELECT 1 FROM ledger_event WHERE event_id = NEW.event_id)
    BEGIN SELECT RAISE(ABORT, 'ledger_event: a row follows the last one, its hash, and has an id of its own'); END
    """,
    """
    CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event
    BEGIN SELECT RAISE(ABORT, 'ledger_event: rows are never changed'); END
    """,
    """
    CREATE TRIGGER ledger_event_no_delete BEFORE DELETE ON ledger_event
    BEGIN SELECT RAISE(ABORT, 'ledger_event: rows are never changed'); END
    """,
    """
    CREATE TABLE ledger_entry (
        entry_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        program TEXT NOT NULL,
        customer_id TEXT,
        amount_pt INTEGER,
        lot TEXT NOT NULL,
        earned TEXT NOT NULL,
        active_from TEXT NOT NULL,
        expires TEXT NOT NULL,
        PRIMARY KEY (entry_id),
        CONSTRAINT kind_known CHECK (kind IN (
            'ACCRUE', 'ACTIVATE', 'REPAY', 'HOLD', 'UNHOLD', 'SPEND', 'RESTORE',
            'REVERSE', 'EXPIRE', 'GIFT', 'ADJUST', 'MERGE', 'SETTLE')),
        CONSTRAINT amount_range CHECK (amount_pt IS NULL OR amount_pt >= 0 OR kind = 'ADJUST'),
        CONSTRAINT amount_present CHECK (amount_pt IS NOT NULL OR kind IN ('EXPIRE', 'ACTIVATE', 'RESTORE', 'REVERSE')),
        FOREIGN KEY(seq) REFERENCES ledger_event (seq)
    ) STRICT
    """,
    "CREATE INDEX ledger_entry_customer ON ledger_entry (customer_id, program)",
    "CREATE INDEX ledger_entry_seq ON ledger_entry (seq)",
    """
    CREATE TRIGGER ledger_entry_with_its_event BEFORE INSERT ON ledger_entry
    WHEN NEW.seq IS NOT (SELECT max(seq) FROM ledger_event)
      OR EXISTS (SELECT 1 FROM ledger_entry WHERE entry_id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'ledger_entry: an entry is written with its event, once'); END
    """,
    """
    CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'ledger_entry: rows are never changed'); END
    """,
    """
    CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'ledger_entry: rows are never changed'); END
    """,
    """
    CREATE TABLE ledger_quarantine (
        body_hash TEXT NOT NULL,
        event_id TEXT NOT NULL,
        body TEXT NOT NULL,
        reason TEXT NOT NULL,
        refused_at TEXT NOT NULL,
        PRIMARY KEY (body_hash),
        CONSTRAINT hash_form CHECK (length(body_hash) = 64)
    ) STRICT
    """,
    """
    CREATE TRIGGER ledger_quarantine_no_update BEFORE UPDATE ON ledger_quarantine
    BEGIN SELECT RAISE(ABORT, 'ledger_quarantine: what was refused is kept'); END
    """,
    """
    CREATE TRIGGER ledger_quarantine_no_delete BEFORE DELETE ON ledger_quarantine
    BEGIN SELECT RAISE(ABORT, 'ledger_quarantine: what was refused is kept'); END
    """,
    """
    CREATE TABLE fn_series (
        fn_serial TEXT NOT NULL,
        register TEXT NOT NULL,
        first_fd INTEGER NOT NULL,
        cursor_fd INTEGER NOT NULL,
        quiet_fd INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (fn_serial),
        CONSTRAINT cursor_range CHECK (first_fd >= 1 AND cursor_fd >= first_fd - 1),
        CONSTRAINT quiet_range CHECK (quiet_fd >= first_fd - 1),
        CONSTRAINT state_known CHECK (state IN ('active', 'replaced'))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX fn_series_active ON fn_series (register) WHERE state = 'active'",
    """
    CREATE TRIGGER fn_series_cursor_forward BEFORE UPDATE ON fn_series WHEN NEW.cursor_fd < OLD.cursor_fd
    BEGIN SELECT RAISE(ABORT, 'fn_series: the cursor never moves back'); END
    """,
    """
    CREATE TRIGGER fn_series_cursor_on_document BEFORE UPDATE ON fn_series
    WHEN NEW.cursor_fd > OLD.cursor_fd AND NOT EXISTS (
      SELECT 1 FROM fiscal_document WHERE fn_serial = NEW.fn_serial AND fd_number = NEW.cursor_fd)
    BEGIN SELECT RAISE(ABORT, 'fn_series: the cursor moves only onto a stored document'); END
    """,
    """
    CREATE TRIGGER fn_series_same_storage BEFORE UPDATE ON fn_series
    WHEN NEW.fn_serial <> OLD.fn_serial OR NEW.first_fd > OLD.first_fd
    BEGIN SELECT RAISE(ABORT, 'fn_series: a series keeps its storage and what it covers'); END
    """,
    """
    CREATE TRIGGER fn_series_stays BEFORE DELETE ON fn_series
    BEGIN SELECT RAISE(ABORT, 'fn_series: a series is never forgotten'); END
    """,
    "PRAGMA user_version = 1",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
