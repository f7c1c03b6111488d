"""`pos-agent limits show|code|senior`."""

from __future__ import annotations

from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.points import points_of
from pos_agent.cli.session import call
from pos_agent.money import points

app = typer.Typer(help="Пределы против злоупотреблений, коды подтверждения. / Limits and codes.", no_args_is_help=True)
YES = {"": "ничто не спрашивается", "code": "поможет код клиента", "senior": "нужен старший"}


@app.command()
def show(
    customer: Annotated[str, typer.Option(help="Карта или телефон: что нарушит следующий чек этого клиента.")] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Пределы программы и что они поймали сегодня. / Limits of the program and today's catch."""
    answer = call(config_file, "limits.show", customer=customer)
    if as_json:
        emit_json(answer)
        return
    rows = [_limit(one) for one in answer["limits"]] or ["Пределов в программе нет."]
    rows += [f"{one['at']}  {one['document']}  {', '.join(one['flags'])}" for one in answer["caught"]]
    if answer.get("now"):
        now = answer["now"]
        earns, spends = ("да" if now[key] else "нет" for key in ("earns", "spends"))
        rows.append(f"Следующий чек: начислит {earns}, спишет {spends}; {YES[now['asks']]}.")
    emit(rows)


@app.command()
def code(
    who: Annotated[str, typer.Argument(help="Карта, телефон, последние четыре знака или номер клиента.")],
    amount: Annotated[str, typer.Option(help="Сколько баллов он позволит списать; без числа любое.")] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Выслать клиенту код подтверждения: 5 минут, 3 попытки. / Send the customer a confirmation code."""
    more = {"amount_pt": points_of(amount)} if amount else {}
    answer = call(config_file, "limits.code", customer=who, **more)
    told = f" на {points(answer['amount_pt'])}" if amount else ""
    emit_json(answer) if as_json else emit([f"Код{told} выслан, действует 5 минут, попыток {answer['tries']}."])


@app.command()
def senior(
    name: Annotated[str, typer.Argument(help="Имя старшего, как его назовёт касса.")],
    remove: Annotated[bool, typer.Option("--remove", help="Больше не старший.")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Назначить старшего и его PIN (спросит, не покажет). / Name a senior and their PIN."""
    pin = "" if remove else typer.prompt("PIN, 4-12 цифр", hide_input=True, confirmation_prompt=True)
    answer = call(config_file, "limits.senior", name=name, pin=pin)
    emit_json(answer) if as_json else emit([f"Старшие: {', '.join(answer['seniors']) or 'никого'}."])


def _limit(one: dict[str, object]) -> str:
    figures = [f"{key} {one[key]}" for key in ("most", "least", "minutes") if one[key]]
    return f"{one['name']}: {one['action']} {', '.join(figures)}".rstrip()
