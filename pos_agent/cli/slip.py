"""`pos-agent slip print`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent import texts
from pos_agent.api.slip_style import words
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.session import wait_for
from pos_agent.cli.slip_check import sample
from pos_agent.errors import PrinterError, UsageError
from pos_agent.printing.slip_folder import load
from pos_agent.printing.slip_template import KINDS

app = typer.Typer(help="Слипы. / Slips.", no_args_is_help=True)
DONE = ("printed", "failed", "expired")


@app.callback()
def slips() -> None:
    """Слипы. / Slips."""


@app.command("print")
def print_slip(
    receipt: Annotated[str, typer.Option(help="Повторить слип чека: ФН/ФД.")] = "",
    customer: Annotated[str, typer.Option(help="Баланс клиента: карта, телефон, последние четыре знака.")] = "",
    why: Annotated[bool, typer.Option("--why", help="С --receipt: слип «Почему», откуда цена и баллы.")] = False,
    trial: Annotated[bool, typer.Option("--trial", help="Пробный слип: ширина, буквы, QR для сканера.")] = False,
    seconds: Annotated[float, typer.Option(min=0, max=600, help="Сколько ждать печати, с.")] = 30.0,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Слип чека ещё раз, с балансом или пробный. Код 3 - не вышел. / A slip again, with a balance, or a trial one."""
    if [bool(receipt), bool(customer), trial].count(True) != 1 or (why and not receipt):
        raise UsageError("SLP-02", why="nothing_named")
    kind = {"kind": "why"} if why else {"kind": "trial"} if trial else {}
    asked = {"document": receipt, "customer": customer} | kind
    answer = _printed(config_file, asked, seconds)
    if as_json:
        emit_json(answer)
    elif answer["state"] == "printed":
        emit(["Слип напечатан."])
    if answer["state"] in ("failed", "expired"):
        raise PrinterError("SLP-04", lines=_cause(answer))
    if answer["state"] != "printed":
        raise PrinterError("SLP-03", lines=_cause(answer), minutes=answer["minutes"])


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(help="Папка шаблонов: receipt.j2, return.j2, balance.j2, invitation.j2.")],
    columns: Annotated[int, typer.Option(min=24, max=64, help="Знаков в строке принтера.")] = 32,
    as_json: AsJson = False,
) -> None:
    """Проверить шаблоны слипов и показать каждый; не печатает. Код 2 - есть негодный. / Check templates of slips."""
    read = load(folder)
    slips = {kind: sample(kind, read, columns, language()) for kind in KINDS if kind in read.made}
    faults = [texts.message("SLP-05", language(), **words(fault)) for fault in read.faults]
    if as_json:
        emit_json({"slips": slips, "faults": [{"code": one.code, "what": one.what} for one in faults]})
    else:
        emit([line for kind, lines in slips.items() for line in (f"{kind}:", *lines, "")])
    if read.faults:
        raise UsageError("SLP-05", lines=tuple(one.what for one in faults[1:]), **words(read.faults[0]))
    if not slips:
        raise UsageError("SLP-05", file=folder, why="slip_empty")


def _cause(answer: dict[str, Any]) -> tuple[str, ...]:
    """Why it did not come out, in words, when the agent knows: what is wrong now, else what was when it was tried."""
    known = answer["problem"] or {"code": answer["reason"], "params": {}}
    if not known["code"].startswith("PRN-"):
        return ()
    told = texts.message(known["code"], language(), **known["params"])
    return (f"{told.what} {told.action} [{told.code}]",)


def _over(answer: dict[str, Any]) -> bool:
    """On paper, given up, or waiting for a printer that is not there."""
    return answer["state"] in DONE or (answer["problem"] is not None and not answer["problem"]["connected"])


def _printed(config_file: Path, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    return wait_for(
        config_file,
        "slip.print",
        asked,
        "slip.state",
        _over,
        seconds,
    )
