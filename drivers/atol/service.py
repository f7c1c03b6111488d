"""An ATOL register behind `drivers.service.ServicePrinter`: getting ready, and what the low level cannot do.

Unasked the driver does one thing, which loses nothing: a document that the FN began while the register itself has no
receipt is cancelled (59h) after a pause. An open receipt is dropped only when the caller says so: it may be somebody's
sale. A fault of the printer itself (45h) is told as the register's own refusal, for no receipt can begin.
Source: protocol notes, sections B.5, 3.1 and 3.2.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from drivers.api import Done, Outcome, Paper, Refused
from drivers.atol.command import Nothing
from drivers.atol.commands_settings import SHIFT_END, Parameters
from drivers.atol.commands_status import FULL_STATUS, STATE_CODE, FullStatus, StateCode
from drivers.atol.commands_storage import STORAGE_STATE, StorageState
from drivers.atol.errors import NO_MARKING
from drivers.atol.service_paper import AtolPaper
from drivers.atol.service_reports import AtolReports
from drivers.atol.service_settings import AtolSettings
from drivers.atol.status import FAULTS, FLAG_SHIFT, is_receipt_open, printer_status, storage_status
from drivers.atol.till import NOT_CONNECTED, Till, cannot
from drivers.service import MarkVerdict, Obstacle, Readiness, Repair

STORAGE_PAUSE_S = 1.5
RECEIPT_DOCUMENT = 0x04


@cache
def _sentences() -> dict[Obstacle, tuple[str, str]]:
    raw = resources.files("drivers.spec").joinpath("atol_states.toml").read_text("utf-8")
    return {Obstacle(key): (entry["ru"], entry["en"]) for key, entry in tomllib.loads(raw)["states"].items()}


def explain_obstacle(obstacle: Obstacle) -> tuple[str, str]:
    """What happened, what to do, is the sale safe: in Russian and in English. KeyError: this vendor never tells it."""
    return _sentences()[obstacle]


class AtolService(AtolPaper, AtolSettings, AtolReports):
    """The service face. ValueError, before a byte is sent: no register could take the request."""

    def ready(self, drop_receipt: bool = False) -> Outcome[Readiness]:
        """3Fh, 45h, A4h 30h and what is put right, each repair once. Refused: a fault of the printer, 68h, 69h, D1h."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        repairs: list[Repair] = []
        seen = _looked(till)
        if drop_receipt and isinstance(seen, Done) and is_receipt_open(seen.reply[0]):
            dropped = self.receipt_cancel()
            if not isinstance(dropped, Done | Refused):
                return dropped
            repairs += [Repair.RECEIPT_DROPPED] if isinstance(dropped, Done) else []
            seen = _looked(till)
        if not isinstance(seen, Done):
            return seen
        storage = self._storage_freed(till, seen.reply[0], repairs)
        if not isinstance(storage, Done):
            return storage
        fault = next((code for bit, code in FAULTS.items() if seen.reply[1].faults & bit), None)
        if fault is not None:
            return Refused(fault, STATE_CODE.name, f"faults {seen.reply[1].faults:02X}h")
        return _readiness(till, seen.reply, storage.reply, repairs)

    def _storage_freed(self, till: Till, status: FullStatus, repairs: list[Repair]) -> Outcome[StorageState]:
        state = till.patience.run(STORAGE_STATE, Nothing())
        if not isinstance(state, Done) or state.reply.document != RECEIPT_DOCUMENT or is_receipt_open(status):
            return state
        till.patience.pause(STORAGE_PAUSE_S)
        state = till.patience.run(STORAGE_STATE, Nothing())
        if not isinstance(state, Done) or state.reply.document != RECEIPT_DOCUMENT:
            return state
        dropped = self.receipt_cancel()
        if not isinstance(dropped, Done | Refused):
            return dropped
        repairs += [Repair.STORAGE_DOCUMENT_DROPPED] if isinstance(dropped, Done) else []
        return till.patience.run(STORAGE_STATE, Nothing())

    def mark_check(self, code: bytes, planned: int, tlv: bytes = b"") -> Outcome[MarkVerdict]:
        """Refused in words."""
        return cannot("EEh", NO_MARKING)

    def mark_accept(self, accept: bool) -> Outcome[int]:
        """Refused in words."""
        return cannot("EEh", NO_MARKING)

    def mark_bind(self, code: bytes, bulk: bool = False) -> Outcome[None]:
        """Refused in words."""
        return cannot("EEh", NO_MARKING)


def _looked(till: Till) -> Outcome[tuple[FullStatus, StateCode]]:
    """3Fh and 45h, once no report prints any more (at most its own time)."""
    state = till.patience.until_printed()
    if not isinstance(state, Done):
        return state
    full = till.patience.run(FULL_STATUS, Nothing())
    return Done((full.reply, state.reply)) if isinstance(full, Done) else full


def _readiness(
    till: Till, seen: tuple[FullStatus, StateCode], storage: StorageState, repairs: list[Repair]
) -> Outcome[Readiness]:
    ends = None
    if seen[0].flags & FLAG_SHIFT:
        shift = till.patience.run(SHIFT_END, Parameters())
        if not isinstance(shift, Done | Refused):
            return shift
        ends = shift.reply.at if isinstance(shift, Done) else None
    status = printer_status(seen[0], seen[1], ends, till.switches.paper_from_45)
    told = {
        Obstacle.COVER_OPEN: status.cover_open,
        Obstacle.PAPER_OUT: status.paper is Paper.OUT,
        Obstacle.STILL_PRINTING: status.printing,
        Obstacle.RECEIPT_OPEN: status.receipt_open,
        Obstacle.SHIFT_OVER_24H: status.shift.value == "over_24h",
        Obstacle.STORAGE_DOCUMENT: bool(storage.document) and not status.receipt_open,
        Obstacle.NOT_FISCAL: not storage_status(storage, till.switches.ofd_warning).fiscal,
    }
    return Done(Readiness(tuple(obstacle for obstacle, holds in told.items() if holds), tuple(repairs)))
