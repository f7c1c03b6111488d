"""The part of a device that keeps: clock, storage, paper, the open receipt, and how all of it becomes durable."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, Self

from emulator import documents, forms
from emulator.fn import FiscalStorage, Life
from emulator.fn_document import RECEIPT_FORMS, Document, Identity, document_from, document_table
from emulator.marks import CutMark, FeedMark, Mark
from emulator.paper import Tape
from emulator.print_head import PrintHead
from emulator.profile import Profile
from emulator.receipt import OpenReceipt
from emulator.state import Record, StateFile
from emulator.terms import DeviceMode, PaperState, Reason, Refusal

SYSTEM_OPERATOR = 30
MONEY_COUNTS = (
    "cash_kop", "cash_in_kop", "cash_in_count", "cash_out_kop", "cash_out_count", "cancelled_count", "x_count",
)  # fmt: skip
RECEIPT_DOCUMENT = 0x04  # current document of the FN, code of FF01h
CORRECTION_DOCUMENT = 0x14
END = (FeedMark(3), CutMark())


class PowerCutError(Exception):
    """A probe took the mains away in the middle of a command; nobody is left to answer it."""


def no_probe(_instant: str) -> None:
    """Stands where fault injection may be put."""


def nothing() -> None:
    """No change besides the document itself."""


def print_all(_report: bool) -> bool:
    """Stands where a front end may switch printing off."""
    return True


def keep_cash() -> bool:
    """Stands where a front end may let the end of a shift empty the drawer."""
    return False


def feed_and_cut() -> Sequence[Mark]:
    """Stands where a front end may say how a document ends."""
    return END


class DeviceCore:
    """State and durability; `Device` adds the commands. Every method is called with `lock` held.

    `probe` is called with "before-commit" and "after-commit" around the write of a fiscal document and may raise
    `PowerCutError`: after "after-commit" the document is registered and its print still pending.

    `prints` is asked before a document (True: a report) is printed, `ending` for what comes after its text,
    `empties_drawer` when a shift closes.
    """

    def __init__(
        self,
        profile: Profile,
        tape: Tape,
        state: StateFile,
        clock: Callable[[], datetime],
        seed: int,
        monotonic: Callable[[], float],
    ) -> None:
        self.lock = RLock()
        self.profile = profile
        self.tape = tape
        self.probe: Callable[[str], None] = no_probe
        self.prints: Callable[[bool], bool] = print_all
        self.ending: Callable[[], Sequence[Mark]] = feed_and_cut
        self.empties_drawer: Callable[[], bool] = keep_cash
        identity = Identity(profile.fn_serial, profile.rnm, profile.inn, seed)
        life = Life(profile.fn_days, profile.fn_capacity, profile.full_store_days)
        self.fn = FiscalStorage(identity, profile.fn_version, profile.ffd, life)
        self.head = PrintHead(tape, monotonic)
        self.operator = SYSTEM_OPERATOR
        self.running_document_number = 0
        self.drawer_open = False
        self.powered = True
        self.receipt: OpenReceipt | None = None
        self._state = state
        self._clock = clock
        self._offset = timedelta(0)
        self._money = dict.fromkeys(MONEY_COUNTS, 0)
        self._sections: dict[str, list[int]] = {}

    @classmethod
    def open(
        cls,
        profile: Profile,
        tape: Tape,
        state: Path | None,
        clock: Callable[[], datetime],
        seed: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Load a device from its state file, or make a new one and register its FN (form 1).

        `clock` gives naive local time. Raises StateDamagedError, StateBusyError; ValueError when the file belongs to
        another FN than the profile's.
        """
        device = cls(profile, tape, StateFile(state), clock, seed, monotonic)
        try:
            device._replay()
            if device.fn.registered_at is None:
                own = documents.registration(profile, SYSTEM_OPERATOR)
                device._commit(device.fn.prepare(1, device.now(), [], own), nothing, 0)
        except (ValueError, Refusal):
            device.close()
            raise
        return device

    def close(self) -> None:
        """Let the state file go; the device must not be used any more."""
        self._state.close()

    # --- time and what the outside sees

    def now(self) -> datetime:
        """The device's own clock: naive local time."""
        return self._clock() + self._offset

    def set_time(self, at: datetime) -> None:
        """Set the clock. Refuses SHIFT_OPEN, RECEIPT_OPEN."""
        if self.receipt is not None:
            raise Refusal(Reason.RECEIPT_OPEN)
        if self.fn.shift_open:
            raise Refusal(Reason.SHIFT_OPEN)
        self._offset = at - self._clock()
        self._keep()

    @property
    def mode(self) -> DeviceMode:
        """What can be done next."""
        if self.receipt is not None:
            return DeviceMode.RECEIPT_OPEN
        if not self.fn.shift_open:
            return DeviceMode.SHIFT_CLOSED
        return DeviceMode.SHIFT_OVER if self.fn.shift_over(self.now()) else DeviceMode.SHIFT_OPEN

    @property
    def receipt_kind(self) -> int | None:
        """1 sale, 2 its return, 3 purchase, 4 its return; None when no receipt is open."""
        return self.receipt.kind if self.receipt else None

    @property
    def receipt_is_correction(self) -> bool:
        """A correction receipt with lines is open."""
        return self.receipt is not None and self.receipt.correction

    @property
    def operations_in_receipt(self) -> int:
        """Lines of the open receipt."""
        return len(self.receipt.items) if self.receipt else 0

    @property
    def paper(self) -> PaperState:
        """Where the paper is."""
        return self.head.paper

    @property
    def cover_open(self) -> bool:
        """The cover is up."""
        return self.head.cover_open

    @property
    def busy(self) -> bool:
        """Still printing."""
        return self.head.busy

    # --- durability

    def _commit(
        self, document: Document, settle: Callable[[], None], change_kop: int, text: Sequence[Mark] = ()
    ) -> None:
        """Write `document`; `settle` changes what goes with it (drawer, receipt). Then print it and `text`.

        An OSError of the disk leaves the device unusable until it is opened again from its file.
        """
        self.probe("before-commit")
        settle()
        self.running_document_number = (self.running_document_number + 1) & 0xFFFF
        if self.prints(document.form not in RECEIPT_FORMS):
            self.head.pending += [*self._form(document, change_kop), *text, *self.ending()]
        self._keep(document)
        self.fn.apply(document)
        self.probe("after-commit")
        self.head.run(self.profile.print_seconds)
        self._keep(sync=False)

    def _form(self, document: Document, change_kop: int = 0) -> list[Mark]:
        """The print of a document up to the cut."""
        known = self.fn.documents.get(1, document).tags
        columns = self.profile.columns
        return forms.printed_form(document.form, document.tags, columns, registration=known, change_kop=change_kop)

    def _keep(self, document: Document | None = None, sync: bool = True) -> None:
        record: Record = {"device": self._table()}
        if document is not None:
            record["document"] = document_table(document)
        if document is None and self._state.worth_rewriting:
            kept: list[Record] = [{"document": document_table(one)} for one in self.fn.documents.values()]
            self._state.rewrite([*kept, {"device": self._table()}])
            return
        self._state.append(record, sync)

    def _table(self) -> dict[str, Any]:
        return {
            "fn": self.fn.serial,
            "operator": self.operator,
            "running_document_number": self.running_document_number,
            "drawer_open": self.drawer_open,
            "offset_seconds": self._offset.total_seconds(),
            "money": self._money,
            "sections": self._sections,
            "storage": {"failed": self.fn.failed, "days": self.fn.life.days, "capacity": self.fn.life.capacity},
            "delivered_fd": self.fn.delivered_fd,
            "damaged": {str(fd): body.hex() for fd, body in self.fn.damaged.items()},
            "receipt": self.receipt.to_table() if self.receipt else None,
            "head": self.head.to_table(),
        }

    def _replay(self) -> None:
        last: dict[str, Any] | None = None
        for record in self._state.records:
            if "document" in record:
                self.fn.apply(document_from(record["document"]))
            last = record.get("device", last)
        self._state.records = []
        if last is not None:
            self._load(last)

    def _load(self, table: dict[str, Any]) -> None:
        if table["fn"] != self.fn.serial:
            raise ValueError(f"the state file belongs to FN {table['fn']}, the profile has {self.fn.serial}")
        self.operator = table["operator"]
        self.running_document_number = table["running_document_number"]
        self.drawer_open = table["drawer_open"]
        self._offset = timedelta(seconds=table["offset_seconds"])
        self._money |= table["money"]
        self._sections = table.get("sections", {})
        self._load_storage(table.get("storage", {}))
        self.fn.delivered_fd = table["delivered_fd"]
        self.fn.damaged = {int(fd): bytes.fromhex(body) for fd, body in table["damaged"].items()}
        self.receipt = OpenReceipt.from_table(table["receipt"]) if table["receipt"] else None
        self.head.load(table["head"])
        self._mark_current_document()

    def _load_storage(self, table: dict[str, Any]) -> None:
        life = self.fn.life
        days, capacity = table.get("days", life.days), table.get("capacity", life.capacity)
        self.fn.life = replace(life, days=days, capacity=capacity)
        self.fn.failed = table.get("failed", False)

    def _mark_current_document(self) -> None:
        code = CORRECTION_DOCUMENT if self.receipt_is_correction else RECEIPT_DOCUMENT
        self.fn.current_document = code if self.receipt else 0
