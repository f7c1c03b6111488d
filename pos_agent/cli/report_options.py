"""Options of `pos-agent ledger report` by name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

MAX_KOP, MAX_BP = 10**14, 10_000


class Form(StrEnum):
    """How the answer looks."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    SVG = "svg"


class By(StrEnum):
    """Rows of the report; `reports.report.AXES`."""

    STORE = "store"
    REGISTER = "register"
    CASHIER = "cashier"
    SEGMENT = "segment"
    LEVEL = "level"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def _kop(name: str, ru: str, en: str) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(name, min=0, max=MAX_KOP, help=f"{ru}, копейки / {en}, kopecks.")


def _bp(name: str, ru: str, en: str) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(name, min=0, max=MAX_BP, help=f"{ru}, базисные пункты / {en}, basis points.")


def _said(name: str, form: str, ru: str, en: str) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(name, metavar=form, help=f"{ru} / {en}.")


OFFER_FORM = "BASE,EXTRA[,GIFT[,DELIVERY[,DISCOUNT]]]"
Metrics = Annotated[
    list[str] | None, typer.Argument(metavar="[METRIC]...", help="Показатели; all - все / metrics, all = every one.")
]
First = Annotated[str, _said("--from", "DATE", "Первый день", "first day")]
Last = Annotated[str, _said("--to", "DATE", "Последний день", "last day")]
AsOf = Annotated[str, _said("--as-of", "DATE", "День отчёта когорты баллов", "report date of cohorts of points")]
Axis = Annotated[By | None, typer.Option("--by", help="Разрез / one row for each.")]
Against = Annotated[str, _said("--against", "previous", "Рядом период до этого", "beside the period before")]
Pilot = Annotated[str, _said("--pilot", "STORES", "Магазины через запятую против прочих", "stores against the others")]
AsForm = Annotated[Form, typer.Option("--format", help="Вид ответа / form of the answer.")]
Ledger = Annotated[Path | None, _said("--ledger", "PATH", "База агента или её папка", "the agent's database")]
StoreOf = Annotated[
    list[str] | None, _said("--store-of", "REGISTER=STORE", "Чей магазин у кассы", "store of a register")
]
Cashiers = Annotated[Path | None, _said("--cashiers", "FILE", "Таблица name[, number]", "cashiers' names")]
ActiveDays = Annotated[
    int, typer.Option("--active-days", min=1, max=3660, help="Сколько дней клиент активен / days active.")
]
Segments = Annotated[Path | None, _said("--segments", "FILE", "Таблица customer, segment", "a table of both")]
Answers = Annotated[Path | None, _said("--nps", "FILE", "Таблица ответов, столбец score", "answers, column score")]
Salt = Annotated[str, _said("--salt", "TEXT", "Соль контрольной группы", "salt of the holdout")]
Treated = Annotated[int, _bp("--treated", "Доля тех, кому программа дана", "share of the treated")]
Draws = Annotated[int, typer.Option("--draws", min=100, max=20_000, help="Сколько выборок / how many draws.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Зерно интервала / seed of the interval.")]
OfferText = Annotated[str, _said("--offer", OFFER_FORM, "Поднятый чек, рубли", "a lifted receipt, roubles")]
Margin = Annotated[int | None, _bp("--margin", "Маржа", "margin")]
CostShare = Annotated[int | None, _bp("--cost-share", "Затраты магазина на балл", "what a point costs the shop")]
Fees = Annotated[int, _kop("--fees", "Сборы программы", "fees of the program")]
Profit = Annotated[int | None, _kop("--profit", "Прибыль от программы", "profit that it brought")]
