"""Answers in KkmServer's shape: `Status` is not 0 exactly when `Error` is not empty, except 1 (`kkmserver.md`, 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pos_agent import texts
from pos_agent.errors import AgentError

DONE, RUNNING, FAILED, NOT_FOUND = 0, 1, 2, 3
OPEN_ALREADY, CLOSED_ALREADY = 60, 61  # what the original tells of the shift
NUM_DEVICE = 1  # of the register's own printer; further ones of the counter follow as in the settings
FROM = "KkmServer"
NO_DATE = "0001-01-01T00:00:00"
LICENCE = re.compile("лиценз", re.IGNORECASE)
REFUSED = re.compile(r"refused with (\S+)")  # the last line of what the desk tells of a refusal
SHIFT = re.compile("смен", re.IGNORECASE)

Json = dict[str, Any]


class FailedError(Exception):
    """The command failed and no document was made; the text is `Error`."""

    def __init__(self, text: str, status: int = FAILED) -> None:
        super().__init__(text)
        self.text, self.status = text, status


@dataclass(frozen=True)
class Name:
    """Whose answer it is. `device`: the answer names the device that did the work; `part`: of a further printer."""

    command: str
    id: str = ""
    device: bool = True
    unit: str = ""
    number: int = NUM_DEVICE
    part: str = ""


def answer(name: Name, status: int, error: str = "", message: str = "", warning: str = "", **fields: object) -> Json:
    """The common members, then the command's own; those only when it is done."""
    told: Json = {"Command": name.command, "Error": error, "Warning": warning, "Message": message, "Status": status}
    told |= {"IdCommand": name.id}
    if name.device:
        told |= {"NumDevice": name.number, "UnitName": name.unit}
    told["MessageFrom"] = FROM
    return {**told, **fields} if status == DONE else told


def sentence(error: AgentError, language: str, *, unknown: bool = False) -> str:
    """An agent's error for `Error`.

    Clients close the shift and ring up again on a text with «смена», and only resend on «лиценз»: of an outcome that
    is `unknown` the text never has such words (`kkmserver.md`, 4.10).
    """
    if error.code == "PRN-09" and not unknown:
        return f"{device_words(str(error.params['code']), str(error.params['text']))} [{error.code}]"
    told = texts.message(error.code, language, None, **error.params)
    if error.code == "SAL-03" and len(error.lines) > 1 and (refused := REFUSED.search(error.lines[-1])):
        return f"{device_words(refused[1], ' '.join(error.lines[:-1]))} {told.safe} [{error.code}]"
    lines = [line for line in error.lines if not (unknown and _misread(line))]
    words = f"{told.what} {told.action} {told.safe}"
    if error.code == "SHF-01":
        words = device_words(CLOSED_ALREADY, words)
    return " ".join([LICENCE.sub("…", words), *lines, f"[{error.code}]"])


def device_words(code: int | str, text: str) -> str:
    """How the original tells what the device refused."""
    return f"Ошибка регистрации ( {code} : ККТ: {text.rstrip('. ')} )"


def roubles(kop: int) -> float:
    """For JSON alone: two digits, the nearest binary number prints as exactly those."""
    return kop / 100


def pieces(micro: int) -> float:
    """For JSON alone: a quantity of millionths as the number it is."""
    return micro / 1_000_000


def _misread(line: str) -> bool:
    return bool(SHIFT.search(line) or LICENCE.search(line))
