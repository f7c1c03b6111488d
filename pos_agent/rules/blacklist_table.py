"""`[[blacklist]]` and its presets of regulated goods: tables -> values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from pos_agent.rules.reader import Reader
from pos_agent.rules.scope import BLACKLIST_FLAGS, BlacklistEntry

MATCHERS = ("names", "gtins", "skus", "categories", "barcodes")
BOUNDS = ("floor_kop", "floor_per_litre_kop", "max_kop")


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Regulated goods by name, from `regulated.toml` of this package."""
    return tomllib.loads(resources.files("pos_agent.rules").joinpath("regulated.toml").read_text(encoding="utf-8"))


def blacklist_entry(reader: Reader) -> BlacklistEntry:
    """One `[[blacklist]]`: a list of goods at least, and a flag or a price bound. What it says wins over its preset."""
    preset = reader.text("preset", limit=64)
    if preset and preset not in presets():
        reader.unknown_word("preset", preset, tuple(presets()))
    else:
        reader.table = {**presets().get(preset, {}), **reader.table}
    unknown = bool(preset) and preset not in presets()
    if not unknown and not any(reader.table.get(key) for key in MATCHERS):
        reader.report("one_of", reader.path, keys=", ".join(MATCHERS))
    start, end = reader.period()
    bounded = any(reader.has(key) for key in BOUNDS)
    found = BlacklistEntry(
        id=reader.text("id", preset, required=not preset, limit=64),
        flags=frozenset(reader.texts("flags", allowed=BLACKLIST_FLAGS, required=not (bounded or unknown))),
        names=reader.texts("names"),
        gtins=reader.texts("gtins"),
        skus=reader.texts("skus"),
        categories=reader.texts("categories"),
        barcodes=reader.texts("barcodes"),
        start=start,
        end=end,
        floor_kop=reader.integer("floor_kop"),
        floor_per_litre_kop=reader.integer("floor_per_litre_kop"),
        max_kop=reader.maybe_integer("max_kop"),
        source=reader.text("source", limit=500),
    )
    if reader.table.get("flags") == [] and not bounded and not preset:
        reader.report("missing", reader.at("flags"))
    reader.done()
    return found
