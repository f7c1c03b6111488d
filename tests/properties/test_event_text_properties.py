"""Canonical text of any event round trips; the chain shows any row changed, removed or moved."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.ledger.canonical import event_from_json, event_to_json
from pos_agent.ledger.chain import GENESIS, link, verify
from pos_agent.model.events import ChainedEvent, Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

WORDS = st.text(max_size=12)
DOCUMENTS = st.builds(DocumentId, st.text("0123456789", min_size=1, max_size=16), st.integers(0, 10**9))
ENTRIES = st.builds(
    Entry, WORDS, st.sampled_from(EntryKind), WORDS, st.none() | st.integers(), WORDS, WORDS, WORDS, WORDS
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    LedgerEvent,
    id=WORDS,
    kind=st.sampled_from(EventKind),
    register=WORDS,
    at=WORDS,
    business_date=WORDS,
    customer=st.none() | WORDS,
    document=st.none() | DOCUMENTS,
    fpd=st.none() | st.integers(0, 2**32 - 1),
    purchase=st.none() | st.builds(Purchase, st.integers(), st.none() | DOCUMENTS),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    facts=st.dictionaries(WORDS, JSON, max_size=3),
)


@given(event=EVENTS)
def test_canonical_text_round_trip(event):
    text = event_to_json(event)
    assert event_from_json(text) == event
    assert event_to_json(event_from_json(text)) == text


@st.composite
def chains(draw: st.DrawFn) -> list[ChainedEvent]:
    rows: list[ChainedEvent] = []
    for event in draw(st.lists(EVENTS, min_size=1, max_size=5, unique_by=lambda event: event.id)):
        rows.append(link(rows[-1].hash if rows else GENESIS, len(rows) + 1, event))
    return rows


@given(rows=chains(), data=st.data())
def test_a_chain_shows_any_row_changed_removed_or_moved(rows, data):
    head = (len(rows), rows[-1].hash)
    assert verify(rows, head) == []
    at = data.draw(st.integers(0, len(rows) - 1))
    before, after = rows[:at], rows[at + 1 :]
    assert verify([*before, *after], head)
    moved = data.draw(st.permutations(rows))
    assert (moved == rows) == (verify(moved, head) == [])
    changed = replace(rows[at], event=replace(rows[at].event, register=rows[at].event.register + "!"))
    assert verify([*before, changed, *after], head)
    rewritten = link(changed.prev_hash, changed.seq, changed.event)
    assert verify([*before, rewritten, *after], head)
