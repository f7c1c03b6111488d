"""A register in one thread on a virtual clock: emulated device, real driver, real agent core, real database.

The emulator's front end and the driver talk over a memory wire. Whoever waits moves the clock; nothing sleeps.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.memory import answering_stream
from emulator.device import Device
from emulator.paper import Tape
from emulator.profile import load
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine
from emulator.terms import ItemInput
from emulator.tlv import encode, make
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.recording import Place
from pos_agent.model.customer import Customer
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store


class VirtualClock:
    """Monotonic seconds and wall time that move only when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.start = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)

    @property
    def seconds(self) -> float:
        """Monotonic, from 1000."""
        return self._seconds

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._seconds = value

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds - 1000.0)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.advance(seconds)
        return event.is_set()

    def advance(self, seconds: float) -> None:
        self.seconds += seconds

    def local(self) -> datetime:
        return self.now().astimezone(ZoneInfo("Europe/Moscow")).replace(tzinfo=None)


class CountedIds:
    """Tokens that are the same in every run."""

    def __init__(self) -> None:
        self.count = 0

    def token(self, alphabet: str, length: int) -> str:
        self.count += 1
        number, letters = self.count, []
        for _ in range(length):
            number, digit = divmod(number, len(alphabet))
            letters.append(alphabet[digit])
        return "".join(reversed(letters))


class MemoryRegister:
    """`device` sells, `step` lets the agent work. `reopen` is a restart of the agent's process."""

    def __init__(self, folder: Path, rules: str, from_fd: int | None = 1, profile: str = "shtrih-m-01f") -> None:
        self.folder, self.from_fd = folder, from_fd
        self.clock, self.ids = VirtualClock(), CountedIds()
        self.between: Callable[[], object] | None = None  # what happens before each of the agent's messages arrives
        self.profile = load(profile)
        self.tape = Tape(self.profile.columns, self.profile.dots)
        self.replace_storage(self.profile.fn_serial)
        self.keys = Keys.derive(bytes(range(32)))
        self.open()
        with self.store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(rules, "test", "toml").version)

    def open(self) -> None:
        self.store = Store.open(self.folder / "agent.db", self.keys, self.clock, self.ids)
        front = ShtrihFront(self.machine, 2)

        def answer(asked: bytes) -> bytes:
            if self.between is not None:
                self.between()
            return front.receive(asked, self.clock.monotonic()) if self.device.powered else b""

        stream = answering_stream(answer, self.clock.advance)
        printer = ShtrihPrinter(stream, self.clock.monotonic, self.clock.advance)
        habits = Habits(
            "КАРТА", "ИСХОДНЫЙ ЧЕК", timedelta(minutes=10), False, SlipStyle("ru", "ТЕСТ", "X/"), self.from_fd
        )
        journal = StoreJournal(self.store, self.clock, Place("till-1", ZoneInfo("Europe/Moscow")), habits)
        self.watch = Watch(Line(printer, self.clock, "memory", str), journal, poll_s=1.0, quiet_s=1.0)

    def replace_storage(self, fn_serial: str) -> None:
        """A register with another FN; the agent meets it after `reopen`."""
        made = replace(self.profile, fn_serial=fn_serial)
        self.device = Device.open(made, self.tape, None, self.clock.local, 0, self.clock.monotonic)
        self.machine = Machine(self.device)

    def reopen(self) -> None:
        self.store.close()
        self.open()

    def add_customer(self, phone: str, card: str) -> str:
        with self.store.writing("customer") as txn:
            return txn.customers.add(Customer(f"c-{card}", "Анна К", phone, "", card), processing=True).id

    def sell(
        self, *lines: tuple[str, int, int], contact: str = "", requisite: tuple[str, str] = (), kind: int = 1
    ) -> int:
        """Register a receipt by cash; its document number. Lines: (name, price_kop, quantity_micro)."""
        device = self.device
        if not device.fn.shift_open:
            device.open_shift(30)
        device.open_receipt(kind, 30)
        for name, price_kop, quantity_micro in lines:
            device.add_item(ItemInput(kind, quantity_micro, price_kop, None, None, 6, 1, 4, 1, name))
        if contact:
            device.add_receipt_tlv(encode([make(1008, contact)]))
        if requisite:
            device.add_receipt_tlv(encode([make(1084, [make(1085, requisite[0]), make(1086, requisite[1])])]))
        payments = [device.subtotal()] + [0] * 15
        return device.close_receipt(payments, 0, 1, 30).fd

    def step(self, seconds: float = 15.0) -> None:
        """Let the agent work for so many virtual seconds."""
        until = self.clock.seconds + seconds
        while self.clock.seconds < until:
            wait = self.watch.tick()
            self.clock.advance(max(wait, 0.01))
