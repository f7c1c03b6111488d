"""The course of reckoning of a recorded receipt, out of the trace that its event keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.rules.explain import sentences
from pos_agent.rules.why import accrual_by_lines

Step = Mapping[str, Any]
ACCRUAL_BEGINS = ("rate", "nothing")


def course(trace: Sequence[Step], lang: str) -> list[str]:
    """Sentences, `lang` ru or en. A till's receipt has the steps of the accrual alone, one of ours the whole price."""
    if trace and trace[0]["step"] in ACCRUAL_BEGINS:
        total_pt = next((step["total_pt"] for step in trace if step["step"] == "total"), 0)
        return accrual_by_lines({"step": "accrual", "steps": trace, "accrued_pt": total_pt}, lang)
    told: list[str] = []
    for entry in trace:
        told += accrual_by_lines(entry, lang) if entry["step"] == "accrual" else sentences(entry, lang)
    return told
