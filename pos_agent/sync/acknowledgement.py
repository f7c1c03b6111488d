"""The cloud's answer to a batch: what it may say, and whether it can be true. Pure.

The cursor moves forward only, only onto a row that was sent, and only with the hash that we have for that row
(reliability targets, section 4). Whatever else comes is a ProtocolError: everything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.sync.batch import Batch
from pos_agent.sync.faults import ProtocolError

HASH = re.compile(r"[0-9a-f]{64}")
REASONS = frozenset({"other_content", "unreadable", "wrong_hash", "too_large"})


@dataclass(frozen=True)
class Acknowledged:
    """The cloud has rows up to `seq`. `refused`: why it would not take the row after that; `alarmed`: any alarm."""

    seq: int
    hash: str
    refused: str | None = None
    alarmed: bool = False


def check(
    answer: Mapping[str, Any], batch: Batch, acked: int, sent: int, hash_at: Callable[[int], str | None]
) -> Acknowledged:
    """`acked`: where the cursor is; `sent`: the last row that ever left; `hash_at` gives the hash of a row of ours."""
    seq, row_hash = answer.get("ack_seq"), answer.get("ack_hash")
    if type(seq) is not int or not isinstance(row_hash, str) or not HASH.fullmatch(row_hash):
        raise ProtocolError("the acknowledgement has no seq and hash")
    if seq < acked:
        raise ProtocolError(f"acknowledged {seq} after {acked}: backwards")
    if seq > sent:
        raise ProtocolError(f"acknowledged {seq}, sent {sent}: never sent")
    if row_hash != hash_at(seq):
        raise ProtocolError(f"the hash at {seq} is not ours")
    alarms = answer.get("alarms", [])
    if not isinstance(alarms, list):
        raise ProtocolError("alarms are no list")
    return Acknowledged(seq, row_hash, _refused(alarms, batch, seq), bool(alarms))


def _refused(alarms: list[object], batch: Batch, acked: int) -> str | None:
    """An alarm tells of a row of this batch with content: the one after the acknowledged, or one offered again."""
    for alarm in alarms:
        seq, reason = (alarm.get("seq"), alarm.get("reason")) if isinstance(alarm, dict) else (None, None)
        if type(seq) is not int or not isinstance(reason, str) or reason not in REASONS:
            raise ProtocolError("an alarm of an unknown kind")
        row = batch.by_seq.get(seq)
        if row is None or row.parked or seq > acked + 1:
            raise ProtocolError(f"an alarm about row {seq}, which it cannot concern")
        if seq == acked + 1:
            return reason
    return None
