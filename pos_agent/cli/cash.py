"""`pos-agent cash`: money put into the drawer and taken out of it by hand."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.sale import PrinterName
from pos_agent.cli.session import call
from pos_agent.errors import UsageError
from pos_agent.money import hundredths, roubles

Sum = Annotated[str, typer.Argument(metavar="СУММА", help="Рубли: 1000 или 1000.50.", show_default=False)]
LONGEST = 12
app = typer.Typer(help="Деньги в ящике: внести, изъять. / Money in the drawer.", no_args_is_help=True)


@app.command("in")
def put_in(
    amount: Sum, printer: PrinterName = "", config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Внести деньги; без --printer в ящик принтера кассы. Код 1 - неизвестно, прошло ли. / Put money in."""
    answer = call(config_file, "cash.in", kop=_kop(amount), printer=printer)
    _told(answer, "Внесено", as_json)


@app.command("out")
def take_out(
    amount: Sum, printer: PrinterName = "", config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Изъять деньги; без --printer из ящика принтера кассы. / Take money out."""
    answer = call(config_file, "cash.out", kop=_kop(amount), printer=printer)
    _told(answer, "Изъято", as_json)


def _kop(amount: str) -> int:
    """Kopecks. UsageError API-01."""
    kop = hundredths(amount) if len(amount) <= LONGEST else None
    if kop is None or kop <= 0:
        raise UsageError("API-01", field=f"СУММА: {amount[:LONGEST]}")
    return kop


def _told(answer: dict[str, Any], word: str, as_json: bool) -> None:
    if as_json:
        emit_json(answer)
    else:
        emit([f"{word} {roubles(abs(answer['moved_kop']))} руб."])
