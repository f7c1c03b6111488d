"""`pos-agent rules codes import|key|revoke|show`: codes that this register keeps in its store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent.cli.input_file import text_of
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.pricing import codes_table, listed_codes, secret_of
from pos_agent.cli.session import call

PIECE = 5_000  # codes in one request
ListFile = Annotated[Path, typer.Argument(metavar="FILE", help="По коду в строке / one code a line.")]
BatchId = Annotated[str, typer.Option("--batch", metavar="ID", help="Серия / batch.", show_default=False)]
FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="Действует с / valid from.", show_default=False)
TO = typer.Option("--to", formats=["%Y-%m-%d"], help="Первый день, когда уже нет / first day over.", show_default=False)
STATES = {
    "issued": ("свободен", "free"),
    "reserved": ("занят продажей", "held by a sale"),
    "used": ("использован", "used"),
    "expired": ("срок прошёл", "expired"),
    "revoked": ("отозван", "revoked"),
}


def take_codes(
    file: ListFile,
    batch: BatchId,
    kind: Annotated[str, typer.Option("--kind", help="Для раздела правил: once, times, per_customer, unlimited.")] = "",
    here: Annotated[bool, typer.Option("--here", help="Только для этой кассы / for this register only.")] = False,
    customer: Annotated[str, typer.Option(help="Только этому клиенту / for this customer only.")] = "",
    first: Annotated[datetime | None, FROM] = None,
    end: Annotated[datetime | None, TO] = None,
    table: Annotated[bool, typer.Option("--table", help="Только напечатать раздел [[codes]].")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Список кодов -> в базу кассы; без настройки или с --table: раздел [[codes]]. / Load a list of codes."""
    if table or kind or (config_file == DEFAULT_CONFIG and not config_file.exists()):
        emit([codes_table(text_of(file), batch, kind or "once")])
        return
    codes, new, known = listed_codes(text_of(file)), 0, 0
    bounds = {"from": first.date().isoformat() if first else "", "to": end.date().isoformat() if end else ""}
    for start in range(0, len(codes), PIECE):
        piece = codes[start : start + PIECE]
        more: dict[str, Any] = {"batch": batch, "codes": piece, "here": here, "customer": customer, **bounds}
        answer = call(config_file, "codes.import", **more)
        new, known = new + answer["new"], known + answer["known"]
    if as_json:
        emit_json({"batch": batch, "new": new, "known": known})
    elif language() == "en":
        emit([f"Batch {batch}: {new} codes loaded, {known} were there."])
    else:
        emit([f"Серия {batch}: загружено кодов {new}, уже были {known}."])


def keep_key(
    batch: BatchId,
    secret: Annotated[Path, typer.Option("--secret", metavar="FILE", help="Ключ серии / key of the batch.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Отдать кассе ключ серии: проверять опечатки, печатать купоны. / Give the register a batch's key."""
    answer = call(config_file, "codes.key", batch=batch, key=secret_of(secret).hex())
    said = f"The key of {batch} is kept." if language() == "en" else f"Ключ серии {batch} сохранён."
    emit_json(answer) if as_json else emit([said])


def revoke(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Код / code.", show_default=False)],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Отозвать код навсегда. / Never take this code again."""
    answer = call(config_file, "codes.revoke", code=code)
    said = f"Revoked: {answer['revoked']}." if language() == "en" else f"Отозвано: {answer['revoked']}."
    emit_json(answer) if as_json else emit([said])


def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Код / code.", show_default=False)],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Где код: свободен, занят, использован и какой продажей. / Where a code stands."""
    answer = call(config_file, "codes.show", code=code)
    if as_json:
        emit_json(answer)
        return
    english = language() == "en"
    for one in answer["codes"]:
        bound = " ".join(filter(None, (one["customer"], one["register"])))
        days = f"{one['from'] or '...'} - {one['to'] or '...'}" if one["from"] or one["to"] else ""
        emit([f"{one['code']}  {one['batch']}  {STATES[one['state']][english]}  {bound}  {days}".rstrip()])
        for use in one["uses"]:
            emit([f"  {use['sale']}  {STATES[use['state']][english]}  {use['document'] or ''}".rstrip()])
