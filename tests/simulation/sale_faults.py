"""Very many sales with faults, from a seed: no sale doubled, none lost, no wrong verdict, the same trace every time.

    PYTHONPATH=tests .venv/bin/python -m simulation.sale_faults --sales 5000 --seed 1 --jobs 2
    PYTHONPATH=tests .venv/bin/python -m simulation.sale_faults --replay 1000003 [--trace FILE]

`--link atol-v2` or `atol-v3` plays it with ATOL's driver and emulator instead.

One life of a register is `LIFE` sales; its seed replays it. Exit 1 when anything is wrong.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from kit.conformance_sale_register import LINKS
from kit.sale_judge import Asked, Judge, ledger_wrongs
from kit.sale_register import Killed, SaleRegister, memory_folder, template
from kit.sale_troubles import Saboteur, Trouble, draw

from pos_agent.errors import AgentError
from pos_agent.logs import configure
from pos_agent.model.receipt import DocumentId

LIFE = 200
STRIDE = 1_000_003
GIFT_PT = 5_000
SPEND_PT = 100
VISITS = 4  # sales of one customer, then comes the next
SETTLE_S = 120.0
Plan = Callable[[random.Random], list[Trouble]]
Asking = Callable[["Life", int], Asked]


@dataclass
class Outcome:
    """What one life came to. `wrong` holds sentences with the sale's number; `told` counts the first answers."""

    seed: int
    sales: int = 0
    wrong: list[str] = field(default_factory=list)
    told: Counter = field(default_factory=Counter)
    settle_s: float = 0.0
    answer_s: float = 0.0
    trace: str = ""

    def count(self, word: str) -> int:
        return len([one for one in self.wrong if one.split(" ", 1)[1].startswith(word)])


class Trace:
    """A hash over everything that was seen, in order; the lines themselves when somebody wants them."""

    def __init__(self, register: SaleRegister, lines: list[str] | None) -> None:
        self._hash = hashlib.sha256()
        self._clock, self._lines = register.clock, lines
        self.arrived: Callable[[str, bytes, bytes], None] = lambda way, given, arrived: None
        register.wire.tell = self._tell

    def _tell(self, way: str, given: bytes, arrived: bytes) -> None:
        self.add(f"{way} {given.hex()} {arrived.hex()}")
        self.arrived(way, given, arrived)

    def add(self, text: str) -> None:
        line = f"{self._clock.seconds:.6f} {text}\n"
        self._hash.update(line.encode())
        if self._lines is not None:
            self._lines.append(line)

    def hex(self) -> str:
        return self._hash.hexdigest()


class Life:
    """One register from its first sale to its last."""

    def __init__(
        self, seed: int, folder: Path, kind: type[SaleRegister], lines: list[str] | None, asked: Asking | None
    ) -> None:
        self.chance = random.Random(seed)
        self.asks = asked or Life.anybody
        self.register = kind(folder)
        self.trace = Trace(self.register, lines)
        self.outcome = Outcome(seed)
        self.sales: list[Asked] = []
        self.gifts: dict[str, int] = {}

    def sell(self, number: int, plan: Plan) -> None:
        """One sale with its faults, the calm after it, the same sale again."""
        register, outcome = self.register, self.outcome
        sale = self.asks(self, number)
        troubles = plan(self.chance)
        judge = Judge(register, sale, register.device.fn.last_fd, any(one.kind == "nak" for one in troubles))
        self.trace.arrived = judge.arrived
        self.trace.add(f"sale {number} {'; '.join(map(str, troubles))}")
        self.saboteur = Saboteur(register, troubles, self.trace.add)
        self.saboteur.start()
        register.ran = judge.ran
        register.told_point = lambda point: self.trace.add(f"commit {point}")
        began = register.clock.seconds
        first = self._ask(sale)
        outcome.answer_s = max(outcome.answer_s, register.clock.seconds - began)
        judge.claimed(first)
        outcome.settle_s = max(outcome.settle_s, self._calm(judge))
        self._decide(judge)
        judge.settled()
        judge.ended(self._ask(sale), first)
        self.trace.add(f"told {judge.told}, {judge.state()} as {judge.documents()}")
        outcome.told[judge.told[0]] += 1
        outcome.wrong += [f"{number}: {one} [{'; '.join(map(str, troubles))}]" for one in judge.found]
        outcome.sales += 1

    def anybody(self, number: int) -> Asked:
        """A stranger, or a customer who spends points or does not."""
        known = self.chance.random() < 0.7
        return self.asked(number, known=known, spends=known and self.chance.random() < 0.7)

    def asked(self, number: int, *, known: bool, spends: bool) -> Asked:
        """The next sale; its total is its own."""
        if number % VISITS == 0:
            self.gifts[self.register.next_customer(GIFT_PT)] = GIFT_PT
        customer = self.register.customer if known else None
        sale = Asked(f"sale-{number}", customer, 20_000 + 200 * number, SPEND_PT if spends else 0)
        self.sales.append(sale)
        return sale

    def _ask(self, sale: Asked) -> dict | str:
        """The answer, or the code of the error."""
        line = {"id": "1", "name": "Кофе", "price_kop": sale.price_kop, "qty": "1"}
        try:
            return self.register.sale(sale.sale_id, line, customer=sale.customer, spend=sale.spend_pt, contact="a@b.ru")
        except AgentError as error:
            return error.code
        except Killed:
            self.register.reborn()
            return "SAL-01"  # the caller hears nothing, which says no more than that

    def _calm(self, judge: Judge) -> float:
        """Seconds from the end of all faults until nothing is in doubt and everything is in the ledger."""
        register = self.register
        register.ran = judge.ran
        register.at_point = lambda point: None
        try:
            began = self._quiet()
            while not register.caught_up() and register.clock.seconds - began < SETTLE_S:
                register.clock.advance(max(register.watch.tick(), 0.01))
        except Killed:
            register.reborn()
            return self._calm(judge)
        if not register.caught_up():
            judge.found.append(f"lost: not settled after {SETTLE_S:g} quiet seconds")
        return register.clock.seconds - began

    def _quiet(self) -> float:
        """Cable in, paper in, power on, nobody else's receipt open."""
        register = self.register
        register.calm_world()
        self.saboteur.cancel_theirs()
        return register.clock.seconds

    def _decide(self, judge: Judge) -> None:
        """The person at the register compares the storage's documents with the sale and says what is so."""
        if judge.state() != "needs_operator":
            return
        documents = judge.documents()
        if not judge.may_ask():
            judge.found.append("wrong verdict: a person is asked although nobody else sold")
        self.trace.add(f"a person decides {documents}")
        number = DocumentId(self.register.device.fn.serial, documents[0]) if documents else None
        self.register.settler.by_word("registered" if documents else "absent", number, "сверено с ФН")
        self._calm(judge)


