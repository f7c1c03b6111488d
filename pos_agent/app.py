"""Composition root: settings in, a wired agent out. The only file that knows every concrete class.

run()               the daemon: store, printer's thread, socket, calendar
opened()            the same wiring for one command in its own process, under the data directory's lock
opened_to_read()    reading commands beside a running daemon
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from drivers.api import FiscalPrinter
from drivers.shtrih.errors import explain
from drivers.shtrih.frame import password_bytes
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.byte_stream import ByteStream
from drivers.streams.serial_port import SerialPort
from drivers.streams.tcp import TcpStream
from drivers.streams.trace import TraceRecord, TraceStream
from pos_agent.api.operation import Parts
from pos_agent.api.points import active_rules
from pos_agent.api.service import Service, application
from pos_agent.api.table import OPERATIONS
from pos_agent.checkout.calendar_day import write_due
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.recording import Place
from pos_agent.clock import Clock, IdSource, SystemClock, SystemIds
from pos_agent.config import Config
from pos_agent.errors import AgentError
from pos_agent.logs import configure, logger
from pos_agent.printing.actor import PrinterActor
from pos_agent.printing.line import Line
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.watch import Watch
from pos_agent.schedule import Schedule
from pos_agent.store.errors import StoreDamaged
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store, StoreReader

STOP_S = 20.0
LOOP_S = 5.0
DATABASE = "agent.db"
EXPIRY = "points expiry"
REBUILD_FROM = 1  # after the database was lost: all that the fiscal storage still tells, without slips


def printer(config: Config, clock: Clock) -> FiscalPrinter:
    """The driver for the configured vendor on the configured port; the port is not opened yet."""
    port = config.printer.port
    stream: ByteStream
    if port.startswith("tcp:"):
        host, _, number = port[4:].rpartition(":")
        stream = TcpStream(host, int(number))
    else:
        stream = SerialPort(port, config.printer.baud)
    if config.printer.trace_file is not None:
        stream = TraceStream(stream, _recorder(config.printer.trace_file), clock.monotonic, password_bytes)
    password = config.printer.password
    return ShtrihPrinter(stream, clock.monotonic, _sleeper(clock), password, password)


def _recorder(path: Path) -> Callable[[TraceRecord], None]:
    """Appends each exchange to a file, passwords blanked. A trace that cannot be written never stops the printer."""

    def record(event: TraceRecord) -> None:
        with contextlib.suppress(OSError), open(path, "a", encoding="utf-8") as file:
            file.write(event.line() + "\n")

    return record


def _sleeper(clock: Clock) -> Callable[[float], None]:
    never = threading.Event()
    return lambda seconds: void(clock.wait(never, seconds))


def void(_: object) -> None:
    """Drop a result."""


def _journal(config: Config, store: Store, clock: Clock, from_fd: int | None) -> StoreJournal:
    loyalty, agent = config.loyalty, config.agent
    habits = Habits(
        card_requisite=loyalty.card_requisite,
        original_requisite=loyalty.original_requisite,
        slip_max_age=timedelta(minutes=loyalty.slip_max_age_minutes),
        invitation=loyalty.invitation,
        style=SlipStyle(lang=agent.language, heading=loyalty.heading, qr_prefix=loyalty.qr_prefix),
        from_fd=from_fd,
    )
    return StoreJournal(store, clock, Place(agent.register_name, config.zone), habits)


def actor(config: Config, store: Store, clock: Clock, from_fd: int | None = None) -> PrinterActor:
    """The printer's thread, not started."""
    line = Line(printer(config, clock), clock, config.printer.port, lambda code: explain(code).ru)
    journal = _journal(config, store, clock, from_fd)
    watch = Watch(line, journal, poll_s=config.printer.poll_s, quiet_s=config.printer.quiet_s)
    return PrinterActor(watch, clock)


@contextlib.contextmanager
def opened(config: Config, *, with_printer: bool) -> Iterator[Parts]:
    """Lock the data directory and wire the agent for one command. AGT-02 when another process holds it."""
    clock, ids = SystemClock(), SystemIds()
    with _store(config, clock, ids) as store:
        if not with_printer:
            yield Parts(config, store, clock, ids)
            return
        thread = actor(config, store, clock)
        thread.start()
        try:
            yield Parts(config, store, clock, ids, thread)
        finally:
            thread.stop(STOP_S)


