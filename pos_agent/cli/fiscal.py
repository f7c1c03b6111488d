"""`pos-agent fiscal`: read fiscal documents and receipt QR codes. No daemon, no printer, no database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from drivers.fiscal import QrError, TlvError, parse_qr, read_image, read_input
from drivers.fiscal.containers import MAX_INPUT
from drivers.fiscal.describe import document_json, document_lines, printable, qr_json, qr_lines
from drivers.fiscal.findings import Context, check, check_wrapping

BAD_INPUT = 2

app = typer.Typer(no_args_is_help=True, help="Фискальные документы: разбор TLV и QR-кода чека.")

JsonOption = Annotated[bool, typer.Option("--json", help="Один документ JSON в stdout.")]


@app.command()
def decode(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="Файл с TLV (hex или двоичный); - читает stdin.")],
    as_json: JsonOption = False,
    now: Annotated[
        datetime | None, typer.Option(help="Местное время точки расчётов: проверить, что документ не из будущего.")
    ] = None,
    kkt_serial: Annotated[str, typer.Option(help="Заводской номер ККТ (тег 1013): проверить РНМ.")] = "",
) -> None:
    """Показать фискальный документ: теги, суммы и замечания.

    Понимает образ из ФН, тело без заголовка и контейнер ОФД. Код 0 — документ прочитан, даже если есть замечания;
    2 — это не TLV или файла нет.
    """
    content = _content(source)
    try:
        document, image = read_image(read_input(content))
    except TlvError as error:
        _refuse(
            f"Не читается, байт {error.offset}: {printable(error.message_ru)}. "
            "Скопируйте документ целиком (hex или двоичный) и повторите."
        )
    context = Context(now=now, kkt_serial=kkt_serial)
    findings = [*check(document, context), *check_wrapping(document, image)]
    if as_json:
        typer.echo(json.dumps(document_json(document, findings), ensure_ascii=False))
        return
    for line in document_lines(document, findings):
        typer.echo(line)


@app.command()
def qr(
    text: Annotated[str, typer.Argument(metavar="STRING", help="Текст QR-кода: t=…&s=…&fn=…&i=…&fp=…&n=…")],
    as_json: JsonOption = False,
) -> None:
    """Разобрать текст QR-кода кассового чека. Код 2 — это не QR-код чека."""
    try:
        parsed = parse_qr(text)
    except QrError as error:
        _refuse(
            f"QR-код не читается: {printable(error.message_ru)}. "
            "Ожидается t=ГГГГММДДTЧЧММ&s=…&fn=…&i=…&fp=…&n=…; строку с & возьмите в кавычки."
        )
    if as_json:
        typer.echo(json.dumps(qr_json(parsed), ensure_ascii=False))
        return
    for line in qr_lines(parsed):
        typer.echo(line)


def _content(source: str) -> bytes:
    """At most one byte more than the reader accepts: a huge file is refused, not swallowed."""
    if source == "-":
        return typer.get_binary_stream("stdin").read(MAX_INPUT + 1)
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_INPUT + 1)
    except OSError as error:
        _refuse(f"Файл {printable(source)} не читается: {error.strerror}. Проверьте путь и права.")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(BAD_INPUT)
