"""One counter's wiring: the register's printer with what sells on it, and further printers for parts of a basket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from drivers.tap.tap import Tap
from pos_agent.api.slip_style import log_faults, style_of
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.journal import Habits, StoreJournal
from pos_agent.checkout.orders import Counter, Orders
from pos_agent.checkout.part_printers import PartJournal, PartPrinter, PartPrinters
from pos_agent.checkout.reconcile import Reconciler
from pos_agent.checkout.recording import Place
from pos_agent.checkout.settle import Settler
from pos_agent.clock import Clock
from pos_agent.config import Config
from pos_agent.notify import Pulse
from pos_agent.printer_wiring import printer_side
from pos_agent.printing.actor import PrinterActor
from pos_agent.printing.line import Line
from pos_agent.printing.watch import Watch
from pos_agent.store.store import Store


@dataclass(frozen=True)
class Register:
    """One printer: its thread, what sells on it, what compares its archive with the ledger, the till's port to it.

    `name`: of the printer's own storages, `till-1` or `till-1/ip`; `others`: further printers at the same counter.
    """

    name: str
    actor: PrinterActor
    desk: Desk
    orders: Orders
    reconciler: Reconciler
    tap: Tap | None
    pulse: Pulse | None = None
    others: tuple[Register, ...] = ()

    @property
    def all(self) -> Iterator[Register]:
        """The register's own printer first: it is the one that waits for the others."""
        yield self
        yield from self.others

    def start(self) -> None:
        for one in self.all:
            one.actor.start()

    def stop(self, timeout_s: float) -> bool:
        """Each thread ends its piece of work. True when all ended, each in time."""
        ended = [one.actor.stop(timeout_s) for one in self.all]
        return all(ended)

    def last_beat(self) -> float:
        """Monotonic seconds of this printer's last sign of life."""
        return max(self.actor.last_beat, self.pulse.last) if self.pulse is not None else self.actor.last_beat


def register(
    config: Config,
    store: Store,
    clock: Clock,
    from_fd: int | None = None,
    pulse: Pulse | None = None,
    others_from_fd: int | None = None,
) -> Register:
    """The printers' threads, not started, and what sells on them. Only the daemon (`pulse`) offers the till a port.

    `from_fd`: where first contact starts (see `Habits`) on the register's printer, `others_from_fd`: on the others.
    """
    own = _one(config, store, clock, from_fd, pulse)
    others, printers = [], []
    for section in config.parts.printer:
        settings = config.of_part(section)
        beats = Pulse(clock.monotonic) if pulse is not None else None
        made = _one(settings, store, clock, others_from_fd, beats, counter=config.agent.register_name)
        others.append(made)
        system = section.tax_system
        printers.append(
            PartPrinter(section.part, made.name, section.port, system, made.desk, made.reconciler, made.actor)
        )
    own.desk.part_printers = PartPrinters(printers, pulse or clock.monotonic)
    return replace(own, others=tuple(others))


def _one(
    config: Config, store: Store, clock: Clock, from_fd: int | None, pulse: Pulse | None, counter: str = ""
) -> Register:
    """`counter`: the register at whose counter this further printer stands."""
    side = printer_side(config, clock, pulse or clock.monotonic, tapped=pulse is not None)
    device = side.printer
    line = Line(device, clock, config.printer.port, side.describe)
    line.sharing = side.tap
    journal = _journal(config, store, clock, from_fd, counter)
    watch = Watch(line, journal, poll_s=config.printer.poll_s, quiet_s=config.printer.quiet_s)
    settler = Settler(watch, journal, device, clock)
    watch.in_doubt = lambda: settler.settle() is not None
    gateway, name = config.gateway, config.agent.register_name
    sells_all, systems = gateway.mark_refused == "sell", {one.part: one.tax_system for one in config.parts.printer}
    requisite, shop = config.loyalty.original_requisite, config.agent.store
    takes = Counter(gateway.tax_system, gateway.vat, requisite, sells_all, shop, systems)
    desk, orders = Desk(watch, journal, device, settler, config.agent.language), Orders(journal, clock, takes)
    reconciler = Reconciler(watch, journal)
    watch.spare_work = reconciler.piece
    return Register(name, PrinterActor(watch, clock), desk, orders, reconciler, side.tap, pulse)


def _journal(config: Config, store: Store, clock: Clock, from_fd: int | None, counter: str) -> StoreJournal:
    loyalty, agent, style = config.loyalty, config.agent, style_of(config)
    log_faults(style)
    habits = Habits(
        card_requisite=loyalty.card_requisite,
        original_requisite=loyalty.original_requisite,
        slip_max_age=timedelta(minutes=loyalty.slip_max_age_minutes),
        invitation=loyalty.invitation,
        style=style,
        from_fd=from_fd,
    )
    if counter:
        return PartJournal(store, clock, Place(counter, config.zone, loyalty.merchant, agent.register_name), habits)
    return StoreJournal(store, clock, Place(agent.register_name, config.zone, loyalty.merchant), habits)
