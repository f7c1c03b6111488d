"""Tax numbers of the protocol and codes of tag 1199 (protocol notes, section 3.4; table 13)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from emulator.atol.errors import WRONG_TAX, extended
from emulator.atol.tables import Tables

UNIFIED_FROM = 3689
"""First firmware build with the unified numbering."""
TABLE = 13
NONE = 6

_DATA: dict[str, Any] = tomllib.loads(files("emulator.atol").joinpath("taxes.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Taxes:
    """Numbers of one device. Rates come from table 13, which a host may read and an installer changes."""

    tables: Tables
    unified: bool

    def vat(self, number: int) -> int:
        """Code of tag 1199; EEh 0104h for a number this device does not have."""
        code = self._unified(number) if self.unified else _DATA["old"].get(str(number))
        if code is None:
            raise extended(WRONG_TAX)
        return int(code)

    def _unified(self, number: int) -> int | None:
        rows = _DATA["unified"]
        if not 1 <= number <= len(rows):
            return None
        kind = rows[number - 1]["kind"]
        if kind == "none":
            return NONE
        code: int | None = _DATA["codes"][kind].get(str(self.tables.number(TABLE, number, 2)))
        return code


def rows() -> list[tuple[str, int]]:
    """Names and rates table 13 is delivered with."""
    return [(row["name"], row["rate"]) for row in _DATA["unified"]]
