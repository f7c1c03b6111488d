"""`pos-agent customer add|find|count`; what is changed of one is in `customer_changes`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pos_agent.cli import customer_changes
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.money import points

app = typer.Typer(help="Клиенты программы. / Customers.", no_args_is_help=True)
for name, command in customer_changes.COMMANDS.items():
    app.command(name)(command)


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Имя и фамилия.")] = "",
    phone: Annotated[str, typer.Option(help="Телефон, +79161234567.")] = "",
    email: Annotated[str, typer.Option(help="Почта.")] = "",
    card: Annotated[str, typer.Option(help="Код готовой карты; без него карта создаётся.")] = "",
    consent: Annotated[bool, typer.Option(help="Согласие на обработку данных получено.")] = False,
    advertising: Annotated[bool, typer.Option(help="Согласие на рассылку получено.")] = False,
    place: Annotated[str, typer.Option(help="Где даны согласия; без него эта касса.")] = "",
    answer: Annotated[list[str] | None, typer.Option(help="Ответ анкеты, поле=ответ; можно несколько.")] = None,
    friend: Annotated[str, typer.Option(help="Код друга, который привёл.")] = "",
    provisional: Annotated[bool, typer.Option("--provisional", help="Карта до согласия: копит, но не тратит.")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Записать клиента и выдать карту. / Add a customer and give a card."""
    told = call(
        config_file,
        "customer.add",
        name=name,
        phone=phone,
        email=email,
        card=card,
        consent=consent,
        advertising=advertising,
        place=place,
        answers=customer_changes.answers_of(answer or []),
        friend=friend,
        provisional=provisional,
    )
    if as_json:
        emit_json(told)
        return
    rows = [f"{told['name'] or 'Клиент'}: карта {told['card']}, номер {told['id']}"]
    if "complete_bp" in told:
        rows.append(f"анкета заполнена на {told['complete_bp'] // 100} %")
    if told.get("cards_warning"):
        rows.append(f"Активных карт уже {told['cards_warning']}: скажите владельцу. Карта выдана.")
    emit(rows)


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


@app.command()
def count(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Сколько активных карт; сверх порога только предупреждает. / How many active cards."""
    answer = call(config_file, "customer.count")
    most = f" (порог {answer['warn_above']})" if answer["warn_above"] else ""
    over = " Больше порога: пора говорить с владельцем." if answer["over"] else ""
    emit_json(answer) if as_json else emit([f"Активных карт {answer['active']}{most}.{over}"])


def line_of(one: dict[str, Any]) -> str:
    """A customer on one line, masked."""
    balance = one.get("balance")
    told = f", доступно {points(balance['active_pt'])}, ждут {points(balance['pending_pt'])}" if balance else ""
    return f"{one['id']}  {one['name']}  карта {one['card']}{told}"
