"""Codes of marked goods: read from a basket, put on the items of a plan, remembered without their crypto tail. Pure.

A marked line is one piece, or a part of one pack, and one fiscal item: its code is in the receipt once. The whole code
is in memory only, while the receipt is made; the plan, the event and the answer hold what names the piece.
Source: fiscal notes, sections 2.4, 2.5, 4.3 and 4.5.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from drivers.selling import LONGEST_MARK, MarkCode
from pos_agent import texts
from pos_agent.checkout.plan import Plan
from pos_agent.errors import UsageError
from pos_agent.money import MICRO
from pos_agent.rules.basket import MARKED
from pos_agent.rules.quantities import micro_of

GS = b"\x1d"
ESCAPED_GS = re.compile(r"\\(?:u001d|x1d)", re.IGNORECASE)
GROUPS = re.compile(rb"[\x21-\x7e]+(?:\x1d[\x21-\x7e]+)*")  # no spaces, no letters of another keyboard layout
NAMED, UNNAMED = 38, 21  # bytes that name the piece: before the first GS; where there is none, GTIN and serial
MARKED_GOODS, EXCISABLE = 33, 31  # tag 1212
PIECES = 0  # tag 2108
GTIN_DIGITS = 14
SOLD, PART_SOLD, RETURNED, PART_RETURNED = 1, 2, 3, 4  # tag 2003
PART = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})", re.ASCII)


@dataclass(frozen=True)
class Mark:
    """A scanned code. `part` of the pack, (1, 3) = a third; `excise`: excisable goods."""

    code: bytes = field(repr=False)
    part: tuple[int, int] | None = None
    excise: bool = False

    @property
    def subject(self) -> int:
        """Tag 1212."""
        return EXCISABLE if self.excise else MARKED_GOODS

    def to_sell(self) -> MarkCode:
        """For the receipt of a sale."""
        return MarkCode(self.code, PART_SOLD if self.part else SOLD, self.part)

    def to_return(self) -> MarkCode:
        """For the receipt of a return."""
        return MarkCode(self.code, PART_RETURNED if self.part else RETURNED, self.part)


class MarkError(ValueError):
    """The code cannot be used; the text is a key of texts/marks.toml."""


def taken(basket: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Mark]]:
    """The basket without codes, its marked lines flagged so, and the codes by the lines' ids.

    A line that names no GTIN gets the one of its code. UsageError MRK-01 names every code that cannot be used:
    unreadable, not one piece, twice in the basket.
    """
    lines = basket.get("lines")
    if not isinstance(lines, list):
        return basket, {}
    found: dict[str, Mark] = {}
    wrong: list[str] = []
    plain = []
    for number, line in enumerate(lines):
        if not isinstance(line, dict) or "mark" not in line:
            plain.append(line)
            continue
        try:
            mark = _one_piece(line, found.values())
        except MarkError as error:
            wrong.append(f"lines[{number}].mark: {texts.phrase('marks', str(error))}")
        else:
            found[str(line.get("id"))] = mark
            line = {"gtin": gtin_of(mark.code), **line}
        plain.append(_flagged({name: value for name, value in line.items() if name != "mark"}))
    if wrong:
        raise UsageError("MRK-01", lines=tuple(wrong), count=len(wrong))
    return ({**basket, "lines": plain}, found) if found else (basket, {})


def read_marks(given: Mapping[int, object]) -> dict[int, Mark]:
    """Line of a receipt -> its code, scanned again for a return. MRK-01."""
    found: dict[int, Mark] = {}
    wrong = []
    for number, code in given.items():
        try:
            found[number] = _fresh(read_mark(code), found.values())
        except MarkError as error:
            wrong.append(f"marks.{number}: {texts.phrase('marks', str(error))}")
    if wrong:
        raise UsageError("MRK-01", lines=tuple(wrong), count=len(wrong))
    return found


def read_mark(given: object) -> Mark:
    """Text as scanned, or `{text | base64, part, excise}`. GS is U+001D, or written out as `\\u001d` or `\\x1d`."""
    told = {"text": given} if isinstance(given, str) else given
    if not isinstance(told, dict) or not set(told) <= {"text", "base64", "part", "excise"}:
        raise MarkError("shape")
    if ("text" in told) == ("base64" in told) or not isinstance(told.get("excise", False), bool):
        raise MarkError("shape")
    code = _decoded(told["base64"]) if "base64" in told else _scanned(told["text"])
    if not GROUPS.fullmatch(code):
        raise MarkError("letters")
    if len(code) > LONGEST_MARK:
        raise MarkError("long")
    return Mark(code, _part(told["part"]) if "part" in told else None, told.get("excise", False))


def named(code: bytes) -> str:
    """What names the piece and may be kept: the code without its key and crypto tail."""
    head, gs, _ = code.partition(GS)
    return head[: NAMED if gs else UNNAMED].decode("ascii", "replace")


def gtin_of(code: bytes) -> str:
    """14 digits, "" = the code does not begin with them: `01` and GTIN (GS1), or GTIN alone."""
    digits = code[2:16] if code.startswith(b"01") and code[16:18] == b"21" else code[:14]
    return digits.decode() if len(digits) == GTIN_DIGITS and digits.isdigit() else ""


def dressed(plan: Plan, marks: Mapping[str, Mark]) -> Plan:
    """The plan of a sale with its marked lines said so: subject, measure, what names the code."""
    items, lines, places = [*plan.items], [*plan.lines], []
    at = 0
    for number, line in enumerate(plan.lines):
        mark = marks.get(line["id"])
        if mark is not None:
            assert len(line["items"]) == 1, "one piece has one price"
            items[at] = item_of(items[at], mark)
            lines[number] = {**line, "mark": facts_of(mark)}
            places.append({"item": at, "line": number, "name": line["id"]})
        at += len(line["items"])
    return replace(plan, items=items, lines=lines, marks=places) if places else plan


def item_of(item: Mapping[str, Any], mark: Mark) -> dict[str, Any]:
    """A fiscal item of marked goods, as JSON; its code is not in it."""
    return {**item, "subject": mark.subject, "measure": PIECES}


def facts_of(mark: Mark) -> dict[str, Any]:
    """What a line remembers of its code before the check."""
    part = {"part": f"{mark.part[0]}/{mark.part[1]}"} if mark.part else {}
    return {"code": named(mark.code), "subject": mark.subject, **part}


def as_sold(marks: Mapping[int, Mark], sold: Iterable[Mapping[str, Any]]) -> dict[int, Mark]:
    """Codes of lines that come back, with the part and the subject they were sold with.

    UsageError MRK-04: another pack than the one sold; API-01: the receipt has no such line.
    """
    lines = {line["number"]: line for line in sold}
    found = {}
    for number, mark in marks.items():
        if number not in lines:
            raise UsageError("API-01", field=f"marks.{number}")
        known = lines[number].get("mark")
        if known is not None and named(mark.code) != known["code"]:
            raise UsageError("MRK-04", n=number)
        part = _part(known["part"]) if known and "part" in known else None
        found[number] = Mark(mark.code, part, known["subject"] == EXCISABLE) if known else mark
    return found


def coming_back(marks: Mapping[int, Mark], line: Mapping[str, Any], quantity_micro: int) -> Mark | None:
    """The code of one line of a return. UsageError MRK-03: it was sold with one and none is scanned now.

    MRK-01: less than the piece.
    """
    mark = marks.get(line["number"])
    if mark is None and "mark" in line:
        raise UsageError("MRK-03", n=line["number"])
    if mark is not None and quantity_micro != MICRO:
        raise UsageError("MRK-01", lines=(f"lines.{line['number']}: {texts.phrase('marks', 'piece')}",), count=1)
    return mark


def told(plan: Plan) -> list[dict[str, Any]]:
    """What the checks said, for the answer: number of the line, verdict, tag 2106."""
    lines = [plan.lines[one["line"]] for one in plan.marks]
    return [{"line": line["number"], **{key: line["mark"][key] for key in ("verdict", "result")}} for line in lines]


def _one_piece(line: Mapping[str, Any], before: Iterable[Mark]) -> Mark:
    mark = read_mark(line["mark"])
    if micro_of(line.get("qty")) != MICRO:
        raise MarkError("piece")
    return _fresh(mark, before)


def _fresh(mark: Mark, before: Iterable[Mark]) -> Mark:
    if mark.code in {one.code for one in before}:
        raise MarkError("twice")
    return mark


def _flagged(line: dict[str, Any]) -> dict[str, Any]:
    flags = line.get("flags", [])
    return {**line, "flags": [*flags, MARKED]} if isinstance(flags, list) and MARKED not in flags else line


def _scanned(text: object) -> bytes:
    if not isinstance(text, str) or not text.strip():
        raise MarkError("shape")
    whole = ESCAPED_GS.sub("\x1d", text.strip("\r\n\t "))
    if not whole.isascii():
        raise MarkError("letters")
    return whole.encode("ascii")


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise MarkError("base64") from None


def _part(text: object) -> tuple[int, int]:
    found = PART.fullmatch(text) if isinstance(text, str) else None
    over, under = (int(found[1]), int(found[2])) if found else (1, 1)
    if over >= under:
        raise MarkError("part")
    return over, under
