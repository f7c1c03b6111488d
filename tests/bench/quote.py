"""A quote over loopback with every check of the own API, beside a bare server; and while a sale prints and syncs.

Both servers are processes of their own on uvloop and httptools, asked in turn by one connection each, and must give the
same price. Figures are of the client: from the first byte sent to the last one received.

While the agent works, a sale is registered and quotes are asked from its beginning to its end, between quiet turns: the
machine's own speed changes within seconds. Its events are pushed within 0.1 s (`cloud.push_s`, 2 s in a shop), and
every `SYNC_EVERY_S` a whole sync is asked for besides: rules, ledger, parked rows.
A shop's register asks for rules every 300 s; asked for without any pause, as no shop does, the row would measure how
the client, the cloud and the agent share two cores. The cloud and the printer are other machines in a shop: here they
yield to the agent.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kit.register import BIN, CARD, Register
from kit.till_atol import free_port
from kit.waiting import until

from bench.pricing_world import world
from bench.table import Row
from pos_agent.api.tokens import TokenBook
from pos_agent.cli.client import NobodyThereError
from pos_agent.clock import SystemClock, SystemIds

BAUD = 115_200
LINES, RULES = 20, 50
ROUNDS, TURN = 12, 25  # turns of each server, quotes in a turn
START_S = 90  # of a process on a busy machine
BUSY_ROUNDS, BUSY_TURN = 12, 75  # quiet turns of so many quotes; after each, quotes during one whole sale
FAR = 19  # nice level of what is another machine in a shop
SYNC_EVERY_S = 0.5  # pause between whole syncs then
PEER_TIMES, BUSY_TIMES = 2.5, 3


class Line:
    """One kept connection; `ask` gives the answer and the seconds it took."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._port = port
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    def fresh(self) -> Line:
        """A new connection: an idle one is closed by the agent."""
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def ask(self, body: bytes) -> tuple[dict[str, Any], float]:
        request = f"{self._head}{len(body)}\r\n\r\n".encode() + body
        begun = time.perf_counter()
        self._socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, told = got.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(told) < length:
            told += self._more()
        taken_s = time.perf_counter() - begun
        assert head.startswith(b"HTTP/1.1 200"), told
        return json.loads(told), taken_s

    def _more(self) -> bytes:
        got = self._socket.recv(262_144)
        assert got, "the server closed the connection"
        return got


