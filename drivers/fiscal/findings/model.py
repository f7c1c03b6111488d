"""A finding and what a check may know besides the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from drivers.fiscal.tags import table

ERROR = "E"
WARNING = "W"


@dataclass(frozen=True)
class Finding:
    """One remark. `severity` E = the document is wrong, W = worth a look. `path` leads to the tag, e.g.
    `1059[2]/1043` ("" = the document as a whole)."""

    code: str
    severity: str
    path: str
    message_ru: str
    message_en: str


@dataclass(frozen=True)
class Context:
    """What the caller knows besides the document; None or "" = not known, and the rule that needs it is silent.

    `now` is local time of the point of sale, naive like tag 1012. `kkt_serial` (1013) and `tax_systems` (mask of 1062)
    come from the registration report. `previous_at` is the time of the FN's previous document.
    """

    now: datetime | None = None
    kkt_serial: str = ""
    tax_systems: int | None = None
    previous_at: datetime | None = None
    shift_opened_at: datetime | None = None
    production: bool = False


def finding(code: str, path: str = "", **values: object) -> Finding:
    """The finding `code` of `drivers/spec/ffd_findings.toml` with its sentences filled in. KeyError: no such code."""
    entry = table("ffd_findings")[code]
    return Finding(code, entry["severity"], path, entry["ru"].format_map(values), entry["en"].format_map(values))


def roubles(kop: int) -> str:
    """Kopecks as people read them: `95900` -> `959.00`."""
    return f"{kop // 100}.{kop % 100:02d}"
