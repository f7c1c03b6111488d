"""Shift and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.operation import Json, Parts
from pos_agent.checkout.desk import Desk
from pos_agent.errors import PrinterError


def open_shift(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Open a shift; nothing happens when one is open."""
    return _ask(parts, Desk.open_shift)


def close_shift(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Z report; nothing happens when the shift is closed."""
    return _ask(parts, Desk.close_shift)


def x_report(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """X report: prints, clears nothing, is no fiscal document."""
    return _ask(parts, Desk.x_report)


def _ask(parts: Parts, work: Callable[[Desk], Json]) -> Future[Json]:
    desk = parts.desk
    if desk is None or parts.actor is None:
        raise PrinterError("PRN-03")
    return parts.actor.ask(lambda watch: work(desk))
