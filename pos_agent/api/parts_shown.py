"""Further printers at the register's counter, for `status`: how each is, and what is wrong with it in words."""

from __future__ import annotations

from pos_agent import texts
from pos_agent.api.operation import Json, Parts
from pos_agent.api.printers import LONGEST_SHIFT, shift_age, shift_since
from pos_agent.api.reconcile import standing
from pos_agent.checkout.lifecycle import SaleState
from pos_agent.checkout.part_printers import PartPrinter
from pos_agent.store.repositories import View


def part_printers(parts: Parts, view: View) -> list[Json]:
    """`[{part, register, port, tax_system, connected, model?, storage, in_doubt, reconcile, shift_since, shift_over}]`
    as in the settings; `shift_over`: its shift is open for more than 24 h."""
    return [_shown(parts, view, place) for place in range(len(parts.config.parts.printer))]


def troubles(parts: Parts, shown: list[Json]) -> list[Json]:
    """Messages as those of `status`, each with `part`: it keeps that printer from selling, not the others."""
    running = parts.desk.part_printers.all if parts.desk is not None else ()
    return [one for printer, now in zip(running, shown, strict=False) for one in _troubles(parts, printer, now)]


def _troubles(parts: Parts, printer: PartPrinter, now: Json) -> list[Json]:
    language, found = parts.config.agent.language, []
    problem = printer.desk.watch.line.state.problem
    if now["in_doubt"] is not None:
        code = "SAL-02" if now["in_doubt"]["state"] == SaleState.NEEDS_OPERATOR else "SAL-01"
        found.append(texts.message(code, language))
    if now["shift_over"]:
        found.append(texts.message("SHF-01", language))
    if problem is not None:
        found.append(texts.message(problem.code, language, problem.safe, **problem.params))
    last = now["reconcile"]["last"]
    if last and last["alarms"]:
        document = last["alarms"][0].partition(":")[0]
        found.append(texts.message("REC-01", language, document=document, count=last["alarm_count"]))
    where = texts.phrase("reasons", "part_printer", language, part=printer.part, port=printer.port)
    return [
        {"code": one.code, "what": f"{where}: {one.what}", "action": one.action, "safe": one.safe, "part": printer.part}
        for one in found
    ]


def _shown(parts: Parts, view: View, place: int) -> Json:
    settings = parts.config.parts.printer[place]
    name = parts.config.of_part(settings).agent.register_name
    series, intent = view.series.active(name), view.intents.unsettled(name)
    shown: Json = {"part": settings.part, "register": name, "port": settings.port, "tax_system": settings.tax_system}
    shown |= {"connected": False, "reconcile": None}
    shown["storage"] = {"fn_serial": series.fn_serial, "recorded_fd": series.cursor_fd} if series else None
    age = shift_age(parts, view, name)
    shown |= {"in_doubt": None, "shift_since": shift_since(view, name), "shift_over": bool(age and age > LONGEST_SHIFT)}
    if intent is not None:
        shown["in_doubt"] = {"sale": intent.sale_id, "state": intent.state, "reason": intent.reason}
    if parts.desk is not None:
        printer = parts.desk.part_printers.all[place]
        line = printer.desk.watch.line
        shown |= {"connected": line.connected, "reconcile": standing(printer.reconciler)}
        if line.state.identity is not None:
            shown |= {"model": line.state.identity.model, "serial": line.state.identity.serial}
    return shown
