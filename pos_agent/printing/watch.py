"""The observer: sees each new document of the fiscal storage, has it recorded, prints the slip that follows from it.

`tick` does a bounded piece of work and says when it wants to be called again, so a thread or a simulation can drive
it. Nothing here changes anything fiscal: every command is a QUERY, but for the slip (PRINT) and "continue printing".

    searching --connected--> watching --link fault--> searching (with backoff)
    watching: storage status -> new documents, one a tick -> a slip, once the device is idle and the till quiet
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from drivers.api import Done, Paper, PrinterStatus, Refused, StorageStatus
from pos_agent.logs import logger
from pos_agent.printing.line import SELL_ON, Line
from pos_agent.printing.ports import Claim, Journal, Problem, UnreadableDocumentError

BEING_CHECKED = "C"
BACK_PATIENCE_S = 5.0  # paper is back, the device waits for "continue printing": the till had its time to say so
SHARED_POLL_S = 0.1  # on a line shared with the till: its pauses are short
CLOCK_S = 60.0  # between looks at the device's clock when no document makes us look
REREADS = 3  # a document that does not decode is read this often before it is set aside


class Watch:
    """Observer of one printer; owned by one thread."""

    def __init__(self, line: Line, journal: Journal, *, poll_s: float, quiet_s: float) -> None:
        self.line = line
        self.journal = journal
        self.poll_s = poll_s
        self.quiet_s = quiet_s
        self._log = logger("watch")
        self._quiet_since: float | None = None
        self._bad_reads = 0
        self._worth_again = False  # the last read was a wrong byte on the way: the next one may be right
        self._slip_interrupted = False
        self._back_since: float | None = None
        self.in_doubt: Callable[[], bool] | None = None  # settles our own sales first; True while one is in doubt
        self.spare_work: Callable[[], bool] | None = None  # a piece of what can wait; True: there is more
        self._spare_since: float | None = None
        self._clock_due = 0.0

    def tick(self) -> float:
        """Do the next piece of work; seconds until the next call is wanted (0 = at once)."""
        spare_since, self._spare_since = self._spare_since, None  # every way out but the last one is no quiet
        if not self.line.free():
            return min(self.poll_s, SHARED_POLL_S)
        if not self.line.connected:
            self._quiet_since = None
            return self.line.connect()
        if self.in_doubt is not None and self.in_doubt():
            return self.poll_s  # documents are not recorded while one of them may be a sale of ours
        storage = self.line.asked(self.line.printer.storage())
        if storage is None:
            return self.poll_s
        if self._new_document(storage):
            self._quiet_since = None
            return 0.0
        status = self.line.asked(self.line.printer.status())
        if status is None:
            self._quiet_since = None
            return self.poll_s
        self._tell(status)
        if storage.document_open or not status.idle:
            self._quiet_since = None
            return self.poll_s
        if self.journal.slip_due():
            return self._print_when_quiet()
        self._quiet_since = None
        return self._spare(spare_since)

    # ------------------------------------------------------------------ documents

    def _new_document(self, storage: StorageStatus) -> bool:
        """Record the next document that is not recorded yet. False: there is none, or it could not be read now."""
        state, serial = self.line.state, storage.fn_serial
        cursor = self.journal.cursor(serial)
        if cursor is None:
            cursor = self.journal.first_contact(serial, storage.last_fd)
            self._log.info("first contact with a fiscal storage", fn=serial, fd=storage.last_fd, cursor=cursor)
        state.fn_serial, state.last_fd, state.recorded_fd = serial, storage.last_fd, cursor
        state.warnings = tuple(sorted(storage.warnings))
        if cursor >= storage.last_fd:
            return False
        return self.read(serial, cursor + 1, self.line.device_time(), backfill=False)

    def read(
        self, serial: str, fd: int, device_time: datetime | None, *, backfill: bool, claim: Claim | None = None
    ) -> bool:
        """Read one document and have it recorded. False: not now (the link broke, or it will be read again)."""
        printer, self._worth_again = self.line.printer, False
        outcome = printer.read_document(fd)
        if isinstance(outcome, Done):
            document = outcome.reply
            if document is None:
                return self._set_aside(serial, fd, b"", "only the short form is left in the archive", backfill)
            try:
                self.journal.record(serial, document, device_time, backfill, claim)
            except UnreadableDocumentError as error:
                return self._again_or_aside(serial, fd, document.tlv, error.why, backfill)
        elif isinstance(outcome, Refused):
            self.line.asked(outcome)
            return self._again_or_aside(serial, fd, b"", f"refused with {outcome.number}", backfill)
        else:
            self.line.asked(outcome)
            return False
        self._bad_reads = 0
        return True

    def _again_or_aside(self, serial: str, fd: int, body: bytes, why: str, backfill: bool) -> bool:
        """A wrong byte on the way reads right the next time; a damaged archive never does."""
        self._bad_reads += 1
        if self._bad_reads < REREADS:
            self._log.warning("document read again", fn=serial, fd=fd, why=why, attempt=self._bad_reads)
            self._worth_again = True
            return False
        return self._set_aside(serial, fd, body, why, backfill)

    def _set_aside(self, serial: str, fd: int, body: bytes, why: str, backfill: bool) -> bool:
        short = self.line.printer.find_document(fd)
        if not isinstance(short, Done | Refused):
            self.line.asked(short)
            return False
        known = short.reply if isinstance(short, Done) else None
        self.journal.record_unreadable(serial, fd, known, body, why, backfill)
        self._bad_reads = 0
        self._log.error("document set aside", code="DOC-01", fn=serial, fd=fd, why=why)
        return True

    def read_again(self, serial: str, fd: int) -> bool:
        """Read a document at or before the cursor once more, without a slip. False: the device does not give it now."""
        self._bad_reads = 0
        for _ in range(REREADS):
            if self.read(serial, fd, None, backfill=True):
                return True
            if not self._worth_again:
                break
        self._bad_reads = 0
        return False

    def read_up_to(self, serial: str, fd: int, claim: Claim | None = None) -> bool:
        """Record every document up to `fd`, the last as `claim` says. False: the device does not give them now."""
        cursor, device_time = self.journal.cursor(serial), self.line.device_time()
        if cursor is None:
            cursor = self.journal.first_contact(serial, fd - 1 if claim else fd)
        for number in range(cursor + 1, fd + 1):
            mine = claim if number == fd else None
            while not self.read(serial, number, device_time, backfill=False, claim=mine):
                if not self._worth_again:
                    return False
        return True

    def backfill(self, first_fd: int) -> int:
        """Record documents older than the first contact, without slips. Number of documents recorded."""
        state, count = self.line.state, 0
        for fd in range(first_fd, state.recorded_fd + 1):
            while not self.read(state.fn_serial, fd, None, backfill=True):
                if not self._worth_again:
                    return count
            count += 1
        return count

    def storage_now(self) -> tuple[str, int, datetime | None]:
        """FN serial, last document, device time at this moment. PrinterError when the device does not tell."""
        if not self.line.connected:
            self.line.connect()
        storage = self.line.asked(self.line.printer.storage()) if self.line.connected else None
        if storage is None:
            raise self.line.trouble()
        return storage.fn_serial, storage.last_fd, self.line.device_time()

    def _spare(self, since: float | None) -> float:
        """Nothing to record, nothing to print: once it has been so for `quiet_s`, a piece of what can wait."""
        now = self.line.clock.monotonic()
        self._spare_since = now if since is None else since
        caught_up = self.line.state.recorded_fd >= self.line.state.last_fd
        if not caught_up or now - self._spare_since < self.quiet_s:
            return self.poll_s
        if now >= self._clock_due:
            self._clock_due = now + CLOCK_S
            self.line.device_time()
            return self.poll_s
        if self.spare_work is None:
            return self.poll_s
        return 0.0 if self.spare_work() else self.poll_s

    # ------------------------------------------------------------------ slips

    def _print_when_quiet(self) -> float:
        """Print one slip if the device has been idle for `quiet_s`; never between a till's commands."""
        now = self.line.clock.monotonic()
        if self._quiet_since is None:
            self._quiet_since = now
        remaining = self.quiet_s - (now - self._quiet_since)
        if remaining > 0:
            return min(remaining, self.poll_s)
        with self.line.hold(gives_way=True) as ours:
            if not ours:  # the till was quicker
                return min(self.poll_s, SHARED_POLL_S)
            self._print_slip()
        return 0.0

    def _print_slip(self) -> None:
        job = self.journal.claim_slip(self.line.printer.capabilities())
        if job is None:
            return
        outcome = self.line.printer.print_slip(job.parts)
        if isinstance(outcome, Done):
            self.line.asked(outcome)
            self.journal.slip_printed(job)
            self._slip_interrupted = False
            return
        self._quiet_since = None
        self._slip_interrupted = True
        self.line.asked(outcome)
        status = self.line.asked(self.line.printer.status()) if isinstance(outcome, Refused) else None
        self.journal.slip_waits(job, (_paper_problem(status) if status else "") or "SLP-01")
        self._log.warning("slip not printed", job=job.id, outcome=type(outcome).__name__)

    def tell_paper(self, status: PrinterStatus) -> None:
        """Paper and cover as they are while a sale of ours is in doubt: a person has to put a roll in."""
        code = _paper_problem(status)
        self.line.problem(Problem(code, safe=BEING_CHECKED) if code else None)

    def _tell(self, status: PrinterStatus) -> None:
        """Show paper and cover as they are now, and let our own interrupted slip come out."""
        code = _paper_problem(status)
        # Only a print that was cut short surely follows a recorded document: of the till's next one we know nothing.
        recorded = self._slip_interrupted or status.paper in (Paper.OUT_WHILE_PRINTING, Paper.BACK)
        self.line.problem(Problem(code, safe="R" if recorded else SELL_ON) if code else None)
        now = self.line.clock.monotonic()
        if status.paper is not Paper.BACK:
            self._back_since = None
        elif self._slip_interrupted or (self._back_since is not None and now - self._back_since >= BACK_PATIENCE_S):
            # Our own slip is to come out at once; somebody else's document when he does not let it go on himself.
            self.line.asked(self.line.printer.continue_print())
            self._slip_interrupted = False
        elif self._back_since is None:
            self._back_since = now


def _paper_problem(status: PrinterStatus) -> str:
    if status.cover_open:
        return "PRN-02"
    return "PRN-01" if status.paper in (Paper.OUT, Paper.OUT_WHILE_PRINTING) else ""
