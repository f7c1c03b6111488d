"""`pos-agent price`: what a basket costs under a rules file. Pure: no daemon, no database, no printer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pos_agent.cli.output import AsJson, emit, emit_json, language
from pos_agent.errors import UsageError
from pos_agent.money import points, roubles
from pos_agent.rules import answer, basket, source
from pos_agent.rules.explain import explain
from pos_agent.rules.parse import parse
from pos_agent.rules.price import Priced
from pos_agent.rules.price import price as priced_basket
from pos_agent.rules.problems import Problem, RulesError
from pos_agent.rules.values import Rules

RulesFile = Annotated[Path, typer.Option("--rules", metavar="FILE", help="Правила: TOML или JSON.", show_default=False)]
BasketFile = Annotated[Path, typer.Option("--basket", metavar="FILE", help="Корзина: JSON.", show_default=False)]
COLUMNS = ("№", "Товар", "Цена", "Скидка", "Баллами", "К оплате", "Начислено", "В чеке")
MONEY_COLUMNS = slice(2, 7)


def price(rules: RulesFile, basket: BasketFile, as_json: AsJson = False) -> None:
    """Рассчитать корзину: скидки, баллы, строки чека и почему так. / Price a basket and say why."""
    offered = _basket(basket)
    found = priced_basket(_rules(rules), offered)
    if as_json:
        emit_json(answer.to_json(found))
    else:
        show(offered, found)


def show(offered: basket.Basket, found: Priced) -> None:
    """For a person: the lines, the totals, the rules that applied, and why."""
    totals = found.totals
    Console(highlight=False).print(_table(offered, found))
    spent = f", баллами {roubles(totals.points_kop)} ({points(totals.points_pt)} б.)" if totals.points_pt else ""
    emit(
        [
            f"Сумма {roubles(totals.gross_kop)}, скидки {roubles(totals.discount_kop)}{spent}",
            f"К оплате {roubles(totals.payable_kop)}, начислится баллов: {points(totals.accrued_pt)}",
            f"Правила: {', '.join(found.applied) or 'ни одно не применено'}",
        ]
    )
    if found.stamps_after:
        emit([f"Штампы: {', '.join(f'{name} - {max(0, count)}' for name, count in found.stamps_after.items())}"])
    if why := explain(found.trace, language()):
        emit(["Почему:", *(f"  {sentence}" for sentence in why)])


def _table(offered: basket.Basket, found: Priced) -> Table:
    table = Table(*COLUMNS)
    for column in table.columns[MONEY_COLUMNS]:
        column.justify = "right"
    for line, priced in zip(offered.lines, found.lines, strict=True):
        cells = (
            line.id,
            line.name or line.sku,
            roubles(priced.gross_kop),
            roubles(sum(priced.discounts.values())),
            roubles(priced.points_kop),
            roubles(priced.net_kop),
            points(priced.accrued_pt),
            " + ".join(f"{answer.quantity(item.quantity_micro)} x {roubles(item.price_kop)}" for item in priced.items),
        )
        table.add_row(*(Text(cell) for cell in cells))  # names of goods are text, never rich's markup
    return table


def _rules(file: Path) -> Rules:
    try:
        return parse(_text(file), "json" if file.suffix == ".json" else "toml")
    except RulesError as error:
        raise UsageError("RUL-02", lines=_told(error.problems), count=len(error.problems)) from error


def _basket(file: Path) -> basket.Basket:
    try:
        mapping, _ = source.load(_text(file), "json")
        return basket.read(mapping)
    except (RulesError, basket.BasketError) as error:  # source.load speaks of any JSON text as of rules
        raise UsageError("PRC-01", lines=_told(error.problems), count=len(error.problems)) from error


def _told(problems: Sequence[Problem]) -> tuple[str, ...]:
    english = language() == "en"
    return tuple(_where(problem, english) + _what(problem, english) for problem in problems)


def _where(problem: Problem, english: bool) -> str:
    line = f" ({'line' if english else 'строка'} {problem.line})" if problem.line else ""
    return f"{problem.path or '-'}{line}: "


def _what(problem: Problem, english: bool) -> str:
    return problem.message_en if english else problem.message_ru


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # editors of some systems put a mark first
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("CFG-01", path=file, why=getattr(error, "strerror", None) or str(error)) from error
