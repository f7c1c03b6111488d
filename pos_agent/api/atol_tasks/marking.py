"""The code of a marked position, FFD 1.2: member `imcParams` -> `mark` of a basket line."""

from __future__ import annotations

from typing import Any

from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.words import EXCISE_SUBJECTS, SUBJECTS


def mark_of(given: Fields) -> dict[str, Any] | None:
    """None: not marked. The agent checks the code itself; what the till learned of it (`itemInfoCheckResult`) is not
    taken over."""
    code = given.sub("imcParams")
    if code is None:
        return None
    made: dict[str, Any] = {"base64": code.text("imc")}
    if code.has("itemFractionalAmount"):
        made["part"] = code.text("itemFractionalAmount")
    if given.has("paymentObject") and given.word("paymentObject", SUBJECTS) in EXCISE_SUBJECTS:
        made["excise"] = True
    return made
