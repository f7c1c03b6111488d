"""Getting ready: what an earlier owner, an empty roll or a power cut left behind.

Unasked the driver does two things, both of which lose nothing: it continues a print whose paper is back (B0h), and it
drops a document the storage began and never finished, when no receipt is open (FF08h). An open receipt is dropped (88h)
only when the caller says so: it may be somebody's sale. Everything else is told in words.
Source: protocol notes, sections 3.1, 3.2, 8 (6 to 8) and 11.1.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from drivers.api import Done, Outcome, Refused
from drivers.service import Obstacle, Readiness, Repair
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_print import CONTINUE_PRINT
from drivers.shtrih.commands_status import SHORT_STATUS, ShortStatus
from drivers.shtrih.commands_storage import CANCEL_STORAGE_DOCUMENT, STORAGE_STATE, StorageState
from drivers.shtrih.seller import ShtrihSeller
from drivers.shtrih.status import FLAG_COVER, Mode, Submode, is_printing, mode_of, storage_status
from drivers.shtrih.till import NOT_CONNECTED, Till

_BY_MODE = {
    Mode.DUMP: Obstacle.SERVICE_MODE,
    Mode.SHIFT_OVER_24H: Obstacle.SHIFT_OVER_24H,
    Mode.LOCKED: Obstacle.LOCKED,
    Mode.DATE_CONFIRMATION: Obstacle.DATE_UNCONFIRMED,
    Mode.DOCUMENT_OPEN: Obstacle.RECEIPT_OPEN,
    Mode.TECHNOLOGICAL_RESET: Obstacle.NEEDS_RESET,
    Mode.TEST_RUN: Obstacle.SERVICE_MODE,
    Mode.SLIP_OPEN: Obstacle.RECEIPT_OPEN,
}
_BY_SUBMODE = {
    Submode.PAPER_OUT: Obstacle.PAPER_OUT,
    Submode.PAPER_OUT_PRINTING: Obstacle.PAPER_OUT_PRINTING,
    Submode.PAPER_BACK: Obstacle.WAITS_FOR_CONTINUE,
}
_BETWEEN_DOCUMENTS = frozenset({Mode.WORKING, Mode.SHIFT_OPEN, Mode.SHIFT_OVER_24H, Mode.SHIFT_CLOSED})


@cache
def _sentences() -> dict[Obstacle, tuple[str, str]]:
    raw = resources.files("drivers.spec").joinpath("shtrih_states.toml").read_text("utf-8")
    return {Obstacle(key): (entry["ru"], entry["en"]) for key, entry in tomllib.loads(raw)["states"].items()}


def explain_obstacle(obstacle: Obstacle) -> tuple[str, str]:
    """What happened, what to do, is the sale safe: in Russian and in English."""
    return _sentences()[obstacle]


class ShtrihReadiness(ShtrihSeller):
    """`ready` of the service face. Only while nobody else works with the device: see `tap` for shared ones."""

    def ready(self, drop_receipt: bool = False) -> Outcome[Readiness]:
        """10h, FF01h, and what is put right, each repair once. Refused repairs stay obstacles."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        repairs: list[Repair] = []
        status = _continued(till, repairs)
        if not isinstance(status, Done):
            return status
        if drop_receipt and mode_of(status.reply) in (Mode.DOCUMENT_OPEN, Mode.SLIP_OPEN):
            cancelled = self.receipt_cancel()
            if not isinstance(cancelled, Done | Refused):
                return cancelled
            if isinstance(cancelled, Done):
                repairs.append(Repair.RECEIPT_DROPPED)
            status = till.patience.until_printed()
            if not isinstance(status, Done):
                return status
        storage = _storage_freed(till, status.reply, repairs)
        if not isinstance(storage, Done):
            return storage
        return Done(Readiness(_obstacles(status.reply, storage.reply), tuple(repairs)))


def _continued(till: Till, repairs: list[Repair]) -> Outcome[ShortStatus]:
    """Wait for the paper to stand still; B0h when the device waits for it."""
    first = till.patience.run(SHORT_STATUS, Nothing())
    if not isinstance(first, Done) or first.reply.submode != Submode.PAPER_BACK:
        return first if not isinstance(first, Done) else till.patience.until_printed()
    outcome = till.patience.run(CONTINUE_PRINT, Nothing())
    if isinstance(outcome, Done):
        repairs.append(Repair.PRINT_CONTINUED)
    return till.patience.until_printed()


def _storage_freed(till: Till, status: ShortStatus, repairs: list[Repair]) -> Outcome[StorageState]:
    """FF08h for a document that was begun and cannot go on: the register itself has none open."""
    outcome = till.patience.run(STORAGE_STATE, Nothing())
    if not isinstance(outcome, Done) or not outcome.reply.document or mode_of(status) not in _BETWEEN_DOCUMENTS:
        return outcome
    dropped = till.patience.run(CANCEL_STORAGE_DOCUMENT, Nothing())
    if not isinstance(dropped, Done | Refused):
        return dropped
    if isinstance(dropped, Done):
        repairs.append(Repair.STORAGE_DOCUMENT_DROPPED)
    return till.patience.run(STORAGE_STATE, Nothing())


def _obstacles(status: ShortStatus, storage: StorageState) -> tuple[Obstacle, ...]:
    found = []
    paper = {int(submode): obstacle for submode, obstacle in _BY_SUBMODE.items()}.get(status.submode)
    if status.flags & FLAG_COVER:
        found.append(Obstacle.COVER_OPEN)
    if paper is not None:
        found.append(paper)
    if is_printing(status):
        found.append(Obstacle.STILL_PRINTING)
    mode = mode_of(status)
    if mode in _BY_MODE:
        found.append(_BY_MODE[mode])
    if storage.document and mode in _BETWEEN_DOCUMENTS:
        found.append(Obstacle.STORAGE_DOCUMENT)
    if not storage_status(storage).fiscal:
        found.append(Obstacle.NOT_FISCAL)
    return tuple(found)
