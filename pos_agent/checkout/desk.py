"""The agent sells: one receipt registered by the numbered protocol, and an answer when the line goes silent.

Runs on the printer's thread. Reliability targets, section 3: the numbers in the comments are its steps.

A COMMIT is never sent twice for one sale unless `resolve` proved that the first did not happen: this file is the one
place that decides to send, and it sends only for a sale whose intent was written by this very call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from drivers.api import Done, NotSent, Outcome, OutcomeUnknown, Paper, PrinterStatus, Refused, Shift
from drivers.selling import FiscalItem, ReceiptKind, Registered
from pos_agent.checkout.journal import StoreJournal
from pos_agent.checkout.lifecycle import SaleEvent, SaleState, after
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.sale_codes import write_intent
from pos_agent.checkout.settle import Printer, Settler, fits
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.logs import logger
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch
from pos_agent.store.intents import Intent

Reply = TypeVar("Reply")

PRINTING_S = 30  # a long receipt prints in less than 10 s
ATTEMPTS_BY_ITSELF = 2  # the first, and one more after a proof that the first did not happen


@dataclass(frozen=True)
class SaleOrder:
    """What the caller wants registered. `plan` is made after the device was read: it sees what is available then.

    `tlvs` go into the receipt as they are (1008, 1084); they may hold personal data and are never stored here.
    """

    sale_id: str
    content_hash: str
    customer: str | None
    plan: Callable[[], Plan]
    tlvs: tuple[bytes, ...] = ()


class _RefusedError(Exception):
    """The receipt cannot be made; `lines` say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[-1])
        self.lines = tuple(line for line in lines if line)


