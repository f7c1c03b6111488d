"""A register that sells: the memory register with a desk on it, a wire that fails on order and a mains switch."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from drivers.shtrih.errors import explain
from drivers.shtrih.printer import ShtrihPrinter
from emulator.device_core import PowerCutError, no_probe
from emulator.shtrih.front import ShtrihFront
from emulator.tlv import number
from kit.faulty_wire import FaultyWire, command
from kit.memory_register import MemoryRegister
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.orders import Counter, Orders
from pos_agent.checkout.recording import Place
from pos_agent.checkout.settle import Settler
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch
from pos_agent.store.store import Store

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
"""
COFFEE = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "1"}
ZONE = ZoneInfo("Europe/Moscow")
RECEIPT = 3


class GatewayRegister(MemoryRegister):
    """`sale` sells through the desk as the daemon wires it. The till on the other port is `sell`."""

    driver, resolver, seller = ShtrihPrinter, Settler, Desk  # where a mutant is put in
    language = "ru"  # of the paper

    def __init__(self, folder: Path, template: Path | None = None, slips: bool = False, **profile: Any) -> None:
        self.changes = profile
        self.quiet_s = 1.0 if slips else 1e9
        self.dead_until: float | None = None
        if template is not None:
            shutil.copy(template, folder / "agent.db")
        super().__init__(folder, RULES)
        self.customer = self.add_customer("+79160000042", "7Q4M2XKD9W")

    # ------------------------------------------------------------------ wiring

    def replace_storage(self, fn_serial: str) -> None:
        self.profile = replace(self.profile, **self.changes)
        super().replace_storage(fn_serial)
        self.front = ShtrihFront(self.machine, 2)
        if hasattr(self, "wire"):
            self.wire.front = self.front

    def open(self) -> None:
        self.store = Store.open(self.folder / "agent.db", self.keys, self.clock, self.ids)
        if not hasattr(self, "wire"):  # the cable and its faults outlive the agent's process
            self.wire = FaultyWire(self.front, self.clock, self.mains)
        self.wire.unplug()
        printer = self.driver(self.wire, self.clock.monotonic, self.clock.advance)
        style = SlipStyle(self.language, "ТЕСТ", "X/")
        habits = Habits("КАРТА", "ИСХОДНЫЙ ЧЕК", timedelta(minutes=10), False, style, self.from_fd)
        journal = StoreJournal(self.store, self.clock, Place("till-1", ZONE), habits)
        line = Line(printer, self.clock, "memory", lambda code: explain(code).ru)
        self.watch = Watch(line, journal, poll_s=1.0, quiet_s=self.quiet_s)
        self.settler = self.resolver(self.watch, journal, printer, self.clock)
        self.watch.in_doubt = lambda: self.settler.settle() is not None
        self.desk = self.seller(self.watch, journal, printer, self.settler)
        self.orders = Orders(journal, self.clock, Counter(1, "vat22", "ИСХОДНЫЙ ЧЕК"))

    # ------------------------------------------------------------------ mains

    def power_off(self, seconds: float | None) -> None:
        """As the appliance's switch; the power is back after so long (None: by `power_on`)."""
        self.dead_until = float("inf") if seconds is None else self.clock.seconds + seconds
        self.device.power_off()
        self.machine.power_lost()
        self.front.power_off()

    def power_on(self) -> None:
        self.dead_until = None
        self.device.power_on()

    def mains(self) -> bool:
        """Is there power now?"""
        if self.dead_until is not None and self.clock.seconds >= self.dead_until:
            self.power_on()
        return self.dead_until is None

    def cut_power_at(self, instant: str, seconds: float | None = 3.0, form: int = RECEIPT) -> None:
        """The mains go at the next `before-commit` or `after-commit` of a receipt (form 0: of any document)."""

        def cut(now: str) -> None:
            if now == instant and (form != RECEIPT or self.device.receipt is not None or instant == "after-commit"):
                self.device.probe = no_probe
                self.power_off(seconds)
                raise PowerCutError(instant)

        self.device.probe = cut

    # ------------------------------------------------------------------ people

    def sale(
        self, sale_id: str, *lines: dict, customer: str | None = None, spend: int = 0, contact: str = "", **more: Any
    ) -> dict:
        """Sell through the desk; the answer, or the error as raised."""
        basket = {"lines": [*(lines or (COFFEE,))], **more}
        if spend:
            basket |= {"spend": "exact", "spend_pt": spend}
        return self.desk.sell(self.orders.sale(sale_id, basket, customer, contact))

    def give(self, points: int, customer: str = "") -> None:
        """A gift of points, so that there is something to spend."""
        whom = customer or self.customer
        entry = Entry(f"gift:{whom}:GIFT", EntryKind.GIFT, "test", points, earned="2026-11-21")
        when = self.clock.now().astimezone(ZONE)
        day = when.date().isoformat()
        event = LedgerEvent(
            id=f"gift:{whom}",
            kind=EventKind.GIFT,
            register="till-1",
            at=when.isoformat(),
            business_date=day,
            customer=whom,
            entries=(entry,),
        )
        with self.store.writing("gift") as txn:
            txn.ledger.append(event)

    def calm(self, seconds: float = 120.0) -> None:
        """Every fault ends; within that time nothing is in doubt and every document is recorded."""
        self.calm_world()
        until = self.clock.seconds + seconds
        while not self.caught_up():
            self.clock.advance(max(self.watch.tick(), 0.01))
            assert self.clock.seconds < until, f"not settled after {seconds} quiet seconds"

    def calm_world(self) -> None:
        """Cable in, power on, paper in, nobody else at work."""
        self.wire.calm()
        self.device.probe = no_probe
        self.clock.advance(5.0)
        if not self.mains():
            self.power_on()

    def caught_up(self) -> bool:
        """No sale in doubt, every document of the storage in the ledger."""
        doubt = self.query("SELECT 1 FROM sale_intent WHERE state IN ('intent', 'closing', 'needs_operator')")
        return not doubt and self.recorded()[-1:] == [self.device.fn.last_fd]

    # ------------------------------------------------------------------ what a checker looks at: no agent code

    def receipts(self, after_fd: int = 0) -> list[tuple[int, int, int]]:
        """(FD, operation, total) of the receipts in the emulated storage."""
        found = [one for one in self.device.fn.documents.values() if one.form == RECEIPT and one.fd > after_fd]
        return [(one.fd, number(one.tags, 1054), number(one.tags, 1020)) for one in found]

    def row(self, sale_id: str) -> dict:
        return self.query("SELECT * FROM sale_intent WHERE sale_id = ?", sale_id)[0]

    def query(self, sql: str, *values: Any) -> list[dict]:
        with closing(sqlite3.connect(self.folder / "agent.db")) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(one) for one in connection.execute(sql, values)]

    def recorded(self) -> list[int]:
        """Document numbers of the ledger's events, in the ledger's order."""
        rows = self.query("SELECT fd_number FROM ledger_event WHERE fd_number IS NOT NULL ORDER BY seq")
        return [one["fd_number"] for one in rows]

    def sent(self, code: str) -> int:
        """How often a command left the agent since the wire was reset."""
        return [command(frame) for frame in self.wire.frames].count(code)
