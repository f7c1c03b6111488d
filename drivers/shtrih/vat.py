"""Tax rate byte of FF46h for a code of tag 1199. Tables and their evidence: drivers/spec/shtrih_vat.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def vat_tables() -> dict[str, dict[int, int]]:
    """Every table by name; a `Profile` names one. Read once from the spec."""
    raw = resources.files("drivers.spec").joinpath("shtrih_vat.toml").read_text("utf-8")
    return {name: {int(vat): byte for vat, byte in table.items()} for name, table in tomllib.loads(raw).items()}


def vat_byte(vat: int, table: str) -> int:
    """The byte for a code of 1199, 1..12. Raises ValueError for a rate or table nobody knows."""
    rates = vat_tables().get(table)
    if rates is None:
        raise ValueError(f"no table of tax rates is called {table!r}: {', '.join(vat_tables())}")
    if vat not in rates:
        raise ValueError(f"tax rate {vat} (tag 1199) has no code in table {table!r}")
    return rates[vat]
