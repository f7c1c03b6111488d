"""Files and folders of foreign receipts, one receipt at a time: a long list is never held whole.

A file is one JSON value (an object or a list), or one value a line. Files are taken by name, so the same folder gives
the same order on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from pos_agent.errors import UsageError
from pos_agent.tax_receipts.envelopes import Found, receipts_in
from pos_agent.tax_receipts.qr import FIELD as QR
from pos_agent.tax_receipts.reading import TaxReceipt, read
from pos_agent.tax_receipts.refusal import NOT_JSON, Refusal, Refused

ENDINGS = (".json", ".jsonl", ".ndjson")
PIECE = 1 << 18  # characters
LARGEST = 1 << 24  # of one receipt: whatever is longer and no JSON yet will not become any
SPACES = " \t\r\n"


def receipts_of(source: Path) -> Iterator[TaxReceipt | Refusal]:
    """Of a file, or of every JSON file under a folder. UsageError CFG-03: there is none, or one cannot be read."""
    files = sorted(one for one in source.rglob("*") if one.suffix in ENDINGS) if source.is_dir() else [source]
    if not files:
        raise UsageError("CFG-03", path=source, why=f"no {', '.join(ENDINGS)}")
    for file in files:
        name = str(file.relative_to(source)) if source.is_dir() else file.name
        yield from _of_file(file, name)


def _of_file(file: Path, name: str) -> Iterator[TaxReceipt | Refusal]:
    values = values_in(file)
    while True:
        try:
            where, value = next(values)
        except StopIteration:
            return
        except (ValueError, RecursionError) as error:
            yield Refusal(NOT_JSON, name, "", "", {"why": str(error)[:200]})
            return
        for found in receipts_in(value, where):
            yield _taken(found, name)


def _taken(found: Found | Refused, name: str) -> TaxReceipt | Refusal:
    if isinstance(found, Refused):
        return Refusal(found.code, name, found.field, "", found.params)
    try:
        return read(found.receipt, found.qr)
    except Refused as refused:
        where = found.qr_where if refused.field.startswith(QR) else found.where
        return Refusal(refused.code, name, where, refused.field, refused.params)


def values_in(file: Path) -> Iterator[tuple[str, object]]:
    """(place, JSON value) of each: of a list its members, else the values of the file. ValueError: it is no JSON."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            yield from _values(_Text(stream))
    except OSError as error:
        raise UsageError("CFG-03", path=file, why=error.strerror or str(error)) from error


class _Text:
    """Characters of a file that is read piece by piece."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.text, self.at, self.ended = "", 0, False

    def more(self) -> None:
        piece = self._stream.read(PIECE)
        self.text, self.at, self.ended = self.text[self.at :] + piece, 0, not piece

    def next_character(self) -> str:
        """The next one that is no space, "" at the end; not taken."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in SPACES:
                self.at += 1
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.more()


def _values(text: _Text) -> Iterator[tuple[str, object]]:
    if text.next_character() != "[":
        yield from _line_by_line(text)
        return
    text.at += 1
    number = 0
    if text.next_character() == "]":
        text.at += 1
    else:
        while True:
            yield f"[{number}]", _one(text)
            number += 1
            sign = text.next_character()
            text.at += 1
            if sign == "]":
                break
            if sign != ",":
                raise ValueError(f"expected , or ] after the value [{number - 1}]")
    if text.next_character():
        raise ValueError("text after the end of the list")


def _line_by_line(text: _Text) -> Iterator[tuple[str, object]]:
    number = 0
    while text.next_character():
        value = _one(text)
        alone = number == 0 and not text.next_character()
        number += 1
        yield ("" if alone else f"line {number}"), value
    if not number:
        raise ValueError("the file is empty")


def _one(text: _Text) -> object:
    """The value that begins here; the rest of it is read as far as needed."""
    text.next_character()
    while True:
        try:
            value, end = DECODER.raw_decode(text.text, text.at)
        except json.JSONDecodeError:
            if text.ended or len(text.text) - text.at > LARGEST:
                raise
        else:
            if end < len(text.text) or text.ended:  # else a number may go on
                text.at = end
                return value
        text.more()


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"the key {twice!r} is there twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_each_once)
