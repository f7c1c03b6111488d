"""Settles a sale in doubt: asks the device, lets `resolve` decide, does what the verdict says.

Nothing here registers anything. What it may send: questions, "continue printing", "cancel the open receipt".
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from drivers.api import Done, FiscalPrinter, Paper, PrinterStatus, Refused, StorageStatus
from drivers.selling import FiscalSeller, Registered
from pos_agent.checkout.answer import answer as _answer
from pos_agent.checkout.answer import change as _change
from pos_agent.checkout.deadline import Deadline
from pos_agent.checkout.journal import StoreJournal
from pos_agent.checkout.lifecycle import SaleEvent, SaleState, after
from pos_agent.checkout.outcome import registered, released
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.reading import content_of
from pos_agent.checkout.resolve import Answer, Expected, Found, Seen, Verdict, decide
from pos_agent.clock import Clock
from pos_agent.errors import PrinterError, UsageError
from pos_agent.logs import logger
from pos_agent.model.receipt import RECEIPT_FORMS, DocumentId
from pos_agent.printing.ports import Claim, UnreadableDocumentError
from pos_agent.printing.watch import Watch
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import Txn

PATIENCE_S = 60  # power back, paper in: after that the answer is "being checked" and work goes on in the background
LOOK_S = 15  # what a look at a device that answers badly may take
PAUSE_S = 1  # two quiet readings this far apart: "document open" can also mean "still executing"
LOOKS = 50  # documents after ours that are looked through; with more of them a person decides
REREADS = 3  # a wrong byte on the way reads right the next time; a damaged archive never does


class Printer(FiscalPrinter, FiscalSeller, Protocol):
    """A printer that both watches and sells."""


class Settler:
    """Resolves unsettled sales of one printer; runs on its thread."""

    def __init__(self, watch: Watch, journal: StoreJournal, printer: Printer, clock: Clock) -> None:
        self.watch = watch
        self.journal = journal
        self.printer = printer
        self.clock = clock
        self._never = threading.Event()
        self._log = logger("settle")

    def settle(self) -> Intent | None:
        """Settle what is in doubt if the device talks; the sale that is still unsettled, None when nothing is."""
        intent = self._unsettled()
        if intent is None or intent.state == SaleState.NEEDS_OPERATOR:
            return intent
        line = self.watch.line
        if not line.connected:
            line.connect()
        seen = self._look(intent) if line.connected else None
        if seen is None:
            return intent
        verdict = decide(_expected(intent), seen)
        self._log.info("resolved", outcome=verdict.answer.value, why=verdict.why, fd=verdict.fd_number)
        return self._carry_out(intent, verdict)

    def settle_patiently(self, sale_id: str, call: Deadline | None = None) -> Intent:
        """Settle this sale, waiting for the device; no look at it begins shortly before the `call` has to answer.

        PrinterError SAL-01: still in doubt; SAL-02: a person decides.
        """
        patience = Deadline(self.clock, PATIENCE_S)
        while not patience.nearer_than(0) and (call is None or not call.nearer_than(LOOK_S)):
            if self.settle() is None:
                return self._get(sale_id)
            intent = self._get(sale_id)
            if intent.state == SaleState.NEEDS_OPERATOR:
                raise PrinterError("SAL-02", lines=(intent.reason,))
            self.pause()
        raise PrinterError("SAL-01")

    def pause(self) -> None:
        """Wait a second."""
        self.clock.wait(self._never, PAUSE_S)

    def never_opened(self, intent: Intent, why: str) -> None:
        """The printer refused to open our receipt: nothing of this sale is in it, whatever else is."""
        state = after(SaleState(intent.state), SaleEvent.PROVEN_ABSENT)
        with self.journal.store.writing("settled") as txn:
            released(txn, txn.intents.move(intent.sale_id, state, why))

    def complete(self, intent: Intent, number: DocumentId, fpd: int | None, change_kop: int) -> Intent:
        """The sale is this document: record it read back, in one transaction.

        When it cannot be read now the sale is still marked as registered, durably; its event follows when it is read.
        """
        claim = Claim(intent.sale_id, _answer(intent, number, fpd, change_kop))
        self.watch.read_up_to(number.fn_serial, number.fd_number, claim)
        stored = self._get(intent.sale_id)
        if stored.state == SaleState.REGISTERED:
            return stored
        with self.journal.store.writing("registered") as txn:
            return self._registered(txn, intent.sale_id, number, fpd, claim.answer)

    def _registered(
        self, txn: Txn, sale_id: str, number: DocumentId, fpd: int | None, answer: Mapping[str, Any]
    ) -> Intent:
        known = txn.intents.register_as(sale_id, number, fpd, answer)
        registered(txn, known)
        return known

    def by_word(self, decision: str, number: DocumentId | None, reason: str) -> dict[str, Any]:
        """Look again; when the storage cannot decide, take a person's word: `registered` as `number`, or `absent`.

        PrinterError SAL-01: the device does not talk; SAL-02: it needs a person and none has spoken. UsageError
        API-01: `number` cannot be this sale.
        """
        intent = self.settle()
        if intent is None:
            return {"sale": None, "state": "nothing in doubt"}
        if intent.state != SaleState.NEEDS_OPERATOR:
            raise PrinterError("SAL-01")
        if not decision:
            raise PrinterError("SAL-02", lines=(intent.reason,))
        self._log.warning("a person decided", outcome=decision, reason=reason)
        if decision == "registered" and number is not None:
            after(SaleState.NEEDS_OPERATOR, SaleEvent.SAID_REGISTERED)
            return dict(self._take_word(intent, number).answer)
        state = after(SaleState.NEEDS_OPERATOR, SaleEvent.SAID_ABSENT)
        with self.journal.store.writing("decided") as txn:
            released(txn, txn.intents.move(intent.sale_id, state, f"operator: {reason}"))
        return {"sale": intent.sale_id, "state": state.value}

    def _take_word(self, intent: Intent, number: DocumentId) -> Intent:
        """A slip of the pen must not name what cannot be: another storage, an older or a foreign sale's document."""
        with self.journal.store.reading() as view:
            claimed = view.intents.by_document(number) is not None
        if number.fn_serial != intent.fn_serial or number.fd_number <= intent.fd_before or claimed:
            raise UsageError("API-01", field=f"document: {number}")
        fn_serial, _, _ = self.watch.storage_now()
        if fn_serial == number.fn_serial:
            short = self.printer.find_document(number.fd_number)
            if not isinstance(short, Done):
                self.watch.line.asked(short)
                raise self.watch.line.trouble()
            if short.reply is None or short.reply.form not in RECEIPT_FORMS:
                raise UsageError("API-01", field=f"document: {number}")
            return self.complete(intent, number, short.reply.fpd, _change(intent))
        answer = _answer(intent, number, None, _change(intent))  # the storage is gone: nothing can be read back
        with self.journal.store.writing("registered") as txn:
            return self._registered(txn, intent.sale_id, number, None, answer)

    # ------------------------------------------------------------------ device

    def _look(self, intent: Intent) -> Seen | None:
        """What the device says, once it is quiet. None: it does not talk, or is busy."""
        status = self._quiet()
        storage = self.watch.line.asked(self.printer.storage()) if status is not None else None
        if status is None or storage is None:
            return None
        found = self._documents(intent, storage)
        if found is None:
            return None
        return Seen(storage.fn_serial, storage.last_fd, status.receipt_open or storage.document_open, found)

    def _quiet(self) -> PrinterStatus | None:
        """The same reading twice, `PAUSE_S` apart, with nothing being printed; paper that is back is let go on."""
        for _ in range(2):
            status = self.watch.line.asked(self.printer.status())
            if status is None:
                return None
            self.watch.tell_paper(status)
            if status.paper is Paper.BACK:
                self.watch.line.asked(self.printer.continue_print())
                return None
            if status.printing:
                return None
            if not status.receipt_open:
                break
            self.pause()
        return status

    def _documents(self, intent: Intent, storage: StorageStatus) -> list[Found] | None:
        if storage.fn_serial != intent.fn_serial:
            return []
        found = []
        for fd in range(intent.fd_before + 1, min(storage.last_fd, intent.fd_before + LOOKS) + 1):
            one = self._document(storage.fn_serial, fd)
            if one is None:
                return None
            found.append(one)
        return found

    def _document(self, fn_serial: str, fd: int) -> Found | None:
        """What one document says of money. None: not now."""
        with self.journal.store.reading() as view:
            claimed = view.intents.by_document(DocumentId(fn_serial, fd)) is not None
        for _ in range(REREADS):
            outcome = self.printer.read_document(fd)
            if isinstance(outcome, Refused):
                self.pause()
                continue
            if not isinstance(outcome, Done):
                self.watch.line.asked(outcome)
                return None
            if outcome.reply is None:
                break
            with suppress(UnreadableDocumentError):
                return Found(fd, content_of(fn_serial, outcome.reply), claimed)
        return Found(fd, None, claimed, unreadable=True)

    # ------------------------------------------------------------------ verdicts

    def _carry_out(self, intent: Intent, verdict: Verdict) -> Intent | None:
        if verdict.answer is Answer.CANCEL_FIRST:
            self.watch.line.asked(self.printer.receipt_cancel())
            return intent  # the next look must show that it is gone
        if verdict.answer is Answer.REGISTERED and verdict.fd_number is not None:
            after(SaleState(intent.state), SaleEvent.PROVEN_REGISTERED)
            self.complete(intent, DocumentId(intent.fn_serial, verdict.fd_number), None, _change(intent))
            return None
        event = SaleEvent.IN_DOUBT if verdict.answer is Answer.NEEDS_OPERATOR else SaleEvent.PROVEN_ABSENT
        state = after(SaleState(intent.state), event)
        with self.journal.store.writing("settled") as txn:
            moved = txn.intents.move(intent.sale_id, state, verdict.why)
            if state is SaleState.NOT_EXECUTED:
                released(txn, moved)
        return moved if state is SaleState.NEEDS_OPERATOR else None

    def _unsettled(self) -> Intent | None:
        with self.journal.store.reading() as view:
            return view.intents.unsettled(self.journal.place.station)

    def _get(self, sale_id: str) -> Intent:
        with self.journal.store.reading() as view:
            intent = view.intents.get(sale_id)
        assert intent is not None, "the sale was written before it was sent"
        return intent


def _expected(intent: Intent) -> Expected:
    return Expected(intent.fn_serial, intent.fd_before, Plan.from_json(intent.plan).content)


def fits(registered: Registered, intent: Intent) -> bool:
    """May the answer to "close" be believed: the next document, with the change we reckoned with?

    Else somebody sold meanwhile, or wrong bits passed the frame's one check byte: the storage itself is asked.
    """
    return registered.fd_number == intent.fd_before + 1 and registered.change_kop == _change(intent)