class Counter(Register):
    """The daemon on a paced line, with its API and a cloud that it pushes to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.cloud: subprocess.Popen | None = None

    def open(self, rules: str) -> str:
        """Everything up; the till's token."""
        database = f"sqlite:///{self.folder / 'cloud.db'}"
        command = [str(BIN / "pos-cloud"), "token", "create", "--register", "till-1", "--db", database]
        made = subprocess.run(command, capture_output=True, text=True, check=True)
        secret = self.folder / "cloud.token"
        secret.touch(0o600)
        secret.write_text(made.stdout.split()[-1], encoding="ascii")
        serve = [str(BIN / "pos-cloud"), "serve", "--db", database, "--listen", "127.0.0.1:0"]
        self.cloud = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.cloud.stdout is not None
        address = json.loads(self.cloud.stdout.readline())["endpoint"]
        self.extra = (
            f'[http]\nlisten = "127.0.0.1:{self.port}"\nquote_ms = 5000\n'
            f'[cloud]\nurl = "{address}"\ntoken_file = "{secret}"\npush_s = 0.1\n'
        )
        self.start_printer("--pace", str(BAUD))
        self.prepare()
        token = TokenBook(self.folder / "data", SystemClock(), SystemIds()).create("till", "till")
        self.start_agent("--from", "1")
        until(self._answers, START_S)
        self.ask("rules.import", content=rules, format="json")
        until(lambda: self.status()["printer"]["connected"], START_S)
        return token

    def _answers(self) -> bool:
        with suppress(NobodyThereError):
            return bool(self.status())
        return False

    def others_yield(self) -> None:
        """The cloud's and the printer's threads run when the agent and its client do not."""
        for process in (self.cloud, self.emulator):
            assert process is not None
            for thread in Path(f"/proc/{process.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), FAR)

    def close(self) -> None:
        super().close()
        if self.cloud is not None:
            self.cloud.kill()
            self.cloud.wait()


@contextmanager
def running(rules: str) -> Iterator[tuple[Counter, Line, Line]]:
    """(the counter, a line to it, a line to the bare server)."""
    folder = Path(tempfile.mkdtemp(prefix="pos-agent-bench-"))
    counter, bare = Counter(folder), None
    try:
        (folder / "rules.json").write_text(rules, encoding="utf-8")
        paths = os.pathsep.join(path for path in sys.path if path)
        bare = subprocess.Popen(
            [sys.executable, "-m", "bench.quote_raw", str(folder / "rules.json")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        assert bare.stdout is not None
        ours = Line(counter.port, "/v1/quote", counter.open(rules))
        yield counter, ours, Line(json.loads(bare.stdout.readline())["port"], "/", "none")
    finally:
        if bare is not None:
            bare.kill()
            bare.wait()
        counter.close()
        shutil.rmtree(folder, ignore_errors=True)


def rows() -> list[Row]:
    """A quote of nobody and of a customer, each beside the bare server; a quote while the agent works."""
    made = world(LINES, RULES)
    baskets = [{name: one for name, one in basket.items() if name != "customer"} for basket in made.baskets]
    with running(json.dumps(made.rules)) as (counter, ours, raw):
        until(lambda: counter.status()["storage"]["recorded_fd"] == 1)
        counter.ask("sell", basket={"lines": baskets[0]["lines"]}, sale="first", customer=CARD)
        counter.settled(60)
        found = [_beside("nobody", ours, raw, [{"basket": one} for one in baskets])]
        figures = _figures(counter)
        named = [{"basket": one, "customer": CARD, "figures": figures} for one in baskets]
        found.append(_beside("a customer", ours, raw, named))
        quiet, busy = _while_busy(counter, ours, named)
    p50, p99 = statistics.median(quiet), statistics.quantiles(busy, n=100)[98]
    name = "quote p99, a sale printing, a sync running"
    return [*found, Row(name, _ms(p99), f"quiet p50: {_ms(p50)}", p99 / p50, bound=BUSY_TIMES)]


def _beside(who: str, ours: Line, raw: Line, asked: list[dict[str, Any]]) -> Row:
    """Turn by turn; the prices are compared first."""
    theirs = [json.dumps(one, ensure_ascii=False).encode() for one in asked]
    mine = [json.dumps({k: v for k, v in one.items() if k != "figures"}, ensure_ascii=False).encode() for one in asked]
    ours.fresh(), raw.fresh()
    for one, two in zip(mine, theirs, strict=True):
        told, other = ours.ask(one)[0], raw.ask(two)[0]
        assert told["loyalty"] == "ok", told
        assert told["quote"]["hash"] == other["quote"]["hash"], "the peers disagree"
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for line, bodies, times in ((ours, mine, taken[0]), (raw, theirs, taken[1])):
            times += [line.ask(bodies[number % len(bodies)])[1] for number in range(TURN)]
    p50, bare = statistics.median(taken[0]), statistics.median(taken[1])
    name = f"quote of {who}, {LINES} lines x {RULES} rules, p50"
    return Row(name, _ms(p50), f"bare server: {_ms(bare)}", p50 / bare, bound=PEER_TIMES)


def _figures(counter: Counter) -> dict[str, Any]:
    """The customer before the receipt, as the ledger has it."""
    known = counter.ask("customer.find", text=CARD)["customers"][0]
    return {"id": known["id"], "balance_pt": known["balance"]["active_pt"]}


def _while_busy(counter: Counter, ours: Line, asked: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """(seconds of quotes while nothing else goes on, seconds of those asked during a sale and its pushes), in turns."""
    bodies = [json.dumps({k: v for k, v in one.items() if k != "figures"}).encode() for one in asked]
    quiet: list[float] = []
    busy: list[float] = []
    counter.others_yield()
    for turn in range(BUSY_ROUNDS):
        counter.settled(60)
        ours.fresh()
        quiet += [ours.ask(bodies[number % len(bodies)])[1] for number in range(BUSY_TURN)]
        lines = asked[turn % len(asked)]["basket"]["lines"]
        with _at_work(counter, lines, f"busy-{turn}") as selling:
            while selling.is_alive():
                busy.append(ours.ask(bodies[len(busy) % len(bodies)])[1])
    return quiet, busy


@contextmanager
def _at_work(counter: Counter, lines: list[dict[str, Any]], sale: str) -> Iterator[threading.Thread]:
    """One sale, and whole syncs until it is over."""
    over = threading.Event()

    def push() -> None:
        while not over.is_set():
            counter.ask("sync.now")
            over.wait(SYNC_EVERY_S)

    selling = threading.Thread(target=lambda: counter.ask("sell", basket={"lines": lines}, sale=sale, customer=CARD))
    pushing = threading.Thread(target=push)
    for thread in (selling, pushing):
        thread.start()
    try:
        yield selling
    finally:
        over.set()
        for thread in (selling, pushing):
            thread.join()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
