"""Two printers of different vendors on one ledger, each with its own thread: one hangs in a sale, the other sells."""

import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

import pytest
from kit.register import Register as Counter
from kit.waiting import until

from pos_agent import app
from pos_agent.checkout.verify import verify_ledger
from pos_agent.clock import SystemClock
from pos_agent.config import load
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

COFFEE = {"lines": [{"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "1", "vat": "vat10"}]}
RULES = '[program]\nid = "test"\nname = "Тест"\n'
HANGS, SELLS = "till-1", "till-2"


class CountedIds:
    """Tokens that do not repeat."""

    count = 0

    def token(self, alphabet: str, length: int) -> str:
        self.count += 1
        return f"{self.count:0{length}d}"


class Shop:
    """One database, two registers with emulated printers in processes of their own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.clock = SystemClock()
        self.store = Store.open(folder / "agent.db", Keys.derive(bytes(range(32))), self.clock, CountedIds())
        stack.callback(self.store.close)
        with self.store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
        self.counters: dict[str, Counter] = {}
        self.registers: dict[str, app.Register] = {}
        for name, kind, vendor in ((HANGS, "pty", "shtrih"), (SELLS, "tcp", "atol")):
            (folder / name / "data").mkdir(parents=True)
            counter = Counter(folder / name, kind)
            stack.callback(counter.close)
            counter.start_printer("--model", vendor)
            settings = counter.config
            text = settings.read_text(encoding="utf-8")
            text = text.replace("[agent]\n", f'[agent]\nregister = "{name}"\n')
            settings.write_text(text.replace("[printer]\n", f'[printer]\nvendor = "{vendor}"\n'), encoding="utf-8")
            made = app.register(load(settings), self.store, self.clock, from_fd=1)
            made.actor.start()
            stack.callback(made.actor.stop, 60.0)
            self.counters[name], self.registers[name] = counter, made

    def sell(self, name: str, sale_id: str) -> Future[dict]:
        register = self.registers[name]
        return register.actor.ask(lambda watch: register.desk.sell(register.orders.sale(sale_id, COFFEE, None, "")))


@pytest.fixture
def shop() -> Iterator[Shop]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, ExitStack() as stack:
        yield Shop(Path(folder), stack)


def test_one_hangs_and_the_other_sells(shop: Shop) -> None:
    for name in (HANGS, SELLS):
        shop.sell(name, f"{name}-first").result(30)
    frozen = shop.counters[HANGS].emulator
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        stuck = shop.sell(HANGS, "stuck")
        for number in range(3):
            assert shop.sell(SELLS, f"b{number}").result(20)["document"].endswith(f"/{4 + number}")
        assert not stuck.done(), "the frozen printer's thread is still at it"
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    told = stuck.exception(90)
    if told is not None:  # it gave up before a byte of the receipt was sent
        assert shop.sell(HANGS, "stuck").result(60)["document"].endswith("/4")

    documents = {name: counter.documents() for name, counter in shop.counters.items()}
    assert [one["form"] for one in documents[HANGS]] == [1, 2, 3, 3]
    assert [one["form"] for one in documents[SELLS]] == [1, 2, 3, 3, 3, 3]
    until(lambda: _events(shop) == sum(map(len, documents.values())))
    with shop.store.reading() as view:
        assert verify_ledger(view).breaches == ()


def _events(shop: Shop) -> int:
    with shop.store.reading() as view:
        return len(list(view.ledger.range()))
