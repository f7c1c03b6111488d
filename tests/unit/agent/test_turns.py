"""A quote goes first: who waits, until when, and for how long at most."""

import asyncio
import threading
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from pos_agent.api.v1 import quote
from pos_agent.clock import SystemClock
from pos_agent.errors import AgentError
from pos_agent.printing import actor as printer_thread
from pos_agent.store import engine
from pos_agent.sync import actor as sync_thread
from pos_agent.turns import Turns

LONG_S, DEADLINE_S = 60.0, 20.0


class Worker(threading.Thread):
    """Stands back, or not, and passes between two pieces of work once for each `turns.give_way` it is asked for."""

    def __init__(self, turns: Turns, passes: int = 1, stands_back: bool = True) -> None:
        super().__init__(daemon=True)
        self.turns, self.passes, self.stands_back = turns, passes, stands_back
        self.ready, self.passed = threading.Event(), threading.Semaphore(0)

    def run(self) -> None:
        if self.stands_back:
            self.turns.stand_back()
        self.ready.set()
        for _ in range(self.passes):
            self.turns.give_way()
            self.passed.release()


def begun(worker: Worker) -> Worker:
    worker.start()
    assert worker.ready.wait(DEADLINE_S)
    return worker


def test_a_worker_waits_until_nothing_is_in_front():
    turns = Turns(SystemClock(), LONG_S, LONG_S, LONG_S)
    with turns.in_front():
        with turns.in_front():
            worker = begun(Worker(turns))
            assert not worker.passed.acquire(timeout=0.05)
        assert not worker.passed.acquire(timeout=0.05), "another one is still in front"
    assert worker.passed.acquire(timeout=DEADLINE_S)


def test_what_breaks_in_front_lets_the_others_go_on():
    turns = Turns(SystemClock(), LONG_S, LONG_S, LONG_S)
    worker = Worker(turns)
    with pytest.raises(ZeroDivisionError), turns.in_front():
        begun(worker).turns.give_way(1 / 0)
    assert worker.passed.acquire(timeout=DEADLINE_S)


def test_the_thread_in_front_itself_and_all_that_did_not_stand_back_never_wait():
    turns = Turns(SystemClock(), LONG_S, LONG_S, LONG_S)
    with turns.in_front():
        turns.give_way()
        assert begun(Worker(turns, stands_back=False)).passed.acquire(timeout=DEADLINE_S)


def test_nothing_in_front_costs_nothing():
    turns = Turns(SystemClock(), LONG_S, LONG_S, LONG_S)
    assert begun(Worker(turns, passes=1000)).passed.acquire(timeout=DEADLINE_S)


def test_one_wait_ends_and_so_do_all_of_a_span_together():
    turns = Turns(SystemClock(), piece_s=0.01, most_s=0.03, span_s=LONG_S)
    with turns.in_front():
        worker = begun(Worker(turns, passes=10_000))
        worker.join(DEADLINE_S)  # 10,000 waits of 0.01 s would be 100 s
    assert not worker.is_alive()


class Slow(SystemClock):
    """Time passes while somebody waits, and nothing else happens."""

    def __init__(self) -> None:
        self.at, self.waits = 0.0, []

    def monotonic(self) -> float:
        return self.at

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(round(seconds, 3))
        self.at += seconds
        return False


def test_a_new_span_waits_again():
    clock = Slow()
    turns = Turns(clock, piece_s=0.02, most_s=0.03, span_s=1.0)
    turns.stand_back()
    with turns.in_front():
        for _ in range(4):
            turns.give_way()
        clock.at = 1.0
        turns.give_way()
    assert clock.waits == [0.02, 0.01, 0.02]


@pytest.mark.parametrize("made", [engine.writer_engine, engine.reader_engine])
def test_each_statement_is_where_a_piece_begins(made, tmp_path, monkeypatch):
    passed = []
    monkeypatch.setattr("pos_agent.store.engine.TURNS.give_way", lambda: passed.append(1))
    with ExitStack() as stack:
        writer = engine.writer_engine(tmp_path / "a.db")
        stack.callback(writer.dispose)
        with writer.begin() as connection:
            connection.execute(sa.text("CREATE TABLE a (b)"))
        asked = made(tmp_path / "a.db")
        stack.callback(asked.dispose)
        passed.clear()
        with asked.connect() as connection:
            connection.execute(sa.text("SELECT * FROM a"))
    assert passed


@pytest.mark.parametrize("thread", [printer_thread.PrinterActor, sync_thread.SyncActor])
def test_the_threads_nobody_looks_at_stand_back_first(thread, monkeypatch):
    module = printer_thread if thread is printer_thread.PrinterActor else sync_thread

    class StoodBackError(Exception):
        pass

    def stand_back() -> None:
        raise StoodBackError

    monkeypatch.setattr(module.TURNS, "stand_back", stand_back)
    with pytest.raises(StoodBackError):
        thread._run(object())


@pytest.mark.parametrize("fails", [False, True])
def test_a_quote_is_in_front_while_it_is_priced_and_written(fails, monkeypatch):
    seen = []

    async def quoted(quotes, asked):
        seen.append(quote.TURNS._in_front)
        if fails:
            raise AgentError("RUL-03")
        return {}

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    async def send(message):
        seen.append(message["type"])

    monkeypatch.setattr(quote, "_asked", lambda scope, body: None)
    monkeypatch.setattr(quote, "quoted", quoted)
    scope = {"type": "http", "path": quote.PATH, "method": quote.METHOD, "headers": []}
    asyncio.run(quote.QuoteRoute(None, None, "ru")(scope, receive, send))
    assert seen == [1, "http.response.start", "http.response.body"]
    assert quote.TURNS._in_front == 0
