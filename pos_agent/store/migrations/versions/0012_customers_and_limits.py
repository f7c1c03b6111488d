"""What is known of customers beside their contacts, confirmation codes, seniors.

Revision 0012. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    """
    CREATE TABLE customer_mark (
        customer_id TEXT NOT NULL,
        no_offer INTEGER NOT NULL,
        blocked INTEGER NOT NULL,
        provisional INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (customer_id),
        CONSTRAINT flags CHECK (no_offer IN (0, 1) AND blocked IN (0, 1) AND provisional IN (0, 1)),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    """
    CREATE TABLE customer_segment (
        customer_id TEXT NOT NULL,
        segment TEXT NOT NULL,
        first_day TEXT NOT NULL,
        end_day TEXT NOT NULL,
        put_at TEXT NOT NULL,
        PRIMARY KEY (customer_id, segment),
        CONSTRAINT segment_form CHECK (length(segment) BETWEEN 1 AND 64),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    """
    CREATE TABLE consent_said (
        id INTEGER NOT NULL,
        customer_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        given INTEGER NOT NULL,
        at TEXT NOT NULL,
        place TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT kind_known CHECK (kind IN ('processing', 'messages')),
        CONSTRAINT given_flag CHECK (given IN (0, 1)),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    "CREATE INDEX consent_said_customer ON consent_said (customer_id, id)",
    """
    CREATE TABLE friend_code (
        code TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        PRIMARY KEY (code),
        CONSTRAINT code_form CHECK (length(code) BETWEEN 4 AND 20),
        UNIQUE (customer_id),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    """
    CREATE TABLE brought (
        newcomer_id TEXT NOT NULL,
        friend_id TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (newcomer_id),
        CONSTRAINT not_oneself CHECK (newcomer_id <> friend_id),
        FOREIGN KEY(newcomer_id) REFERENCES customer (id),
        FOREIGN KEY(friend_id) REFERENCES customer (id)
    ) STRICT
    """,
    "CREATE INDEX brought_friend ON brought (friend_id, at)",
    """
    CREATE TABLE confirmation (
        id TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        register TEXT NOT NULL,
        amount_pt INTEGER NOT NULL,
        code_hash BLOB NOT NULL,
        tries INTEGER NOT NULL,
        sale_id TEXT NOT NULL,
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT tries_range CHECK (tries >= 0),
        CONSTRAINT amount_range CHECK (amount_pt >= 0),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    ) STRICT
    """,
    "CREATE INDEX confirmation_customer ON confirmation (customer_id, register, made_at)",
    """
    CREATE TABLE wrong_code (
        id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        register TEXT NOT NULL,
        who TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT kind_known CHECK (kind IN ('confirmation', 'senior'))
    ) STRICT
    """,
    "CREATE INDEX wrong_code_at ON wrong_code (register, at)",
    """
    CREATE TABLE senior (
        name TEXT NOT NULL,
        pin_hash BLOB NOT NULL,
        set_at TEXT NOT NULL,
        PRIMARY KEY (name),
        CONSTRAINT name_form CHECK (length(name) BETWEEN 1 AND 64)
    ) STRICT
    """,
    """
    CREATE TRIGGER consent_said_stays_itself BEFORE UPDATE ON consent_said
    BEGIN SELECT RAISE(ABORT, 'consent_said: what was said stays'); END
    """,
    """
    CREATE TRIGGER consent_said_stays BEFORE DELETE ON consent_said
    BEGIN SELECT RAISE(ABORT, 'consent_said: what was said stays'); END
    """,
    """
    CREATE TRIGGER brought_stays_itself BEFORE UPDATE ON brought
    BEGIN SELECT RAISE(ABORT, 'brought: who brought whom stays'); END
    """,
    """
    CREATE TRIGGER confirmation_steps BEFORE UPDATE ON confirmation
    WHEN NEW.id <> OLD.id OR NEW.customer_id <> OLD.customer_id OR NEW.register <> OLD.register
        OR NEW.amount_pt <> OLD.amount_pt OR NEW.code_hash <> OLD.code_hash OR NEW.tries > OLD.tries
        OR NEW.expires_at <> OLD.expires_at
    BEGIN SELECT RAISE(ABORT, 'confirmation: a code stays itself, tries only go down'); END
    """,
    "CREATE INDEX ledger_event_day ON ledger_event (business_date, seq)",
    "PRAGMA user_version = 12",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
