"""The report of `pos-agent probe --report`: what a real device says about each open point of the protocol.

TOML, so that reports of many devices can be compared by a program. Numbers that name a shop or a register are cut to
their last four; contents of documents are never in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drivers.discover import (
    atol_facts_link,
    atol_facts_status,
    atol_facts_storage,
    atol_questions,
    facts_errors,
    facts_link,
    facts_status,
    facts_storage,
)
from drivers.discover.atol_questions import AtolQuestions
from drivers.discover.facts import Fact, Ruled, rule
from drivers.discover.look import Finding, Verdict
from drivers.discover.questions import Questions, UnansweredError, secrets_of
from drivers.discover.stream import stream_for
from drivers.streams.byte_stream import StreamError
from pos_agent.clock import Clock
from pos_agent.errors import PrinterError, UsageError
from pos_agent.port_words import masked

SHTRIH_FACTS: tuple[Fact[Questions], ...] = (
    *facts_link.FACTS,
    *facts_status.FACTS,
    *facts_storage.FACTS,
    *facts_errors.FACTS,
)
ATOL_LINKS = {"v2": atol_facts_link.FACTS_V2, "v3": atol_facts_link.FACTS_V3}
HEADING = """# Отчёт pos-agent probe: что этот принтер отвечает там, где источники расходятся.
# Личных данных нет: номера обрезаны до четырёх знаков, содержимое документов не читалось в отчёт.
# Report of pos-agent probe: what this printer says where sources disagree. No personal data.
# reading "" = not decided by questions alone. Every command sent is a state query.
"""


def write_report(path: Path, findings: Sequence[Finding], password: int, clock: Clock) -> dict[str, Any]:
    """Question the one printer that is ready and write the file; `path`, `decided`, `count` for people.

    Raises UsageError INS-18 (none or several are ready), INS-17 (the file cannot be written); PrinterError PRN-03.
    """
    ready = [finding for finding in findings if finding.verdict is Verdict.READY]
    if len(ready) != 1:
        raise UsageError("INS-18", count=len(ready))
    _writable(path)
    ruled, secrets = _questioned(ready[0], password, clock)
    text = report_text(ready[0], ruled, secrets, clock.now().strftime("%Y-%m-%d"))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError("INS-17", path=path, why=error.strerror or str(error)) from error
    return {"path": str(path), "decided": sum(each.decided for each in ruled), "count": len(ruled)}


def _writable(path: Path) -> None:
    """Before a minute of questions, not after it."""
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise UsageError("INS-17", path=path, why=error.strerror or str(error)) from error


def _questioned(finding: Finding, password: int, clock: Clock) -> tuple[list[Ruled], tuple[str, ...]]:
    who = finding.answer
    assert who is not None, "a printer that is ready has told who it is"
    stream = stream_for(finding.candidate.address, finding.baud or 115200)
    try:
        stream.open()
        if who.vendor == "atol":
            return _atol(AtolQuestions(stream, clock.monotonic, who.low_level), who.low_level)
        questions = Questions(stream, clock.monotonic, password)
        secrets = secrets_of(questions)
        return rule(SHTRIH_FACTS, questions), secrets
    except (StreamError, UnansweredError) as error:
        raise PrinterError("PRN-03", lines=(str(error),)) from error
    finally:
        stream.close()


def _atol(questions: AtolQuestions, protocol: str) -> tuple[list[Ruled], tuple[str, ...]]:
    secrets = atol_questions.secrets_of(questions)
    return rule(atol_facts(protocol), questions), secrets


def atol_facts(protocol: str) -> tuple[Fact[AtolQuestions], ...]:
    """Of the low level that is spoken, then of the register. Questions that may be refused come last."""
    return (*atol_facts_storage.FACTS, *ATOL_LINKS[protocol], *atol_facts_status.FACTS)


def report_text(finding: Finding, ruled: Sequence[Ruled], secrets: Sequence[str], day: str) -> str:
    """The whole file. `secrets` are cut wherever they might have slipped in; `day`: ISO, of this computer."""
    who = finding.answer
    assert who is not None, "a printer that is ready has told who it is"
    device = {
        "vendor": who.vendor,
        "protocol": who.protocol,
        "model": who.model,
        "firmware": who.firmware,
        "serial": masked(who.serial),
        "port": finding.candidate.label.partition(" ")[0],
        "usb_ids": finding.candidate.label.partition(" ")[2] if "/" not in finding.candidate.label else "",
        "baud": finding.baud or 0,
    }
    blocks = [HEADING, _block("[report]", {"format": 1, "made": day}), _block("[device]", device)]
    for each in ruled:
        fact = each.fact
        entry = {
            "name": fact.name,
            "section": fact.section,
            "question": fact.question,
            "asks": list(fact.asks),
            "readings": list(fact.readings),
            "reading": each.ruling.reading,
            "evidence": each.ruling.evidence,
            "driver": fact.ours,
        }
        blocks.append(_block("[[fact]]", entry))
    text = "\n".join(blocks)
    for secret in secrets:
        text = text.replace(secret, masked(secret))
    return text


def _block(head: str, entries: dict[str, Any]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    return "\n".join((head, *lines, ""))
