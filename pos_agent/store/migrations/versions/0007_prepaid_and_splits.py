"""Prepaid accounts (certificates, abonements, deposits): which events touch them, what sales hold; sales in parts.

Revision 0007. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE prepaid_event (
        account TEXT NOT NULL,
        event_id TEXT NOT NULL,
        PRIMARY KEY (account, event_id),
        CONSTRAINT account_form CHECK (length(account) BETWEEN 1 AND 120)
    ) STRICT
    """,
    """
    CREATE TRIGGER prepaid_event_stays_itself BEFORE UPDATE ON prepaid_event
    BEGIN SELECT RAISE(ABORT, 'prepaid_event: what touched an account stays so'); END
    """,
    """
    CREATE TRIGGER prepaid_event_stays BEFORE DELETE ON prepaid_event
    BEGIN SELECT RAISE(ABORT, 'prepaid_event: nothing is forgotten'); END
    """,
    """
    CREATE TABLE prepaid_hold (
        sale_id TEXT NOT NULL,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        sum_kop INTEGER NOT NULL,
        units_micro INTEGER NOT NULL,
        opens INTEGER NOT NULL,
        state TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (sale_id, account),
        CONSTRAINT kind_known CHECK (kind IN ('abonement', 'certificate', 'deposit')),
        CONSTRAINT sums_range CHECK (sum_kop >= 0 AND units_micro >= 0),
        CONSTRAINT opens_flag CHECK (opens IN (0, 1)),
        CONSTRAINT state_known CHECK (state IN ('held', 'recorded', 'free'))
    ) STRICT
    """,
    "CREATE INDEX prepaid_hold_account ON prepaid_hold (account, state)",
    "CREATE UNIQUE INDEX prepaid_hold_one_opening ON prepaid_hold (account) WHERE opens = 1 AND state <> 'free'",
    """
    CREATE TRIGGER prepaid_hold_begins_held BEFORE INSERT ON prepaid_hold WHEN NEW.state <> 'held'
    BEGIN SELECT RAISE(ABORT, 'prepaid_hold: an account is held before it is used'); END
    """,
    """
    CREATE TRIGGER prepaid_hold_steps BEFORE UPDATE ON prepaid_hold
    WHEN NEW.sale_id <> OLD.sale_id OR NEW.account <> OLD.account OR NEW.kind <> OLD.kind OR OLD.state = 'recorded'
      OR (OLD.state = 'free' AND NEW.state = 'recorded')
    BEGIN SELECT RAISE(ABORT, 'prepaid_hold: no such step in the life of a hold'); END
    """,
    """
    CREATE TRIGGER prepaid_hold_stays BEFORE DELETE ON prepaid_hold
    BEGIN SELECT RAISE(ABORT, 'prepaid_hold: a hold is never forgotten'); END
    """,
    """
    CREATE TABLE split_sale (
        sale_id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        register TEXT NOT NULL,
        customer_id TEXT,
        points_pt INTEGER NOT NULL,
        parts INTEGER NOT NULL,
        plan TEXT NOT NULL,
        state TEXT NOT NULL,
        answer TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (sale_id),
        CONSTRAINT sale_id_form CHECK (length(sale_id) BETWEEN 1 AND 97),
        CONSTRAINT hash_form CHECK (length(content_hash) = 64),
        CONSTRAINT numbers_range CHECK (points_pt >= 0 AND parts BETWEEN 2 AND 9),
        CONSTRAINT state_known CHECK (state IN ('open', 'made', 'ended', 'dropped'))
    ) STRICT
    """,
    "CREATE INDEX split_sale_state ON split_sale (register, state)",
    """
    CREATE TRIGGER split_sale_steps BEFORE UPDATE ON split_sale
    WHEN NEW.sale_id <> OLD.sale_id OR NEW.content_hash <> OLD.content_hash OR OLD.state IN ('made', 'ended')
      OR (OLD.state = 'dropped' AND NEW.state <> 'open')
      OR (OLD.state = 'open' AND NEW.state = 'open')
    BEGIN SELECT RAISE(ABORT, 'split_sale: no such step in the life of a sale in parts'); END
    """,
    """
    CREATE TRIGGER split_sale_stays BEFORE DELETE ON split_sale
    BEGIN SELECT RAISE(ABORT, 'split_sale: a sale is never forgotten'); END
    """,
    "PRAGMA user_version = 7",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
