"""`pos-agent price`: what a basket costs under a rules file. Pure: no daemon, no database, no printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pos_agent.cli.output import AsJson, emit, emit_json, language
from pos_agent.cli.pricing import read_basket, read_rules, read_secrets, refused
from pos_agent.money import points, roubles
from pos_agent.rules import answer
from pos_agent.rules.basket import Basket, BasketError
from pos_agent.rules.explain import explain
from pos_agent.rules.price import Priced
from pos_agent.rules.price import price as priced_basket

RulesFile = Annotated[Path, typer.Option("--rules", metavar="FILE", help="Правила: TOML или JSON.", show_default=False)]
BasketFile = Annotated[Path, typer.Option("--basket", metavar="FILE", help="Корзина: JSON.", show_default=False)]
SecretFiles = Annotated[
    list[str] | None, typer.Option("--secret", metavar="BATCH=FILE", help="Ключ серии кодов / key of a batch.")
]
COLUMNS = ("№", "Товар", "Цена", "Скидка", "Баллами", "К оплате", "Начислено", "В чеке")
MONEY_COLUMNS = slice(2, 7)
MOST_ROWS = 500  # of a table with a frame, whose columns have to be measured; more come as they are


def price(rules: RulesFile, basket: BasketFile, secret: SecretFiles = None, as_json: AsJson = False) -> None:
    """Рассчитать корзину: скидки, баллы, строки чека и почему так. / Price a basket and say why."""
    offered = read_basket(basket)
    try:
        found = priced_basket(read_rules(rules), offered, read_secrets(secret))
    except BasketError as error:  # what only the rules can tell: a price above its maximum
        raise refused(error) from error
    if as_json:
        emit_json(answer.to_json(found))
    else:
        show(offered, found)


def show(offered: Basket, found: Priced) -> None:
    """For a person: the lines, the totals, the rules that applied, and why."""
    totals = found.totals
    rows = _rows(offered, found)
    if len(offered.lines) <= MOST_ROWS:
        Console(highlight=False).print(_table(rows))
    else:
        emit("  ".join(cells) for cells in (COLUMNS, *rows))
    spent = f", баллами {roubles(totals.points_kop)} ({points(totals.points_pt)} б.)" if totals.points_pt else ""
    emit(
        [
            f"Сумма {roubles(totals.gross_kop)}, скидки {roubles(totals.discount_kop)}{spent}",
            f"К оплате {roubles(totals.payable_kop)}, начислится баллов: {points(totals.accrued_pt)}",
            f"Правила: {', '.join(found.applied) or 'ни одно не применено'}",
        ]
    )
    for line in _more(found):
        emit([line])
    if found.stamps_after:
        emit([f"Штампы: {', '.join(f'{name} - {max(0, count)}' for name, count in found.stamps_after.items())}"])
    if why := explain(found.trace, language()):
        emit(["Почему:", *(f"  {sentence}" for sentence in why)])


def _table(rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*COLUMNS)
    for column in table.columns[MONEY_COLUMNS]:
        column.justify = "right"
    for cells in rows:
        table.add_row(*(Text(cell) for cell in cells))  # names of goods are text, never rich's markup
    return table


def _rows(offered: Basket, found: Priced) -> Iterator[tuple[str, ...]]:
    for line, priced in zip(offered.lines, found.lines, strict=True):
        yield (
            line.id,
            line.name or line.sku,
            roubles(priced.gross_kop),
            roubles(sum(priced.discounts.values())),
            roubles(priced.points_kop),
            roubles(priced.net_kop),
            points(priced.accrued_pt),
            " + ".join(f"{answer.quantity(item.quantity_micro)} x {roubles(item.price_kop)}" for item in priced.items),
        )


def _more(found: Priced) -> list[str]:
    """What not every receipt has: prepayments, further programs, coupons, notes, parts."""
    told = [f"{one.kind} {one.id}: {roubles(one.sum_kop)}" for one in found.paid.offsets]
    if found.paid.offsets:
        told.append(f"Деньгами: {roubles(found.paid.due_kop)}")
    for program in found.programs:
        told.append(f"{program.program}: списано {points(program.spent_pt)}, начислено {points(program.accrued_pt)}")
    told += [f"Купон {one['code']} с {one['valid_from']} до {one['valid_to'] or '-'}" for one in found.coupons]
    told += [one["text"] for one in found.notes]
    return told + [
        f"Часть {part.name or '-'}: {roubles(part.payable_kop)}, "
        + ", ".join(f"{kind} {roubles(kop)}" for kind, kop in (*part.offsets, *part.payments))
        for part in found.parts
    ]
