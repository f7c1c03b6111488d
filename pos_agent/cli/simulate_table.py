"""The report of a simulation and of a holdout for a person: Russian first, the words of English beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pos_agent.cli.output import emit
from pos_agent.money import points, roubles

MONEY_ROWS = (
    ("gross_kop", "По ценам полки / gross"),
    ("discount_kop", "Скидки / discounts"),
    ("points_issued_kop", "Начислено баллами по курсу / points issued"),
    ("points_spent_kop", "Оплачено баллами / points spent"),
    ("paid_kop", "Оплачено деньгами / paid"),
    ("given_kop", "Отдано покупателям / given"),
)
AXES = (("by_day", "day", "День / day"), ("by_segment", "segment", "Уровень / level"), ("by_store", "store", "Магазин"))
FACT_WORDS = {
    "category": "категория / category",
    "barcode": "штрихкод / barcode",
    "flags": "запреты кассы на скидку и баллы / the till's flags",
    "floor": "наименьшая цена / floor price",
    "volume": "объём / volume",
    "segments": "сегменты клиента / segments",
    "channel": "канал / channel",
    "delivery": "доставка / delivery",
    "partner": "партнёр / partner",
    "sku": "артикул / article",
    "codes": "промокоды / codes",
    "shelf_price": "цена на полке, есть цена после скидок / shelf price",
    "birthday": "день рождения / birthday",
    "payments": "виды оплаты / kinds of payment",
}
MOST_RULES = 5
MOST = 31  # rows of a table for a person; --json has all


def show(report: Mapping[str, Any]) -> None:
    """Cost, winners and losers, then days, levels and stores."""
    console = Console(highlight=False)
    receipts, customers = report["receipts"], report["customers"]
    emit(
        [
            f"Продаж {receipts['sales']}, возвратов {receipts['returns']}, с покупателем {receipts['identified']}",
            f"Изменилось {receipts['changed']}: покупателю лучше в {receipts['better']}, хуже в {receipts['worse']}",
            f"Покупателей: {customers['known']}; выиграли {customers['winners']} (+{roubles(customers['won_kop'])}), "
            f"проиграли {customers['losers']} ({roubles(customers['lost_kop'])})",
        ]
    )
    console.print(_costs(report))
    for key, name, title in AXES:
        if len(report[key]) > 1 or key == "by_day":
            console.print(_slices(report[key], name, title))
    if "raising" in report:
        _show_raising(report["raising"])
    emit(_not_known(one, receipts["sales"]) for one in report["not_known"])
    if report["source"]["refused"]:
        emit([f"Не приняты чеки: {report['source']['refused']} (перечислены в --json) [SIM-01]"])
    emit([f"Отпечаток / hash: {report['hash']}"])


def _not_known(one: Mapping[str, Any], sales: int) -> str:
    """A fact that rules ask for and some sales do not have."""
    rules = ", ".join(one["rules"][:MOST_RULES]) + (" …" if len(one["rules"]) > MOST_RULES else "")
    return f"Не известно / not known: {FACT_WORDS[one['fact']]} — продаж {one['sales']} из {sales}; спрашивают: {rules}"


def show_holdout(report: Mapping[str, Any]) -> None:
    """Both groups, their difference and its interval; "no data" instead of a zero that would be none."""
    for name, title in (("treated", "С программой / treated"), ("control", "Контроль / control")):
        group = report[name]
        emit([f"{title}: покупателей {group['customers']}, на одного {_money(group['arpu_kop'])}"])
    emit([f"Разница / uplift: {_money(report['uplift_kop'])} ({_share(report['uplift_bp'])})"])
    interval = report["interval"]
    if interval is None:
        emit(["Интервал / interval: нет данных / no data"])
    else:
        ends = f"от {roubles(interval['low_kop'])} до {roubles(interval['high_kop'])}"
        emit(
            [f"Интервал {_share(interval['level_bp'])}: {ends} (выборок {interval['draws']}, зерно {interval['seed']})"]
        )


def _costs(report: Mapping[str, Any]) -> Table:
    table = Table("", "Новые / new", "Прежние / old", "Разница / difference")
    for column in table.columns[1:]:
        column.justify = "right"
    for key, title in MONEY_ROWS:
        table.add_row(title, *(roubles(report[world][key]) for world in ("new", "old", "difference")))
    row = "points_issued_pt", "points_spent_pt"
    for key, title in zip(row, ("Начислено баллов / issued", "Списано баллов / spent"), strict=True):
        table.add_row(title, *(points(report[world][key]) for world in ("new", "old", "difference")))
    return table


def _slices(rows: Sequence[Mapping[str, Any]], name: str, title: str) -> Table:
    table = Table(title, "Чеков", "Изменилось", "Лучше", "Хуже", "Отдано", "Оплачено")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows[:MOST]:
        counts = (str(row[key]) for key in ("receipts", "changed", "better", "worse"))
        table.add_row(Text(row[name]), *counts, roubles(row["given_kop"]), roubles(row["paid_kop"]))
    if len(rows) > MOST:
        table.add_row(Text(f"... ещё {len(rows) - MOST}"), *[""] * 6)
    return table


def _show_raising(raising: Mapping[str, Any]) -> None:
    titles = {"threshold": "Добор до порога / up to a threshold", "level": "Добор до уровня / up to a level"}
    for kind, title in titles.items():
        found = raising[kind]
        emit(
            [
                f"{title}: близко {found['near']}, подняли {found['raised']}, доплата {roubles(found['extra_kop'])}, "
                f"выгода {roubles(found['gain_kop'])}, прирост {_share(found['uplift_bp'])}"
            ]
        )


def _money(kop: int | None) -> str:
    return "нет данных / no data" if kop is None else roubles(kop)


def _share(bp: int | None) -> str:
    """Two digits of a percent."""
    return "нет данных / no data" if bp is None else f"{roubles(bp)} %"
