"""`pos-agent probe`: which printer is on which port, and what to write into the settings. Prints nothing on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drivers.discover.address import Address, parse_address
from drivers.discover.atol import AtolProber
from drivers.discover.look import Candidate, Finding, Prober, look
from drivers.discover.ports import candidate_for, survey
from drivers.discover.shtrih import ShtrihProber
from drivers.discover.stream import stream_for
from drivers.streams.byte_stream import ByteStream
from pos_agent import texts
from pos_agent.cli.output import AsJson, emit, emit_json, language
from pos_agent.cli.probe_report import write_report
from pos_agent.cli.probe_table import (
    exit_code,
    finding_json,
    sentence_lines,
    settings_lines,
    table_lines,
)
from pos_agent.clock import SystemClock
from pos_agent.errors import UsageError

CONNECT_S = 3.0


def probe(
    port: Annotated[
        list[str] | None,
        typer.Option("--port", help="Только этот порт: путь, tcp:АДРЕС:ПОРТ или usb:VID:PID; можно несколько."),
    ] = None,
    password: Annotated[
        int, typer.Option(min=0, max=99_999_999, help="Пароль системного администратора Штрих-М.")
    ] = 30,
    report: Annotated[
        Path | None, typer.Option(help="Проверить спорные места протокола и записать отчёт без личных данных.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Найти принтер: порты, скорости, кто ответил и что вписать в настройку.

    Посылает только запросы состояния; на ленте ничего. Коды: 0 — принтер найден, 1 — никого, 2 — неверный порт,
    3 — порт занят, нет прав, пароль не подошёл или отказ в соединении.
    """
    lang, named = language(), bool(port)
    candidates, notes = _candidates(port or [])
    clock = SystemClock()
    probers: list[Prober] = [ShtrihProber(password), AtolProber()]
    findings = [look(candidate, probers, _opener, clock.monotonic) for candidate in candidates]
    written = write_report(report, findings, password, clock) if report is not None else None
    if as_json:
        emit_json({"ports": [finding_json(each, named) for each in findings], "notes": list(notes), "report": written})
    else:
        emit(_told(findings, notes, named, lang))
        if written is not None:
            emit(["", texts.phrase("probe", "report_written", lang, **written)])
    raise typer.Exit(exit_code(findings))


def _candidates(ports: list[str]) -> tuple[list[Candidate], tuple[str, ...]]:
    if not ports:
        seen = survey()
        return list(seen.candidates), seen.notes
    return [candidate_for(_parsed(text)) for text in ports], ()


def _parsed(text: str) -> Address:
    try:
        return parse_address(text)
    except ValueError as error:
        raise UsageError("INS-16", port=text) from error


def _opener(address: Address, baud: int) -> ByteStream:
    return stream_for(address, baud, CONNECT_S)


def _told(findings: list[Finding], notes: tuple[str, ...], named: bool, lang: str) -> list[str]:
    lines = [*table_lines(findings, named, lang), texts.phrase("probe", "harmless", lang)] if findings else []
    lines += [texts.phrase("probe", note, lang) for note in notes]
    return [*lines, *sentence_lines(findings, named, lang), *settings_lines(findings, lang)]
