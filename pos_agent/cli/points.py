"""`pos-agent points show|gift|adjust|hold|unhold|merge|settle`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.clock import SystemIds
from pos_agent.errors import AgentError, UsageError
from pos_agent.money import hundredths, points, roubles

app = typer.Typer(help="Баллы клиентов. / Points of customers.", no_args_is_help=True)
ORDER_ALPHABET = "0123456789abcdef"

Who = Annotated[str, typer.Argument(help="Карта, телефон, почта, последние четыре знака или номер клиента.")]
Amount = Annotated[str, typer.Argument(help="Баллы: 120 или 12.50.")]
Reason = Annotated[str, typer.Option(help="За что; остаётся в журнале.")]
Operator = Annotated[str, typer.Option(help="Кто распорядился; остаётся в журнале.")]
Order = Annotated[str, typer.Option("--id", help="Номер распоряжения; с тем же номером повтор ничего не удваивает.")]
Merchant = Annotated[str, typer.Option(help="Чьи это баллы, если программа общая для нескольких продавцов.")]
Register = Annotated[str, typer.Option(help="Касса, для которой они отложены; без имени - эта.")]


@app.command()
def show(who: Who, config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Баллы, партии, отложенное для касс, уровень и путь к следующему. / Points, lots, holds, level."""
    answer = call(config_file, "points.show", customer=who)
    emit_json(answer) if as_json else emit(told(answer))


@app.command()
def gift(
    who: Who,
    amount: Amount,
    reason: Reason,
    operator: Operator,
    life_days: Annotated[int, typer.Option(min=0, help="Сколько дней живут; 0 - не сгорают.")] = 0,
    delay_days: Annotated[int, typer.Option(min=0, help="Через сколько дней станут доступны.")] = 0,
    merchant: Merchant = "",
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Подарить баллы. / Give points."""
    more = {"amount_pt": points_of(amount), "life_days": life_days, "delay_days": delay_days, "merchant": merchant}
    order_placed(config_file, as_json, "gift", order, {"customer": who, "reason": reason, "operator": operator, **more})


@app.command(context_settings={"ignore_unknown_options": True})
def adjust(
    who: Who,
    amount: Annotated[str, typer.Argument(help="Баллы: 12.50 добавить, -12.50 снять.")],
    reason: Reason,
    operator: Operator,
    debt: Annotated[bool, typer.Option("--debt", help="Чего не хватит, записать в долг.")] = False,
    merchant: Merchant = "",
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Поправить баллы вручную. Код 1 - столько нет. / Put points right by hand."""
    more = {"amount_pt": points_of(amount), "debt": debt, "merchant": merchant}
    order_placed(
        config_file, as_json, "adjust", order, {"customer": who, "reason": reason, "operator": operator, **more}
    )


@app.command()
def hold(
    who: Who,
    amount: Amount,
    reason: Reason,
    operator: Operator,
    register: Register = "",
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Отложить баллы для кассы: она спишет их и без связи. Код 1 - столько нет. / Keep points for a register."""
    more = {"amount_pt": points_of(amount), "register": register}
    order_placed(config_file, as_json, "hold", order, {"customer": who, "reason": reason, "operator": operator, **more})


@app.command()
def unhold(
    who: Who,
    reason: Reason,
    operator: Operator,
    amount: Annotated[str, typer.Option(help="Сколько вернуть; без числа - всё.")] = "0",
    register: Register = "",
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Вернуть клиенту отложенное для кассы. / Give back what a register keeps."""
    more = {"amount_pt": points_of(amount), "register": register}
    order_placed(
        config_file, as_json, "unhold", order, {"customer": who, "reason": reason, "operator": operator, **more}
    )


@app.command()
def merge(
    who: Who,
    into: Annotated[str, typer.Argument(help="Карта или клиент, к кому всё переходит.")],
    reason: Reason,
    operator: Operator,
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Соединить две карты одного человека; назад не делится. / Join two cards of one person, for ever."""
    said = {"customer": who, "into": into, "reason": reason, "operator": operator}
    order_placed(config_file, as_json, "merge", order, said)


@app.command()
def settle(
    start: Annotated[str, typer.Option("--from", help="С какого дня, 2026-11-01.")],
    end: Annotated[str, typer.Option("--to", help="До какого дня, не включая его.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Чьи баллы у кого потрачены, что отдано фондам и партнёрам. / What merchants, funds and partners are due."""
    answer = call(config_file, "points.settle", **{"from": start, "to": end})
    lines = [
        f"{one['issuer']} -> {one['spent_at']}: {points(one['amount_pt'])} б., {roubles(one['sum_kop'])} руб."
        for one in answer["settlements"]
    ]
    lines += [
        f"фонд {one['name'] or one['fund']}: {points(one['amount_pt'])} б., {roubles(one['sum_kop'])} руб."
        for one in answer["funds"]
    ]
    lines += [
        f"партнёр {one['partner']}, {'отдано' if one['way'] == 'out' else 'принято'}: "
        f"наших {points(one['amount_pt'])}, его {points(one['partner_pt'])}"
        for one in answer["partners"]
    ]
    emit_json(answer) if as_json else emit(lines or ["Рассчитываться не за что."])


def points_of(text: str) -> int:
    """`12.5` -> 1250. UsageError PTS-07 for anything but a number with at most two digits after the point."""
    amount_pt = hundredths(text)
    if amount_pt is None:
        raise UsageError("PTS-07", text=text)
    return amount_pt


def told(answer: dict[str, Any]) -> list[str]:
    """A customer's points for a person."""
    now, level = answer["balance"], answer["level"]
    lines = [f"{answer['customer']}: доступно {points(now['active_pt'])}, ждут {points(now['pending_pt'])}"]
    lines += [f"отложено для кассы {one['register']}: {points(one['amount_pt'])}" for one in answer["holds"]]
    lines += [
        f"отложено на других кассах, для {one['register']}: {points(one['amount_pt'])}" for one in answer["elsewhere"]
    ]
    if now["debt_pt"]:
        lines.append(f"учтём при следующих: {points(now['debt_pt'])}")
    if now["expiry_pt"]:
        lines.append(f"из них до {now['expiry_day']} включительно: {points(now['expiry_pt'])}")
    if level["name"] or level["next"]:
        lines += _level(level)
    return lines


def _level(level: dict[str, Any]) -> list[str]:
    lines = [f"уровень: {level['name'] or 'нет'}"]
    if level["tomorrow"] != level["name"]:
        lines.append(f"с завтрашнего дня: {level['tomorrow'] or 'без уровня'}")
    if level["next"]:
        left = [f"{roubles(level['next_left_kop'])} руб."] if level["next_left_kop"] else []
        left += [f"покупок {level['next_left_visits']}"] if level["next_left_visits"] else []
        lines.append(f"до уровня {level['next']}: {', '.join(left)}")
    if level["lost_from"]:
        lines.append(f"без покупок снизится {level['lost_from']}")
    return lines


def order_placed(config_file: Path, as_json: bool, name: str, order: str, said: dict[str, Any]) -> None:
    """The order has its number before anything is asked for, so it can be repeated when the answer is lost."""
    order = order or SystemIds().token(ORDER_ALPHABET, 16)
    try:
        answer = call(config_file, f"points.{name}", id=order, **said)
    except AgentError as error:
        if error.code.startswith(("AGT", "NET", "STO")):
            raise type(error)(error.code, lines=(*error.lines, f"--id {order}"), **error.params) from error
        raise
    if as_json:
        emit_json(answer)
    else:
        again = " (уже было сделано)" if answer["again"] else ""
        emit([f"{answer['event']}{again}", *told(answer)])
