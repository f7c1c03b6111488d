"""Canonical text of events and the hash chain."""

import hashlib
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from pos_agent.ledger.audit import audit, check
from pos_agent.ledger.canonical import event_from_json, event_to_json
from pos_agent.ledger.chain import GENESIS, link, verify
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.canonical import canonical_json
from pos_agent.model.events import ChainedEvent, Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId, Operation

SALE = LedgerEvent(
    id="receipt/9999078902001234/7",
    kind=EventKind.RECEIPT,
    register="till-1",
    at="2026-03-01T12:00:00+03:00",
    business_date="2026-03-01",
    customer="c-1",
    document=DocumentId("9999078902001234", 7),
    fpd=1234567890,
    purchase=Purchase(10000),
    entries=(Entry("e1", EntryKind.ACCRUE, "p", 500, "e1", "2026-03-01", "2026-03-01", "2027-03-02"),),
    facts={"name": "Кофе", "lines": [{"number": 1, "ok": True, "none": None}]},
)
TEXT = (
    '{"at":"2026-03-01T12:00:00+03:00","business_date":"2026-03-01","customer":"c-1","document":"9999078902001234/7",'
    '"entries":[{"active_from":"2026-03-01","amount_pt":500,"earned":"2026-03-01","expires":"2027-03-02","id":"e1",'
    '"kind":"ACCRUE","lot":"e1","program":"p"}],"facts":{"lines":[{"none":null,"number":1,"ok":true}],"name":"Кофе"},'
    '"fpd":1234567890,"id":"receipt/9999078902001234/7","kind":"receipt","purchase":{"net_kop":10000},'
    '"register":"till-1"}'
)


def test_canonical_text_and_back():
    assert event_to_json(SALE) == TEXT
    assert event_from_json(TEXT) == SALE


def test_defaults_are_left_out_so_new_fields_change_no_old_hash():
    bare = LedgerEvent("s", EventKind.SHIFT_OPEN, "t", "2026-03-01T08:00:00+03:00", "2026-03-01")
    assert event_to_json(bare) == (
        '{"at":"2026-03-01T08:00:00+03:00","business_date":"2026-03-01","id":"s","kind":"shift_open","register":"t"}'
    )


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('"register":"till-1"', '"register":"till-1","zone":"x"'),
        TEXT.replace('"at":', '"at": '),
        TEXT.replace('"kind":"receipt"', '"kind":"gossip"'),
        TEXT.replace('"net_kop":10000', '"net_kop":100.0'),
        TEXT.replace('"fpd":1234567890', '"fpd":true'),
        TEXT.replace('"customer":"c-1",', '"customer":null,'),
        TEXT.replace('"entries":[', '"entries":[[],'),
        TEXT.replace("/7", "/seven"),
        "[]",
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # each has its own words
        event_from_json(text)


@pytest.mark.parametrize("value", [1.5, float("nan"), (1,), {1: 2}, b"x", "\ud800", [{"a": 0.0}]])
def test_facts_hold_json_values_only(value):
    with pytest.raises(ValueError):  # noqa: PT011
        event_to_json(replace(SALE, facts={"x": value}))
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_json(value)


def chain(count: int) -> list[ChainedEvent]:
    rows: list[ChainedEvent] = []
    for seq in range(1, count + 1):
        rows.append(link(rows[-1].hash if rows else GENESIS, seq, replace(SALE, id=f"e{seq}")))
    return rows


def kinds(rows, **more) -> list[tuple[str, str]]:
    return [(found.kind, found.where) for found in verify(rows, **more)]


def test_the_hash_can_be_computed_by_anybody():
    row = link(GENESIS, 1, SALE)
    text = f'{{"event":{TEXT},"prev":"{"0" * 64}","seq":1}}'
    assert row.hash == hashlib.sha256(text.encode()).hexdigest()
    assert row.prev_hash == GENESIS


def test_a_whole_chain_has_no_breaches():
    rows = chain(4)
    assert kinds(rows) == []
    assert kinds(rows, head=(4, rows[-1].hash)) == []
    assert kinds([]) == []
    assert kinds([], head=(0, GENESIS)) == []


def test_what_was_done_to_a_chain_is_seen_near_its_place():
    rows = chain(4)
    assert kinds([rows[0], *rows[2:]]) == [("gap", "3"), ("wrong_prev", "3")]
    assert kinds([rows[0], rows[2], rows[1], rows[3]])[0] == ("gap", "3")
    changed = replace(rows[1], event=replace(rows[1].event, customer="c-2"))
    assert kinds([rows[0], changed, *rows[2:]]) == [("wrong_hash", "2")]
    relinked = link(rows[0].hash, 2, changed.event)
    assert kinds([rows[0], relinked, *rows[2:]]) == [("wrong_prev", "3")]
    assert kinds(rows[:3], head=(4, rows[3].hash)) == [("wrong_head", "3")]
    twice = [*rows, link(rows[-1].hash, 5, rows[0].event)]
    assert kinds(twice) == [("duplicate_id", "5")]
    assert kinds(rows[1:]) == [("gap", "2"), ("wrong_prev", "2")]


def test_audit_finds_what_a_state_hides():
    state = fold([SALE], date(2026, 3, 1), FoldPolicy("p"))
    assert check(state) == []
    assert audit([SALE, SALE], state.through, FoldPolicy("p")) == []
    assert [found.kind for found in check(replace(state, active_pt=501))] == ["totals", "totals"]
    assert {found.kind for found in check(replace(state, postings=state.postings[:1]))} == {"unbalanced", "totals"}
    assert [found.kind for found in check(replace(state, debt_pt=1))] == ["totals", "totals"]
    lost = tuple(replace(posting, amount_pt=-posting.amount_pt) for posting in state.postings)
    assert "negative" in {found.kind for found in check(replace(state, postings=lost))}
    other = replace(SALE, fpd=1)
    assert [found.kind for found in audit([SALE, other], state.through, FoldPolicy("p"))] == ["conflict"]


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"a": [1, {"b": one}]}])
@pytest.mark.parametrize("odd", [1.5, (1,), {1: 2}, {None: 1}, b"x", {1}, "\ud800", {"\ud800": 1}])
def test_what_json_would_take_silently_is_refused_at_any_depth(odd, wrap):
    with pytest.raises(ValueError, match=r"JSON|Unicode"):
        canonical_json(wrap(odd))


def test_a_kind_of_text_and_a_view_of_a_table_are_written_as_what_they_are():
    odd = MappingProxyType({"b": EventKind.RECEIPT, "a": [MappingProxyType({}), True, Operation.SALE, None]})
    assert canonical_json({"x": odd}) == '{"x":{"a":[{},true,1,null],"b":"receipt"}}'
