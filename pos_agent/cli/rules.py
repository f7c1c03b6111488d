"""`pos-agent rules check|import|list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.session import call
from pos_agent.errors import UsageError

app = typer.Typer(help="Правила программы. / Rules of the program.", no_args_is_help=True)
RulesFile = Annotated[Path, typer.Argument(metavar="FILE", help="TOML или JSON.", show_default=False)]


@app.command()
def check(file: RulesFile, as_json: AsJson = False) -> None:
    """Проверить файл, ничего не меняя. Код 2 - не принят. / Check a file, change nothing."""
    from pos_agent.api.rules import checked  # with all it needs; other commands start without it

    rules = checked(_text(file), _format(file), language())
    if as_json:
        emit_json({"ok": True, "program": rules.program.id, "hash": rules.hash})
    else:
        emit([f"Файл годен: программа «{rules.program.name}», отпечаток {rules.hash[:16]}."])


@app.command("import")
def take(file: RulesFile, config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Загрузить и ввести в действие целиком. / Take the file into force, whole."""
    answer = call(config_file, "rules.import", content=_text(file), format=_format(file), source=file.name)
    if as_json:
        emit_json(answer)
    else:
        emit([f"Действует версия {answer['version']}: программа «{answer['name']}»."])


@app.command("list")
def known(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Загруженные версии. / Versions known."""
    answer = call(config_file, "rules.show")
    if as_json:
        emit_json(answer)
    else:
        lines = [
            f"{'*' if one['active'] else ' '} {one['version']}  {one['imported_at'][:19]}  {one['source']}"
            for one in answer["versions"]
        ]
        emit(lines or ["Правил ещё нет. [RUL-03]"])


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("CFG-01", path=file, why=getattr(error, "strerror", None) or str(error)) from error


def _format(file: Path) -> str:
    return "json" if file.suffix == ".json" else "toml"
