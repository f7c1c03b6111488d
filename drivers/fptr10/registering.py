"""Tasks that register a document: sent once, and after any failure the storage is asked what became of them.

Before the task the number of the last document is remembered. The driver's own answer to a lost one is
`checkDocumentClosed` (protocol notes, section 9.3); it is believed only together with that number (JSON tasks notes,
section 2.6), because the sources do not say what it answers when nothing was begun:

    closed, number + 1, the document fits    Done, read back from the storage
    not closed, same number                  not registered; what is left open is cancelled, then looked at once more
    anything else, or no answer              OutcomeUnknown: the caller resolves

Nothing here sends the task a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused, ShortDocument
from drivers.fptr10.documents import find_document
from drivers.fptr10.errors import DOCUMENT_OPEN, RECEIPT_OPEN
from drivers.fptr10.readings import Told, local_time, member
from drivers.fptr10.session import Session
from drivers.fptr10.task import Task, kopecks
from drivers.fptr10.words import KINDS
from drivers.selling import Registered

ATTEMPTS = 3  # to reach the device again; after that the caller resolves in its own time
PAUSE_S = 1.0
FOREIGN = frozenset({RECEIPT_OPEN, DOCUMENT_OPEN})  # the task was refused because of somebody's document: not ours
RECEIPT_TASKS = frozenset({*KINDS.values(), *(f"{name}Correction" for name in KINDS.values())})
Fits = Callable[[ShortDocument], bool]


@dataclass(frozen=True)
class Proof:
    """`closed` as the driver says, `last_fd` as the storage does, once nothing is open any more."""

    closed: bool
    last_fd: int


class Registering:
    """Sends registering tasks on one session. `receipt_open` asks the device; `wait` sleeps seconds."""

    def __init__(
        self, session: Session, wait: Callable[[float], None], receipt_open: Callable[[], Outcome[bool]]
    ) -> None:
        self._session = session
        self._wait = wait
        self._receipt_open = receipt_open

    def run(
        self, task: Task, fits: Fits, change_kop: Callable[[int | None], int] = lambda total: 0
    ) -> Outcome[Registered]:
        """`fits` knows the document by its short form; `change_kop` gets the total the answer tells."""
        before = self.last_fd()
        if not isinstance(before, Done):
            return before if not isinstance(before, OutcomeUnknown) else NotSent(before.fault, before.detail)
        outcome = self._session.run(task)
        if isinstance(outcome, NotSent):
            return outcome
        if isinstance(outcome, Done):
            try:
                return Done(self._registered(outcome.reply, change_kop))
            except (ValueError, TypeError, LookupError) as error:
                unread = OutcomeUnknown(LinkFault.GARBAGE, task.name, str(error))
                return self._resolve(task, unread, before.reply, fits, change_kop)
        return self._resolve(task, outcome, before.reply, fits, change_kop)

    def last_fd(self) -> Outcome[int]:
        """Number of the storage's last document."""
        outcome = self._session.run(Task("getFnStatus"))
        if not isinstance(outcome, Done):
            return outcome
        try:
            return Done(int(member(outcome.reply, "fnStatus")["fiscalDocumentNumber"]))
        except (ValueError, TypeError, LookupError) as error:
            return NotSent(LinkFault.GARBAGE, f"getFnStatus: {error}")

    def _resolve(
        self,
        task: Task,
        failed: Refused | OutcomeUnknown,
        before: int,
        fits: Fits,
        change_kop: Callable[[int | None], int],
    ) -> Outcome[Registered]:
        cancel = task.name in RECEIPT_TASKS and not (isinstance(failed, Refused) and failed.code in FOREIGN)
        proof = self._proof(isinstance(failed, OutcomeUnknown), cancel)
        unknown = _unknown(task, failed)
        if proof is None:
            return unknown
        if proof.last_fd == before:
            if isinstance(failed, Refused):
                return failed
            return unknown if proof.closed else NotSent(failed.fault, f"{task.name}: proven: {failed.detail}")
        if proof.last_fd != before + 1 or not proof.closed:
            return unknown
        found = find_document(self._session, proof.last_fd)
        if not isinstance(found, Done) or found.reply is None or not fits(found.reply):
            return unknown
        short = found.reply
        return Done(Registered(short.fd_number, short.fpd, change_kop(short.total_kop), short.at))

    def _proof(self, reconnect: bool, cancel: bool) -> Proof | None:
        """None: the device does not tell, or what the task left open (`cancel`) would not go away."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._wait(PAUSE_S)
            if reconnect or not self._session.is_open:
                self._session.close()
                if not isinstance(self._session.open(), Done):
                    continue
            closed = self._closed()
            if closed is None:
                reconnect = True
                continue
            if not closed and cancel and not self._nothing_open():
                continue
            last = self.last_fd()
            if isinstance(last, Done):
                return Proof(closed, last.reply)
        return None

    def _closed(self) -> bool | None:
        """checkDocumentClosed; None while it cannot be asked. A document half on paper is noted in the session."""
        session = self._session
        asked = session.call(session.fptr.checkDocumentClosed, "checkDocumentClosed", Effect.QUERY)
        if not isinstance(asked, Done):
            return None
        closed = bool(session.fptr.getParamBool(session.number("PARAM_DOCUMENT_CLOSED")))
        if closed:
            printed = session.fptr.getParamBool(session.number("PARAM_DOCUMENT_PRINTED"))
            session.unprinted = not printed
        return closed

    def _nothing_open(self) -> bool:
        """Cancel the receipt the task has left; True once none is open."""
        now = self._receipt_open()
        if isinstance(now, Done) and now.reply:
            self._session.call(self._session.fptr.cancelReceipt, "cancelReceipt", Effect.STEP)
            now = self._receipt_open()
        return isinstance(now, Done) and not now.reply

    def _registered(self, answer: Told, change_kop: Callable[[int | None], int]) -> Registered:
        """`fiscalParams`; raises ValueError or LookupError when they do not name the document."""
        told = member(answer, "fiscalParams")
        warnings = answer.get("warnings")
        if isinstance(warnings, dict) and warnings.get("notPrinted"):
            self._session.unprinted = True
        total = kopecks(told["total"]) if told.get("total") is not None else None
        at: datetime | None = local_time(told.get("fiscalDocumentDateTime"))
        return Registered(int(told["fiscalDocumentNumber"]), int(told["fiscalDocumentSign"]), change_kop(total), at)


def _unknown(task: Task, failed: Refused | OutcomeUnknown) -> OutcomeUnknown:
    if isinstance(failed, OutcomeUnknown):
        return failed
    return OutcomeUnknown(LinkFault.SILENT, task.name, f"refused with {failed.code}, yet the storage does not agree")
