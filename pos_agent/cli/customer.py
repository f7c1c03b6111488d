"""`pos-agent customer add|find`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.money import points

app = typer.Typer(help="Клиенты программы. / Customers.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Имя и фамилия.")] = "",
    phone: Annotated[str, typer.Option(help="Телефон, +79161234567.")] = "",
    email: Annotated[str, typer.Option(help="Почта.")] = "",
    card: Annotated[str, typer.Option(help="Код готовой карты; без него карта создаётся.")] = "",
    consent: Annotated[bool, typer.Option(help="Согласие на обработку данных получено.")] = False,
    advertising: Annotated[bool, typer.Option(help="Согласие на рассылку получено.")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Записать клиента и выдать карту. / Add a customer and give a card."""
    answer = call(
        config_file,
        "customer.add",
        name=name,
        phone=phone,
        email=email,
        card=card,
        consent=consent,
        advertising=advertising,
    )
    if as_json:
        emit_json(answer)
    else:
        emit([f"{answer['name'] or 'Клиент'}: карта {answer['card']}, номер {answer['id']}"])


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="Телефон, почта, карта, последние четыре знака или номер клиента.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Найти клиента и показать баллы. Код 1 - не найден. / Find a customer."""
    answer = call(config_file, "customer.find", text=text)
    if as_json:
        emit_json(answer)
    else:
        emit([line_of(one) for one in answer["customers"]] or ["Никого не нашли. [CUS-01]"])
    raise typer.Exit(0 if answer["customers"] else 1)


def line_of(one: dict[str, Any]) -> str:
    """A customer on one line, masked."""
    balance = one.get("balance")
    told = f", доступно {points(balance['active_pt'])}, ждут {points(balance['pending_pt'])}" if balance else ""
    return f"{one['id']}  {one['name']}  карта {one['card']}{told}"
