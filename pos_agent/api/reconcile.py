"""The ledger against the fiscal storage: begin, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.operation import Json, Parts, number, printer_problem
from pos_agent.api.printers import at_printer, named
from pos_agent.checkout.reconcile import Reconciler
from pos_agent.errors import PrinterError, UsageError

MOST = 2**31
TOLD = 5  # alarms, and documents not read, in an answer; the log has them all


def now(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{printer?}`: begin, or join the run under way -> `{"run", "printer"?, "runs"?}` for `reconcile.state`.

    None named: on every printer of the counter, `runs` are those of the further ones by part. PRN-03: no printer.
    """
    wanted, one = named(parts.config, args), at_printer(parts, args)
    reconciler, told = one.reconciler, {"printer": wanted.name} if wanted is not None else {}
    if one.actor is None or reconciler is None:
        raise PrinterError("PRN-03")
    runs: dict[str, int] = {}
    if wanted is None and parts.desk is not None:
        for other in parts.desk.part_printers.all:
            runs[other.part] = other.reconciler.runs + 1
            other.compare()
    more = {**told, "runs": runs} if runs else told
    return one.actor.ask(lambda watch: {"run": reconciler.start(), **more})


def state(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{run, printer?, runs?}` -> `{"done", "running", "last", "problem"}`; `problem`: what is wrong with the printer.

    With `runs` the same of further printers besides: `printers: [{part, done, ..}]`.
    """
    told, runs = _state(at_printer(parts, args), number(args, "run", 1, 0, MOST)), args.get("runs") or {}
    if not isinstance(runs, Mapping):
        raise UsageError("API-01", field="runs")
    ended = {part: _state(at_printer(parts, {"printer": part}), number(runs, part, 1, 0, MOST)) for part in runs}
    return {**told, "printers": [{"part": part, **one} for part, one in ended.items()]} if ended else told


def _state(parts: Parts, run: int) -> Json:
    if parts.reconciler is None:
        raise PrinterError("PRN-03")
    done = parts.reconciler.runs >= run
    return {"done": done, **standing(parts.reconciler), "problem": printer_problem(parts)}


def standing(reconciler: Reconciler) -> Json:
    """`{"running", "last": {at, checked, missing, healed, unread, alarms, alarm_count, stopped, agrees} or null}`."""
    last = reconciler.last
    told: Json | None = None
    if last is not None:
        told = {
            "at": last.at,
            "checked": last.checked,
            "missing": last.missing,
            "healed": last.healed,
            "unread": list(last.unread[:TOLD]),
            "alarms": list(last.alarms[:TOLD]),
            "alarm_count": len(last.alarms),
            "stopped": last.stopped,
            "agrees": last.agrees,
        }
    return {"running": reconciler.wanted, "last": told}
