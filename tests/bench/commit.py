"""One commit of the store against a bare write and fdatasync of as many bytes on the same disk, side by side."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from bench.table import Row
from pos_agent.clock import SystemClock, SystemIds
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store

ROUNDS = 300
PAGE = 4096
FRAME_HEADER = 24  # of a page in the WAL


def rows() -> list[Row]:
    """Appending one event to the ledger, in the folder where temporary files live."""
    clock, ids = SystemClock(), SystemIds()
    with tempfile.TemporaryDirectory(prefix="pos-agent-bench-") as name:
        folder = Path(name)
        keys = load_keys(folder / "pii.key", ids, create=True)
        with Store.open(folder / "agent.db", keys, clock, ids) as store, open(folder / "raw", "wb", 0) as raw:
            commits, bare = [], []
            for number in range(ROUNDS):
                before = _wal(folder)
                begun = time.perf_counter()
                with store.writing("bench") as txn:
                    txn.ledger.append(_event(number))
                commits.append(time.perf_counter() - begun)
                grown = max(_wal(folder) - before, PAGE + FRAME_HEADER)
                block = bytes(grown)
                begun = time.perf_counter()
                raw.write(block)
                os.fdatasync(raw.fileno())
                bare.append(time.perf_counter() - begun)
    commit_s, bare_s = statistics.median(commits), statistics.median(bare)
    return [
        Row(
            "commit of one ledger event",
            f"{commit_s * 1e6:.0f} µs",
            f"fdatasync: {bare_s * 1e6:.0f} µs",
            commit_s / bare_s,
        )
    ]


def _wal(folder: Path) -> int:
    return (folder / "agent.db-wal").stat().st_size


def _event(number: int) -> LedgerEvent:
    return LedgerEvent(
        id=f"bench:{number}",
        kind=EventKind.GIFT,
        register="till-1",
        at="2026-11-21T18:00:00+03:00",
        business_date="2026-11-21",
    )
