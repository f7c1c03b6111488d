"""What `pos-agent probe` shows: a table, a sentence for every port that is not in order, lines for the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drivers.discover.look import Finding, Verdict
from pos_agent import texts
from pos_agent.port_words import answer_text, code_of, key_lines, labels, masked, settings_of, speed_text

NOTHING_FOUND = "INS-01"
IN_THE_WAY = frozenset({Verdict.PASSWORD, Verdict.BUSY, Verdict.FORBIDDEN, Verdict.CLOSED, Verdict.PPP})
COLUMNS = ("head_port", "head_baud", "head_answer", "head_verdict")


def table_lines(findings: Sequence[Finding], named: bool, lang: str) -> list[str]:
    """Header and a row for each port, columns as wide as they need be."""
    rows = [[texts.phrase("probe", head, lang) for head in COLUMNS]]
    for finding, label in zip(findings, labels([each.candidate for each in findings]), strict=True):
        rows.append([label, speed_text(finding, lang), answer_text(finding, lang), _verdict_text(finding, named, lang)])
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def sentence_lines(findings: Sequence[Finding], named: bool, lang: str) -> list[str]:
    """What to do, once for each thing to be said."""
    told = []
    for finding in findings:
        code = code_of(finding, named)
        if code:
            told.append(sentence(code, lang, name=finding.holder, port=finding.candidate.address))
        elif finding.verdict is Verdict.PPP:
            told.append(texts.phrase("probe", "ppp", lang))
    told += [texts.phrase("probe", "same_printer", lang, tail=tail) for tail in _on_two_ports(findings)]
    if not findings or not (named or any(each.verdict in IN_THE_WAY | {Verdict.READY} for each in findings)):
        told.append(sentence(NOTHING_FOUND, lang))
    return list(dict.fromkeys(told))


def _on_two_ports(findings: Sequence[Finding]) -> list[str]:
    """Masked numbers of ATOL registers that answered on more than one port: one is for the till, one for the agent."""
    ready = [finding.answer for finding in findings if finding.verdict is Verdict.READY and finding.answer is not None]
    numbers = [who.serial for who in ready if who.vendor == "atol" and who.serial]
    return [masked(number) for number in dict.fromkeys(numbers) if numbers.count(number) > 1]


def sentence(code: str, lang: str, **params: object) -> str:
    """What happened, what to do, the code. Receipts are not concerned: nothing was being sold."""
    message = texts.message(code, lang, "-", **params)
    return f"{message.what} {message.action} [{code}]"


def settings_lines(findings: Sequence[Finding], lang: str) -> list[str]:
    """Lines to copy, for each printer that is ready."""
    lines = []
    for finding in findings:
        keys = key_lines(finding)
        if keys:
            lines += ["", texts.phrase("probe", "settings", lang), *keys]
    return lines


def exit_code(findings: Sequence[Finding]) -> int:
    """0 a printer is ready; 3 something stands in the way of one; 1 there is none."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.READY in verdicts:
        return 0
    return 3 if verdicts & IN_THE_WAY else 1


def finding_json(finding: Finding, named: bool) -> dict[str, Any]:
    """The same facts; null = not known or does not apply."""
    who = finding.answer
    answer = None
    if who is not None:
        answer = {"vendor": who.vendor, "protocol": who.protocol, "model": who.model, "firmware": who.firmware}
        answer |= {"serial": masked(who.serial), "fn": masked(who.fn_serial), "fn_until": who.fn_until}
    return {
        "port": str(finding.candidate.address),
        "label": finding.candidate.label,
        "verdict": finding.verdict.value,
        "baud": finding.baud,
        "speeds_tried": finding.speeds,
        "answer": answer,
        "holder": finding.holder,
        "code": code_of(finding, named),
        "detail": finding.detail,
        "settings": settings_of(finding),
    }


def _verdict_text(finding: Finding, named: bool, lang: str) -> str:
    if finding.verdict is Verdict.READY:
        return texts.phrase("probe", "ready", lang)
    code = code_of(finding, named)
    return texts.phrase("probe", "see", lang, code=code) if code else texts.phrase("probe", "empty", lang)
