"""Two printers at one counter on one virtual clock and one database: the register's own, and one for the part "ip"."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

from emulator.device_core import no_probe
from emulator.paper import Tape
from emulator.profile import load
from emulator.tlv import number
from kit.conformance_sale_register import AtolV3Register
from kit.conformance_wire import AnyWire
from kit.faulty_wire import FaultyWire
from kit.gateway_register import RECEIPT, ZONE
from kit.sale_register import SaleRegister
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.figures import balance_on
from pos_agent.checkout.journal import Habits
from pos_agent.checkout.orders import Counter, Orders
from pos_agent.checkout.part_printers import PartJournal, PartPrinter, PartPrinters
from pos_agent.checkout.reconcile import Reconciler
from pos_agent.checkout.recording import Place
from pos_agent.checkout.settle import Settler
from pos_agent.checkout.verify import verify_ledger
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch

PART_FN, PART, USN = "9999078902005678", "ip", 2
COUNTER = Counter(1, "vat22", "ИСХОДНЫЙ ЧЕК", printers={PART: USN})


class AtOnce:
    """The other printer's thread in a world of one thread. A kill is no error of the work: it ends everything."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def ask(self, work: Callable[[Watch], Any]) -> Future[Any]:
        asked: Future[Any] = Future()
        try:
            asked.set_result(work(self.watch))
        except Exception as error:  # noqa: BLE001 - as the thread's edge hands it over
            asked.set_exception(error)
        return asked


