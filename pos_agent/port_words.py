"""What people are told about one port that was asked: who answered, what stands in the way, lines for the settings.

`pos-agent probe` says it on a terminal, the running agent on the installer's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drivers.discover.address import SerialAddress
from drivers.discover.look import Candidate, Finding, Verdict
from drivers.streams.port_list import stable_name
from pos_agent import texts

CODES = {
    Verdict.PASSWORD: "INS-05",
    Verdict.SILENT: "INS-04",
    Verdict.GARBAGE: "PRN-06",
    Verdict.BUSY: "INS-03",
    Verdict.FORBIDDEN: "INS-02",
    Verdict.CLOSED: "INS-06",
    Verdict.UNREACHABLE: "PRN-03",
    Verdict.ABSENT: "PRN-07",
}
BUSY_UNNAMED = "PRN-04"
NO_WONDER = frozenset({Verdict.SILENT, Verdict.GARBAGE})  # of a port that nobody named: something else lives there
HELD, BESIDE = "held", "beside"  # the agent's own printer; another port of the same device


@dataclass(frozen=True)
class PortSeen:
    """One port now. `state`: held, beside, asking, waiting (its turn comes), new (not asked), asked (see `finding`)."""

    candidate: Candidate
    state: str
    finding: Finding | None = None


@dataclass(frozen=True)
class PortsNow:
    """All of them; `left_s`: how long the search still goes on, 0.0 = there is none."""

    ports: tuple[PortSeen, ...] = ()
    notes: tuple[str, ...] = ()
    left_s: float = 0.0


def ports_shown(now: PortsNow, lang: str) -> dict[str, Any]:
    """`{searching, left_s, notes, ports}`, see `api.ports`; numbers masked as on a terminal."""
    names = labels([one.candidate for one in now.ports])
    return {
        "searching": now.left_s > 0,
        "left_s": int(now.left_s),
        "notes": [texts.phrase("probe", note, lang) for note in now.notes],
        "ports": [_shown(one, name, lang) for one, name in zip(now.ports, names, strict=True)],
    }


def _shown(seen: PortSeen, label: str, lang: str) -> dict[str, Any]:
    finding, address = seen.finding, str(seen.candidate.address)
    row: dict[str, Any] = {"port": address, "label": label, "state": seen.state}
    row |= {"verdict": None, "answer": "", "speed": "", "told": None, "settings": []}
    if finding is None:
        return row
    row |= {"verdict": finding.verdict.value, "answer": answer_text(finding, lang), "settings": key_lines(finding)}
    row["speed"] = "" if finding.baud is None else str(finding.baud)
    code = code_of(finding, named=False)
    if code:
        message = texts.message(code, lang, "-", name=finding.holder, port=address)
        row["told"] = {"code": code, "what": message.what, "action": message.action}
    elif finding.verdict is Verdict.PPP:
        row["told"] = {"code": "", "what": texts.phrase("probe", "ppp", lang), "action": ""}
    return row


def masked(number: str) -> str:
    """All but the last four hidden: `…2345`."""
    return f"…{number[-4:]}" if number else ""


def code_of(finding: Finding, named: bool) -> str:
    """The code that belongs to a port, "" when there is nothing to say. `named`: a person asked for this very port."""
    if finding.verdict in NO_WONDER and not named:
        return ""
    if finding.verdict is Verdict.BUSY and not finding.holder:
        return BUSY_UNNAMED
    return CODES.get(finding.verdict, "")


def settings_of(finding: Finding) -> dict[str, Any]:
    """Keys of `[printer]` for a port that is ready, under a name that outlives a re-plug."""
    if finding.verdict is not Verdict.READY or finding.answer is None:
        return {}
    address = finding.candidate.address
    port = stable_name(address.path) if isinstance(address, SerialAddress) else str(address)
    protocol = {"protocol": finding.answer.low_level} if finding.answer.low_level else {}
    speed = {} if finding.baud is None else {"baud": finding.baud}
    return {"vendor": finding.answer.vendor, **protocol, "port": port, **speed}


def key_lines(finding: Finding) -> list[str]:
    """`[printer]` and its keys as the settings file has them; [] when it is no printer that is ready."""
    keys = settings_of(finding)
    written = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in keys.items()]
    return ["[printer]", *written] if keys else []


def answer_text(finding: Finding, lang: str) -> str:
    """Who answered, or what came instead."""
    who = finding.answer
    if who is None:
        return texts.phrase("probe", f"answer_{finding.verdict.value}", lang)
    told = [who.protocol, who.model, who.firmware]
    if who.serial:
        told.append(texts.phrase("probe", "serial", lang, tail=masked(who.serial)))
    if who.fn_serial:
        told.append(texts.phrase("probe", "fn_serial", lang, tail=masked(who.fn_serial)))
    if who.fn_until:
        told.append(texts.phrase("probe", "fn_until", lang, day=who.fn_until))
    if finding.verdict is not Verdict.READY:
        told.append(texts.phrase("probe", f"answer_{finding.verdict.value}", lang))
    return ", ".join(part for part in told if part)


def speed_text(finding: Finding, lang: str) -> str:
    """The speed at which it answered, or how many were tried."""
    if finding.baud is not None:
        return str(finding.baud)
    if finding.speeds > 1:
        return texts.phrase("probe", "all_speeds", lang, count=finding.speeds)
    return texts.phrase("probe", "none", lang)


def labels(candidates: Sequence[Candidate]) -> list[str]:
    """`COM 0403:6001`, and `COM 0403:6001 #2` for the next one with the same ids."""
    seen: dict[str, int] = {}
    labels = []
    for candidate in candidates:
        seen[candidate.label] = number = seen.get(candidate.label, 0) + 1
        labels.append(candidate.label if number == 1 else f"{candidate.label} #{number}")
    return labels
