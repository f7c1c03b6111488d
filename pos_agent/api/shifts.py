"""Shift and reports. `{printer?}` names one printer of the counter, see `printers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.operation import Json, Parts
from pos_agent.api.printers import at_printer, named
from pos_agent.checkout.desk import Desk
from pos_agent.errors import PrinterError


def open_shift(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Open a shift, on the register's own printer when none is named; nothing happens when one is open."""
    return _ask(at_printer(parts, args), Desk.open_shift)


def close_shift(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Z report, on every printer when none is named; nothing happens where the shift is closed.

    A printer that cannot does not keep the others from it: its error comes after, with its name.
    """
    alone = named(parts.config, args) is not None
    return _ask(at_printer(parts, args), lambda desk: desk.close_shift(alone=alone))


def x_report(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """X report, on every printer when none is named: prints, clears nothing, is no fiscal document."""
    alone = named(parts.config, args) is not None
    return _ask(at_printer(parts, args), lambda desk: desk.x_report(alone=alone))


def _ask(parts: Parts, work: Callable[[Desk], Json]) -> Future[Json]:
    desk = parts.desk
    if desk is None or parts.actor is None:
        raise PrinterError("PRN-03")
    return parts.actor.ask(lambda watch: work(desk))
