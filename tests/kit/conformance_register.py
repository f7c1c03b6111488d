"""A selling register of any kind in one thread, and its ledger in a form that does not tell which printer it was."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from emulator.device import Device
from emulator.profile import load
from kit.conformance_plants import BY_NAME, Kind, StandInPlant, WirePlant
from kit.gateway_register import ZONE, GatewayRegister
from kit.memory_register import MemoryRegister, VirtualClock
from kit.sale_register import FORM, template
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.figures import balance_on
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.marks import Mark
from pos_agent.checkout.orders import Counter, Orders
from pos_agent.checkout.recording import Place
from pos_agent.checkout.settle import Settler
from pos_agent.checkout.verify import verify_ledger
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch
from pos_agent.store.store import Store

QR_PREFIX = "HTTPS://EXAMPLE.ORG/C/"
RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[[rule]]
id = "morning"
name = "Скидка на выпечку"
kind = "item_percent"
bp = 1000
scope = { categories = ["bakery"] }
"""
COFFEE = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "1"}
CHEESE = {"id": "2", "name": "Сыр", "price_kop": 45990, "qty": "0.347"}
BUN = {"id": "3", "name": "Булка", "price_kop": 5000, "qty": "2", "category": "bakery"}
CARD = "7Q4M2XKD9W"
STYLE = SlipStyle("ru", "ТЕСТ", QR_PREFIX)


class PoweredClock(VirtualClock):
    """Tells the mains that time has passed: a power cut may be over."""

    told = staticmethod(lambda: None)

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.told()


class ConformanceRegister(GatewayRegister):
    """`sale`, `give`, `receipts` and the others are those of the selling register; `plant` has the printer's hands."""

    def __init__(self, folder: Path, kind: Kind | str, slips: bool = False, **profile: Any) -> None:
        shutil.copy(template(), folder / "agent.db")
        self.kind = BY_NAME[kind] if isinstance(kind, str) else kind
        self.changes = profile
        self.quiet_s = 1.0 if slips else 1e9
        self.dead_until: float | None = None
        MemoryRegister.__init__(self, folder, RULES, profile=self.kind.profile)
        self.customer = self.add_customer("+79160000042", CARD)

    # ------------------------------------------------------------------ wiring

    def replace_storage(self, fn_serial: str) -> None:
        if not isinstance(self.clock, PoweredClock):
            self.clock = PoweredClock()
            self.clock.told = self.mains
        made = replace(self.profile, fn_serial=fn_serial, **self.changes)
        self.device = Device.open(made, self.tape, None, self.clock.local, 0, self.clock.monotonic)
        if self.quiet_s > 1.0:  # nobody looks at the paper, and a QR code costs more than the sale
            self.device._form = lambda document, change_kop=0: [*FORM]
        self.plant = StandInPlant(self, self.kind) if self.kind.vendor == "fptr10" else WirePlant(self, self.kind)

    def swap(self, kind: str, fn_serial: str) -> None:
        """Another printer with its own storage takes this one's place; the agent is started anew."""
        self.store.close()
        self.kind = BY_NAME[kind]
        self.profile = load(self.kind.profile)
        self.dead_until = None
        self.replace_storage(fn_serial)
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.folder / "agent.db", self.keys, self.clock, self.ids)
        printer = self.plant.printer(self.folder)
        habits = Habits("КАРТА", "ИСХОДНЫЙ ЧЕК", timedelta(minutes=10), False, STYLE, self.from_fd)
        journal = StoreJournal(self.store, self.clock, Place("till-1", ZONE), habits)
        line = Line(printer, self.clock, "memory", self.plant.describe)
        self.printer = printer
        self.watch = Watch(line, journal, poll_s=1.0, quiet_s=self.quiet_s)
        self.settler = Settler(self.watch, journal, printer, self.clock)
        self.watch.in_doubt = lambda: self.settler.settle() is not None
        self.desk = Desk(self.watch, journal, printer, self.settler)
        self.orders = Orders(journal, self.clock, Counter(1, "vat10", "ИСХОДНЫЙ ЧЕК"))

    def power_off(self, seconds: float | None) -> None:
        self.dead_until = float("inf") if seconds is None else self.clock.seconds + seconds
        self.device.power_off()
        self.plant.power_lost()

    def calm_world(self) -> None:
        self.plant.calm()
        self.clock.advance(5.0)
        if not self.mains():
            self.power_on()

    # ------------------------------------------------------------------ people

    def take_back(
        self,
        sale_id: str,
        document: str,
        lines: dict[int, int] | None = None,
        payment: str = "",
        marks: dict[int, Mark] | None = None,
    ) -> dict[str, Any]:
        """Return through the desk; no lines: all that is left."""
        fn_serial, fd = document.rsplit("/", 1)
        number = DocumentId(fn_serial, int(fd))
        return self.desk.sell(self.orders.sale_return(sale_id, number, lines or {}, payment, marks))

    # ------------------------------------------------------------------ what a story ends in

    def ledger(self) -> list[str]:
        """One line an event, without anything a kind of printer may have of its own: serials, signs, times, hashes."""
        rows = self.query("SELECT seq, kind, fd_number, body FROM ledger_event ORDER BY seq")
        with self.store.reading() as view:
            rules = self.watch.journal.rules(view)
            events = [chained.event for chained in view.ledger.by_customer(self.customer)]
        today = self.clock.now().astimezone(ZONE).date()
        return [*map(self._event, rows), f"balance {balance_on(events, today, rules).active_pt}"]

    def _event(self, row: dict[str, Any]) -> str:
        facts = json.loads(row["body"]).get("facts", {})
        parts = [str(row["fd_number"] or "-"), row["kind"]]
        parts += [f"{name}={facts[name]}" for name in ("operation", "total_kop") if name in facts]
        if facts.get("original"):
            parts.append("of=" + facts["original"].rsplit("/", 1)[1])
        entries = self.query(
            "SELECT kind, amount_pt FROM ledger_entry WHERE seq = ? ORDER BY kind, amount_pt", row["seq"]
        )
        return " ".join([*parts, *(f"{one['kind']}:{one['amount_pt']}" for one in entries)])

    def numbers(self) -> list[str]:
        """Documents of the emulated storage."""
        return [str(fd) for fd in sorted(self.device.fn.documents)]

    def verified(self) -> bool:
        """The chain of the ledger holds, and every document has its event."""
        with self.store.reading() as view:
            return not verify_ledger(view).breaches

    def codes(self) -> list[str]:
        """QR codes read from a picture of the whole tape, from top to bottom."""
        picture = self.folder / "tape.png"
        self.tape.png(picture)
        with Image.open(picture) as image:
            found = zxingcpp.read_barcodes(image.convert("L"))
        return [one.text for one in sorted(found, key=lambda one: one.position.top_left.y)]
