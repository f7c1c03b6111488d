"""A Shtrih-M register behind the face of `drivers.api.FiscalPrinter`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from drivers.api import (
    Capabilities,
    Done,
    Identity,
    LinkFault,
    NotSent,
    Outcome,
    Paper,
    PrinterStatus,
    Refused,
    Shift,
    ShortDocument,
    SlipPart,
    StoragePassport,
    StorageStatus,
    StoredDocument,
)
from drivers.exchange import Link
from drivers.shtrih import documents
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_print import CONTINUE_PRINT
from drivers.shtrih.commands_status import FULL_STATUS, SHORT_STATUS
from drivers.shtrih.commands_storage import CURRENT_SHIFT, STORAGE_EXPIRY, STORAGE_STATE, STORAGE_VERSION
from drivers.shtrih.device_drawing import ShtrihDeviceDrawing
from drivers.shtrih.errors import WRONG_MODE, WRONG_SUBMODE
from drivers.shtrih.identify import Device, identify
from drivers.shtrih.link import Timing
from drivers.shtrih.mechanics import ShtrihMechanics
from drivers.shtrih.negotiate import AUTO, links
from drivers.shtrih.notices import ShtrihNotices
from drivers.shtrih.old_receipt import ShtrihOldReceipt
from drivers.shtrih.patience import Patience
from drivers.shtrih.readiness import ShtrihReadiness
from drivers.shtrih.reports import ShtrihReports
from drivers.shtrih.session import Session
from drivers.shtrih.settings import ShtrihSettings
from drivers.shtrih.slip import SlipPrinter
from drivers.shtrih.status import paper_of, printer_status, shift_of, storage_status
from drivers.shtrih.tagged_shift import ShtrihTaggedShift
from drivers.shtrih.till import NOT_CONNECTED, Till
from drivers.shtrih.vat import vat_tables
from drivers.streams.byte_stream import ByteStream, StreamError

LEAST = Capabilities(columns=32, double_columns=16, native_qr=False, cutter=False)  # before `connect`


class ShtrihPrinter(
    ShtrihOldReceipt,
    ShtrihReadiness,
    ShtrihMechanics,
    ShtrihDeviceDrawing,
    ShtrihSettings,
    ShtrihReports,
    ShtrihTaggedShift,
    ShtrihNotices,
):
    """One register on one stream: `drivers.api.FiscalPrinter`, `FiscalSeller`, `ServicePrinter`; one thread owns it.

    `monotonic` gives seconds that never go back, `wait` sleeps that many seconds; both are passed in so that
    a simulation can run on virtual time. `password` is the system administrator's, `operator_password` the one
    that prints and sells. `enq=False`: no ENQ before a command while the exchange before ended cleanly.
    `mirrored_graphics`: the leftmost dot is bit 7 (sources disagree; see `quirks`). `trust_length=False`: a document
    may be shorter than FF3Ah says (the vendor's drivers ignore that length; then nobody else may use the device).
    `vat_table`: rate bytes of FF46h by name, instead of the model's own (see `vat`); ValueError for an unknown one.
    `old_operations`: the register has no FF46h and FF45h and sells by 80h and 85h (see `old_receipt` for what is lost).
    `protocol`: the low level, `1.0`, `2.0`, or `auto` to ask the device (see `negotiate`).
    """

    def __init__(
        self,
        stream: ByteStream,
        monotonic: Callable[[], float],
        wait: Callable[[float], None],
        password: int = 30,
        operator_password: int = 30,
        enq: bool = True,
        timing: Timing | None = None,
        mirrored_graphics: bool = False,
        trust_length: bool = True,
        vat_table: str | None = None,
        protocol: str = AUTO,
        old_operations: bool = False,
    ) -> None:
        if vat_table is not None and vat_table not in vat_tables():
            raise ValueError(f"no table of tax rates is called {vat_table!r}: {', '.join(vat_tables())}")
        self._stream = stream
        self._monotonic = monotonic
        self._wait = wait
        self._passwords = (operator_password, password)
        self._links = links(protocol, timing, enq)
        self._switches: dict[str, object] = {
            "mirrored_graphics": mirrored_graphics,
            "trust_length": trust_length,
            "old_operations": old_operations,
        }
        if vat_table is not None:
            self._switches["vat_table"] = vat_table
        self._session = self._new_session(self._links[0]())
        self._device: Device | None = None
        self._connected: Till | None = None

    def _new_session(self, link: Link) -> Session:
        """A fresh link: what it remembered of the exchange before does not outlive the connection."""
        return Session(self._stream, self._monotonic, link, *self._passwords)

    def connect(self) -> Outcome[Identity]:
        """Open, read away a pending answer, identify. On anything but Done the port is closed again.

        A device that waits for "continue printing" is left so: `status` says BACK, the caller decides.
        """
        self._device = self._connected = None
        try:
            self._stream.open()
            self._stream.drain_input()
        except StreamError as error:
            self._stream.close()
            return NotSent(error.fault, error.detail)
        found = self._identified()
        if not isinstance(found, Done):
            self._stream.close()
            return found
        self._device = device = found.reply
        patience = Patience(self._session, self._wait)
        self._connected = Till(patience, device.profile, device.capabilities, device.native_qr)
        return Done(found.reply.identity)

    def _identified(self) -> Outcome[Device]:
        """Link after link, until one is answered in a way it understands. The first one's outcome if none is."""
        first: Outcome[Device] | None = None
        for make in self._links:
            self._session = self._new_session(make())
            found = identify(self._session, self._switches)
            if not isinstance(found, NotSent) or found.fault not in (LinkFault.SILENT, LinkFault.GARBAGE):
                return found
            first = first or found
        return first or NotSent(LinkFault.SILENT, "no protocol to try")

    def disconnect(self) -> None:
        self._device = self._connected = None
        self._stream.close()

    def capabilities(self) -> Capabilities:
        """Before `connect` the least any device has."""
        return LEAST if self._device is None else self._device.capabilities

    def status(self) -> Outcome[PrinterStatus]:
        """10h; FF40h too when the mode hides the shift (an open document, a report, a locked device)."""
        outcome = self._session.run(SHORT_STATUS, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        shift = shift_of(outcome.reply)
        if shift is None:
            current = self._session.run(CURRENT_SHIFT, Nothing())
            if not isinstance(current, Done | Refused):
                return current
            is_open = isinstance(current, Done) and bool(current.reply.state)
            shift = Shift.OPEN if is_open else Shift.CLOSED
        return Done(printer_status(outcome.reply, shift))

    def clock(self) -> Outcome[datetime]:
        """11h. NotSent GARBAGE when the device's calendar holds no date (its battery died)."""
        outcome = self._session.run(FULL_STATUS, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        day, time = outcome.reply.date, outcome.reply.time
        if day is None or time is None:
            return NotSent(LinkFault.GARBAGE, "the device's clock holds no date")
        return Done(datetime.combine(day, time))

    def storage(self) -> Outcome[StorageStatus]:
        """FF01h."""
        outcome = self._session.run(STORAGE_STATE, Nothing())
        return Done(storage_status(outcome.reply)) if isinstance(outcome, Done) else outcome

    def passport(self) -> Outcome[StoragePassport]:
        """FF03h and FF04h."""
        expiry = self._session.run(STORAGE_EXPIRY, Nothing())
        if not isinstance(expiry, Done):
            return expiry
        version = self._session.run(STORAGE_VERSION, Nothing())
        if not isinstance(version, Done):
            return version
        if expiry.reply.expires is None:
            return NotSent(LinkFault.GARBAGE, "FF03h: the expiry date is no date")
        left = expiry.reply.registrations_left
        return Done(StoragePassport(expiry.reply.expires, version.reply.version, version.reply.kind == 1, left))

    def find_document(self, fd_number: int) -> Outcome[ShortDocument | None]:
        return documents.find_document(self._session, fd_number)

    def read_document(self, fd_number: int) -> Outcome[StoredDocument | None]:
        trust_length = self._device.profile.trust_length if self._device else True
        return documents.read_document(self._session, fd_number, self._wait, trust_length)

    def continue_print(self) -> Outcome[None]:
        """B0h. A device that refuses because nothing waits is Done: that is the state asked for."""
        outcome = self._session.run(CONTINUE_PRINT, Nothing())
        if isinstance(outcome, Refused) and outcome.code in (WRONG_SUBMODE, WRONG_MODE):
            state = self._session.run(SHORT_STATUS, Nothing())
            if isinstance(state, Done) and paper_of(state.reply) is Paper.PRESENT:
                return Done(None)
        return Done(None) if isinstance(outcome, Done) else outcome

    def print_slip(self, parts: Sequence[SlipPart]) -> Outcome[None]:
        """Raises ValueError before anything is printed when a part cannot be printed by any device."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        return SlipPrinter(till.patience, till.profile, till.capabilities, till.native_qr).print(parts)

    def _till(self) -> Till | None:
        return self._connected
