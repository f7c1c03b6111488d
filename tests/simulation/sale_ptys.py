"""Sales with seeded faults over a real pseudo terminal, every time-out of the agent divided by `FASTER`.

    PYTHONPATH=tests .venv/bin/python -m simulation.sale_ptys --sales 2000 --seed 1

The emulated printer runs in its own threads behind its fault plan. Judged by the storage's documents and the rows of
the database alone. Exit 1 when anything is wrong.
"""

import argparse
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kit.memory_register import CountedIds
from kit.sale_register import memory_folder, template

from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.serial_port import SerialPort
from emulator.appliance import Appliance, Order
from emulator.shtrih.variant import Variant
from emulator.tlv import number as figure
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.orders import Counter as Settings
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.recording import Place
from pos_agent.checkout.settle import Settler
from pos_agent.errors import AgentError
from pos_agent.logs import configure
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

FASTER = 50
BYTE_MS = 4  # the device's own patience inside a frame, as quick as ours
LIFE = 100  # sales of one register
ZONE = ZoneInfo("Europe/Moscow")
RULES = '[program]\nid = "t"\nname = "T"\n[accrue]\nbp = 100\n'
PLAN = """
title = "all of a bad line, fifty times as quick"
[[fault]]
kind = "byte_lost"
side = "both"
chance_ppm = 150
[[fault]]
kind = "byte_flipped"
side = "both"
chance_ppm = 200
[[fault]]
kind = "byte_inserted"
side = "both"
chance_ppm = 100
[[fault]]
kind = "byte_doubled"
side = "both"
chance_ppm = 100
[[fault]]
kind = "ack_lost"
side = "both"
chance_ppm = 10000
[[fault]]
kind = "answer_lost"
chance_ppm = 15000
[[fault]]
kind = "answer_late"
chance_ppm = 10000
seconds = 0.03
[[fault]]
kind = "answer_stale"
chance_ppm = 5000
"""


class QuickClock:
    """Real time, counted `FASTER` times as quick."""

    def __init__(self) -> None:
        self._began, self._at = time.monotonic(), datetime.now(UTC)

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * FASTER

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._began)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds / FASTER)


class QuickPort(SerialPort):
    """Its reader's time-outs are in quick seconds."""

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        return super().read(max_bytes, timeout_s / FASTER)


class Shop:
    """One emulated printer on a pty and the agent's core on it."""

    def __init__(self, folder: Path, seed: int) -> None:
        plan = folder / "plan.toml"
        plan.write_text(PLAN, encoding="utf-8")
        order = Order([f"pty:{folder}/kkt"], variant=Variant(ack_timeout=0.01), faults=str(plan), seed=seed)
        self.appliance = Appliance(order)
        ports = self.appliance.machine.ports
        ports.change(0, ports.codes(0)[0], BYTE_MS, asked_by=0)
        ports.settle(0)
        self.database = folder / "agent.db"
        self.database.write_bytes(template().read_bytes())
        self.clock = QuickClock()
        self.store = Store.open(self.database, Keys.derive(bytes(range(32))), self.clock, CountedIds())
        with self.store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
        never = threading.Event()
        port = QuickPort(str(folder / "kkt"))
        printer = ShtrihPrinter(port, self.clock.monotonic, lambda seconds: void(self.clock.wait(never, seconds)))
        habits = Habits("К", "И", timedelta(minutes=10), False, SlipStyle("ru", "Т", "X/"), 1)
        journal = StoreJournal(self.store, self.clock, Place("till-1", ZONE), habits)
        self.watch = Watch(Line(printer, self.clock, "pty", str), journal, poll_s=1.0, quiet_s=1e9)
        self.settler = Settler(self.watch, journal, printer, self.clock)
        self.watch.in_doubt = lambda: self.settler.settle() is not None
        self.desk = Desk(self.watch, journal, printer, self.settler)
        self.orders = Orders(journal, self.clock, Settings(1, "vat22", "И"))

    def sell(self, number: int) -> dict[str, Any]:
        basket = {"lines": [{"id": "1", "name": "Чай", "price_kop": 10_000 + number, "qty": "1"}]}
        return self.desk.sell(self.orders.sale(f"sale-{number}", basket, None, ""))

    def close(self) -> None:
        self.watch.line.close()
        self.store.close()
        self.appliance.stop()


def void(_: object) -> None:
    """Drop a result."""


def life(seed: int, sales: int) -> tuple[Counter, list[str]]:
    """First answers by word, and what is wrong."""
    told: Counter = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ptys-", dir=memory_folder()) as name:
        shop = Shop(Path(name), seed)
        try:
            for number in range(sales):
                for attempt in range(200):  # asked again with the same id until it is done, as a till does
                    try:
                        answer = shop.sell(number)
                    except AgentError as error:
                        told[error.code] += attempt == 0
                        shop.watch.tick()
                        continue
                    told["sold"] += attempt == 0
                    if shop.sell(number) != answer:
                        wrong.append(f"{number}: two answers")
                    break
                else:
                    wrong.append(f"lost {number}: not sold after 200 attempts")
            wrong += _judged(shop, sales)
        finally:
            shop.close()
    return told, wrong


def _judged(shop: Shop, sales: int) -> list[str]:
    documents = shop.appliance.device.fn.documents.values()
    seen = Counter(figure(one.tags, 1020) for one in documents if one.form == 3)
    wanted = Counter(10_000 + number for number in range(sales))
    doubled = [f"doubled {kop}: {count} documents" for kop, count in seen.items() if count > 1]
    lost = [f"lost {kop}" for kop in wanted if kop not in seen]
    with closing(sqlite3.connect(shop.database)) as connection:
        rows = dict(connection.execute("SELECT fd_number, sale_id FROM sale_intent WHERE state = 'registered'"))
    totals = {one.fd: figure(one.tags, 1020) for one in documents if one.form == 3}
    claims = [f"wrong {fd}: {sale}" for fd, sale in rows.items() if totals.get(fd) != 10_000 + int(sale.split("-")[1])]
    return [*doubled, *lost, *claims]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    configure("critical", "console")
    told, wrong = Counter(), []
    for number in range(0, asked.sales, LIFE):
        one, bad = life(asked.seed * 1_000_003 + number, min(LIFE, asked.sales - number))
        told += one
        wrong += bad
    print(f"seed {asked.seed} sales {asked.sales} first answers {dict(told)}")
    counts = {word: len([line for line in wrong if line.startswith(word)]) for word in ("doubled", "lost")}
    print(f"{counts} wrong {len(wrong)}")
    for line in wrong[:20]:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
