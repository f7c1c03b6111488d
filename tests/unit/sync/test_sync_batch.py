"""Batches and acknowledgements: the same rows, the same bytes, and no lie is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.cloud_world import event

from cloud.batch import content, parse
from pos_agent.ledger.chain import GENESIS, link
from pos_agent.model.events import ChainedEvent
from pos_agent.sync.acknowledgement import Acknowledged, check
from pos_agent.sync.batch import MAX_BYTES, build
from pos_agent.sync.faults import ProtocolError

EPOCH = "0123456789abcdef" * 2


def chain(count: int, note: str = "") -> list[ChainedEvent]:
    rows: list[ChainedEvent] = []
    head = GENESIS
    for number in range(1, count + 1):
        rows.append(link(head, number, event(number, note=note)))
        head = rows[-1].hash
    return rows


ROWS = chain(12)


def test_the_body_is_what_the_protocol_says() -> None:
    batch = build(EPOCH, ROWS[3:6], {5: "status 422"})
    assert batch is not None
    told = json.loads(batch.body())
    assert list(told) == ["epoch", "first_seq", "head_hash", "last_seq", "prev_hash", "events"]
    assert (told["epoch"], told["first_seq"], told["last_seq"]) == (EPOCH, 4, 6)
    assert (told["prev_hash"], told["head_hash"]) == (ROWS[2].hash, ROWS[5].hash)
    assert [sorted(row) for row in told["events"]] == [
        ["event", "hash", "seq"],
        ["hash", "parked", "seq"],
        ["event", "hash", "seq"],
    ]
    assert json.loads(told["events"][0]["event"])["id"] == "gift:4"
    assert batch.body() == build(EPOCH, ROWS[3:6], {5: "status 422"}).body()


def test_the_cloud_reads_the_same_events_out_of_it() -> None:
    batch = build(EPOCH, ROWS, {})
    read = parse(batch.body())
    prev_hash = read.prev_hash
    for row, ours in zip(read.rows, ROWS, strict=True):
        assert content(row, prev_hash) == ours.event
        assert content(row, "f" * 64) == "wrong_hash"
        prev_hash = row.hash


@given(st.integers(1, 12), st.integers(100, 6000))
def test_limits_hold_and_one_row_always_goes(max_rows: int, max_bytes: int) -> None:
    batch = build(EPOCH, iter(ROWS), {}, max_rows, max_bytes)
    assert batch is not None
    assert 1 <= len(batch.rows) <= max_rows
    size = sum(len(row.wire.encode()) + 1 for row in batch.rows)
    assert size <= max_bytes or len(batch.rows) == 1
    if len(batch.rows) < min(max_rows, len(ROWS)):
        assert size + len(build(EPOCH, ROWS[len(batch.rows) :], {}).rows[0].wire.encode()) + 1 > max_bytes


def test_bytes_are_counted_not_letters() -> None:
    batch = build(EPOCH, chain(4, note="ж" * (MAX_BYTES // 5)), {})
    assert len(batch.rows) == 2
    assert len(build(EPOCH, chain(2, note="ж" * MAX_BYTES), {}).rows) == 1


def test_nothing_gives_no_batch() -> None:
    assert build(EPOCH, [], {}) is None


BATCH = build(EPOCH, ROWS[4:8], {7: "status 422"})  # rows 5..8, row 7 parked
HASHES = {0: GENESIS} | {row.seq: row.hash for row in ROWS}


def checked(told: dict, acked: int = 4, sent: int = 8) -> Acknowledged:
    return check(told, BATCH, acked, sent, HASHES.get)


@pytest.mark.parametrize("seq", [4, 5, 8])
def test_an_honest_acknowledgement(seq: int) -> None:
    assert checked({"ack_seq": seq, "ack_hash": HASHES[seq], "stored": 1}) == Acknowledged(seq, HASHES[seq])


def test_what_was_sent_earlier_may_be_acknowledged_later() -> None:
    assert checked({"ack_seq": 10, "ack_hash": HASHES[10]}, sent=10).seq == 10


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"ack_seq": 5},
        {"ack_seq": "5", "ack_hash": HASHES[5]},
        {"ack_seq": True, "ack_hash": HASHES[1]},
        {"ack_seq": 5.0, "ack_hash": HASHES[5]},
        {"ack_seq": 3, "ack_hash": HASHES[3]},
        {"ack_seq": 9, "ack_hash": HASHES[9]},
        {"ack_seq": 5, "ack_hash": HASHES[6]},
        {"ack_seq": 5, "ack_hash": HASHES[5].upper()},
        {"ack_seq": 5, "ack_hash": HASHES[5] + "0"},
        {"ack_seq": 5, "ack_hash": HASHES[5], "alarms": {}},
        {"ack_seq": 5, "ack_hash": HASHES[5], "alarms": [7]},
        {"ack_seq": 5, "ack_hash": HASHES[5], "alarms": [{"seq": 6, "reason": ["unreadable"][0] + "!"}]},
        {"ack_seq": 5, "ack_hash": HASHES[5], "alarms": [{"seq": 8, "reason": "unreadable"}]},
        {"ack_seq": 5, "ack_hash": HASHES[5], "alarms": [{"seq": 4, "reason": "unreadable"}]},
        {"ack_seq": 6, "ack_hash": HASHES[6], "alarms": [{"seq": 7, "reason": "unreadable"}]},
        {"ack_seq": 8, "ack_hash": HASHES[8], "alarms": [{"seq": 9, "reason": "unreadable"}]},
    ],
)
def test_lies_and_nonsense_are_protocol_errors(told: dict) -> None:
    with pytest.raises(ProtocolError):
        checked(told)


def test_a_reason_of_another_type_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError):
        checked({"ack_seq": 5, "ack_hash": HASHES[5], "alarms": [{"seq": 6, "reason": ["unreadable"]}]})


def test_an_alarm_names_the_row_that_was_refused() -> None:
    told = {
        "ack_seq": 5,
        "ack_hash": HASHES[5],
        "alarms": [{"seq": 6, "event_id": "gift:6", "reason": "other_content"}],
    }
    assert checked(told).refused == "other_content"
    again = {"ack_seq": 8, "ack_hash": HASHES[8], "alarms": [{"seq": 5, "reason": "wrong_hash"}]}
    assert (checked(again).refused, checked(again).alarmed) == (None, True)
