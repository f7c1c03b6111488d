"""Counters of a shift and of a fiscal storage (FFD order, tables of tags 1129..1133, 1157, 1158, 1194)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from emulator.tlv import Tlv, make, number

MONEY = {1020: 1201, 1031: 1136, 1081: 1138, 1215: 1218, 1216: 1219, 1217: 1220}  # receipt's tag -> counter's tag
TAX = {1102: 1139, 1103: 1140, 1106: 1141, 1107: 1142, 1104: 1143, 1105: 1183}
RECEIPTS = {1: 1129, 2: 1130, 3: 1131, 4: 1132}  # tag 1054 -> structure
CORRECTIONS = {1: 1145, 3: 1146, 2: 1232, 4: 1233}  # in the order they are written
FORMS = (3, 4, 31, 41)
CORRECTION_FORMS = (31, 41)


@dataclass
class Counters:
    """Sums per operation (1 sale, 2 its return, 3 purchase, 4 its return) of receipts and, apart, of corrections.

    Keys of a sum are the counter tags: 1135 number of receipts, 1201 total, 1136 cash, 1138 cashless, 1218 advance,
    1219 credit, 1220 counter-provision, 1139..1143 and 1183 VAT. The rates 5, 7 and 22 % have no counter tag.
    """

    receipts: dict[int, Counter[int]] = field(default_factory=lambda: {kind: Counter() for kind in RECEIPTS})
    corrections: dict[int, Counter[int]] = field(default_factory=lambda: {kind: Counter() for kind in CORRECTIONS})

    def add(self, form: int, tags: Iterable[Tlv]) -> None:
        """Count a document; other forms than receipts and corrections are no receipts and change nothing."""
        if form not in FORMS:
            return
        tags = list(tags)
        sums = (self.corrections if form in CORRECTION_FORMS else self.receipts)[number(tags, 1054)]
        sums[1135] += 1
        for source, target in (MONEY | TAX).items():
            sums[target] += number(tags, source)

    @property
    def count(self) -> int:
        """Receipts and corrections together."""
        return sum(sums[1135] for sums in (*self.receipts.values(), *self.corrections.values()))

    def tree(self) -> list[Tlv]:
        """Members of 1194 (shift) and 1157 (fiscal storage)."""
        receipts = [
            make(tag, _sums(self.receipts[kind], (*MONEY.values(), *TAX.values()))) for kind, tag in RECEIPTS.items()
        ]
        return [make(1134, self.count), *receipts, make(1133, _by_operation(self.corrections))]

    def unsent_tree(self) -> list[Tlv]:
        """Members of 1158: receipts and corrections together, in the shape of 1133."""
        return _by_operation({kind: self.receipts[kind] + self.corrections[kind] for kind in CORRECTIONS})


def _by_operation(sums: dict[int, Counter[int]]) -> list[Tlv]:
    count = sum(one[1135] for one in sums.values())
    if not count:
        return [make(1144, 0)]
    return [
        make(1144, count),
        *(make(tag, _sums(sums[kind], tuple(MONEY.values()))) for kind, tag in CORRECTIONS.items()),
    ]


def _sums(sums: Counter[int], tags: tuple[int, ...]) -> list[Tlv]:
    """1135 and, when it is not zero, the sums."""
    count = make(1135, sums[1135])
    return [count, *(make(tag, sums[tag]) for tag in tags)] if sums[1135] else [count]
