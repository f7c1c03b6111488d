"""`pos-agent token create|revoke|list|code`."""

from __future__ import annotations

from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call

app = typer.Typer(help="Ключи программ и страниц. / Tokens of programs and pages.", no_args_is_help=True)
ROLE_HELP = "till - кассовая программа, cashier - кассир, installer - установщик, owner - владелец."
Role = Annotated[str, typer.Option(help=ROLE_HELP)]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Имя ключа: кто им пользуется.")],
    role: Role = "till",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Создать ключ; он показан один раз. / Make a token; it is shown once."""
    answer = call(config_file, "token.create", name=name, role=role)
    if as_json:
        emit_json(answer)
    else:
        emit([answer["token"], "Сохраните ключ сейчас: больше он показан не будет."])


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Имя ключа.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Отозвать ключ; действует сразу. / Revoke a token at once."""
    answer = call(config_file, "token.revoke", name=name)
    if as_json:
        emit_json(answer)
    else:
        emit([f"Ключ {name} отозван."])


@app.command("list")
def listed(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Показать ключи, без самих ключей. / List tokens, never the tokens themselves."""
    answer = call(config_file, "token.list")
    if as_json:
        emit_json(answer)
        return
    for one in answer["tokens"]:
        over = f"  отозван {one['revoked_at']}" if one["revoked_at"] else ""
        emit([f"{one['name']:<20} {one['role']:<10} {one['created_at']}{over}"])


@app.command()
def code(
    name: Annotated[str, typer.Option(help="Имя страницы.")] = "page",
    role: Role = "cashier",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Одноразовый код входа для страницы, на 10 минут. / A one-time entry code for a page, for 10 minutes."""
    answer = call(config_file, "token.code", name=name, role=role)
    if as_json:
        emit_json(answer)
    else:
        emit([f"{answer['code']}  (действует {answer['minutes']} мин)"])
