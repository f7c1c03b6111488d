"""Does the ledger hold what the fiscal storage holds? Asked once a day, by the short form of each document (FF0Ah).

What is not here, or was set aside as unreadable, is read again and recorded without a slip. A document whose sign, sum,
form or operation is other than the one recorded is an alarm for a person; nothing of it is ever changed.

The window: from the first document that was ever asked for to the last one recorded, as far back as the storage keeps
short forms. What is newer is the observer's own work. Protocol notes, section 5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.api import Done, Refused, ShortDocument
from pos_agent.checkout.journal import StoreJournal
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.model.events import EventKind
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch
from pos_agent.store.documents import DocumentState, StoredDocument
from pos_agent.store.repositories import View

PIECE = 8  # documents a tick: a till on another port waits for one command at most
TRIES = 3  # of one document when the line breaks on it; then the run goes on without it
ALARMS = 20  # after so many a person must look: going on would only fill the log
COMPARED = ("form", "fpd", "operation", "total_kop")


class Lack(StrEnum):
    """How our books differ from the fiscal storage."""

    NO_DOCUMENT = "no_document"  # the storage has it, we have not stored it
    NO_EVENT = "no_event"  # stored whole, but the ledger does not tell of it
    UNREAD = "unread"  # set aside: its text could not be read
    OTHER = "other"  # the same number says something else: an alarm


@dataclass(frozen=True)
class Recorded:
    """What we hold of one document: its row, and whether the ledger has its event (a note "unreadable" is none)."""

    row: StoredDocument | None = None
    has_event: bool = False


@dataclass(frozen=True)
class Difference:
    """One document on which the two sides differ; `fields` name what is other, for an alarm only."""

    fd: int
    lack: Lack
    fields: tuple[str, ...] = ()


def compare(kept: Mapping[int, ShortDocument], recorded: Mapping[int, Recorded]) -> list[Difference]:
    """Every difference in the order of document numbers. Pure.

    `kept`: number -> short form, for numbers that the storage still tells; `recorded`: number -> what we hold.
    Documents that only we hold are no difference: the storage keeps short forms for years, not for ever.
    """
    found = (_difference(fd, kept[fd], recorded.get(fd, Recorded())) for fd in sorted(kept))
    return [one for one in found if one is not None]


def _difference(fd: int, short: ShortDocument, ours: Recorded) -> Difference | None:
    row = ours.row
    if row is None:
        return Difference(fd, Lack.NO_DOCUMENT)
    sides = {name: (getattr(short, name), getattr(row, name)) for name in COMPARED}
    other = tuple(name for name, (theirs, mine) in sides.items() if None not in (theirs, mine) and theirs != mine)
    if other:
        return Difference(fd, Lack.OTHER, other)
    if row.state is not DocumentState.WHOLE:
        return Difference(fd, Lack.UNREAD)
    return None if ours.has_event else Difference(fd, Lack.NO_EVENT)


@dataclass(frozen=True)
class Result:
    """How a run ended. `missing`: gaps found, `healed`: those closed by it, `unread`: FN/FD of those that were not;
    `alarms`: `FN/FD: fields`.

    `at`: UTC, ISO; `stopped`: code of what ended the run before its end, "" when it looked at everything.
    """

    at: str
    checked: int
    missing: int
    healed: int
    alarms: tuple[str, ...]
    stopped: str = ""
    unread: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Every document that the storage keeps is recorded as it is."""
        return not self.stopped and not self.alarms and self.missing == self.healed


@dataclass
class Run:
    """A run under way over one storage: what is looked at next, and what was found so far."""

    serial: str
    next_fd: int
    last_fd: int
    checked: int = 0
    missing: int = 0
    healed: int = 0
    tries: int = 0  # of the document at hand
    alarms: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    gaps: deque[ShortDocument] = field(default_factory=deque)  # to be read, one a tick


