"""Tasks that only print, and those about the drawer, its money and the clock. Source: task reference, section 3.9."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from drivers.api import Done, PrinterStatus
from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, UncertainError
from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.numbers import roubles
from pos_agent.api.atol_tasks.paper import checked, printable, slip
from pos_agent.api.atol_tasks.results import Json
from pos_agent.checkout.deadline import Deadline
from pos_agent.errors import AgentError, PrinterError
from pos_agent.logs import logger
from pos_agent.printing.watch import Watch

IDLE_S = 30  # until the document before is printed
DRAWER_MONEY = {"shtrih-m": 241, "atol": 0x0A0000}  # the register that holds the money in the drawer, by vendor

Task = Callable[[Mapping[str, Any]], Json]


class PrintTasks:
    """Tasks that register nothing in the fiscal storage."""

    def __init__(self, calls: DeskCalls) -> None:
        self._calls = calls
        self._log = logger("atol")
        self.tasks: dict[str, Task] = {
            "nonFiscal": self._slip,
            "reportX": self._x_report,
            "cashIn": lambda task: self._cash(task, "cash_in"),
            "cashOut": lambda task: self._cash(task, "cash_out"),
            "openCashDrawer": lambda task: self._simple("open_drawer"),
            "printLastReceiptCopy": lambda task: self._simple("repeat_document"),
            "continuePrint": lambda task: self._simple("continue_print"),
            "setDateTime": self._clock,
        }

    def beside(self, items: Sequence[Mapping[str, Any]], *, cut: bool) -> None:
        """Printable items of a fiscal document, as a slip of their own. Never a fault: the document matters more."""
        good = printable(items, self._calls.lang)
        if not good:
            return
        try:
            self._print(good, cut=cut)
        except (AgentError, UncertainError, faults.TaskError) as error:
            self._log.warning("items of a receipt not printed", reason=type(error).__name__)

    def _slip(self, task: Mapping[str, Any]) -> Json:
        items = [one.given for one in Fields(task, self._calls.lang).each("items", required=True)]
        checked(items, self._calls.lang)
        self._print(items, cut=True)
        return {}

    def _print(self, items: Sequence[Mapping[str, Any]], *, cut: bool) -> None:
        def work(watch: Watch) -> None:
            printer = watch.line.printer
            self._idle(watch)
            parts = slip(items, printer.capabilities(), cut=cut)
            self._calls.must(watch, printer.print_slip(parts))

        self._calls.on_printer(lambda watch: self._calls.held(watch, work))

    def _idle(self, watch: Watch) -> None:
        """Until the printer is at rest. PrinterError: paper, cover, somebody's receipt, or it does not end."""
        desk = self._calls.parts.desk
        assert desk is not None, "the daemon has a desk"
        patience = Deadline(self._calls.parts.clock, IDLE_S)
        while True:
            status: PrinterStatus = self._calls.must(watch, watch.line.printer.status())
            if status.idle:
                return
            if status.receipt_open or status.cover_open or not status.printing or patience.nearer_than(0):
                raise PrinterError(_why(status))
            desk.settler.pause()

    def _x_report(self, task: Mapping[str, Any]) -> Json:
        desk = self._calls.parts.desk
        assert desk is not None, "the daemon has a desk"
        self._calls.on_printer(lambda watch: desk.x_report())
        return {}

    def _cash(self, task: Mapping[str, Any], method: str) -> Json:
        """Counted twice if it were sent twice: it is sent once, and silence is told as what it is."""
        kop = Fields(task, self._calls.lang).kop("cashSum")
        if not kop:
            raise Fields(task, self._calls.lang).wrong("cashSum")
        self._calls.asking(lambda watch: self._calls.method(watch, method)(kop))
        return {"counters": self.drawer_money()}

    def drawer_money(self) -> Json:
        """`{cashSum}`, or {} where the device does not tell."""

        def asked(watch: Watch) -> int | None:
            identity, ask = watch.line.state.identity, getattr(watch.line.printer, "money_register", None)
            number = DRAWER_MONEY.get(identity.vendor) if identity is not None else None
            if ask is None or number is None:
                return None
            outcome = ask(number)
            return int(outcome.reply) if isinstance(outcome, Done) else None

        try:
            kop = self._calls.on_printer(lambda watch: self._calls.held(watch, asked))
        except (AgentError, UncertainError, faults.TaskError):
            return {}
        return {} if kop is None else {"cashSum": roubles(kop)}

    def _simple(self, method: str) -> Json:
        self._calls.asking(lambda watch: self._calls.method(watch, method)())
        return {}

    def _clock(self, task: Mapping[str, Any]) -> Json:
        given = Fields(task, self._calls.lang)
        text = given.text("dateTime")
        try:
            at = datetime.fromisoformat(text[:19].replace(".", "-"))
        except ValueError:
            raise given.wrong("dateTime") from None
        self._calls.asking(lambda watch: self._calls.method(watch, "set_clock")(at))
        return {}


def _why(status: PrinterStatus) -> str:
    if status.receipt_open:
        return "PRN-05"
    if status.cover_open:
        return "PRN-02"
    return "PRN-04" if status.printing else "PRN-01"
