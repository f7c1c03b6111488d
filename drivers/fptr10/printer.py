"""A register behind the vendor's driver, with the face of `drivers.api.FiscalPrinter`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from drivers.api import (
    Capabilities,
    Done,
    Effect,
    Identity,
    NotSent,
    Outcome,
    PrinterStatus,
    Refused,
    ShortDocument,
    SlipPart,
    StoragePassport,
    StorageStatus,
    StoredDocument,
)
from drivers.fptr10 import documents, readings
from drivers.fptr10.library import FAULTS, Library, LibraryError, LibrarySettings, load
from drivers.fptr10.readings import Told, local_time, member, shift_of
from drivers.fptr10.registering import Registering
from drivers.fptr10.service import Fptr10Service
from drivers.fptr10.session import Session
from drivers.fptr10.slip import print_slip
from drivers.fptr10.switches import Switches
from drivers.fptr10.task import Task
from drivers.fptr10.till import NOT_CONNECTED, Till, read_as, receipt_open

LEAST = Capabilities(columns=32, double_columns=16, native_qr=True, cutter=False)  # before `connect`
VENDOR = "ATOL"


class Fptr10Printer(Fptr10Service):
    """One register: `drivers.api.FiscalPrinter`, `drivers.selling.FiscalSeller`, most of `ServicePrinter`.

    `wait` sleeps that many seconds. `operator`: cashier's name and INN (1021, 1203) where a receipt names none; "" =
    left out. `open_library` finds the driver, by default as `settings` say. The driver is loaded at the first
    `connect`; one that is absent or too old is NotSent NO_DRIVER, BROKEN_DRIVER or OLD_DRIVER.
    """

    def __init__(
        self,
        settings: LibrarySettings,
        wait: Callable[[float], None],
        operator: str = "",
        operator_inn: str = "",
        switches: Switches | None = None,
        open_library: Callable[[LibrarySettings, tuple[int, ...]], Library] = load,
    ) -> None:
        self.switches = switches or Switches()
        self.wait = wait
        named = {"name": operator, "vatin": operator_inn}
        self.operator = {key: value for key, value in named.items() if value}
        self._settings = settings
        self._values = settings.values()
        self._open_library = open_library
        self._library: Library | None = None
        self._connected: Till | None = None

    def connect(self) -> Outcome[Identity]:
        """Load the driver if need be, open the port, identify. On anything but Done the port is closed again."""
        self.disconnect()
        try:
            if self._library is None:
                self._library = self._open_library(self._settings, self.switches.least_version)
            session = Session(self._library, self._values)
            outcome = self._opened(session)
        except LibraryError as error:
            return NotSent(FAULTS[error.trouble], f"{error.trouble.value} {error.ru} ({error.detail})")
        if not isinstance(outcome, Done):
            session.close()
        return outcome

    def _opened(self, session: Session) -> Outcome[Identity]:
        opened = session.open()
        if not isinstance(opened, Done):
            return opened
        device = session.run(Task("getDeviceInfo"))
        shown = read_as("getDeviceInfo", device, readings.capabilities)
        if not isinstance(device, Done):
            return device
        if not isinstance(shown, Done):
            return shown
        registered = session.run(Task("getRegistrationInfo"))
        if not isinstance(registered, Done | Refused):
            return registered
        about = registered.reply if isinstance(registered, Done) else {}
        told = member(device.reply, "deviceInfo")
        self._note_unprinted(session)
        ask = self.switches.ask_receipt_state
        registering = Registering(session, self.wait, lambda: receipt_open(session, ask))
        ffd_12 = str(told.get("ffdVersion", "1.2")) == "1.2"
        self._connected = Till(session, registering, shown.reply, ffd_12)
        return Done(_identity(told, about))

    def _note_unprinted(self, session: Session) -> None:
        """A document an earlier owner left half on paper; it is only noted, the caller lets it go on."""
        if not self.switches.look_for_unprinted:
            return
        asked = session.call(session.fptr.checkDocumentClosed, "checkDocumentClosed", Effect.QUERY)
        if isinstance(asked, Done):
            closed = session.fptr.getParamBool(session.number("PARAM_DOCUMENT_CLOSED"))
            printed = session.fptr.getParamBool(session.number("PARAM_DOCUMENT_PRINTED"))
            session.unprinted = closed and not printed

    def disconnect(self) -> None:
        """The draft of a receipt goes with the connection: nothing of it was in the device."""
        till, self._connected = self._connected, None
        if till is not None:
            till.session.close()

    def capabilities(self) -> Capabilities:
        """Before `connect` the least any device has."""
        return LEAST if self._connected is None else self._connected.capabilities

    def status(self) -> Outcome[PrinterStatus]:
        """getDeviceStatus, and whether a receipt is open: a draft of ours counts as one."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        is_open = receipt_open(till.session, self.switches.ask_receipt_state)
        if not isinstance(is_open, Done):
            return is_open
        held, unprinted = is_open.reply or till.draft is not None, till.session.unprinted
        return self._ask("getDeviceStatus", lambda told: readings.printer_status(told, held, unprinted))

    def clock(self) -> Outcome[datetime]:
        """The device's clock; NotSent GARBAGE when it holds no time."""
        return self._ask("getDeviceStatus", _clock)

    def storage(self) -> Outcome[StorageStatus]:
        """getFnInfo, getFnStatus, getShiftStatus; `document_open` is the device's open receipt."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        is_open = receipt_open(till.session, self.switches.ask_receipt_state)
        if not isinstance(is_open, Done):
            return is_open
        shift = self._ask("getShiftStatus", lambda told: shift_of(member(told, "shiftStatus").get("state")))
        if not isinstance(shift, Done):
            return shift
        info = self._run("getFnInfo")
        if not isinstance(info, Done):
            return info
        about, held = info.reply, is_open.reply
        return self._ask("getFnStatus", lambda told: readings.storage_status(about, told, shift.reply, held))

    def passport(self) -> Outcome[StoragePassport]:
        """getFnInfo."""
        return self._ask("getFnInfo", lambda told: readings.passport(told, self.switches.debug_storage))

    def find_document(self, fd_number: int) -> Outcome[ShortDocument | None]:
        """getFnDocument and ofdExchangeStatus."""
        till = self._connected
        return NOT_CONNECTED if till is None else documents.find_document(till.session, fd_number)

    def read_document(self, fd_number: int) -> Outcome[StoredDocument | None]:
        """getFnDocument; its raw data, or record by record."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        return documents.read_document(till.session, fd_number, self.switches.raw_document)

    def continue_print(self) -> Outcome[None]:
        """`continuePrint`. A device that refuses because nothing waits is Done: that is the state asked for."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        session = till.session
        outcome = session.call(session.fptr.continuePrint, "continuePrint", Effect.PRINT)
        if isinstance(outcome, Refused) and not session.unprinted:
            return Done(None)
        if isinstance(outcome, Done):
            session.unprinted = False
        return outcome

    def print_slip(self, parts: Sequence[SlipPart]) -> Outcome[None]:
        """Raises ValueError before anything is printed when a part cannot be printed by any device."""
        till = self._connected
        if till is None:
            return NOT_CONNECTED
        return print_slip(till.session, parts, self.switches.feed_before_cut)

    def _till(self) -> Till | None:
        return self._connected


def _clock(told: Told) -> datetime:
    at = local_time(member(told, "deviceStatus").get("currentDateTime"))
    if at is None:
        raise ValueError("the device's clock holds no time")
    return at


def _identity(device: Told, registration: Told) -> Identity:
    """`rnm` and `inn` from getRegistrationInfo, "" when it lacks them."""
    organization, own = registration.get("organization") or {}, registration.get("device") or {}
    return Identity(
        vendor=VENDOR,
        model=str(device.get("modelName", "")).strip(),
        serial=str(device.get("serial", "")).strip(),
        firmware=str(device.get("firmwareVersion", "")).strip(),
        rnm=str(own.get("registrationNumber", "")).strip(),
        inn=str(organization.get("vatin", "")).strip(),
    )
