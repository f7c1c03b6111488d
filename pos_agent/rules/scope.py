"""Which lines a rule looks at: masks, scopes, the goods blacklist (loyalty rules, sections 2 and 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

OTHER = "other"  # category of a line that has none
NO_DISCOUNT, NO_SPEND, NO_ACCRUE = "no_discount", "no_spend", "no_accrue"
BLACKLIST_FLAGS = (NO_DISCOUNT, NO_SPEND, NO_ACCRUE)


class Goods(Protocol):
    """What masks and lists read of a line; empty text where nothing is known."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def gtin(self) -> str: ...
    @property
    def barcode(self) -> str: ...
    @property
    def quantity_micro(self) -> int: ...


class ScopedLine(Goods, Protocol):
    """A line in a receipt under way."""

    @property
    def discounted(self) -> bool: ...


@dataclass(frozen=True)
class Scope:
    """All keys must hold; an empty one does not restrict; inside a key one match is enough.

    `min_micro`: the line's own quantity is at least that (0 = any); a line whose quantity is unknown has 0.
    """

    ids: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    only_undiscounted: bool = False
    gtins: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    min_micro: int = 0

    def matches(self, line: ScopedLine) -> bool:
        """Does the line lie in this scope?"""
        category = line.category or OTHER
        return (
            (not self.ids or line.id in self.ids)
            and (not self.skus or any_mask(self.skus, line.sku))
            and (not self.categories or category in self.categories)
            and category not in self.not_categories
            and (not self.names or any_mask(self.names, line.name))
            and (not self.gtins or any_mask(self.gtins, line.gtin))
            and (not self.barcodes or any_mask(self.barcodes, line.barcode))
            and line.quantity_micro >= self.min_micro
            and not (self.only_undiscounted and line.discounted)
        )


EVERYTHING = Scope()


@dataclass(frozen=True)
class BlacklistEntry:
    """Goods that rules must leave alone. An entry matches a line when *any* of its lists does.

    It is in force for `start` <= date < `end` (None = no bound; a receipt without a date: always). `floor_kop`: lowest
    price of a unit, `floor_per_litre_kop` the same by the line's `volume_ml`; `max_kop`: highest price of a unit, None
    = none. `source` says whose figures these are.
    """

    id: str
    flags: frozenset[str]
    names: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    floor_kop: int = 0
    floor_per_litre_kop: int = 0
    max_kop: int | None = None
    source: str = ""

    def in_force(self, day: date | None) -> bool:
        """Does the entry hold on this date?"""
        return day is None or ((not self.start or self.start <= day) and (not self.end or day < self.end))

    def matches(self, line: Goods) -> bool:
        """Is the line one of these goods? Absent text (no GTIN, no SKU) matches no mask."""
        return (
            any_mask(self.names, line.name)
            or any_mask(self.gtins, line.gtin)
            or any_mask(self.skus, line.sku)
            or any_mask(self.barcodes, line.barcode)
            or (line.category or OTHER) in self.categories
        )


def any_mask(masks: Iterable[str], text: str) -> bool:
    """Does one of the masks cover the text? Empty text is unknown and covered by none."""
    return bool(text) and any(mask_matches(mask, text) for mask in masks)


def mask_matches(mask: str, text: str) -> bool:
    """`*` is any run, `?` one character, everything else itself, case ignored, over the whole text.

    Not `fnmatch` (brackets are plain letters in names of goods) and not a regular expression (a mask with many stars
    must not cost more than len(mask) * len(text) steps).
    """
    mask, text = mask.lower(), text.lower()
    at = in_mask = 0
    star = restart = -1
    while at < len(text):
        if in_mask < len(mask) and mask[in_mask] == "*":
            star, restart = in_mask, at
            in_mask += 1
        elif in_mask < len(mask) and mask[in_mask] in ("?", text[at]):
            in_mask += 1
            at += 1
        elif star >= 0:
            restart += 1
            in_mask, at = star + 1, restart
        else:
            return False
    return not mask[in_mask:].strip("*")