class Desk:
    """Sells on one printer."""

    def __init__(
        self, watch: Watch, journal: StoreJournal, printer: Printer, settler: Settler, language: str = "ru"
    ) -> None:
        self.language = language
        self.watch = watch
        self.journal = journal
        self.printer = printer
        self.settler = settler
        self._log = logger("desk")

    def sell(self, order: SaleOrder) -> dict[str, Any]:
        """Register the receipt; the stored answer when this sale exists already.

        SAL-05: other content under this id. SAL-01, SAL-02: a sale is in doubt. SHF-01, PRN-..: not begun. SAL-03: the
        printer refused it. Nothing was registered unless the code says "being checked".
        """
        known = self._known(order)  # 1
        if known is not None and known.state == SaleState.REGISTERED:
            return dict(known.answer)
        with self._line():
            return self._sell(order)

    def _sell(self, order: SaleOrder) -> dict[str, Any]:
        self._nothing_in_doubt()
        known = self._known(order)  # it may be this very sale that was in doubt until now
        if known is not None and known.state == SaleState.REGISTERED:
            return dict(known.answer)
        for attempt in range(1, ATTEMPTS_BY_ITSELF + 1):
            intent = self._begin(order)  # 2, 3
            with _unknown_from_here():
                settled = self._carry_out(intent, order)
            if settled.state == SaleState.REGISTERED:
                return dict(settled.answer)
            self._log.warning("sale not executed", attempt=attempt, reason=settled.reason)
        raise PrinterError("PRN-03")

    def open_shift(self) -> dict[str, Any]:
        """Open a shift when none is open."""
        with self._line():
            self._nothing_in_doubt()
            self._ready(may_open=True)
        return {"shift": "open"}

    def close_shift(self) -> dict[str, Any]:
        """Z report. After silence the shift's own state tells whether it happened."""
        with self._line():
            self._nothing_in_doubt()
            self._connected()
            if self._must(self.printer.status()).shift is Shift.CLOSED:
                return {"shift": "closed"}
            outcome = self.printer.shift_close()
            if not isinstance(outcome, Done):
                self._shift_is(outcome, open_=False)
        return {"shift": "closed"}

    def x_report(self) -> dict[str, Any]:
        """Report without clearing."""
        with self._line():
            self._connected()
            self._must(self.printer.x_report())
        return {"report": "x"}

    # ------------------------------------------------------------------ steps

    def _known(self, order: SaleOrder) -> Intent | None:
        with self.journal.store.reading() as view:
            known = view.intents.get(order.sale_id)
        if known is not None and known.content_hash != order.content_hash:
            raise UsageError("SAL-05")
        return known

    def _nothing_in_doubt(self) -> None:
        with _unknown_from_here():
            unsettled = self.settler.settle()
        if unsettled is not None:
            raise PrinterError("SAL-02" if unsettled.state == SaleState.NEEDS_OPERATOR else "SAL-01")

    def _begin(self, order: SaleOrder) -> Intent:
        """Read the device, plan the receipt, write the intent durably before the first byte."""
        self._ready(may_open=True)
        storage = self._must(self.printer.storage())
        if not self.watch.read_up_to(storage.fn_serial, storage.last_fd):
            raise self.watch.line.trouble()
        plan = order.plan()
        if (refusal := self.printer.takes(plan.fiscal_items, self.language)) is not None:
            raise PrinterError("SAL-03", lines=(refusal,))
        status = self._must(self.printer.status())
        intent = Intent(
            sale_id=order.sale_id,
            content_hash=order.content_hash,
            register=self.journal.place.register,
            fn_serial=storage.fn_serial,
            fd_before=storage.last_fd,
            shift=(status.last_closed_shift or 0) + 1,
            total_kop=plan.total_kop,
            expected={"operation": plan.content.operation, "payments_kop": list(plan.content.payments_kop)},
            plan=plan.to_json(),
            customer_id=order.customer,
            points_pt=plan.spent_pt,
        )
        with self.journal.store.writing("intent") as txn:
            return write_intent(txn, intent)

    def _carry_out(self, intent: Intent, order: SaleOrder) -> Intent:
        """Steps 4 to 6 of one attempt: the sale afterwards, registered or proven not executed."""
        try:
            registered = self._send(intent, order)  # 4
        except _RefusedError as refusal:
            settled = self.settler.settle_patiently(intent.sale_id)
            self._log.warning("receipt refused", reason=refusal.lines[-1])
            if settled.state == SaleState.NOT_EXECUTED:
                raise PrinterError("SAL-03", lines=refusal.lines) from refusal
            return settled
        if registered is not None and fits(registered, intent):
            after(SaleState.CLOSING, SaleEvent.CLOSED)
            number = DocumentId(intent.fn_serial, registered.fd_number)
            return self.settler.complete(intent, number, registered.fpd, registered.change_kop)  # 5
        return self.settler.settle_patiently(intent.sale_id)  # 6

    def _send(self, intent: Intent, order: SaleOrder) -> Registered | None:
        """Build the receipt and close it. None: the line went silent somewhere, resolve decides."""
        plan = Plan.from_json(intent.plan)
        kind = ReceiptKind(plan.operation)
        opened = self.printer.receipt_open(kind)
        if isinstance(opened, Refused):
            # Nothing of ours is in the printer: a receipt that is open there now is not ours to cancel.
            self.settler.never_opened(intent, f"{opened.command} refused with {opened.code:02X}h")
        steps: list[Callable[[], Outcome[Any]]] = [lambda: opened]
        steps += [_tlv(self.printer, tlv) for tlv in order.tlvs]
        steps += [_item(self.printer, kind, item) for item in plan.fiscal_items]
        for step in steps:
            if self._stepped(step) is None:
                return None
        subtotal = self._stepped(self.printer.receipt_subtotal)
        if subtotal is None:
            return None
        if subtotal.reply != plan.total_kop:
            raise _RefusedError(f"the printer counts {subtotal.reply}, we count {plan.total_kop}")
        after(SaleState(intent.state), SaleEvent.CLOSE_NEXT)
        with self.journal.store.writing("closing") as txn:
            txn.intents.move(intent.sale_id, SaleState.CLOSING)
        closed = self._stepped(lambda: self.printer.receipt_close(plan.paid, plan.tax_system))
        return None if closed is None else closed.reply

    def _stepped(self, step: Callable[[], Outcome[Reply]]) -> Done[Reply] | None:
        """None: silence. `_RefusedError` when the device, or the driver before a byte was sent, does not take it."""
        try:
            outcome = step()
        except ValueError as error:
            raise _RefusedError(str(error)) from error
        if isinstance(outcome, Done):
            return outcome
        if isinstance(outcome, Refused):
            told = self.watch.line.describe(outcome.code)
            raise _RefusedError(told, f"{outcome.command} refused with {outcome.code:02X}h")
        self.watch.line.asked(outcome)
        return None

    # ------------------------------------------------------------------ device

    @contextmanager
    def _line(self) -> Iterator[None]:
        """The printer's line for all of it. PrinterError PRN-04: the till software is talking to the printer."""
        with self.watch.line.hold() as ours:
            if not ours:
                raise PrinterError("PRN-04")
            yield

    def _connected(self) -> None:
        line = self.watch.line
        if not line.connected:
            line.connect()
        if not line.connected:
            raise line.trouble()

    def _ready(self, *, may_open: bool) -> None:
        """Paper in, nobody's receipt open, a shift younger than 24 h."""
        self._connected()
        status = self._at_rest()
        if status.receipt_open:
            raise PrinterError("PRN-05")
        if status.cover_open or status.paper is not Paper.PRESENT:
            raise PrinterError("PRN-02" if status.cover_open else "PRN-01")
        if status.printing:
            raise PrinterError("PRN-04")
        if status.shift is Shift.OVER_24H:
            raise PrinterError("SHF-01")
        if status.shift is Shift.CLOSED and may_open:
            outcome = self.printer.shift_open()
            if not isinstance(outcome, Done):
                self._shift_is(outcome, open_=True)

    def _at_rest(self) -> PrinterStatus:
        """The status once the document before is printed; paper that is back is let go on."""
        clock = self.settler.clock
        until = clock.monotonic() + PRINTING_S
        while True:
            status = self._must(self.printer.status())
            if not (status.printing or status.paper is Paper.BACK) or clock.monotonic() >= until:
                return status
            if status.paper is Paper.BACK:
                self.watch.line.asked(self.printer.continue_print())
            self.settler.pause()

    def _shift_is(self, outcome: Outcome[Any], *, open_: bool) -> None:
        """After anything but Done the shift's own state decides; never a second command."""
        if isinstance(outcome, Refused):
            self.watch.line.asked(outcome)
            raise self.watch.line.trouble()
        if isinstance(outcome, NotSent | OutcomeUnknown):
            self.watch.line.asked(outcome)
        self._connected()
        if (self._must(self.printer.status()).shift is not Shift.CLOSED) is not open_:
            raise PrinterError("PRN-03")

    def _must(self, outcome: Outcome[Reply]) -> Reply:
        """The reply of a question, or the printer's problem as an error."""
        if isinstance(outcome, Done):
            return outcome.reply
        self.watch.line.asked(outcome)
        raise self.watch.line.trouble()


@contextmanager
def _unknown_from_here() -> Iterator[None]:
    """A sale may be in the printer: whatever goes wrong with our own files, the answer is "being checked"."""
    try:
        yield
    except PrinterError:
        raise
    except AgentError as error:
        raise PrinterError("SAL-01", lines=(str(error),)) from error


def _tlv(printer: Printer, tlv: bytes) -> Callable[[], Outcome[Any]]:
    return lambda: printer.receipt_tlv(tlv)


def _item(printer: Printer, kind: ReceiptKind, item: FiscalItem) -> Callable[[], Outcome[Any]]:
    return lambda: printer.receipt_item(kind, item)
