"""`pos-agent card arm|show|cancel`: whose the next sale is."""

from __future__ import annotations

from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.money import points

app = typer.Typer(help="Карта к следующему чеку. / The card for the next sale.", no_args_is_help=True)


@app.command()
def arm(
    text: Annotated[str, typer.Argument(help="Карта, телефон, последние четыре знака или номер клиента.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Приложить карту: первый чек продажи после этого - этого клиента, один раз, 3 минуты. / Arm a card."""
    answer = call(config_file, "card.arm", text=text)
    if as_json:
        emit_json(answer)
    else:
        balance = answer.get("balance")
        told = f", доступно {points(balance['active_pt'])}" if balance else ""
        emit([f"{answer['name'] or answer['customer']}{told}. Ждём чек до {answer['until'][11:16]}."])


@app.command()
def show(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Чья карта приложена сейчас. / Whose card is armed now."""
    answer = call(config_file, "card.show")
    if as_json:
        emit_json(answer)
    elif answer["armed"] is None:
        emit(["Карта не приложена."])
    else:
        emit([f"{answer['name'] or answer['customer']}, ждём чек до {answer['until'][11:16]}."])


@app.command()
def cancel(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Убрать приложенную карту. / Take the armed card back."""
    answer = call(config_file, "card.cancel")
    if as_json:
        emit_json(answer)
    else:
        emit(["Карта убрана." if answer["cancelled"] else "Карта и не была приложена."])
