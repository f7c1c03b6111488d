"""A real process is killed (SIGKILL) just before or just after a commit: what is found afterwards is whole."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pos_agent.clock import SystemClock, SystemIds
from pos_agent.store.integrity import check_all
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store

CHILD = """
import os, signal, sys
from pathlib import Path
from pos_agent.clock import SystemClock, SystemIds
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import DocumentState, StoredDocument
from pos_agent.store.keys import load_keys
from pos_agent.store.slips import SlipJob, SlipKind
from pos_agent.store.store import Store

directory, point = Path(sys.argv[1]), sys.argv[2]

def reached(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

path, ids = directory / "store.db", SystemIds()
keys = load_keys(directory / "keys" / "pii.key", ids, create=not path.exists())
store = Store.open(path, keys, SystemClock(), ids, reached)
with store.writing("contact") as txn:
    number = txn.series.contact("till-1", "9999", 100).cursor_fd + 1
for number in range(number, number + 3):
    with store.writing(f"document-{number}") as txn:
        document = DocumentId("9999", number)
        decoded = {"tags": []}
        txn.documents.put(StoredDocument(document, DocumentState.WHOLE, 3, number, raw=b"x" * 5000, decoded=decoded))
        event = f"receipt:{document}"
        entries = (Entry(f"{event}:ACCRUE:r", EntryKind.ACCRUE, "main", number),)
        at, date = "2026-11-21T10:00:00+03:00", "2026-11-21"
        facts = {"at": at, "business_date": date, "customer": "c-1", "document": document, "entries": entries}
        txn.ledger.append(LedgerEvent(event, EventKind.RECEIPT, "till-1", **facts))
        txn.slips.add(SlipJob(f"slip:{document}", SlipKind.RECEIPT, document))
        txn.series.advance("9999", number)
"""


def run_until(directory: Path, point: str) -> int:
    return subprocess.run([sys.executable, "-c", CHILD, str(directory), point], timeout=60, check=False).returncode


def open_store(directory: Path) -> Store:
    ids = SystemIds()
    keys = load_keys(directory / "keys" / "pii.key", ids, create=False)
    return Store.open(directory / "store.db", keys, SystemClock(), ids)


@pytest.mark.parametrize(
    ("point", "last_fd"),
    [
        ("before:contact", None),
        ("after:contact", 100),
        ("after:document-101", 101),
        ("before:document-103", 102),
        ("after:document-103", 103),
    ],
)
def test_after_a_kill_a_document_is_there_with_all_its_rows_or_not_at_all(tmp_path, point, last_fd):
    assert run_until(tmp_path, point) == -signal.SIGKILL
    assert last_fd is None or (tmp_path / "store.db-wal").stat().st_size > 0, "the kill left work for recovery"
    expected = list(range(101, (last_fd or 100) + 1))
    with open_store(tmp_path) as store, store.reading() as view:
        series = view.series.get("9999")
        assert (series and series.cursor_fd) == last_fd
        assert [document.fd_number for document in view.documents.ids()] == expected
        events = list(view.ledger.range())
        assert [event.event.document.fd_number for event in events] == expected
        assert [slip.document.fd_number for slip in view.slips.waiting()] == expected
        assert check_all(view) == ()
    assert not (tmp_path / "damaged").exists()


def test_work_goes_on_after_each_of_many_kills(tmp_path):
    points = ["after:document-101", "before:document-103", "never"]
    outcomes = [run_until(tmp_path, point) for point in points]
    assert outcomes == [-signal.SIGKILL] * 2 + [0]
    with open_store(tmp_path) as store, store.reading() as view:
        assert [event.seq for event in view.ledger.range()] == list(range(1, 6))
        assert view.series.get("9999").cursor_fd == 105
        assert check_all(view) == ()


@pytest.mark.parametrize("point", ["before:migrate-0002", "before:create"])
def test_a_kill_while_the_database_is_made_leaves_nothing_in_its_place(tmp_path, point):
    assert run_until(tmp_path, point) == -signal.SIGKILL
    assert not (tmp_path / "store.db").exists()
    assert run_until(tmp_path, "never") == 0
    assert not list(tmp_path.glob("*.new*"))
    with open_store(tmp_path) as store, store.reading() as view:
        assert check_all(view) == ()


def test_a_killed_owner_frees_the_directory_and_its_uncommitted_rows_are_gone(tmp_path):
    assert run_until(tmp_path, "before:document-102") == -signal.SIGKILL
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        assert reader.execute("SELECT max(fd_number) FROM fiscal_document").fetchone() == (101,)
    open_store(tmp_path).close()
