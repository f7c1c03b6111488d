"""An ATOL register behind the faces of `drivers.api` and `drivers.selling`."""

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
    PrinterStatus,
    Refused,
    ShortDocument,
    SlipPart,
    StoragePassport,
    StorageStatus,
    StoredDocument,
)
from drivers.atol import documents
from drivers.atol.command import Nothing
from drivers.atol.commands_settings import SHIFT_END, Parameters
from drivers.atol.commands_status import FULL_STATUS, STATE_CODE
from drivers.atol.commands_storage import STORAGE_STATE, STORAGE_VERSION, VALIDITY
from drivers.atol.errors import NO_PAPER
from drivers.atol.identify import Device
from drivers.atol.meeting import AUTO, PROTOCOLS, Layers, Timings, meet
from drivers.atol.patience import Patience
from drivers.atol.service import AtolService
from drivers.atol.session import Recovered, Session
from drivers.atol.slip import SlipPrinter
from drivers.atol.status import FLAG_SHIFT, is_receipt_open, printer_status, storage_status
from drivers.atol.status import NO_PAPER as PAPER_BIT
from drivers.atol.switches import Switches
from drivers.atol.tasks import KeptInProcess, TaskMemory
from drivers.atol.till import NOT_CONNECTED, Till
from drivers.atol.vat import vat_tables
from drivers.atol.verdict import Seen, Snapshot, Verdict, decide
from drivers.streams.byte_stream import ByteStream, StreamError

LEAST = Capabilities(columns=32, double_columns=16, native_qr=False, cutter=False)  # before `connect`


