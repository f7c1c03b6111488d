"""Tax number of EBh for a code of tag 1199. Tables and their evidence: drivers/spec/atol_vat.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

UNIFIED_BUILD = 3689
UNIFIED_BUILD_KAZNACHEY = 4799
KAZNACHEY = 76
_NAMES = ("20 %", "10 %", "20/120", "10/110", "0 %", "без НДС", "5 %", "7 %", "5/105", "7/107", "22 %", "22/122")
RATES = dict(enumerate(_NAMES, 1))  # tag 1199


@cache
def vat_tables() -> dict[str, dict[int, int]]:
    """Every table by name. Read once from the spec."""
    raw = resources.files("drivers.spec").joinpath("atol_vat.toml").read_text("utf-8")
    return {name: {int(vat): number for vat, number in table.items()} for name, table in tomllib.loads(raw).items()}


def table_of(model: int, build: int) -> str:
    """The table of a firmware build."""
    return "unified" if build >= (UNIFIED_BUILD_KAZNACHEY if model == KAZNACHEY else UNIFIED_BUILD) else "old"
