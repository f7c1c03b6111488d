"""A report for a person or a program: table, CSV, JSON, SVG. Words of `texts/reports.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pos_agent import texts
from pos_agent.cli.output import emit, emit_json, language
from pos_agent.cli.report_options import Form
from pos_agent.exchange.tables import csv_text
from pos_agent.reports.chart import Chart, svg
from pos_agent.reports.figure import Unit, shown
from pos_agent.reports.report import TIME, Question, Row

DATA_COLUMNS = (
    *("metric", "part", "slice", "from", "to", "value", "unit", "numerator", "denominator", "previous", "change"),
)
WIDTH = 120


def show(question: Question, rows: Sequence[Row], form: Form) -> None:
    """On stdout."""
    if form is Form.JSON:
        emit_json(as_json(question, rows))
    elif form is Form.CSV:
        typer.echo("\ufeff" + csv_text(DATA_COLUMNS, _cells(rows)), nl=False)
    elif form is Form.SVG:
        typer.echo(as_svg(question, rows), nl=False)
    else:
        _table(question, rows)


def as_json(question: Question, rows: Sequence[Row]) -> dict[str, object]:
    """One document: what was asked, each metric's definition, the figures; null = no data."""
    told: dict[str, object] = {
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "by": question.by,
        "active_days": question.active_days,
        "definitions": {one: _say(f"{one}_def") for one in question.metrics},
        "figures": [row.to_json() for row in rows],
    }
    if question.previous:
        before = question.period.before()
        told["previous"] = {"from": before.first.isoformat(), "to": before.last.isoformat()}
    return told


def as_svg(question: Question, rows: Sequence[Row]) -> str:
    """A panel for every figure: over time a line, else bars; the period before is a bar of its own."""
    panels: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        panels.setdefault((row.figure.metric, row.figure.part), []).append(row)
    charts = [_chart(question, found) for found in panels.values()]
    words = {Unit.PERCENT: "%", Unit.KOP: _say("unit_rub"), Unit.PT: _say("unit_points")}
    return svg(_title(question), _rules(question), charts, _say("no_data"), words)


def _chart(question: Question, rows: Sequence[Row]) -> Chart:
    first = rows[0].figure
    points = []
    for row in rows:
        name = " · ".join(part for part in (_slice(row), row.period.name) if part) or _say("column_value")
        points.append((name, row.figure.value))
        if row.previous is not None:
            points.append((f"{name}: {_say('column_previous').lower()}", row.previous.value))
    line = question.by in TIME and not question.pilot
    return Chart(_name(first.metric, first.part), _say(f"{first.metric}_def"), first.unit, points, line)


def _cells(rows: Sequence[Row]) -> Iterator[list[str]]:
    for row in rows:
        told = row.to_json()
        told["slice"] = " / ".join(told["slice"])
        yield ["" if told.get(name) is None else str(told[name]) for name in DATA_COLUMNS]


def _table(question: Question, rows: Sequence[Row]) -> None:
    console = Console(highlight=False, width=None if Console().is_terminal else WIDTH)
    emit([_title(question), _rules(question)])
    sliced = any(row.slice or row.period.name for row in rows)
    heads = ["column_metric", *(["column_slice"] if sliced else []), "column_value", "column_of"]
    heads += ["column_previous", "column_change"] if question.previous else []
    table = Table(*(_say(one) for one in heads))
    for row in rows:
        told = row.to_json()
        slices = [" · ".join(part for part in (_slice(row), row.period.name) if part)] if sliced else []
        cells = [_name(row.figure.metric, row.figure.part), *slices, _value(told["value"], row.figure.unit), _of(row)]
        if question.previous:
            cells += [_value(told["previous"], row.figure.unit), _change(told["change"], row.figure.unit)]
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    emit(f"{_say(one)}: {_say(f'{one}_def')}." for one in question.metrics)


def _of(row: Row) -> str:
    figure = row.figure
    parts = [(figure.numerator, figure.of[0]), (figure.denominator, figure.of[1])]
    if figure.numerator is None and figure.denominator is None:
        return ""
    return " / ".join(_value(shown(value, unit), unit) for value, unit in parts)


def _value(text: str | None, unit: Unit) -> str:
    if text is None:
        return _say("no_data")
    words = {Unit.PERCENT: "%", Unit.KOP: _say("unit_rub"), Unit.PT: _say("unit_points")}
    return f"{text} {words.get(unit, '')}".strip()


def _change(text: str | None, unit: Unit) -> str:
    """The difference of two percentages is in percentage points."""
    return f"{text} {_say('unit_change')}" if text is not None and unit is Unit.PERCENT else _value(text, unit)


def _slice(row: Row) -> str:
    known = {one: _say(f"slice_{one}") for one in ("pilot", "others", "difference")}
    return " · ".join(known.get(part, part) if number == 0 else part for number, part in enumerate(row.slice))


def _name(metric: str, part: str) -> str:
    if not part:
        return _say(metric)
    return f"{_say(metric)}: {_say(f'part_{part}') if f'part_{part}' in texts.table('reports') else part}"


def _title(question: Question) -> str:
    first, last = question.period.first.isoformat(), question.period.last.isoformat()
    return texts.phrase("reports", "title", language(), first=first, last=last)


def _rules(question: Question) -> str:
    return texts.phrase("reports", "rules", language(), days=question.active_days)


def _say(key: str) -> str:
    return texts.phrase("reports", key, language())