def live(
    seed: int,
    sales: int = LIFE,
    plan: Plan = draw,
    kind: type[SaleRegister] = SaleRegister,
    lines: list[str] | None = None,
    asked: Asking | None = None,
) -> Outcome:
    """One register's life."""
    with tempfile.TemporaryDirectory(prefix="sales-", dir=memory_folder()) as folder:
        life = Life(seed, Path(folder), kind, lines, asked)
        number = 0
        try:
            for number in range(sales):
                life.sell(number, plan)
            life.outcome.wrong += [f"end: {one}" for one in ledger_wrongs(life.register, life.sales, life.gifts)]
        except Exception as crash:
            crash.add_note(f"--replay {seed}, sale {number}")
            raise
        finally:
            life.register.close()
        life.outcome.trace = life.trace.hex()
        return life.outcome


def run(sales: int, seed: int, jobs: int, link: str = "shtrih") -> list[Outcome]:
    """Lives enough for so many sales."""
    sizes = [min(LIFE, sales - begun) for begun in range(0, sales, LIFE)]
    seeds = [seed * STRIDE + number for number in range(len(sizes))]
    kind = LINKS[link]
    if jobs == 1:
        return [live(*one, kind=kind) for one in zip(seeds, sizes, strict=True)]
    template()
    with ProcessPoolExecutor(jobs, initializer=configure, initargs=("critical", "console")) as pool:
        return list(pool.map(live, seeds, sizes, repeat(draw), repeat(kind)))


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    """Counts over all lives."""
    told: Counter = sum((one.told for one in outcomes), Counter())
    return {
        "sales": sum(one.sales for one in outcomes),
        "doubled": sum(one.count("doubled") for one in outcomes),
        "lost": sum(one.count("lost") for one in outcomes),
        "wrong": sum(len(one.wrong) for one in outcomes),
        "longest_settling_s": round(max(one.settle_s for one in outcomes), 1),
        "longest_answer_s": round(max(one.answer_s for one in outcomes), 1),
        "first_answers": dict(sorted(told.items())),
        "trace": hashlib.sha256("".join(one.trace for one in outcomes).encode()).hexdigest(),
    }


def main() -> int:
    """The command line; see the module's text."""
    options = argparse.ArgumentParser(description="Sales with faults on a virtual clock")
    options.add_argument("--sales", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--link", choices=sorted(LINKS), default="shtrih", help="whose protocol the printer speaks")
    options.add_argument("--replay", type=int, help="the seed of one life")
    options.add_argument("--trace", type=Path, help="with --replay: where to write the trace")
    chosen = options.parse_args()
    configure("critical", "console")
    print(f"seed {chosen.seed if chosen.replay is None else chosen.replay}", flush=True)
    began = time.perf_counter()
    lines: list[str] | None = [] if chosen.trace else None
    replayed = chosen.replay is not None
    if replayed:
        outcomes = [live(chosen.replay, kind=LINKS[chosen.link], lines=lines)]
    else:
        outcomes = run(chosen.sales, chosen.seed, chosen.jobs, chosen.link)
    if chosen.trace and lines is not None:
        chosen.trace.write_text("".join(lines), encoding="utf-8")
    for one in outcomes:
        for wrong in one.wrong:
            print(f"WRONG --link {chosen.link} --replay {one.seed}: {wrong}")
    figures = summary(outcomes)
    for name, value in figures.items():
        print(f"{name}: {value}")
    seconds = time.perf_counter() - began
    print(f"{seconds:.1f} s, {figures['sales'] / seconds:.1f} sales/s, {chosen.jobs} jobs")
    return 1 if figures["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
