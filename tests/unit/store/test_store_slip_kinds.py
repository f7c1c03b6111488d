"""Revisions 0013 and 0015: slips get the kind they have on paper; what was queued before stays whole."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from unit.store.test_store_schema import seal_register

from pos_agent.model.receipt import DocumentId
from pos_agent.model.slip import SlipKind
from pos_agent.store import migrate
from pos_agent.store.engine import writer_engine
from pos_agent.store.errors import StoreRefused
from pos_agent.store.slips import SlipJob

FN = "9999078902001234"
AT = "2026-11-21T15:05:00.000+00:00"
OLD = {  # id: kind in the old queue, document, customer, facts, state
    "slip:receipt:1": ("receipt", 1042, "c-1", {"kind": "receipt", "at": "2026-11-21T18:05"}, "printed"),
    "slip:why": ("receipt", 1042, "c-1", {"kind": "why", "at": "2026-11-21T18:05"}, "pending"),
    "slip:why:done": ("receipt", 1042, None, {"kind": "why", "at": "2026-11-21T18:06"}, "printed"),
    "slip:note": ("balance", 1042, None, {"kind": "note", "at": "2026-11-21T18:07"}, "failed"),
    "slip:balance": ("balance", None, "c-1", {"kind": "balance", "at": "2026-11-21T18:08"}, "printing"),
    "slip:invitation": ("invitation", 1041, None, {"kind": "invitation", "at": "2026-11-21T18:09"}, "expired"),
    "slip:bare": ("return", 1043, "c-1", {}, "pending"),  # written before facts had a kind
}
COLUMNS = "id, kind, fn_serial, fd_number, customer_id, facts, state, created_at, changed_at, attempts, reason"
NEW_KINDS = {"slip:why": "why", "slip:why:done": "why", "slip:note": "note"}


@pytest.fixture
def old(path, keys, clock, ids):
    """A database of the schema before, with a slip of each kind; its rows in their order."""
    path.parent.mkdir(mode=0o700)
    engine = writer_engine(path)
    migrate.upgrade(engine, "0012")
    seal_register(engine, keys, clock, ids)
    with engine.begin() as connection:
        for place, (job, (kind, fd, customer, facts, state)) in enumerate(OLD.items()):
            row = (job, kind, FN if fd else None, fd, customer, json.dumps(facts), state, AT, AT, place, f"why {place}")
            connection.exec_driver_sql(f"INSERT INTO slip_job ({COLUMNS}) VALUES ({', '.join('?' * 11)})", row)
    engine.dispose()
    return rows(path)


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT rowid, {COLUMNS} FROM slip_job ORDER BY rowid").fetchall()


def test_every_slip_of_an_old_database_is_kept_under_the_kind_it_has_on_paper(old, path, reopen):
    with reopen() as store, store.reading() as view:
        kinds = {job: view.slips.get(job).kind for job in OLD}
        assert [one.id for one in view.slips.waiting()] == ["slip:bare", "slip:why"]
    assert kinds == {job: SlipKind(NEW_KINDS.get(job, OLD[job][0])) for job in OLD}
    wanted = [(*row[:2], NEW_KINDS.get(row[1], row[2]), *row[3:]) for row in old]
    assert rows(path) == wanted, "nothing else of a row is touched"


def test_the_rules_of_the_queue_hold_after_the_table_was_built_anew(old, path, reopen):
    reopen().close()
    for state in ("pending", "printing"):
        with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError, match="ended"):
            stranger.execute("UPDATE slip_job SET state = ? WHERE id = 'slip:receipt:1'", (state,))
    bad = ("UPDATE slip_job SET kind = 'poster' WHERE id = 'slip:why'", "UPDATE slip_job SET attempts = -1",
           "UPDATE slip_job SET fn_serial = NULL WHERE id = 'slip:why'")  # fmt: skip
    for statement in bad:
        with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
            stranger.execute(statement)
    with closing(sqlite3.connect(path)) as stranger:
        plan = stranger.execute("EXPLAIN QUERY PLAN SELECT id FROM slip_job WHERE state = 'pending'").fetchall()
    assert "slip_job_waiting" in str(plan)


def test_new_kinds_are_queued_as_they_are(store):
    document = DocumentId(FN, 1042)
    with store.writing("slips") as txn:
        for kind in SlipKind:
            txn.slips.add(SlipJob(f"slip:{kind}", kind, document, facts={"kind": kind.value}))
    with store.reading() as view:
        assert {view.slips.get(f"slip:{kind}").kind for kind in SlipKind} == set(SlipKind)


def test_a_trial_slip_alone_is_about_nothing(store):
    with store.writing("trial") as txn:
        assert txn.slips.add(SlipJob("trial", SlipKind.TRIAL))
    with pytest.raises(StoreRefused, match="about_something"), store.writing("note") as txn:
        txn.slips.add(SlipJob("note", SlipKind.NOTE))
    with store.reading() as view:
        assert [one.id for one in view.slips.waiting()] == ["trial"]