class AtolPrinter(AtolService):
    """One register on one stream: `drivers.api.FiscalPrinter`, `FiscalSeller`, `ServicePrinter`; one thread owns it.

    `monotonic` gives seconds that never go back, `wait` sleeps that many seconds; both are passed in so that a
    simulation can run on virtual time. `protocol`: `v3`, `v2`, or `auto` to try both (TCP speaks v3 alone).
    `password`: access password, 0..9999. `memory` keeps the tid of an unfinished task over a restart of the program.
    ValueError for an unknown protocol or table of tax rates.
    """

    def __init__(
        self,
        stream: ByteStream,
        monotonic: Callable[[], float],
        wait: Callable[[float], None],
        protocol: str = AUTO,
        password: int = 0,
        switches: Switches | None = None,
        memory: TaskMemory | None = None,
        timings: Timings | None = None,
    ) -> None:
        self._switches = switches or Switches()
        table = self._switches.vat_table
        if protocol not in PROTOCOLS:
            raise ValueError(f"no protocol is called {protocol!r}: {', '.join(PROTOCOLS)}")
        if table is not None and table not in vat_tables():
            raise ValueError(f"no table of tax rates is called {table!r}: {', '.join(vat_tables())}")
        self._stream = stream
        self._monotonic = monotonic
        self._wait = wait
        self._password = password
        self._memory = memory or KeptInProcess()
        self._layers = Layers(protocol, self._switches, timings or Timings())  # ids and doubts outlive a connection
        self._session: Session | None = None
        self._device: Device | None = None

    @property
    def protocol(self) -> str:
        """`v2` or `v3` once connected."""
        return self._layers.spoken

    @property
    def recovered(self) -> Recovered | None:
        """The answer that an earlier command turned out to have had, found by Req or ENQ since `connect`."""
        return None if self._session is None else self._session.recovered

    def connect(self) -> Outcome[Identity]:
        """Open, find out about an unfinished task, identify. On anything but Done the port is closed again."""
        self._session = self._device = None
        try:
            self._stream.open()
            self._stream.drain_input()
        except StreamError as error:
            self._stream.close()
            return NotSent(error.fault, error.detail)
        met = meet(self._layers, self._new_session, self._memory, self._stream, self._monotonic)
        if not isinstance(met, Done):
            self._stream.close()
            return met
        self._session, self._device = met.reply
        return Done(self._device.identity)

    def _new_session(self) -> Session:
        return Session(self._stream, self._monotonic, self._layers.current, self._password, self._memory)

    def disconnect(self) -> None:
        self._session = self._device = None
        self._stream.close()

    def capabilities(self) -> Capabilities:
        """Before `connect` the least any register has."""
        return LEAST if self._device is None else self._device.capabilities

    def status(self) -> Outcome[PrinterStatus]:
        """3Fh and 45h; register 12h too while a shift is open, for its 24 hours."""
        session = self._session
        if session is None:
            return NOT_CONNECTED
        full = session.run(FULL_STATUS, Nothing())
        if not isinstance(full, Done):
            return full
        state = session.run(STATE_CODE, Nothing())
        if not isinstance(state, Done | Refused):
            return state
        ends = None
        if full.reply.flags & FLAG_SHIFT:
            shift = session.run(SHIFT_END, Parameters())
            if not isinstance(shift, Done | Refused):
                return shift
            ends = shift.reply.at if isinstance(shift, Done) else None
        code = state.reply if isinstance(state, Done) else None
        return Done(printer_status(full.reply, code, ends, self._switches.paper_from_45))

    def clock(self) -> Outcome[datetime]:
        """3Fh. NotSent GARBAGE when the register's calendar holds no date."""
        session = self._session
        if session is None:
            return NOT_CONNECTED
        outcome = session.run(FULL_STATUS, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        if outcome.reply.at is None:
            return NotSent(LinkFault.GARBAGE, "the register's clock holds no date")
        return Done(outcome.reply.at)

    def storage(self) -> Outcome[StorageStatus]:
        """A4h 30h."""
        outcome = NOT_CONNECTED if self._session is None else self._session.run(STORAGE_STATE, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Done(storage_status(outcome.reply, self._switches.ofd_warning))

    def passport(self) -> Outcome[StoragePassport]:
        """A4h 32h and 33h."""
        session = self._session
        if session is None:
            return NOT_CONNECTED
        validity = session.run(VALIDITY, Nothing())
        if not isinstance(validity, Done):
            return validity
        version = session.run(STORAGE_VERSION, Nothing())
        if not isinstance(version, Done):
            return version
        if validity.reply.expires is None:
            return NotSent(LinkFault.GARBAGE, "A4h 32h: the expiry date is no date")
        left, kind = validity.reply.registrations_left, version.reply.kind
        return Done(StoragePassport(validity.reply.expires, version.reply.version, kind != 0, left))

    def find_document(self, fd_number: int) -> Outcome[ShortDocument | None]:
        return NOT_CONNECTED if self._session is None else documents.find_document(self._session, fd_number)

    def read_document(self, fd_number: int) -> Outcome[StoredDocument | None]:
        if self._session is None:
            return NOT_CONNECTED
        return documents.read_document(self._session, fd_number, self._switches.trust_length)

    def look_back(self, before: Snapshot) -> Outcome[Verdict]:
        """What became of a close whose answer was lost: 3Fh, A4h 30h, the newest document (protocol notes, B.5)."""
        session = self._session
        if session is None:
            return NOT_CONNECTED
        full = session.run(FULL_STATUS, Nothing())
        if not isinstance(full, Done):
            return full
        state = session.run(STORAGE_STATE, Nothing())
        if not isinstance(state, Done):
            return state
        newest = documents.find_document(session, state.reply.last_fd)
        if not isinstance(newest, Done):
            return newest
        form, total = (newest.reply.form, newest.reply.total_kop) if newest.reply else (0, None)
        seen = Seen(state.reply.last_fd, state.reply.document, is_receipt_open(full.reply), form, total)
        return Done(decide(before, seen))

    def continue_print(self) -> Outcome[None]:
        """Nothing in the protocol waits for it: with paper in, the register goes on by itself. 67h: still none."""
        outcome = NOT_CONNECTED if self._session is None else self._session.run(STATE_CODE, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        return Refused(NO_PAPER, STATE_CODE.name) if outcome.reply.faults & PAPER_BIT else Done(None)

    def print_slip(self, parts: Sequence[SlipPart]) -> Outcome[None]:
        """Raises ValueError before anything is printed when a part cannot be printed by any register."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        return SlipPrinter(till.patience, till.device, till.switches).print(parts)

    def _till(self) -> Till | None:
        if self._session is None or self._device is None:
            return None
        patience = Patience(self._session, self._wait, self._switches.mode_password)
        return Till(patience, self._device, self._switches)