@contextlib.contextmanager
def opened_to_read(config: Config) -> Iterator[Parts]:
    """Read the database as it is, whoever writes it. AGT-03 when there is none."""
    clock, ids = SystemClock(), SystemIds()
    path = config.agent.data_dir / DATABASE
    try:
        if not path.exists():
            raise AgentError("AGT-05", path=config.agent.data_dir)
    except PermissionError as error:
        raise AgentError("AGT-03", path=config.agent.data_dir, why=error.strerror) from error
    keys = load_keys(config.key_path, ids, create=False)
    with StoreReader.open_reading(path, keys, clock, ids) as reader:
        yield Parts(config, reader, clock, ids)


def _store(config: Config, clock: Clock, ids: IdSource) -> Store:
    path = config.agent.data_dir / DATABASE
    try:
        keys = load_keys(config.key_path, ids, create=not path.exists())
    except PermissionError as error:
        raise AgentError("AGT-03", path=config.agent.data_dir, why=error.strerror) from error
    return Store.open(path, keys, clock, ids)


def run(config: Config, from_fd: int | None = None, ready: Callable[[], None] | None = None) -> None:
    """The daemon, until SIGTERM, SIGINT or `stop`. Selling never waits for any of this."""
    configure(config.log.level, config.log.form)
    clock, ids, log = SystemClock(), SystemIds(), logger("agent")
    alarms: tuple[str, ...] = ()
    try:
        store = _store(config, clock, ids)
    except StoreDamaged as damage:
        log.error("database set aside, rebuilding from the fiscal storage", code=damage.code, path=damage.moved_to)
        store, alarms, from_fd = _store(config, clock, ids), (damage.code,), from_fd or REBUILD_FROM
    with store:
        _kill_point(store)
        thread = actor(config, store, clock, from_fd)
        parts = Parts(config, store, clock, ids, thread, alarms=alarms)
        inbox: queue.Queue[str] = queue.Queue()
        schedule = Schedule(config.zone, clock, inbox.put)
        schedule.daily(EXPIRY, 0, 5)
        service = Service(application(parts, OPERATIONS), config.agent.socket)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: parts.stopping.set())
        service.start()
        thread.start()
        schedule.start()
        inbox.put(EXPIRY)
        log.info("running", register=config.agent.register_name, port=config.printer.port, pid=os.getpid())
        if ready is not None:
            ready()
        _loop(parts, inbox, schedule)
        log.info("stopping")
        schedule.stop()
        service.stop()
        if not thread.stop(STOP_S):
            log.error("the printer's thread did not end in time", seconds=STOP_S)
    log.info("stopped")


def _loop(parts: Parts, inbox: queue.Queue[str], schedule: Schedule) -> None:
    """The main thread: calendar work, one piece at a time, until asked to stop."""
    log = logger("agent")
    while not parts.clock.wait(parts.stopping, 0.0 if not inbox.empty() else LOOP_S):
        schedule.look_for_jump()
        with contextlib.suppress(queue.Empty):
            name = inbox.get_nowait()
            try:
                _calendar(parts, name)
            except AgentError as error:
                log.error("calendar work failed", job=name, code=error.code, why=str(error))


def _calendar(parts: Parts, name: str) -> None:
    with parts.store.reading() as view:
        rules = active_rules(view)
    if name == EXPIRY and rules is not None:
        today = parts.clock.now().astimezone(parts.config.zone).date()
        count = write_due(parts.store, rules, today)
        parts.store.checkpoint()
        logger("agent").info("calendar", job=name, count=count)


def _kill_point(store: Store) -> None:
    """`POS_AGENT_KILL_AT=before:document` kills the process there: how the tests prove that a kill loses nothing."""
    wanted = os.environ.get("POS_AGENT_KILL_AT")
    if wanted:
        store.commit_hook = lambda point: os.kill(os.getpid(), signal.SIGKILL) if point == wanted else None
