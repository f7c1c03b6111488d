"""Many scopes against one line at once: one bit per scope, so that a receipt costs lines + rules, not lines x rules.

The answer is that of `Scope.matches` without `only_undiscounted`, which changes while rules run, and of
`BlacklistEntry.matches`; a property test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pos_agent.rules.scope import OTHER, BlacklistEntry, Goods, Scope, mask_matches


class Masks:
    """Masks of one text (a name, an SKU), each with the bits it stands for; plain forms of mask are looked up."""

    def __init__(self) -> None:
        self.exact: dict[str, int] = {}
        self.prefix: dict[int, dict[str, int]] = {}
        self.inside: dict[str, int] = {}
        self.others: dict[str, int] = {}

    def add(self, masks: Sequence[str], bit: int) -> None:
        """Any of `masks` sets the bit."""
        for mask in masks:
            text = mask.lower()
            bare = text.strip("*")
            if "?" in text or "*" in bare or (text.startswith("*") and bare and not text.endswith("*")):
                _or(self.others, text, bit)
            elif text == bare:
                _or(self.exact, text, bit)
            elif text.startswith("*") and bare:
                _or(self.inside, bare, bit)
            else:  # "46*", and "*" as an empty beginning
                _or(self.prefix.setdefault(len(bare), {}), bare, bit)

    def of(self, text: str) -> int:
        """Bits of the masks that cover the text; an empty one is covered by none."""
        if not text:
            return 0
        text = text.lower()
        found = self.exact.get(text, 0)
        for length, heads in self.prefix.items():
            found |= heads.get(text[:length], 0)
        for part, bits in self.inside.items():
            if part in text:
                found |= bits
        for mask, bits in self.others.items():
            if mask_matches(mask, text):
                found |= bits
        return found


class Matcher:
    """Scopes and blacklist entries compiled. Bit i of `scopes_of` is scope i, bit i of `entries_of` entry i."""

    def __init__(self, scopes: Sequence[Scope], entries: Sequence[BlacklistEntry] = ()) -> None:
        self._free = dict.fromkeys(("ids", "skus", "names", "gtins", "barcodes", "categories"), 0)
        self._ids: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._barred_categories: dict[str, int] = {}
        self._texts = {key: Masks() for key in ("skus", "names", "gtins", "barcodes")}
        least: dict[int, int] = {}
        for number, scope in enumerate(scopes):
            self._add(scope, 1 << number)
            if scope.min_micro:
                least[scope.min_micro] = least.get(scope.min_micro, 0) | 1 << number
        every = (1 << len(scopes)) - 1
        self._least = tuple((bound, every & ~bits) for bound, bits in sorted(least.items()))
        self._no_list = self._free["categories"]  # of a category that no scope names
        self._by_category = {
            one: (self._no_list | self._categories.get(one, 0)) & ~self._barred_categories.get(one, 0)
            for one in (*self._categories, *self._barred_categories)
        }
        if OTHER in self._by_category:
            self._by_category[""] = self._by_category[OTHER]
        self._asked = tuple(
            (key.removesuffix("s"), self._free[key], masks)
            for key, masks in self._texts.items()
            if self._free[key] != every
        )
        self._entry_categories: dict[str, int] = {}
        self._entries = {key: Masks() for key in ("skus", "names", "gtins", "barcodes")}
        for number, entry in enumerate(entries):
            for key, masks in self._entries.items():
                masks.add(getattr(entry, key), 1 << number)
            for category in entry.categories:
                _or(self._entry_categories, category, 1 << number)

    def _add(self, scope: Scope, bit: int) -> None:
        for key in self._free:
            if not getattr(scope, key):
                self._free[key] |= bit
        for one in scope.ids:
            _or(self._ids, one, bit)
        for category in scope.categories:
            _or(self._categories, category, bit)
        for category in scope.not_categories:
            _or(self._barred_categories, category, bit)
        for key, masks in self._texts.items():
            masks.add(getattr(scope, key), bit)

    def scopes_of(self, line: Goods) -> int:
        """Scopes in which the line lies."""
        return self.scopes_of_all((line,))[0]

    def scopes_of_all(self, lines: Sequence[Goods]) -> list[int]:
        """The same of every line; only what some scope asks for is looked at."""
        by_category, no_list, ids, free_ids = self._by_category, self._no_list, self._ids, self._free["ids"]
        texts, least = self._asked, self._least
        found = []
        for line in lines:
            bits = by_category.get(line.category, no_list)
            if ids:
                bits &= free_ids | ids.get(line.id, 0)
            for name, free, masks in texts:
                bits &= free | masks.of(getattr(line, name))
            if least:
                micro = line.quantity_micro
                for bound, others in least:
                    if micro < bound:
                        bits &= others
            found.append(bits)
        return found

    def entries_of(self, line: Goods) -> int:
        """Blacklist entries that name the line."""
        found = self._entry_categories.get(line.category or OTHER, 0)
        texts = self._entries
        found |= texts["skus"].of(line.sku) | texts["names"].of(line.name)
        return found | texts["gtins"].of(line.gtin) | texts["barcodes"].of(line.barcode)


def _or(table: dict[str, int], key: str, bits: int) -> None:
    table[key] = table.get(key, 0) | bits
