"""A register's batch as it came: its shape checked, nothing believed yet. Pure. The wire is in docs/sync.md."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.ledger.canonical import event_from_json
from pos_agent.ledger.chain import GENESIS, row_hash
from pos_agent.model.events import LedgerEvent

MAX_ROWS = 1000
MAX_SEQ = 2**62
EPOCH = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(r"[0-9a-f]{64}")
REASON_LIMIT = 100


class BadBatchError(ValueError):
    """The body is not a batch; the text says where, without repeating its content."""


@dataclass(frozen=True)
class Row:
    """`event` is the canonical text, "" when the register parked the row and only says why."""

    seq: int
    hash: str
    event: str
    parked: str


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one epoch, at least one."""

    epoch: str
    prev_hash: str
    rows: tuple[Row, ...]

    @property
    def first_seq(self) -> int:
        return self.rows[0].seq


def parse(body: bytes) -> Batch:
    """The batch of a request. BadBatchError for anything else."""
    try:
        table = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBatchError("the body is no JSON") from error
    if not isinstance(table, dict):
        raise BadBatchError("the body is no object")
    events = table.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_ROWS:
        raise BadBatchError(f"events must be 1 to {MAX_ROWS} rows")
    first = _number(table, "first_seq")
    rows = tuple(_row(item, first + place) for place, item in enumerate(events))
    if _number(table, "last_seq") != rows[-1].seq or _text(table, "head_hash", HASH) != rows[-1].hash:
        raise BadBatchError("last_seq and head_hash are not those of the last row")
    prev_hash = _text(table, "prev_hash", HASH)
    if (first == 1) != (prev_hash == GENESIS):
        raise BadBatchError("prev_hash: the first row, and only the first, follows 64 zeros")
    return Batch(_text(table, "epoch", EPOCH), prev_hash, rows)


def content(row: Row, prev_hash: str) -> LedgerEvent | str:
    """The event of a row with content, or why it cannot be taken: `unreadable`, `wrong_hash`."""
    try:
        event = event_from_json(row.event)
    except (ValueError, RecursionError):
        return "unreadable"
    if event.document is not None and event.document.fd_number > MAX_SEQ:
        return "unreadable"
    return event if row_hash(prev_hash, row.seq, event) == row.hash else "wrong_hash"


def _row(item: object, seq: int) -> Row:
    if not isinstance(item, dict) or item.get("seq") != seq or isinstance(item.get("seq"), bool):
        raise BadBatchError(f"row {seq}: rows are objects with consecutive seq")
    event, parked = item.get("event", ""), item.get("parked", "")
    if not isinstance(event, str) or not isinstance(parked, str) or bool(event) == bool(parked):
        raise BadBatchError(f"row {seq}: either event or parked, as text")
    if len(parked) > REASON_LIMIT or not parked.isprintable():
        raise BadBatchError(f"row {seq}: parked is longer than {REASON_LIMIT} or not printable")
    try:
        event.encode()
    except UnicodeEncodeError as error:
        raise BadBatchError(f"row {seq}: event is no text") from error
    return Row(seq, _text(item, "hash", HASH), event, parked)


def _number(table: Mapping[str, Any], key: str) -> int:
    value = table.get(key)
    if type(value) is not int or not 1 <= value <= MAX_SEQ:
        raise BadBatchError(f"{key} must be a whole number from 1")
    return value


def _text(table: Mapping[str, Any], key: str, form: re.Pattern[str]) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadBatchError(f"{key} must be {form.pattern}")
    return value
