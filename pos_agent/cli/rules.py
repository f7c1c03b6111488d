"""`pos-agent rules check|explain|codes|import|list`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pos_agent.cli import codes, shadow, simulate
from pos_agent.cli.input_file import format_of, text_of
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.session import call
from pos_agent.errors import UsageError

app = typer.Typer(help="Правила программы. / Rules of the program.", no_args_is_help=True)
codes_app = typer.Typer(help="Промокоды. / Promo codes.", no_args_is_help=True)
app.add_typer(codes_app, name="codes")
app.command("shadow")(shadow.shadow)
app.command("simulate")(simulate.simulate)
codes_app.command("import")(codes.take_codes)
codes_app.command("key")(codes.keep_key)
codes_app.command("revoke")(codes.revoke)
codes_app.command("show")(codes.show)
RulesFile = Annotated[Path, typer.Argument(metavar="FILE", help="TOML или JSON.", show_default=False)]
RulesOption = Annotated[Path, typer.Option("--rules", metavar="FILE", help="Правила.", show_default=False)]
BasketOption = Annotated[Path, typer.Option("--basket", metavar="FILE", help="Корзина: JSON.", show_default=False)]
SecretFile = Annotated[Path, typer.Option("--secret", metavar="FILE", help="Ключ серии / key of the batch.")]
SecretFiles = Annotated[
    list[str] | None, typer.Option("--secret", metavar="BATCH=FILE", help="Ключ серии кодов / key of a batch.")
]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Дата / date of the check.")]
Strict = Annotated[bool, typer.Option("--strict", help="Код 1, если есть замечания. / Exit 1 on warnings.")]


@app.command()
def check(file: RulesFile, on: Day = None, strict: Strict = False, as_json: AsJson = False) -> None:
    """Проверить файл, ничего не меняя. Код 2 - не принят. / Check a file, change nothing."""
    from pos_agent.api.rules import inspected  # with all it needs; other commands start without it

    day: date | None = on.date() if on else None
    rules, found = inspected(text_of(file), format_of(file), language(), day)
    english = language() == "en"
    if as_json:
        emit_json(
            {
                "ok": True,
                "program": rules.program.id,
                "hash": rules.hash,
                "warnings": [
                    {
                        "code": one.code,
                        "file": str(file),
                        "line": one.line,
                        "path": one.path,
                        "message": one.message_en if english else one.message_ru,
                        "advice": one.advice_en if english else one.advice_ru,
                    }
                    for one in found
                ],
            }
        )
    else:
        emit([f"Файл годен: программа «{rules.program.name}», отпечаток {rules.hash[:16]}."])
        for one in found:
            where = f"{file}:{one.line}" if one.line else str(file)
            message, advice = (one.message_en, one.advice_en) if english else (one.message_ru, one.advice_ru)
            emit([f"{where}: {one.path}: {message}", f"    -> {advice}"])
    if strict and found:
        raise typer.Exit(1)


@app.command()
def explain(rules: RulesOption, basket: BasketOption, secret: SecretFiles = None, as_json: AsJson = False) -> None:
    """Почему столько: каждая строка и копейка. / Why: every line and kopeck."""
    from pos_agent.cli.pricing import read_basket, read_rules, read_secrets, refused
    from pos_agent.rules import answer
    from pos_agent.rules.basket import BasketError
    from pos_agent.rules.detail import detail
    from pos_agent.rules.price import price
    from pos_agent.rules.why import why

    offered = read_basket(basket)
    try:
        priced = price(read_rules(rules), offered, read_secrets(secret))
    except BasketError as error:
        raise refused(error) from error
    digest = answer.to_json(priced)["hash"]
    if as_json:
        emit_json({"steps": detail(offered, priced), "hash": digest})
    else:
        emit(why(offered, priced, digest, language()))


@codes_app.command("generate")
def generate(
    rules: RulesOption,
    batch: Annotated[str, typer.Option("--batch", metavar="ID", help="Серия / batch.", show_default=False)],
    count: Annotated[int, typer.Option("--count", min=1, max=200_000, help="Сколько / how many.")],
    secret: SecretFile,
    first: Annotated[int, typer.Option("--first", min=0, help="С какого номера / first number.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Коды серии из её ключа: те же номера дают те же коды. / Codes of a batch from its key."""
    from pos_agent.cli.pricing import batch_of, read_rules, secret_of
    from pos_agent.rules.code_form import codes_of

    found = batch_of(read_rules(rules), batch)
    try:
        codes = codes_of(found, secret_of(secret), count, first)
    except ValueError as error:
        raise UsageError("PRC-02", why=str(error)) from error
    emit_json({"batch": found.id, "kind": found.kind, "codes": codes}) if as_json else emit(codes)


@codes_app.command("check")
def check_code(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Код / code.", show_default=False)],
    rules: RulesOption,
    batch: Annotated[str, typer.Option("--batch", metavar="ID", help="Серия / batch.", show_default=False)],
    secret: SecretFile,
    as_json: AsJson = False,
) -> None:
    """Верно ли набран код. Код выхода 1 - нет. / Is the code well formed? Exit 1: no."""
    from pos_agent.cli.pricing import batch_of, read_rules, secret_of
    from pos_agent.rules.code_form import genuine

    good = genuine(batch_of(read_rules(rules), batch), secret_of(secret), code)
    emit_json({"code": code, "ok": good}) if as_json else emit(["Код верен." if good else "Код набран с ошибкой."])
    if not good:
        raise typer.Exit(1)


@app.command("import")
def take(file: RulesFile, config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Загрузить и ввести в действие целиком. / Take the file into force, whole."""
    answer = call(config_file, "rules.import", content=text_of(file), format=format_of(file), source=file.name)
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
