"""What a print head leaves on paper, as values, and their form in the tape file (one JSON object per line)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import segno

ALIGNMENTS = ("left", "center", "right")
QR_LEVELS = ("L", "M", "Q", "H")
MAX_FEED_LINES = 255
MAX_DOT = 16
MAX_RASTER_DOTS = 16_384  # height on paper: 2 m
MAX_RASTER_WIDTH = 2048


@dataclass(frozen=True)
class Line:
    """One printed line. `text` is Unicode, already no longer than the paper has columns (half of them when `double`).

    `double` means double width and double height; ink outside the paper's edge is lost, as on a real printer.
    """

    text: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True)
class QrMark:
    """A QR symbol, model 2. `dot`: dots per module, 1..16; `level`: L | M | Q | H; `align`: left | center | right."""

    text: str
    dot: int = 4
    level: str = "M"
    align: str = "center"

    def __post_init__(self) -> None:
        _require(1 <= self.dot <= MAX_DOT, f"QR dot size {self.dot} is outside 1..{MAX_DOT}")
        _require(self.level in QR_LEVELS, f"QR correction level {self.level!r} is not one of {QR_LEVELS}")
        _require(self.align in ALIGNMENTS, f"alignment {self.align!r} is not one of {ALIGNMENTS}")
        _require(bool(self.text), "QR text is empty")


@dataclass(frozen=True)
class Raster:
    """Graphics, one bit per dot: bit 7 of byte 0 is the leftmost dot, 1 is black.

    `rows` top to bottom, each ceil(width / 8) bytes; `width` in dots; `scale` 1..16 repeats every dot both ways.
    """

    rows: tuple[bytes, ...]
    width: int
    align: str = "center"
    scale: int = 1

    def __post_init__(self) -> None:
        _require(1 <= self.width <= MAX_RASTER_WIDTH, f"raster width {self.width} is outside 1..{MAX_RASTER_WIDTH}")
        _require(1 <= self.scale <= MAX_DOT, f"raster scale {self.scale} is outside 1..{MAX_DOT}")
        _require(self.align in ALIGNMENTS, f"alignment {self.align!r} is not one of {ALIGNMENTS}")
        height = len(self.rows) * self.scale
        _require(1 <= height <= MAX_RASTER_DOTS, f"raster {height} dots high is outside 1..{MAX_RASTER_DOTS}")
        stride = (self.width + 7) // 8
        _require(all(len(row) == stride for row in self.rows), f"every raster row must have {stride} bytes")


@dataclass(frozen=True)
class FeedMark:
    """Blank paper, `lines` text lines high, 0..255."""

    lines: int = 1

    def __post_init__(self) -> None:
        _require(0 <= self.lines <= MAX_FEED_LINES, f"feed of {self.lines} lines is outside 0..{MAX_FEED_LINES}")


@dataclass(frozen=True)
class CutMark:
    """The knife: a partial cut leaves a bridge of paper in the middle."""

    partial: bool = True


Mark = Line | QrMark | Raster | FeedMark | CutMark


@lru_cache(maxsize=256)  # the form, the tape and each view ask for the same symbol
def qr_matrix(text: str, level: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of the smallest full-size symbol, without the quiet zone; True is black.

    Raises ValueError when the text does not fit the largest symbol at this correction level.
    """
    symbol = segno.make(text, error=level, micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in symbol.matrix)


def to_json(mark: Mark) -> str:
    """Return the mark as one line of JSON without a line end."""
    match mark:
        case Line():
            fields: dict[str, Any] = {"mark": "line", "text": mark.text, "bold": mark.bold, "double": mark.double}
        case QrMark():
            fields = {"mark": "qr", "text": mark.text, "dot": mark.dot, "level": mark.level, "align": mark.align}
        case Raster():
            rows = [row.hex() for row in mark.rows]
            fields = {"mark": "raster", "rows": rows, "width": mark.width, "align": mark.align, "scale": mark.scale}
        case FeedMark():
            fields = {"mark": "feed", "lines": mark.lines}
        case CutMark():
            fields = {"mark": "cut", "partial": mark.partial}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_json(line: str) -> Mark:
    """Read one line of the tape file back. Raises ValueError on anything `to_json` does not write."""
    try:
        fields = dict(json.loads(line))
        kind = fields.pop("mark")
        if kind == "raster":
            fields["rows"] = tuple(bytes.fromhex(row) for row in fields["rows"])
        return _CLASSES[kind](**fields)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a mark of the tape: {line[:80]!r}") from error


_CLASSES: dict[str, type[Line] | type[QrMark] | type[Raster] | type[FeedMark] | type[CutMark]] = {
    "line": Line,
    "qr": QrMark,
    "raster": Raster,
    "feed": FeedMark,
    "cut": CutMark,
}


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
