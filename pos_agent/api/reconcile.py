"""The ledger against the fiscal storage: begin, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.operation import Json, Parts, number, printer_problem
from pos_agent.checkout.reconcile import Reconciler
from pos_agent.errors import PrinterError

TOLD = 5  # alarms, and documents not read, in an answer; the log has them all


def now(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Begin, or join the run under way -> `{"run"}`, to be asked for with `reconcile.state`. PRN-03: no printer."""
    reconciler = parts.reconciler
    if parts.actor is None or reconciler is None:
        raise PrinterError("PRN-03")
    return parts.actor.ask(lambda watch: {"run": reconciler.start()})


def state(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{run}` -> `{"done", "running", "last", "problem"}`; `problem`: what is wrong with the printer."""
    run = number(args, "run", 1, 0, 2**31)
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
