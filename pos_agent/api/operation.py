"""What the agent can be asked for on its private socket, and by a command line that finds no daemon.

An operation takes the agent's parts and JSON arguments and gives a JSON object, or a future of one when the printer's
thread has to do it (an HTTP handler must never wait for a printer).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pos_agent.checkout.desk import Desk
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.reconcile import Reconciler
from pos_agent.clock import Clock, IdSource
from pos_agent.config import Config
from pos_agent.errors import UsageError
from pos_agent.printing.actor import PrinterActor
from pos_agent.store.store import Store, StoreReader
from pos_agent.sync.actor import SyncActor

if TYPE_CHECKING:  # they work on Parts themselves
    from pos_agent.api.entry import EntryCodes
    from pos_agent.api.http import HttpServer
    from pos_agent.api.ports import PortsSeen
    from pos_agent.api.tokens import TokenBook

Json = dict[str, Any]


@dataclass(frozen=True)
class Parts:
    """What operations work on. `actor` is None where nobody drives the printer."""

    config: Config
    views: StoreReader
    clock: Clock
    ids: IdSource
    actor: PrinterActor | None = None
    desk: Desk | None = None
    orders: Orders | None = None
    cloud: SyncActor | None = None
    reconciler: Reconciler | None = None
    tokens: TokenBook | None = None
    entry: EntryCodes | None = None
    ports: PortsSeen | None = None
    faces: list[HttpServer] = field(default_factory=list)  # filled when the daemon has made them
    stopping: threading.Event = field(default_factory=threading.Event)
    alarms: tuple[str, ...] = ()  # codes that stay until the next start, e.g. STO-02

    @property
    def store(self) -> Store:
        """The writing store. Only operations marked `writes` may ask for it."""
        assert isinstance(self.views, Store), "an operation that writes was given a reading store"
        return self.views


Run = Callable[[Parts, Mapping[str, Any]], "Json | Future[Json]"]


@dataclass(frozen=True)
class Operation:
    """One thing to ask for. `writes`: it needs the data directory's lock; `printer`: it needs the printer's thread."""

    run: Run
    writes: bool = False
    printer: bool = False


def printer_problem(parts: Parts) -> Json | None:
    """What is wrong with the printer now, `{"code", "params", "connected"}`; None when nothing is known to be."""
    if parts.actor is None:
        return None
    line = parts.actor.watch.line
    problem = line.state.problem
    if problem is None:
        return None
    params = {name: value if isinstance(value, int) else str(value) for name, value in problem.params.items()}
    return {"code": problem.code, "params": params, "connected": line.connected}


def text(args: Mapping[str, Any], name: str, default: str | None = None, limit: int = 200) -> str:
    """A text argument. UsageError API-01 when it is missing, no text, or too long."""
    value = args.get(name, default)
    if not isinstance(value, str) or len(value) > limit:
        raise UsageError("API-01", field=name)
    return value.strip()


def number(args: Mapping[str, Any], name: str, default: int | None, low: int, high: int) -> int:
    """A whole number from `low` to `high`. UsageError API-01 otherwise."""
    value = args.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise UsageError("API-01", field=name)
    return value
