"""What became of a close whose answer was lost, from the register's own state. Pure. Source: protocol notes, B.5.

The agent's resolve decides by documents alone; this table names the state for `probe` and for the log, in the words of
the protocol, and is the oracle of the driver's tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drivers.fiscal.forms import RECEIPTS

SHIFT_OPENING_FORM = 2
NO_DOCUMENT = 0x00


class Verdict(Enum):
    """What is so; the next step beside it."""

    CLOSED = "closed"  # do not repeat; take number and sign from the storage
    OPEN = "open"  # cancel and start anew, or close again under a new tid
    NOTHING = "nothing"  # nothing was registered: run the whole receipt again
    STORAGE_BUSY = "storage_busy"  # the storage holds an open document: ask again, then cancel, never open over it
    FOREIGN = "foreign"  # a document of somebody else: a person decides


@dataclass(frozen=True)
class Snapshot:
    """Taken before the receipt is opened."""

    last_fd: int
    total_kop: int


@dataclass(frozen=True)
class Seen:
    """3Fh, A4h 30h and the newest document now; `total_kop` None when it has none."""

    last_fd: int
    storage_document: int
    receipt_open: bool
    newest_form: int
    total_kop: int | None


def decide(before: Snapshot, now: Seen) -> Verdict:
    """One verdict; the same facts always give the same one."""
    if now.last_fd != before.last_fd and now.newest_form != SHIFT_OPENING_FORM:
        ours = now.last_fd > before.last_fd and now.newest_form in RECEIPTS and now.total_kop == before.total_kop
        at_rest = now.storage_document == NO_DOCUMENT and not now.receipt_open
        return Verdict.CLOSED if ours and at_rest else Verdict.FOREIGN
    if now.last_fd < before.last_fd:
        return Verdict.FOREIGN
    if now.receipt_open:
        return Verdict.OPEN
    return Verdict.NOTHING if now.storage_document == NO_DOCUMENT else Verdict.STORAGE_BUSY
