"""`pos-agent exchange import|export`: customers, cards, points and goods as CSV and XLSX."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile
from pos_agent.errors import UsageError

app = typer.Typer(help="Файлы обмена: CSV и XLSX. / Exchange files.", no_args_is_help=True)


class Kind(StrEnum):
    """What a table holds; `exchange.kinds`."""

    CUSTOMERS = "customers"
    CARDS = "cards"
    BALANCES = "balances"
    GOODS = "goods"


OfKind = Annotated[Kind, typer.Argument(help="Что в таблице / what the table holds.")]
TableFile = Annotated[Path, typer.Argument(metavar="FILE", help="Таблица .csv или .xlsx / a table.")]
RulesFile = Annotated[
    Path | None, typer.Option("--rules", metavar="FILE", help="Файл правил для товаров / rules file of goods.")
]


@app.command("import")
def take(
    kind: OfKind,
    file: TableFile,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Только показать, что изменится / change nothing.")
    ] = False,
    operator: Annotated[str, typer.Option(help="Кто загружает; остаётся в журнале / who imports.")] = "",
    reason: Annotated[str, typer.Option(help="За что баллы, если не сказано в строке / what points are for.")] = "",
    batch: Annotated[str, typer.Option(help="Имя загрузки: отличает повторные подарки / name of the import.")] = "",
    refused: Annotated[
        Path | None, typer.Option("--refused", metavar="FILE", help="Куда сложить отказы / file of refused rows.")
    ] = None,
    rules: RulesFile = None,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Загрузить таблицу; повтор того же файла ничего не меняет. / Take a table in; twice is once."""
    from pos_agent.cli.exchange_goods import take_goods
    from pos_agent.cli.exchange_run import Import, take_rows

    if kind is Kind.GOODS:
        if rules is None:
            raise UsageError("API-01", field="--rules")
        take_goods(file, rules, dry_run, refused, as_json)
        return
    if not operator.strip():
        raise UsageError("API-01", field="--operator")
    take_rows(Import(kind.value, file, dry_run, operator, reason, batch, refused), config_file, as_json)


@app.command("export")
def give(
    kind: OfKind,
    file: TableFile,
    personal: Annotated[
        bool, typer.Option("--personal", help="С личными данными: имена, телефоны, карты / with personal data.")
    ] = False,
    rules: RulesFile = None,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Выгрузить таблицу; без --personal личных данных в ней нет. / Give a table out; no personal data by itself."""
    from pos_agent.cli.exchange_goods import give_goods
    from pos_agent.cli.exchange_run import give_rows

    if kind is Kind.GOODS:
        if rules is None:
            raise UsageError("API-01", field="--rules")
        give_goods(file, rules, as_json)
        return
    give_rows(kind.value, file, personal, config_file, as_json)
