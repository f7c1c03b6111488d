"""The agent sells: one receipt registered by the numbered protocol, and an answer when the line goes silent.

Runs on the printer's thread. Reliability targets, section 3: the numbers in the comments are its steps.

A COMMIT is never sent twice for one sale unless `resolve` proved that the first did not happen: this file is the one
place that decides to send, and it sends only for a sale whose intent was written by this very call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.selling import FiscalItem, ReceiptKind, Registered
from pos_agent.checkout.deadline import Deadline
from pos_agent.checkout.journal import StoreJournal
from pos_agent.checkout.lifecycle import SaleEvent, SaleState, after
from pos_agent.checkout.mark_checks import NO_MARKS, Marks, checked
from pos_agent.checkout.outcome import write
from pos_agent.checkout.part_printers import NO_PART_PRINTERS, PartPrinters
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.settle import Printer, Settler, fits
from pos_agent.checkout.split_sales import SplitSales
from pos_agent.checkout.station import Station
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.logs import logger
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import Txn

Reply = TypeVar("Reply")

ATTEMPTS_BY_ITSELF = 2  # the first, and one more after a proof that the first did not happen
CALL_S = 90  # one call to `sell`: then it is answered with what is known, and the work goes on without the caller
STEP_S = 30  # the longest step of a receipt; none begins later than this before the call's end
LINES_PER_S = 2  # but a receipt of very many lines has its time


@dataclass(frozen=True)
class SaleOrder:
    """What the caller wants registered. `plan` is made after the device was read: it sees what is available then.

    `tlvs` go into the receipt as they are (1008, 1084); they may hold personal data and are never stored here.
    Neither are the codes of `marks`: each attempt has them checked afresh. `parts`: those of the basket's lines, in
    order; more than one: several receipts (`tlvs_of`: for parts whose printer takes others). Of a return: `receipt` is
    what comes back, `ends` the unfinished sale that is given up by it.
    """

    sale_id: str
    content_hash: str
    customer: str | None
    plan: Callable[[], Plan]
    tlvs: tuple[bytes, ...] = ()
    marks: Marks = NO_MARKS
    parts: Sequence[str] = ()
    tlvs_of: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    receipt: DocumentId | None = None
    ends: str = ""
    beside: Callable[[Txn], None] | None = None

    def part(self, sale_id: str, plan: Callable[[], Plan], beside: Callable[[Txn], None] | None) -> SaleOrder:
        """The order of one receipt of a sale in parts; `beside`: what else is written with its intent."""
        return replace(self, sale_id=sale_id, customer=None, plan=plan, parts=(), beside=beside)


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
        self.station = Station(watch, printer, settler)
        self.part_printers: PartPrinters = NO_PART_PRINTERS
        self._log = logger("desk")

    def sell(self, order: SaleOrder) -> dict[str, Any]:
        """Register the receipt, or the receipts of a sale in parts; the stored answer when this sale exists already.

        SAL-05: other content under this id. SAL-01, SAL-02: a sale is in doubt. SHF-01, PRN-..: not begun. SAL-03: the
        printer refused it. Nothing was registered unless the code says "being checked".
        """
        if (answer := self._known(order)) is not None:  # 1
            return answer
        with self.journal.store.reading() as view:
            other = self.part_printers.seller(view, order)
            split = view.splits.get(order.ends) if order.ends else None
        if split is not None:  # its other parts may become documents yet: then it is no unfinished sale
            self.must_not_doubt()
            self.part_printers.nothing_in_doubt([one["name"] for one in split.plan["parts"]])
        if other is not None:
            return self.part_printers.sell(other, order)
        with self.station.line():
            if len(order.parts) < 2:
                return self.sell_here(order)
            self._nothing_in_doubt()
            return SplitSales(self).sell(order)

    def sell_here(self, order: SaleOrder) -> dict[str, Any]:
        """One receipt; the line is held."""
        call = Deadline(self.settler.clock, CALL_S)
        self._nothing_in_doubt()
        if (answer := self._known(order)) is not None:  # it may be this very sale that was in doubt until now
            return answer
        for attempt in range(1, ATTEMPTS_BY_ITSELF + 1):
            intent = self._begin(order)  # 2, 3
            with _unknown_from_here():
                settled = self._carry_out(intent, order, call)
            if settled.state == SaleState.REGISTERED:
                return dict(settled.answer)
            self._log.warning("sale not executed", attempt=attempt, reason=settled.reason)
            if call.nearer_than(STEP_S):
                break
        raise PrinterError("PRN-03")

    def must_be_ready(self) -> None:
        """As before a sale's intent: nothing in doubt, paper in, no foreign receipt, no shift that is too old."""
        with self.station.line():
            self.must_be_ready_here()

    def must_be_ready_here(self) -> None:
        """The line is held."""
        self._nothing_in_doubt()
        self.station.ready(may_open=False)

    def must_not_doubt(self) -> None:
        """SAL-01, SAL-02."""
        with self.station.line():
            self._nothing_in_doubt()

    def open_shift(self) -> dict[str, Any]:
        """Open a shift when none is open."""
        with self.station.line():
            self._nothing_in_doubt()
            return self.station.open_shift()

    def close_shift(self, *, alone: bool = False) -> dict[str, Any]:
        """Z report on each printer of the counter, or `alone`. After silence the shift's own state tells the truth."""

        def own() -> dict[str, Any]:
            with self.station.line():
                self._nothing_in_doubt()
                return self.station.close_shift()

        return own() if alone else self.part_printers.everywhere(own, lambda desk: desk.close_shift())

    def x_report(self, *, alone: bool = False) -> dict[str, Any]:
        """Report without clearing, on each printer of the counter, or `alone`."""

        def own() -> dict[str, Any]:
            with self.station.line():
                return self.station.x_report()

        return own() if alone else self.part_printers.everywhere(own, lambda desk: desk.x_report())

    # ------------------------------------------------------------------ steps

    def _known(self, order: SaleOrder) -> dict[str, Any] | None:
        """The stored answer. UsageError SAL-05: the id is of another sale."""
        with self.journal.store.reading() as view:
            known, split = view.intents.get(order.sale_id), view.splits.get(order.sale_id)
        if any(one is not None and one.content_hash != order.content_hash for one in (known, split)):
            raise UsageError("SAL-05")
        if split is not None:
            return dict(split.answer) or None
        return dict(known.answer) if known is not None and known.state == SaleState.REGISTERED else None

    def _nothing_in_doubt(self) -> None:
        with _unknown_from_here():
            unsettled = self.settler.settle()
        if unsettled is not None:
            raise PrinterError("SAL-02" if unsettled.state == SaleState.NEEDS_OPERATOR else "SAL-01")

    def _begin(self, order: SaleOrder) -> Intent:
        """Read the device, plan the receipt, write the intent durably before the first byte."""
        self.station.ready(may_open=True)
        storage = self.station.must(self.printer.storage())
        if not self.watch.read_up_to(storage.fn_serial, storage.last_fd):
            raise self.watch.line.trouble()
        plan = order.plan()
        if (refusal := self.printer.takes(order.marks.items(plan), self.language)) is not None:
            raise PrinterError("SAL-03", lines=(refusal,))
        plan = checked(plan, order.marks, self.watch.line, self.printer)
        status = self.station.must(self.printer.status())
        intent = Intent(
            sale_id=order.sale_id,
            content_hash=order.content_hash,
            register=self.journal.place.station,
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
            written = write(txn, intent)
            if order.beside is not None:
                order.beside(txn)
            return written

    def _carry_out(self, intent: Intent, order: SaleOrder, call: Deadline) -> Intent:
        """Steps 4 to 6 of one attempt: the sale afterwards, registered or proven not executed."""
        try:
            registered = self._send(intent, order, call)  # 4
        except _RefusedError as refusal:
            settled = self.settler.settle_patiently(intent.sale_id, call)
            self._log.warning("receipt refused", reason=refusal.lines[-1])
            if settled.state == SaleState.NOT_EXECUTED:
                raise PrinterError("SAL-03", lines=refusal.lines) from refusal
            return settled
        if registered is not None and fits(registered, intent):
            after(SaleState.CLOSING, SaleEvent.CLOSED)
            number = DocumentId(intent.fn_serial, registered.fd_number)
            return self.settler.complete(intent, number, registered.fpd, registered.change_kop)  # 5
        return self.settler.settle_patiently(intent.sale_id, call)  # 6

    def _send(self, intent: Intent, order: SaleOrder, call: Deadline) -> Registered | None:
        """Build the receipt and close it. None: the line went silent somewhere, or it is late; resolve decides."""
        plan = Plan.from_json(intent.plan)
        kind, least_s = ReceiptKind(plan.operation), STEP_S - len(plan.fiscal_items) // LINES_PER_S
        if call.nearer_than(least_s):
            return None
        opened = self.printer.receipt_open(kind)
        if isinstance(opened, Refused):
            # Nothing of ours is in the printer: a receipt that is open there now is not ours to cancel.
            self.settler.never_opened(intent, f"{opened.command} refused with {opened.number}")
        steps: list[Callable[[], Outcome[Any]]] = [lambda: opened]
        steps += [_tlv(self.printer, tlv) for tlv in order.tlvs]
        steps += [_item(self.printer, kind, item) for item in order.marks.items(plan)]
        for step in steps:
            if self._stepped(step) is None or call.nearer_than(least_s):
                return None
        subtotal = self._stepped(self.printer.receipt_subtotal)
        if subtotal is None or call.nearer_than(least_s):
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
            raise _RefusedError(told, f"{outcome.command} refused with {outcome.number}")
        self.watch.line.asked(outcome)
        return None


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
