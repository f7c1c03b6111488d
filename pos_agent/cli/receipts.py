"""`pos-agent receipts`: documents as they were recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from pos_agent import texts
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.session import call
from pos_agent.money import points, roubles

app = typer.Typer(help="Чеки и прочие документы накопителя. / Documents as recorded.")
OPERATIONS = {1: "продажа", 2: "возврат", 3: "расход", 4: "возврат расхода"}
FORMS = {1: "регистрация", 11: "перерегистрация", 2: "смена открыта", 5: "смена закрыта", 21: "отчёт", 31: "коррекция"}


@app.callback(invoke_without_command=True)
def recent(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Сколько последних.")] = 20,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Последние документы, новые сверху."""
    if context.invoked_subcommand is not None:
        return
    answer = call(config_file, "receipts", limit=limit)
    if as_json:
        emit_json(answer)
    else:
        emit([line_of(one) for one in answer["documents"]] or ["Документов ещё нет."])


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Номер документа: ФН/ФД.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Один документ: строки, баллы, слипы. / One document."""
    answer = call(config_file, "receipts.show", document=document)
    if as_json:
        emit_json(answer)
    else:
        emit(_card(answer))


@app.command()
def explain(
    document: Annotated[str, typer.Argument(help="Номер документа: ФН/ФД.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Чек на одном экране: от накопителя до хода расчёта. / From fiscal bytes to the rule trace."""
    answer = call(config_file, "receipts.explain", document=document, lang=language())
    if as_json:
        emit_json(answer)
    else:
        from pos_agent.cli.explained import screen  # with all the rules; the other commands start without them

        emit(screen(answer, language()))


@app.command()
def read(
    first: Annotated[int, typer.Option("--from", min=1, metavar="FD", help="С какого документа.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Прочитать из накопителя документы старше первой встречи, без слипов. / Read older documents."""
    answer = call(config_file, "receipts.read", first=first)
    if as_json:
        emit_json(answer)
    else:
        emit([f"Записано документов: {answer['recorded']}."])


def line_of(one: dict[str, Any]) -> str:
    """A document on one line."""
    name = OPERATIONS.get(one["operation"]) or FORMS.get(one["form"], f"форма {one['form']}")
    total = roubles(one["total_kop"]) if one["total_kop"] is not None else ""
    moved = ", ".join(_moved(point) for point in one["points"])
    flags = " ".join(f"[{flag}]" for flag in (*one["flags"], *([] if one["state"] == "whole" else [one["state"]])))
    return (
        f"{one['document']:<28} {one['at'][:16]:<16} {name:<14} {total:>10} {one['customer'] or '':<14} {moved} {flags}"
    )


def _moved(point: dict[str, Any]) -> str:
    amount = points(point["amount_pt"]) if point["amount_pt"] is not None else "по строкам"
    return f"{point['kind']} {amount}"


def _card(answer: dict[str, Any]) -> Iterator[str]:
    lang = language()
    yield line_of(answer)
    for event in answer["events"]:
        yield f"  событие {event['seq']}: {event['id']}"
        for line in event["facts"].get("lines", []):
            earned = f"  +{points(line['accrued_pt'])}" if "accrued_pt" in line else ""
            yield f"    {line['number']}. {line['name']}  {roubles(line['sum_kop'])}{earned}"
        yield from _course(event["facts"])
        if "why" in event["facts"]:
            yield f"    не читается: {(answer['damage'] or {}).get(lang) or texts.reason(event['facts']['why'], lang)}"
    for slip in answer["slips"]:
        yield f"  слип {slip['id']}: {slip['state']}"


def _course(facts: dict[str, Any]) -> Iterator[str]:
    """How the points came about; of a return without its sale: how those came about that it takes back."""
    from pos_agent.cli.course import course  # with all the rules; the other commands start without them

    told = course(facts.get("trace", []), language())
    if told:
        yield f"    {texts.phrase('words', 'course', language())}"
        yield from (f"      {sentence}" for sentence in told)
