"""What programs asked the agent to do, written down before they are answered.

Revision 0011. Written by hand: Alembic's batch mode would lose triggers and STRICT. Never edited after release.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    """
    CREATE TABLE till_request (
        front TEXT NOT NULL,
        id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        content BLOB,
        state TEXT NOT NULL,
        loyalty TEXT NOT NULL,
        result TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (front, id),
        CONSTRAINT front_known CHECK (front IN ('api', 'atol', 'kkmserver')),
        CONSTRAINT hash_form CHECK (length(content_hash) = 66),
        CONSTRAINT state_known CHECK (state IN ('asked', 'confirmed', 'sent', 'done', 'refused', 'dropped')),
        CONSTRAINT loyalty_known CHECK (loyalty IN ('ok', 'late', 'off')),
        CONSTRAINT content_while_open CHECK ((content IS NULL) = (state IN ('done', 'dropped')))
    ) STRICT
    """,
    "CREATE INDEX till_request_state ON till_request (front, state, changed_at)",
    """
    CREATE TRIGGER till_request_stays_itself BEFORE UPDATE ON till_request
    WHEN NEW.front <> OLD.front OR NEW.id <> OLD.id OR NEW.content_hash <> OLD.content_hash
        OR NEW.created_at <> OLD.created_at
    BEGIN SELECT RAISE(ABORT, 'till_request: a request stays the one that was asked'); END
    """,
    """
    CREATE TRIGGER till_request_steps BEFORE UPDATE ON till_request
    WHEN OLD.state IN ('done', 'dropped')
        OR (OLD.state = 'sent' AND NEW.state NOT IN ('sent', 'done', 'refused'))
    BEGIN SELECT RAISE(ABORT, 'till_request: no such step'); END
    """,
    """
    CREATE TRIGGER till_request_stays BEFORE DELETE ON till_request
    BEGIN SELECT RAISE(ABORT, 'till_request: requests are kept as long as their sales'); END
    """,
    "PRAGMA user_version = 11",
)


def upgrade() -> None:
    """Run in the one transaction that also records the revision."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