class Reconciler:
    """Runs on the printer's thread, a piece whenever nothing else is to be done. Others only read its public values."""

    def __init__(self, watch: Watch, journal: StoreJournal) -> None:
        self.watch = watch
        self.journal = journal
        self.last: Result | None = None
        self.runs = 0  # ended since the start
        self.wanted = False  # asked for and not ended
        self._run: Run | None = None
        self._log = logger("reconcile")

    def start(self) -> int:
        """Ask for a run, or join the one under way; the value of `runs` once it has ended."""
        self.wanted = True
        return self.runs + 1

    def piece(self) -> bool:
        """Do a bounded piece of work if a run is wanted. True: there is more to do at once."""
        if not self.wanted:
            return False
        run = self._current()
        try:
            if run.gaps:
                return self._heal(run)
            if run.next_fd <= run.last_fd and len(run.alarms) < ALARMS:
                return self._look(run)
            self._end(run, "REC-01" if run.next_fd <= run.last_fd else "")
        except AgentError as error:  # no rules, a full disk: the next run tries again, selling goes on
            self._end(run, error.code)
        return False

    # ------------------------------------------------------------------ pieces

    def _current(self) -> Run:
        serial = self.watch.line.state.fn_serial
        if self._run is None or self._run.serial != serial:
            with self.journal.store.reading() as view:
                first, last = _window(view, serial)
            self._run = Run(serial, first, min(last, self.watch.line.state.last_fd))
        return self._run

    def _look(self, run: Run) -> bool:
        """Ask for some short forms, compare them; gaps are queued, alarms told."""
        kept: dict[int, ShortDocument] = {}
        for fd in range(run.next_fd, min(run.next_fd + PIECE - 1, run.last_fd) + 1):
            outcome = self.watch.line.printer.find_document(fd)
            if not isinstance(outcome, Done | Refused):
                self.watch.line.asked(outcome)
                if self._enough(run):
                    run.next_fd, run.tries = fd + 1, 0
                break
            if isinstance(outcome, Done) and outcome.reply is not None:
                kept[fd] = outcome.reply
            run.next_fd, run.tries = fd + 1, 0
        self._judge(run, kept)
        return self.watch.line.connected

    def _judge(self, run: Run, kept: Mapping[int, ShortDocument]) -> None:
        with self.journal.store.reading() as view:
            recorded = {fd: _recorded(view, DocumentId(run.serial, fd)) for fd in kept}
        run.checked += len(kept)
        for found in compare(kept, recorded):
            if found.lack is Lack.OTHER:
                self._alarm(run, found)
            else:
                run.missing += 1
                run.gaps.append(kept[found.fd])

    def _heal(self, run: Run) -> bool:
        """Read one document that is not here whole and have it recorded."""
        short = run.gaps[0]
        if not self.watch.read_again(run.serial, short.fd_number) and not self._enough(run):
            return False
        run.gaps.popleft()
        run.tries = 0
        with self.journal.store.reading() as view:
            now = _recorded(view, DocumentId(run.serial, short.fd_number))
        left = compare({short.fd_number: short}, {short.fd_number: now})
        if not left:
            run.healed += 1
            self._log.info("document healed", fn=run.serial, fd=short.fd_number)
        elif left[0].lack is Lack.OTHER:
            self._alarm(run, left[0])
        else:
            run.unread.append(str(DocumentId(run.serial, short.fd_number)))
        return True

    def _enough(self, run: Run) -> bool:
        """The document at hand was tried often enough."""
        run.tries += 1
        return run.tries >= TRIES

    def _alarm(self, run: Run, found: Difference) -> None:
        run.alarms.append(f"{DocumentId(run.serial, found.fd)}: {', '.join(found.fields)}")
        why = f"the storage says otherwise: {', '.join(found.fields)}"
        self._log.error("document differs from the storage", code="REC-01", fn=run.serial, fd=found.fd, why=why)

    def _end(self, run: Run, stopped: str = "") -> None:
        at = self.journal.clock.now().isoformat(timespec="seconds")
        self.last = Result(at, run.checked, run.missing, run.healed, tuple(run.alarms), stopped, tuple(run.unread))
        self._run, self.wanted = None, False
        self.runs += 1
        self._log.info("reconciled", fn=run.serial, last=run.last_fd, count=run.checked, reason=stopped)


def _window(view: View, serial: str) -> tuple[int, int]:
    """First and last document that should be here: (1, 0) for a storage that is not known."""
    series = view.series.get(serial)
    if series is None:
        return 1, 0
    oldest = next((one.fd_number for one in view.documents.ids() if one.fn_serial == serial), series.first_fd)
    return min(oldest, series.first_fd), series.cursor_fd


def _recorded(view: View, number: DocumentId) -> Recorded:
    events = view.ledger.by_document(number)
    told = any(chained.event.kind is not EventKind.UNREADABLE for chained in events)
    return Recorded(view.documents.get(number), told)
