"""Composition root: settings in, a wired agent out. The only file that knows every concrete class.

run()               the daemon: store, printer's thread, socket, calendar
opened()            the same wiring for one command in its own process, under the data directory's lock
opened_to_read()    reading commands beside a running daemon
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import sys
from collections.abc import Callable, Iterator

from drivers.streams.byte_stream import StreamError
from drivers.tap.tap import Tap
from pos_agent.api.entry import EntryCodes
from pos_agent.api.faces import servers
from pos_agent.api.operation import Parts
from pos_agent.api.points import active_rules
from pos_agent.api.service import Service, application
from pos_agent.api.table import OPERATIONS
from pos_agent.api.tokens import TokenBook
from pos_agent.checkout.actions import birthdays
from pos_agent.checkout.calendar_day import write_due
from pos_agent.clock import Clock, IdSource, SystemClock, SystemIds
from pos_agent.config import Config
from pos_agent.errors import AgentError, UsageError
from pos_agent.logs import configure, logger
from pos_agent.notify import PRINTER_SILENCE_S, WRITER_SILENCE_S, Liveness, Notifier, Pulse
from pos_agent.port_search import PortSearch
from pos_agent.register_wiring import Register as Register
from pos_agent.register_wiring import register as register
from pos_agent.schedule import Schedule
from pos_agent.shadow.pricing import ShadowPricing, beside
from pos_agent.store.errors import StoreDamaged
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store, StoreReader
from pos_agent.sync.actor import SyncActor
from pos_agent.sync.client import CloudClient
from pos_agent.sync.holds import PullHolds
from pos_agent.sync.pull import Pull
from pos_agent.sync.push import Push
from pos_agent.sync.token_file import TokenFile
from pos_agent.sync.worker import SyncWorker

STOP_S = 20.0
LOOP_S = 5.0
DATABASE = "agent.db"
SLICE_S = 0.001  # of one thread while others wait to reckon; Python's own is 0.005
COLLECT_AFTER = (10_000, 10, 20)  # objects that stayed; then, each time so many of the younger ones were done
EXPIRY = "points expiry"
RECONCILE = "reconcile"
REBUILD_FROM = 1  # after the database was lost: all that the fiscal storage still tells, without slips


def sync(config: Config, store: Store, clock: Clock, ids: IdSource) -> SyncActor | None:
    """The worker that sends the ledger and fetches rules, not started; None without a cloud."""
    settings = config.cloud
    if not settings.url or settings.token_file is None:
        return None
    client = CloudClient(settings.url, config.agent.register_name, TokenFile(settings.token_file), clock.monotonic)
    push, pull, every = Push(store, client), Pull(store, client), {"push_s": settings.push_s, "pull_s": settings.pull_s}
    worker = SyncWorker(push, pull, clock, ids, zone=config.zone, holds=PullHolds(store, client), **every)
    return SyncActor(worker, clock, client.close)


@contextlib.contextmanager
def opened(config: Config, *, with_printer: bool) -> Iterator[Parts]:
    """Lock the data directory and wire the agent for one command. AGT-02 when another process holds it."""
    clock, ids = SystemClock(), SystemIds()
    with _store(config, clock, ids) as store:
        if not with_printer:
            yield Parts(config, store, clock, ids)
            return
        made = register(config, store, clock)
        made.start()
        try:
            yield Parts(config, store, clock, ids, made.actor, made.desk, made.orders, reconciler=made.reconciler)
        finally:
            made.stop(STOP_S)


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
    others_from_fd: int | None = None
    try:
        store = _store(config, clock, ids)
    except StoreDamaged as damage:
        log.error("database set aside, rebuilding from the fiscal storage", code=damage.code, path=damage.moved_to)
        store, alarms, from_fd = _store(config, clock, ids), (damage.code,), from_fd or REBUILD_FROM
        others_from_fd = REBUILD_FROM
    notifier, pulse = Notifier(os.environ, clock.monotonic), Pulse(clock.monotonic)
    with store, PortSearch(config, clock) as ports:
        _kill_point(store)
        made = register(config, store, clock, from_fd, pulse, others_from_fd)
        thread, cloud = made.actor, sync(config, store, clock, ids)
        liveness = Liveness(clock.monotonic)
        for one in made.all:
            liveness.watch("printer" if one is made else f"printer {one.name}", one.last_beat, PRINTER_SILENCE_S)
        liveness.watch("writer", lambda: store.turn_since, WRITER_SILENCE_S)
        wired = (thread, made.desk, made.orders, cloud, made.reconciler)
        book = _tokens(config, clock, ids)
        entry = EntryCodes(book, clock, ids) if book else None
        alarms += () if book else ("TOK-03",)
        parts = Parts(config, store, clock, ids, *wired, book, entry, ports, alarms=alarms)
        faces = parts.faces
        faces += servers(parts, OPERATIONS) if book else []
        shadow = beside(made.orders, store, config.loyalty.shadow_rules, config.agent.store)
        inbox: queue.Queue[str] = queue.Queue()
        schedule = Schedule(config.zone, clock, inbox.put)
        schedule.daily(EXPIRY, 0, 5)
        schedule.daily(RECONCILE, 3, 30)
        service = Service(application(parts, OPERATIONS), config.agent.socket)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: parts.stopping.set())
        service.start()
        for face in faces:
            face.start()
        if made.tap is not None:
            _offer(made.tap, config.tap.port)
        made.start()
        if cloud is not None:
            cloud.start()
        schedule.start()
        inbox.put(EXPIRY)
        inbox.put(RECONCILE)  # a register that is switched off at night is compared in the morning
        _many_at_once()
        log.info("running", register=config.agent.register_name, port=config.printer.port, pid=os.getpid())
        notifier.ready(f"{config.agent.register_name}, {config.printer.port}")
        if ready is not None:
            ready()
        _loop(parts, inbox, schedule, notifier, liveness, shadow)
        notifier.stopping()
        log.info("stopping")
        deadline = clock.monotonic() + STOP_S
        schedule.stop()
        service.stop()
        if shadow is not None:
            shadow.close()
        for face in faces:
            face.stop()
        if cloud is not None and not cloud.stop(max(0.0, deadline - clock.monotonic())):
            log.error("the sync did not end in time", seconds=STOP_S)
        if not made.stop(max(0.0, deadline - clock.monotonic())):
            log.error("the printer's thread did not end in time", seconds=STOP_S)
        if made.tap is not None:
            made.tap.stop()
    log.info("stopped")


def _tokens(config: Config, clock: Clock, ids: IdSource) -> TokenBook | None:
    """None: the file cannot be read. Nobody is let in then, and selling goes on."""
    try:
        return TokenBook(config.agent.data_dir, clock, ids)
    except AgentError as error:
        logger("agent").error("no tokens", code=error.code, path=config.agent.data_dir)
        return None


def _offer(tap: Tap, address: str) -> None:
    """The till's port. CFG-02 when it cannot be made: without it the till could not sell."""
    try:
        tap.start()
    except StreamError as error:
        raise UsageError("CFG-02", count=1, lines=(f"tap.port: {address}: {error.detail}",)) from error


