"""Whatever order events come in, repeated, contradicted or rolled back: the chain has no gap and verifies."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.examples import examples

from pos_agent.ledger.chain import verify
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.store.errors import EventConflict
from pos_agent.store.integrity import check_all
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

KEYS = Keys.derive(bytes(32))


class StillClock:
    def monotonic(self):
        return 0.0

    def now(self):
        return datetime(2026, 11, 21, tzinfo=UTC)

    def wait(self, event, seconds):
        return event.is_set()


class HashIds:
    count = 0

    def token(self, alphabet, length):
        HashIds.count += 1
        noise = hashlib.shake_256(b"%d" % HashIds.count).digest(length)
        return "".join(alphabet[byte % len(alphabet)] for byte in noise)


def event(name, content):
    entry = Entry(f"{name}:GIFT", EntryKind.GIFT, "main", content)
    at, date = "2026-11-21T10:00:00+03:00", "2026-11-21"
    return LedgerEvent(name, EventKind.GIFT, "till-1", at, date, f"c-{content}", entries=(entry,))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.db"
    Store.open(path, KEYS, StillClock(), HashIds()).close()
    return path


steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), max_size=4),
        st.sampled_from(["commit", "roll back", "reopen"]),
    ),
    max_size=8,
)


class AbandonedError(Exception):
    pass


@settings(max_examples=examples(20))
@given(steps=steps)
def test_any_interleaving_keeps_a_gapless_chain(steps, template):
    expected: dict[str, int] = {}  # the model: first committed content of each id, in order
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        shutil.copy(template, path)
        store = Store.open(path, KEYS, StillClock(), HashIds())
        try:
            for batch, end in steps:
                draft = dict(expected)
                refused = any(draft.setdefault(name, content) != content for name, content in batch)
                try:
                    with store.writing("batch") as txn:
                        for name, content in batch:
                            txn.ledger.append(event(name, content))
                        if end == "roll back":
                            raise AbandonedError
                    assert not refused
                    expected = draft
                except EventConflict:
                    assert refused
                except AbandonedError:
                    assert not refused
                if end == "reopen":
                    store.close()
                    store = Store.open(path, KEYS, StillClock(), HashIds())
            with store.reading() as view:
                chained = list(view.ledger.range())
                assert [one.seq for one in chained] == list(range(1, len(expected) + 1))
                assert [one.event for one in chained] == [event(name, content) for name, content in expected.items()]
                head = view.ledger.head()
                assert verify(chained, (head.seq, head.hash)) == []
                assert check_all(view) == ()
        finally:
            store.close()
