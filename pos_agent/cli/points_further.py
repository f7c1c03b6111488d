"""`pos-agent points action|exchange|donate|round-up`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.points import Amount, Operator, Order, Reason, Who, app, order_placed, points_of, told
from pos_agent.cli.session import call
from pos_agent.money import points


def action(
    name: Annotated[str, typer.Argument(help="Действие, как названо в правилах.")],
    who: Who,
    report: Annotated[str, typer.Option(help="Номер случая вне кассы: за один случай начислят один раз.")] = "",
    operator: Annotated[str, typer.Option(help="Кто сообщил.")] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Начислить за действие из правил: отзыв, подписку, визит. / Points for a reported action."""
    answer = call(config_file, "points.action", action=name, customer=who, report=report, operator=operator)
    again = " (уже было сделано)" if answer["again"] else ""
    emit_json(answer) if as_json else emit([f"{answer['event']}{again}", *told(answer)])


def exchange(
    who: Who,
    amount: Amount,
    partner: Annotated[str, typer.Option(help="Партнёр из правил.")],
    reason: Reason,
    operator: Operator,
    into: Annotated[
        bool, typer.Option("--in", help="Принять столько наших за баллы партнёра; без него отдать.")
    ] = False,
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Обменять баллы с программой партнёра по курсу правил. Код 1 - столько нет. / Exchange points with a partner."""
    said = {"customer": who, "reason": reason, "operator": operator, "amount_pt": points_of(amount)}
    more = {"partner": partner, "way": "in" if into else "out"}
    order_placed(config_file, as_json, "exchange", order, {**said, **more})


def donate(
    who: Who,
    amount: Amount,
    fund: Annotated[str, typer.Option(help="Кому, как названо в правилах.")],
    reason: Reason,
    operator: Operator,
    order: Order = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Пожертвовать баллы. Код 1 - столько нет. / Donate points."""
    said = {"customer": who, "reason": reason, "operator": operator, "amount_pt": points_of(amount), "fund": fund}
    order_placed(config_file, as_json, "donate", order, said)


def round_up(
    receipt: Annotated[str, typer.Argument(help="Чек, ФН/ФД.")],
    fund: Annotated[str, typer.Option(help="Кому, как названо в правилах.")],
    reason: Reason,
    operator: Operator,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Округлить чек вверх в пользу фонда баллами его клиента; сам чек не меняется. / Round a receipt up in points."""
    said = {"receipt": receipt, "fund": fund, "reason": reason, "operator": operator}
    answer = call(config_file, "points.round_up", **said)
    again = " (уже было сделано)" if answer["again"] else ""
    given = f"пожертвовано {points(answer['donated_pt'])}: {answer['fund']}"
    emit_json(answer) if as_json else emit([f"{answer['event']}{again}", given, *told(answer)])


FURTHER: dict[str, Callable[..., None]] = {
    "action": action,
    "exchange": exchange,
    "donate": donate,
    "round-up": round_up,
}
for name, command in FURTHER.items():
    app.command(name)(command)