class Beside:
    """A register's printer that works on the database of another register. Mixed in before a `SaleRegister`."""

    def __init__(self, counter: SaleRegister, folder: Path, **profile: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.counter, self.folder, self.from_fd, self.clock = counter, folder, 1, counter.clock
        self.changes, self.quiet_s, self.dead_until, self.between = profile, 1e9, None, None
        self.ran = lambda request, answer: None
        self.profile = load("shtrih-m-01f")
        self.tape = Tape(self.profile.columns, self.profile.dots)
        self.replace_storage(PART_FN)
        self.open()

    def open(self) -> None:
        self.store = self.counter.store
        if not hasattr(self, "wire"):
            wire = AnyWire if isinstance(self, AtolV3Register) else FaultyWire
            self.wire = wire(self.front, self.clock, self.mains)
        self.wire.unplug()
        self.printer = self.driver(self.wire, self.clock.monotonic, self.clock.advance)
        habits = Habits("КАРТА", "ИСХОДНЫЙ ЧЕК", timedelta(minutes=10), False, SlipStyle("ru", "ТЕСТ", "X/"), 1)
        journal = PartJournal(self.store, self.clock, Place("till-1", ZONE, printer=f"till-1/{PART}"), habits)
        self.watch = Watch(Line(self.printer, self.clock, "memory", str), journal, poll_s=1.0, quiet_s=1e9)
        self.settler = Settler(self.watch, journal, self.printer, self.clock)
        self.watch.in_doubt = lambda: self.settler.settle() is not None
        self.desk = Desk(self.watch, journal, self.printer, self.settler)
        self.reconciler = Reconciler(self.watch, journal)

    def query(self, sql: str, *values: Any) -> list[dict]:
        return self.counter.query(sql, *values)


class ShtrihBeside(Beside, SaleRegister):
    """The part's printer is a Shtrih-M."""


class AtolBeside(Beside, AtolV3Register):
    """The part's printer is an ATOL."""


class CounterOfTwo:
    """`own` and `other`; vendors "shtrih" or "atol". Faults are put at either's wire and device."""

    def __init__(self, folder: Path, own: str, other: str) -> None:
        self.own = (SaleRegister if own == "shtrih" else AtolV3Register)(folder)
        beside = ShtrihBeside if other == "shtrih" else AtolBeside
        self.other = beside(self.own, folder / "other", tax_systems=0b000010)
        self._join()
        self.both = (self.own, self.other)

    def _join(self) -> None:
        desk, other = self.own.desk, self.other
        printer = PartPrinter(PART, f"till-1/{PART}", "memory", USN, other.desk, other.reconciler, AtOnce(other.watch))
        desk.part_printers = PartPrinters([printer])
        self.own.orders = Orders(desk.journal, self.own.clock, COUNTER)

    def close(self) -> None:
        self.own.close()

    def reborn(self) -> None:
        """The process was killed and starts again: nothing is left but files, cables and printers."""
        self.own.reborn()
        self.other.open()
        self._join()

    # ------------------------------------------------------------------ people

    def sell(self, sale_id: str, *lines: dict, **more: Any) -> dict:
        return self.own.sale(sale_id, *lines, **more)

    def take_back(self, sale_id: str, document: str, lines: dict[int, int] | None = None) -> dict:
        return self.own.desk.sell(self.own.orders.sale_return(sale_id, DocumentId.parse(document), lines or {}, ""))

    def calm(self, seconds: float = 240.0) -> None:
        """Every fault ends; in that time nothing is in doubt and every document of both storages is recorded."""
        for one in self.both:
            one.calm_world()
        until = self.own.clock.seconds + seconds
        while not self.caught_up():
            self.own.clock.advance(max(min(one.watch.tick() for one in self.both), 0.01))
            assert self.own.clock.seconds < until, f"not settled after {seconds} quiet seconds"

    def caught_up(self) -> bool:
        doubt = self.own.query("SELECT 1 FROM sale_intent WHERE state IN ('intent', 'closing', 'needs_operator')")
        return not doubt and all(self.recorded(one) == sorted(one.device.fn.documents) for one in self.both)

    # ------------------------------------------------------------------ what a checker looks at

    def recorded(self, one: SaleRegister) -> list[int]:
        """Document numbers of that storage's events, each as often as it is in the ledger."""
        rows = self.own.query(
            "SELECT fd_number FROM ledger_event WHERE fn_serial = ? AND kind <> 'unreadable' ORDER BY fd_number",
            one.device.profile.fn_serial,
        )
        return [row["fd_number"] for row in rows]

    def receipts(self, one: SaleRegister) -> list[tuple[int, int, int]]:
        """(operation, total, taxation system) of its receipts, in order."""
        found = [document for document in one.device.fn.documents.values() if document.form == RECEIPT]
        return [tuple(number(document.tags, tag) for tag in (1054, 1020, 1055)) for document in found]

    def document(self, one: SaleRegister, place: int = -1) -> str:
        """FN/FD of one of its receipts."""
        found = [document.fd for document in one.device.fn.documents.values() if document.form == RECEIPT]
        return f"{one.device.profile.fn_serial}/{found[place]}"

    def loyalty(self) -> list[dict]:
        """Facts of the customer's events of documents, in the ledger's order."""
        with self.own.store.reading() as view:
            events = [one.event for one in view.ledger.by_customer(self.own.customer)]
        return [{"document": str(one.document), **one.facts} for one in events if one.document is not None]

    def points(self) -> int:
        """Hundredths that the customer may spend now."""
        journal = self.own.desk.journal
        with self.own.store.reading() as view:
            events = [one.event for one in view.ledger.by_customer(self.own.customer)]
            rules = journal.rules(view)
        return balance_on(events, self.own.clock.now().astimezone(ZONE).date(), rules).active_pt

    def breaches(self) -> tuple:
        with self.own.store.reading() as view:
            return verify_ledger(view).breaches


def after_receipt(one: SaleRegister, act: Callable[[], object]) -> None:
    """`act` once its storage has written the next receipt, before anything of it is told."""

    def probe(instant: str) -> None:
        if instant == "after-commit" and one.device.fn.documents[one.device.fn.last_fd].form == RECEIPT:
            one.device.probe = no_probe
            act()

    one.device.probe = probe
