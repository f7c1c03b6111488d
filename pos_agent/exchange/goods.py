"""Goods for the rules: a table of articles <-> a block of `[[blacklist]]` in a rules file. Pure.

Rules know goods by article, GTIN and their marks; what they have no place for (name, category) stands in comments of
the block, so a table read back from the file is the table that was put in.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos_agent.exchange.kinds import GOODS, UNFIT, Refused, row_texts
from pos_agent.exchange.tables import Row
from pos_agent.exchange.words import flag
from pos_agent.money import hundredths, roubles

BEGIN, END = "# goods: begin", "# goods: end"
NOTE = "#| "
MARKS = ("no_discount", "no_spend", "no_accrue")
MASKS = "*?["


@dataclass(frozen=True, order=True)
class Goods:
    """One article. `floor_kop`: no price below it, 0 = none."""

    sku: str
    gtin: str = ""
    name: str = ""
    category: str = ""
    floor_kop: int = 0
    marks: tuple[str, ...] = ()

    def cells(self) -> list[str]:
        """A row of a table."""
        floor = roubles(self.floor_kop) if self.floor_kop else ""
        marks = ["1" if one in self.marks else "" for one in MARKS]
        return [self.sku, self.gtin, self.name, self.category, floor, *marks]


def goods_row(row: Row) -> Goods | Refused:
    """One of `goods`."""
    said = row_texts(row, GOODS)
    if isinstance(said, Refused):
        return said
    floor_kop = hundredths(said["floor"]) if said["floor"] else 0
    flags = {one: flag(said[one]) if said[one] else False for one in MARKS}
    checks = (
        ("sku", bool(said["sku"]) and said["sku"].isprintable() and not set(said["sku"]) & set(MASKS)),
        ("gtin", not said["gtin"] or (said["gtin"].isascii() and said["gtin"].isdigit() and len(said["gtin"]) == 14)),
        ("name", said["name"].isprintable()),
        ("category", said["category"].isprintable()),
        ("floor", floor_kop is not None and floor_kop >= 0),
        *((one, flags[one] is not None) for one in MARKS),
    )
    wrong = next((column for column, good in checks if not good), None)
    if wrong is not None or floor_kop is None:
        return Refused(row.number, wrong or "floor", UNFIT)
    marks = tuple(one for one in MARKS if flags[one])
    return Goods(said["sku"], said["gtin"], said["name"], said["category"], floor_kop, marks)


def block(goods: Sequence[Goods]) -> str:
    """The block of a rules file: notes of all goods, then one `[[blacklist]]` for each set of marks and floor."""
    lines = [BEGIN, *(NOTE + _line(one) for one in sorted(goods))]
    groups: dict[tuple[int, tuple[str, ...]], list[Goods]] = {}
    for one in sorted(goods):
        if one.floor_kop or one.marks:
            groups.setdefault((one.floor_kop, one.marks), []).append(one)
    for number, ((floor_kop, marks), members) in enumerate(sorted(groups.items()), 1):
        lines += ["", "[[blacklist]]", f'id = "goods-{number}"']
        lines += [f"skus = {json.dumps([one.sku for one in members], ensure_ascii=False)}"]
        gtins = [one.gtin for one in members if one.gtin]
        lines += [f"gtins = {json.dumps(gtins)}"] if gtins else []
        lines += [f"flags = {json.dumps(list(marks))}"] if marks else []
        lines += [f"floor_kop = {floor_kop}"] if floor_kop else []
    return "\n".join([*lines, END, ""])


def put_in(rules: str, goods: Sequence[Goods]) -> str:
    """A rules file with this block in place of the one it had, or at its end."""
    before, found, rest = rules.partition(BEGIN)
    if not found:
        return rules.rstrip("\n") + "\n\n" + block(goods)
    return before + block(goods) + rest.partition(END)[2].lstrip("\n")


def read_out(rules: str) -> list[Goods]:
    """Goods of a rules file's block; none of a file without one."""
    inside = rules.partition(BEGIN)[2].partition(END)[0]
    notes = (line.removeprefix(NOTE) for line in inside.splitlines() if line.startswith(NOTE))
    return list(_goods(notes))


def _line(one: Goods) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="").writerow(one.cells())
    return stream.getvalue()


def _goods(notes: Iterator[str]) -> Iterator[Goods]:
    names = ("sku", "gtin", "name", "category", "floor", *MARKS)
    for number, cells in enumerate(csv.reader(notes, delimiter=";"), 1):
        found = goods_row(Row(number, dict(zip(names, cells, strict=False))))
        if isinstance(found, Goods):
            yield found
