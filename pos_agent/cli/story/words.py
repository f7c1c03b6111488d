"""One line for people about a document, an event, a line of a receipt. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.money import MICRO, points, roubles

Row = Mapping[str, Any]

FORMS = {1: "регистрация", 2: "смена открыта", 5: "смена закрыта", 21: "отчёт", 31: "коррекция"}
OPERATIONS = {1: "продажа", 2: "возврат"}
MOVES = {"ACCRUE": "начислено", "SPEND": "списано"}
BY = {"contact": "узнали по телефону в чеке", "card": "узнали по карте в чеке", "armed": "карту приложил кассир"}


def document(row: Row, names: Mapping[str, str]) -> str:
    """A row of `receipts`: number, what it is, sum, whose, points."""
    number = row["document"].rpartition("/")[2]
    kind = OPERATIONS.get(row["operation"]) or FORMS.get(row["form"], f"форма {row['form']}")
    total = roubles(row["total_kop"]) if row["total_kop"] is not None else ""
    moved = [f"{MOVES[one['kind']]} {points(one['amount_pt'])}" for one in row["points"] if one["kind"] in MOVES]
    told = [names.get(row["customer"] or "", ""), BY.get(row["by"], ""), *moved]
    return f"ФД {number:<3} {kind:<14} {total:>8}  {', '.join(word for word in told if word)}".rstrip()


def sold_line(line: Row) -> str:
    """A line of a receipt that the agent priced: gross, discounts, points, what was paid."""
    discount = sum(line["discounts"].values())
    taken = [f"скидка {roubles(discount)}" if discount else "", f"баллами {roubles(line['points_kop'])}"]
    told = ", ".join(word for word in taken if word and not word.endswith(" 0.00"))
    name = f"{line['name']} × {_quantity(line['quantity_micro'])}"
    return f"{name:<26} {roubles(line['gross_kop']):>8}  {told:<34} {roubles(line['sum_kop']):>8}"


def taken_back(answer: Row) -> str:
    """What a return gave and took."""
    told = [f"деньгами {roubles(answer['total_kop'])}"]
    told += [f"вернулось баллов {points(answer['restored_pt'])}"] if answer["restored_pt"] else []
    told += [f"отменено начисление {points(answer['cancelled_pt'])}"] if answer["cancelled_pt"] else []
    return ", ".join(told)


def event(row: Row, names: Mapping[str, str], stored: bool) -> str:
    """A row of the ledger."""
    what = OPERATIONS.get(row["facts"].get("operation", 0)) or FORMS.get(row["facts"].get("form", 0), row["kind"])
    total = row["facts"].get("total_kop")
    number = f"ФД {row['fd_number']}" if row["fd_number"] else ""
    who = names.get(row["customer"] or "", "")
    cloud = "в облаке" if stored else "-"
    summed = roubles(total) if total is not None else ""
    return f"{row['seq']:>3}  {number:<6} {what:<14} {summed:>8}  {who:<8} {row['hash'][:16]}  {cloud}"


def balance(found: Row) -> str:
    """A customer's points and level."""
    now = found["balance"]
    return f"{found['name']}: доступно баллов {points(now['active_pt'])}, уровень {now['level']}"


def _quantity(micro: int) -> str:
    whole, rest = divmod(micro, MICRO)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
