"""`pos-agent trace`: look at a recorded exchange, make golden tests of it. No printer, no daemon."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from drivers.shtrih.command import split_reply
from drivers.shtrih.errors import explain
from pos_agent import texts
from pos_agent.cli.output import AsJson, emit, emit_json, language
from pos_agent.cli.trace_golden import Golden, golden, golden_text
from pos_agent.cli.trace_masking import CannotMaskError, asked, masked_fields
from pos_agent.cli.trace_reading import MOST_BYTES, Exchange, TraceError, parameters_of, read_trace
from pos_agent.errors import UsageError

SOURCE = "recorded trace, masked"

app = typer.Typer(no_args_is_help=True, help="Записи обмена с принтером. / Recorded exchanges with the printer.")


@app.callback()
def trace() -> None:
    """Записи обмена с принтером (trace_file): разбор и образцы для тестов."""


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="ФАЙЛ", help="Файл, который записал trace_file.")],
    golden_file: Annotated[
        Path | None, typer.Option("--golden", help="Записать образец для тестов (TOML), без личных данных.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Показать обмены из записи: команда, исход, поля. Личные данные закрыты и на экране.

    Код 2 — это не запись обмена или в образец нечего записать.
    """
    lang = language()
    exchanges = _read(file)
    shown = [_described(exchange, lang) for exchange in exchanges]
    written = _write_golden(golden_file, exchanges) if golden_file is not None else None
    counted = {kind: sum(each["outcome"] == kind for each in shown) for kind in ("done", "refused", "silent")}
    if as_json:
        emit_json({"exchanges": shown, **counted, "golden": written})
        return
    emit(_line(each) for each in shown)
    emit([texts.phrase("trace", "summary", lang, count=len(shown), **counted)])
    if written is not None:
        emit(texts.phrase("trace", "left_out", lang, **each) for each in written["left_out"])
        emit([texts.phrase("trace", "golden", lang, path=written["path"], count=written["count"])])


def _read(file: Path) -> list[Exchange]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError("TRC-01", path=file, line=0, why=f"> {MOST_BYTES >> 20} MB")
        return read_trace(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError("TRC-01", path=file, line=0, why=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("TRC-01", path=file, line=0, why="not a text in UTF-8") from error
    except TraceError as error:
        raise UsageError("TRC-01", path=file, line=error.line, why=str(error)) from error


def _described(exchange: Exchange, lang: str) -> dict[str, Any]:
    """One exchange in words. `fields` are masked: a trace is looked at over somebody's shoulder, too."""
    command = exchange.command
    told: dict[str, Any] = {
        "at_s": exchange.at_s,
        "command": f"{exchange.code:02X}h",
        "title": command.title if command else texts.phrase("trace", "unknown", lang),
        "effect": command.effect.value if command else "",
        "outcome": "silent",
        "text": texts.phrase("trace", "no_answer", lang),
        "fields": {},
        "notes": exchange.notes,
    }
    if exchange.reply is None:
        return told
    code, content = split_reply(exchange.reply)
    if code:
        said = getattr(explain(code), lang)
        words = texts.phrase("trace", "refused", lang, code=f"{code:02X}h", text=said)
        return told | {"outcome": "refused", "text": words}
    told |= {"outcome": "done", "text": texts.phrase("trace", "done", lang)}
    if command is None:
        return told
    try:
        _, record = masked_fields(command.reply, content, asked(command.request, parameters_of(exchange)))
    except CannotMaskError as error:
        return told | {"text": texts.phrase("trace", "unreadable", lang, why=error)}
    return told | {"fields": {each.name: _plain(getattr(record, each.name)) for each in dataclasses.fields(record)}}


def _plain(value: object) -> object:
    """As JSON has it: bytes in hex, dates in ISO."""
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, int | str) else str(value)


def _line(told: dict[str, Any]) -> str:
    fields = " ".join(f"{name}={value}" for name, value in told["fields"].items() if value not in (None, ""))
    parts = (f"{told['at_s']:12.3f}", f"{told['command']:>6}", told["title"], "-", told["text"], fields)
    return " ".join((*(part for part in parts if part), *(f"[{note}]" for note in told["notes"])))


def _write_golden(path: Path, exchanges: list[Exchange]) -> dict[str, Any]:
    entries: list[Golden] = []
    left_out: list[dict[str, str]] = []
    for exchange in exchanges:
        try:
            entries.append(golden(exchange))
        except CannotMaskError as error:
            left_out.append({"when": f"{exchange.at_s:.3f}", "command": f"{exchange.code:02X}h", "why": str(error)})
    if not entries:
        reasons = tuple(f"{each['when']} {each['command']}: {each['why']}" for each in left_out)
        raise UsageError("TRC-02", lines=reasons)
    try:
        path.write_text(golden_text(entries, SOURCE), encoding="utf-8")
    except OSError as error:
        raise UsageError("INS-17", path=path, why=error.strerror or str(error)) from error
    return {"path": str(path), "count": len(entries), "left_out": left_out}
