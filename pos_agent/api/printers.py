"""The printers of one counter by name: what a command that names one works on.

A printer is named by the part that it sells (`ip`) or by its storages (`till-1/ip`); the register's own by the
register (`till-1`), or by nothing where one printer is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from pos_agent.api.operation import Parts, text
from pos_agent.config import Config
from pos_agent.errors import UsageError
from pos_agent.printing.actor import PrinterActor
from pos_agent.store.repositories import View

SHIFT_FORMS, OPENED = (2, 5), 2
LONGEST_SHIFT = timedelta(hours=24)


@dataclass(frozen=True)
class Named:
    """`name` of its storages; `part` "" = the register's own."""

    name: str
    part: str = ""


def printers(config: Config) -> tuple[Named, ...]:
    """The register's own first, the others as in the settings."""
    others = zip(config.stations[1:], config.parts.printer, strict=True)
    return (Named(config.agent.register_name), *(Named(name, one.part) for name, one in others))


def named(config: Config, args: Mapping[str, Any]) -> Named | None:
    """By argument `printer`; None: none is named. UsageError API-01 tells which there are."""
    wanted = text(args, "printer", "")
    if not wanted:
        return None
    found = [one for one in printers(config) if wanted == one.name or (one.part and wanted == one.part)]
    if not found:
        there = ", ".join(one.part or one.name for one in printers(config))
        raise UsageError("API-01", field=f"printer: {wanted} ({there})")
    return found[0]


def at_printer(parts: Parts, args: Mapping[str, Any]) -> Parts:
    """The agent's parts as if the named printer were the only one; none named: the register's own. API-01."""
    wanted = named(parts.config, args)
    return of_printer(parts, wanted) if wanted is not None else parts


def of_printer(parts: Parts, wanted: Named) -> Parts:
    """As `at_printer`."""
    if not wanted.part:
        return parts
    (section,) = [one for one in parts.config.parts.printer if one.part == wanted.part]
    config = parts.config.of_part(section)
    other = parts.desk.part_printers.of_part(wanted.part) if parts.desk is not None else None
    if other is None:  # nobody drives it here
        return replace(parts, config=config, desk=None, actor=None, reconciler=None)
    actor = cast(PrinterActor, other.thread)
    return replace(parts, config=config, desk=other.desk, actor=actor, reconciler=other.reconciler)


def each(parts: Parts) -> Iterator[tuple[Named, Parts]]:
    """Every printer with the parts as of it alone."""
    for one in printers(parts.config):
        yield one, of_printer(parts, one)


def shift_since(view: View, station: str) -> str | None:
    """When the open shift was opened, by the printer's clock; None: closed, or opened before we came."""
    series = view.series.active(station)
    newest = view.documents.newest(series.fn_serial, SHIFT_FORMS) if series is not None else None
    return newest.at if newest is not None and newest.form == OPENED else None


def shift_age(parts: Parts, view: View, station: str) -> timedelta | None:
    """By the shop's clock; None: closed, or not known."""
    since = shift_since(view, station)
    if not since:
        return None
    now = parts.clock.now().astimezone(parts.config.zone).replace(tzinfo=None)
    return max(now - datetime.fromisoformat(since), timedelta())
