"""Hash chain of a register: a removed, changed or reordered row is visible (loyalty rules, section 10).

hash = SHA-256 of canonical JSON {"event": <event>, "prev": <hex of the row before>, "seq": <1, 2, ...>}.
"""

from __future__ import annotations

from collections.abc import Iterable

from pos_agent.ledger.breach import Breach
from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.model.events import ChainedEvent, LedgerEvent

GENESIS = "0" * 64  # "previous hash" of the first row


def link(prev_hash: str, seq: int, event: LedgerEvent) -> ChainedEvent:
    """The event as row `seq` (from 1) after the row with hash `prev_hash`. ValueError for facts that are no JSON."""
    return ChainedEvent(seq, event, prev_hash, row_hash(prev_hash, seq, event))


def row_hash(prev_hash: str, seq: int, event: LedgerEvent) -> str:
    """Hash of a row, lower-case hex. The event's own canonical text goes in as it is stored, under the key `event`."""
    return sha256_hex(f'{{"event":{event_to_json(event)},"prev":{canonical_json(prev_hash)},"seq":{seq}}}')


def verify(
    chained: Iterable[ChainedEvent], head: tuple[int, str] | None = None, *, unique_ids: bool = False
) -> list[Breach]:
    """Everything that is wrong with the rows, in the order they came; empty = whole.

    `head` is (seq, hash) of the last row as known from elsewhere (a printed slip, the cloud): rows cut off the end
    cannot be seen from the rows that remain. Kinds: gap, wrong_prev, wrong_hash, duplicate_id, wrong_head.
    Each row is compared with its neighbour as stored, so a change is reported near its place, not all the way down.
    `unique_ids`: whoever keeps the rows refuses an id twice, so ids are not kept here: memory stays what a row takes.
    """
    found: list[Breach] = []
    seen: set[str] = set()
    seq, prev_hash = 0, GENESIS
    for row in chained:
        if row.seq != seq + 1:
            found.append(Breach("gap", str(row.seq), f"row {seq + 1} was expected here"))
        if row.prev_hash != prev_hash:
            found.append(Breach("wrong_prev", str(row.seq), "does not name the hash of the row before it"))
        if row.hash != row_hash(row.prev_hash, row.seq, row.event):
            found.append(Breach("wrong_hash", str(row.seq), f"content of {row.event.id} does not give its hash"))
        if row.event.id in seen:
            found.append(Breach("duplicate_id", str(row.seq), f"{row.event.id} is in the chain twice"))
        if not unique_ids:
            seen.add(row.event.id)
        seq, prev_hash = row.seq, row.hash
    if head is not None and head != (seq, prev_hash):
        found.append(Breach("wrong_head", str(seq), f"the last row should be {head[0]} with another hash or number"))
    return found
