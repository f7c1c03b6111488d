"""How the agent is: printer, storage, ledger, rules, slips; with the reasons in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent import texts
from pos_agent.api import slip_style
from pos_agent.api.cloud import standing
from pos_agent.api.http import taken
from pos_agent.api.operation import Json, Parts
from pos_agent.api.parts_shown import part_printers, troubles
from pos_agent.api.reconcile import standing as reconciled
from pos_agent.checkout.lifecycle import SaleState
from pos_agent.printing.ports import WatchState
from pos_agent.store.repositories import View
from pos_agent.store.slips import SlipState

Told = tuple[str, dict[str, object], str | None]  # code, words, verdict when known better than the table
NAMED = 5  # documents in one sentence; the JSON answer has them all
CLOCKS_APART_MIN = 5


def status(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{"ok", "running", "register", "printer", "tap", "storage", "ledger", "rules", "slips", "messages", "warnings"}`.

    `messages` is what is not in order (then `ok` is false), `warnings` what a person should know besides.
    `part_printers`, when the settings name any: see `parts_shown`; their messages have `part`.
    """
    with parts.views.reading() as view:
        answer: Json = {
            "running": parts.actor is not None,
            "register": parts.config.agent.register_name,
            "store": parts.config.agent.store,
            "printer": _printer(parts),
            "tap": _tap(parts),
            "storage": _storage(parts, view),
            "ledger": {"events": view.ledger.head().seq, "head": view.ledger.head().hash},
            "quarantined": len(view.ledger.quarantined()),
            "rules": _rules(view),
            "slips": {
                "waiting": len(view.slips.waiting()),
                "printing": len(view.slips.in_state(SlipState.PRINTING)),
                "failed": len(view.slips.in_state(SlipState.FAILED)),
            },
            "customers": len(view.customers.ids()),
            "in_doubt": _in_doubt(parts, view),
            "sync": standing(parts.cloud.state) if parts.cloud is not None else None,
            "reconcile": reconciled(parts.reconciler) if parts.reconciler is not None else None,
            "unread": [str(document.id) for document in view.documents.unread()],
        }
        if parts.config.parts.printer:
            answer["part_printers"] = part_printers(parts, view)
    answer["messages"] = _messages(parts, answer) + troubles(parts, answer.get("part_printers", []))
    answer["warnings"] = _told(parts, _warnings(parts))
    answer["ok"] = parts.actor is not None and not answer["messages"]
    return answer


def stop(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Ask the running agent to end as on SIGTERM."""
    parts.stopping.set()
    return {"stopping": True}


def _state(parts: Parts) -> WatchState | None:
    return parts.actor.watch.line.state if parts.actor is not None else None


def _printer(parts: Parts) -> Json:
    state = _state(parts)
    answer: Json = {"port": parts.config.printer.port, "connected": False}
    if state is None or parts.actor is None:
        return answer
    answer["connected"] = parts.actor.watch.line.connected
    if state.identity is not None:
        answer |= {"vendor": state.identity.vendor, "model": state.identity.model, "serial": state.identity.serial}
    return answer


def _tap(parts: Parts) -> Json | None:
    """The port given to the till software; `waited`: how often the till was told to wait."""
    sharing = parts.actor.watch.line.sharing if parts.actor is not None else None
    return {"port": parts.config.tap.port, "waited": sharing.refused} if sharing is not None else None


def _storage(parts: Parts, view: View) -> Json:
    series = view.series.active(parts.config.agent.register_name)
    state = _state(parts)
    return {
        "fn_serial": series.fn_serial if series else "",
        "recorded_fd": series.cursor_fd if series else 0,
        "last_fd": state.last_fd if state and series and state.fn_serial == series.fn_serial else None,
        "warnings": list(state.warnings) if state else [],
    }


def _rules(view: View) -> Json | None:
    active = view.rules.active()
    return {"version": active.version, "imported_at": active.imported_at} if active else None


def _in_doubt(parts: Parts, view: View) -> Json | None:
    """A sale of ours that is not settled yet: no other one is begun on this printer."""
    intent = view.intents.unsettled(parts.config.agent.register_name)
    return {"sale": intent.sale_id, "state": intent.state, "reason": intent.reason} if intent else None


def _messages(parts: Parts, answer: Json) -> list[Json]:
    found: list[Told] = [(code, {}, None) for code in parts.alarms]
    state = _state(parts)
    if state is not None and state.problem is not None:
        found.append((state.problem.code, state.problem.params, state.problem.safe))
    if answer["rules"] is None and not any(code == "RUL-03" for code, _, _ in found):
        found.append(("RUL-03", {}, None))
    found += [_unread(answer["unread"])] if answer["unread"] else []
    if answer["in_doubt"] is not None:
        needs_person = answer["in_doubt"]["state"] == SaleState.NEEDS_OPERATOR
        found.insert(0, ("SAL-02" if needs_person else "SAL-01", {}, None))
    last = answer["reconcile"]["last"] if answer["reconcile"] else None
    if last and last["alarms"]:
        found.append(("REC-01", {"document": last["alarms"][0].partition(":")[0], "count": last["alarm_count"]}, None))
    if parts.cloud is not None:
        found += [(one.code, dict(one.params), None) for one in parts.cloud.state.problems]
    return _told(parts, found)


def _unread(numbers: list[str]) -> Told:
    """One document, or how many and the newest of them."""
    if len(numbers) == 1:
        return "DOC-01", {"document": numbers[0]}, None
    return "DOC-03", {"count": len(numbers), "documents": ", ".join(numbers[:NAMED])}, None


def _warnings(parts: Parts) -> list[Told]:
    """Addresses that other programs hold, slip templates that do not serve. The printer's clock and the shop's time:
    receipts carry the one, days of points go by the other."""
    state = _state(parts)
    apart = state.clocks.apart_min(parts.config.zone) if state is not None and state.clocks is not None else 0
    held: list[Told] = [("AGT-06", {"port": address}, None) for address in taken(parts.faces)]
    faults = dict.fromkeys((*slip_style.faults_of(parts.config), *slip_style.failed(parts.orders)))
    held += [("SLP-05", slip_style.words(one), None) for one in faults]
    return [("INS-09", {"n": apart}, None), *held] if apart > CLOCKS_APART_MIN else held


def _told(parts: Parts, found: list[Told]) -> list[Json]:
    told = [texts.message(code, parts.config.agent.language, safe, **params) for code, params, safe in found]
    return [{"code": one.code, "what": one.what, "action": one.action, "safe": one.safe} for one in told]
