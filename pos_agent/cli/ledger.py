"""`pos-agent ledger verify|export|reconcile`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent import texts
from pos_agent.cli import report, simulate
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.sale import PrinterName
from pos_agent.cli.session import call, wait_for
from pos_agent.errors import AgentError, DamagedError, PrinterError

app = typer.Typer(help="Журнал баллов. / The ledger.", no_args_is_help=True)
app.command("holdout")(simulate.hold_out)
app.command("report")(report.report)


@app.command()
def verify(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Пересчитать всё с первого события и сравнить. Код 5 - не сходится. / Rebuild everything and compare."""
    answer = call(config_file, "ledger.verify")
    if as_json:
        emit_json(answer)
    elif answer["ok"]:
        emit([f"Журнал сходится: событий {answer['events']}, последний отпечаток {answer['head'][:16]}."])
    if not answer["ok"]:
        raise DamagedError("LED-01", lines=tuple(answer["breaches"]), count=len(answer["breaches"]))


@app.command()
def export(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Все события по порядку: с --json один документ, без него строка на событие. / Every event in order."""
    events = every_event(config_file)
    if as_json:
        emit_json({"events": events})
    else:
        emit(json.dumps(event, ensure_ascii=False) for event in events)


@app.command()
def reconcile(
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="Сколько ждать конца сверки, с.")] = 60.0,
    printer: PrinterName = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Сверить журнал с накопителем каждого принтера. Код 1 - не всё, 3 - нет принтера, 5 - расходится. / Compare."""
    answer = wait_for(config_file, "reconcile.now", {"printer": printer}, "reconcile.state", _all_over, seconds)
    each = [answer, *answer.get("printers", ())]
    if as_json:
        emit_json(answer)
    else:
        emit(line for one in each for line in _compared(one))
    for one in each:
        if one["done"]:
            _complain(one["last"])
    for one in each:
        if not one["done"] and _no_printer(one):
            named = (_where(one),) if "part" in one else ()
            raise PrinterError(one["problem"]["code"], lines=named, **one["problem"]["params"])
    raise typer.Exit(0 if all(one["done"] and one["last"]["agrees"] for one in each) else 1)


def _compared(one: dict[str, Any]) -> list[str]:
    where = f"{_where(one)}: " if "part" in one else ""
    if not one["done"]:
        later = "Сверка ещё идёт, когда касса молчит; итог покажет pos-agent status --json."
        return [] if _no_printer(one) else [f"{where}{later}"]
    last = one["last"]
    return [f"{where}Сверено документов {last['checked']}, не хватало {last['missing']}, дочитано {last['healed']}."]


def _where(one: dict[str, Any]) -> str:
    return f"Часть {one['part']}"


def _all_over(told: dict[str, Any]) -> bool:
    return all(_over(one) for one in (told, *told.get("printers", ())))


def _over(told: dict[str, Any]) -> bool:
    """Done, or it cannot begin: it begins by itself when the printer is back."""
    return bool(told["done"]) or _no_printer(told)


def _no_printer(told: dict[str, Any]) -> bool:
    return told["problem"] is not None and not told["problem"]["connected"]


def _complain(last: dict[str, Any]) -> None:
    """What a person has to know of a comparison that did not agree. AgentError REC-01, REC-02, REC-03."""
    if last["alarms"]:
        document = last["alarms"][0].partition(":")[0]
        raise DamagedError("REC-01", lines=tuple(last["alarms"]), document=document, count=last["alarm_count"])
    if last["stopped"]:
        why = texts.message(last["stopped"], language()).what.rstrip(".")
        raise AgentError("REC-03", checked=last["checked"], why=why)
    if last["missing"] > last["healed"]:
        raise AgentError("REC-02", lines=tuple(last["unread"]), count=last["missing"] - last["healed"])


def every_event(config_file: Path) -> list[dict[str, Any]]:
    """All pages."""
    events: list[dict[str, Any]] = []
    while True:
        page = call(config_file, "ledger.export", after=len(events))
        events += page["events"]
        if not page["more"]:
            return events
