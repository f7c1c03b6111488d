"""Money put into the drawer and taken out of it by hand.

Both are COMMITs that the fiscal storage knows nothing of: the device's own registers are the only witness. They are
read before the command; after silence they decide whether it happened, and nothing is ever sent a second time without
such a look in between. Sources: `shtrih.md` 1Ah, 1Bh (registers 242, 243, 153, 154), `atol.md` 91h (register 0Ah).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, cast

from drivers.api import Done, Outcome, OutcomeUnknown
from drivers.service import ServicePrinter
from pos_agent.api.device import held
from pos_agent.api.operation import Json, Parts, number
from pos_agent.api.printers import at_printer
from pos_agent.checkout.deadline import Deadline
from pos_agent.checkout.desk import Desk
from pos_agent.errors import PrinterError, UsageError

MOST_KOP = 10**10 - 1
PATIENCE_S = 30  # for the device to talk again after silence
IN_KOP, OUT_KOP, IN_COUNT, OUT_COUNT = 242, 243, 153, 154  # Shtrih-M
DRAWER = 0x0A0000  # ATOL
COUNT_LIMIT = 1 << 16

Tally = list[int]  # what a movement changes: Shtrih [sum of the movements, their count], ATOL [money in the drawer]


def put_in(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{kop, before, again, only_look, printer?}` -> `{moved_kop}`. `before`: `in` of `cash.show`, written down by a
    caller who may repeat. `printer`: see `printers`; the register's own when none is named.

    With `again` the registers are compared with `before` first: moved already, not moved yet, or CSH-01; `only_look`
    sends nothing even then. CSH-01: nobody can tell; CSH-02: proven that nothing was moved; PRN-..: refused, not begun.
    """
    return _asked(parts, args, incoming=True)


def take_out(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """As `put_in`, with `out` of `cash.show`."""
    return _asked(parts, args, incoming=False)


def show(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{printer?}` -> `{in, out}`: what the device counts of movements now, to be given back as `before`."""
    parts = at_printer(parts, args)
    _, look = _drawer(parts)

    def work(desk: Desk) -> Json:
        desk.station.connected()
        return {name: desk.station.must(look(incoming)) for name, incoming in (("in", True), ("out", False))}

    return held(parts, work)


def _asked(parts: Parts, args: Mapping[str, Any], *, incoming: bool) -> Future[Json]:
    kop = number(args, "kop", None, 1, MOST_KOP)
    before, again, only_look = args.get("before"), args.get("again", False), args.get("only_look", False)
    if not _is_tally(before) or not isinstance(again, bool) or (again and before is None):
        raise UsageError("API-01", field="before")
    if not isinstance(only_look, bool) or (only_look and not again):
        raise UsageError("API-01", field="only_look")
    parts = at_printer(parts, args)
    desk, look = _drawer(parts)
    move = Movement(desk, lambda: look(incoming), kop, incoming=incoming)
    return held(parts, lambda desk: move.carry_out(before if again else None, only_look=only_look))


class Movement:
    """One movement of money; runs on the printer's thread, its line held."""

    def __init__(self, desk: Desk, look: Callable[[], Outcome[Tally]], kop: int, *, incoming: bool) -> None:
        self._desk, self._look, self._kop, self._incoming = desk, look, kop, incoming

    def carry_out(self, noted: Tally | None, *, only_look: bool = False) -> Json:
        """Send it once, unless it is proven that it was sent before. `noted`: the registers before an earlier try."""
        station, printer = self._desk.station, self._desk.printer
        if only_look:
            station.connected()
        else:
            station.ready(may_open=False)
        now = station.must(self._look())
        if noted is not None and (not now or now != noted):
            if now and now == self._after(noted):
                return self._moved
            raise PrinterError("CSH-01")
        if only_look:
            raise PrinterError("CSH-02")
        outcome = printer.cash_in(self._kop) if self._incoming else printer.cash_out(self._kop)
        if isinstance(outcome, OutcomeUnknown):
            station.watch.line.asked(outcome)
            return self._decided(now)
        station.must(outcome)
        return self._moved

    def _decided(self, before: Tally) -> Json:
        """After silence: what the registers say once the device talks and stands still, twice the same."""
        station, settler = self._desk.station, self._desk.settler
        patience = Deadline(settler.clock, PATIENCE_S)
        quiet = 0
        while before and not patience.nearer_than(0):
            now = self._reading()
            if now == self._after(before):
                return self._moved
            quiet = quiet + 1 if now == before else 0
            if quiet > 1:
                raise PrinterError("CSH-02")
            if now is not None and now != before:
                break
            settler.pause()
        station.watch.line.close()
        raise PrinterError("CSH-01")

    def _reading(self) -> Tally | None:
        """None: the device does not talk, or is still at work."""
        station = self._desk.station
        try:
            station.connected()
            status = station.must(station.printer.status())
            return None if status.printing else station.must(self._look())
        except PrinterError:
            return None

    def _after(self, before: Tally) -> Tally:
        if len(before) == 1:
            return [before[0] + (self._kop if self._incoming else -self._kop)]
        return [before[0] + self._kop, (before[1] + 1) % COUNT_LIMIT]

    @property
    def _moved(self) -> Json:
        return {"moved_kop": self._kop if self._incoming else -self._kop}


def _drawer(parts: Parts) -> tuple[Desk, Callable[[bool], Outcome[Tally]]]:
    """The desk, and how this vendor's registers are read. ATOL's own driver proves movements itself: an empty tally."""
    if parts.desk is None:
        raise PrinterError("PRN-03")
    printer, kind = cast(ServicePrinter, parts.desk.printer), parts.config.printer
    if kind.backend == "fptr10":
        return parts.desk, lambda incoming: Done([])
    if kind.vendor == "atol":
        return parts.desk, lambda incoming: _both(printer.money_register(DRAWER))
    return parts.desk, lambda incoming: _both(
        printer.money_register(IN_KOP if incoming else OUT_KOP),
        lambda: printer.operation_register(IN_COUNT if incoming else OUT_COUNT),
    )


def _both(first: Outcome[int], then: Callable[[], Outcome[int]] | None = None) -> Outcome[Tally]:
    if not isinstance(first, Done):
        return first
    if then is None:
        return Done([first.reply])
    second = then()
    return Done([first.reply, second.reply]) if isinstance(second, Done) else second


def _is_tally(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(type(one) is int for one in value))
