"""Tax rate codes of the protocol and of tag 1199 (protocol notes, section 2.7; table 17 field 71)."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

from emulator.shtrih.errors import BAD_PARAMETER, CommandError

NANO_F = 152
RATE_22_FROM = date(2026, 1, 1)
_TO_22 = {1: 11, 3: 12}
"""20 % becomes 22 %, 20/120 becomes 22/122."""

_TABLE: dict[str, dict[int, int]] = {
    name: {int(code, 0): tag for code, tag in codes.items()}
    for name, codes in tomllib.loads(files("emulator.shtrih").joinpath("vat.toml").read_text("utf-8")).items()
}


def from_rate_code(code: int, model: int) -> int:
    """Tag 1199 of the rate byte of FF46h; 33h for a code that is not in the table of the model."""
    return _lookup("nano" if model == NANO_F else "general", code)


def from_row(row: int) -> int:
    """Tag 1199 of a tax byte 0..4 of the old commands."""
    return _lookup("rows", row)


def on_day(vat: int, day: date, replace: bool) -> int:
    """The rate in force: with ``replace`` (table 17 field 71 = 1) the device turns 20 % into 22 % from 2026 on."""
    return _TO_22.get(vat, vat) if replace and day >= RATE_22_FROM else vat


def _lookup(table: str, code: int) -> int:
    if code not in _TABLE[table]:
        raise CommandError(BAD_PARAMETER)
    return _TABLE[table][code]
