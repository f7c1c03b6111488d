"""Goods that rules must leave alone (section 2, `[[blacklist]]`): flags, lowest and highest prices of a line."""

import tomllib
from datetime import date
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from oracle.plain_when import Facts, RefusedError, masked

# The figures of regulated goods are data, not code: the same file that the product takes them from.
PRESETS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "pos_agent/rules/regulated.toml").read_text(encoding="utf-8")
)
LISTS = {"names": "name", "gtins": "gtin", "skus": "sku", "barcodes": "barcode"}


def limits(raw: dict[str, Any], quantity: Fraction, facts: Facts) -> tuple[set[str], int]:
    """(flags, floor of the whole line in kopecks); RefusedError when the price is above the highest."""
    flags, floor = set(raw.get("flags", ())), raw.get("floor_kop", 0)
    floor = max(floor, facts.rules.get("program", {}).get("min_unit_kop", 0))
    for said in facts.rules.get("blacklist", ()):
        entry = {**PRESETS[said["preset"]], **said} if "preset" in said else said
        if not _in_force(entry, facts) or not _covers(entry, raw):
            continue
        flags |= set(entry.get("flags", ()))
        floor = max(floor, entry.get("floor_kop", 0))
        if entry.get("floor_per_litre_kop"):
            if raw.get("volume_ml"):
                floor = max(floor, ceil(Fraction(entry["floor_per_litre_kop"] * raw["volume_ml"], 1_000)))
            else:
                flags |= {"no_discount", "no_spend"}
        if "max_kop" in entry and raw["price_kop"] > entry["max_kop"]:
            raise RefusedError(raw["id"])
    return flags, ceil(floor * quantity)


def _in_force(entry: dict[str, Any], facts: Facts) -> bool:
    """from <= date < to; what is not known to be over protects the goods when nobody knows the day."""
    if facts.day is None:
        return True
    return (not entry.get("from") or facts.day >= date.fromisoformat(entry["from"])) and (
        not entry.get("to") or facts.day < date.fromisoformat(entry["to"])
    )


def _covers(entry: dict[str, Any], raw: dict[str, Any]) -> bool:
    listed = (raw.get("category") or "other") in entry.get("categories", ())
    return listed or any(masked(entry.get(key, ()), raw.get(name, "")) for key, name in LISTS.items())