def _loop(
    parts: Parts,
    inbox: queue.Queue[str],
    schedule: Schedule,
    notifier: Notifier,
    liveness: Liveness,
    shadow: ShadowPricing | None,
) -> None:
    """The main thread: calendar work, one piece at a time, until asked to stop."""
    log = logger("agent")
    while not parts.clock.wait(parts.stopping, 0.0 if not inbox.empty() else notifier.pause_s(LOOP_S)):
        notifier.feed(liveness.frozen)
        schedule.look_for_jump()
        if shadow is not None:
            shadow.look()
        with contextlib.suppress(queue.Empty):
            name = inbox.get_nowait()
            try:
                _calendar(parts, name)
            except AgentError as error:
                log.error("calendar work failed", job=name, code=error.code, why=str(error))


def _calendar(parts: Parts, name: str) -> None:
    if name == RECONCILE and parts.actor is not None and parts.reconciler is not None:
        reconciler, others = parts.reconciler, parts.desk.part_printers.all if parts.desk is not None else ()
        parts.actor.ask(lambda watch: reconciler.start())
        for other in others:
            other.compare()
        return
    with parts.store.reading() as view:
        rules = active_rules(view)
    if name == EXPIRY and rules is not None:
        today = parts.clock.now().astimezone(parts.config.zone).date()
        count = write_due(parts.store, rules, today)
        now = parts.clock.now().astimezone(parts.config.zone)
        count += birthdays(parts.store, rules, parts.config.agent.register_name, now, parts.config.loyalty.merchant)
        parts.store.checkpoint()
        logger("agent").info("calendar", job=name, count=count)


def _many_at_once() -> None:
    """A quote shall not wait for what the other threads do.

    Everything that was loaded stays loaded: a collection that walks through all of it stops every thread for 0.1 s. A
    quote makes thousands of objects and lets all of them go: none of them is worth a look meanwhile. And its three
    turns at the interpreter's lock would each wait a whole slice of a thread that reckons.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SLICE_S)


def _kill_point(store: Store) -> None:
    """`POS_AGENT_KILL_AT=before:document` kills the process there: how the tests prove that a kill loses nothing."""
    wanted = os.environ.get("POS_AGENT_KILL_AT")
    if wanted:
        store.commit_hook = lambda point: os.kill(os.getpid(), signal.SIGKILL) if point == wanted else None
