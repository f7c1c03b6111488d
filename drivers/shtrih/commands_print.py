"""Printing of text and mechanics. Source: Shtrih-M protocol 2.0, the pages of each command.

Print flags: bit 0 journal, bit 1 receipt (normally 02h), bit 6 wrap long lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import U8, U16, optional, text, text_from
from drivers.shtrih.command import Command, Nothing, Operator, Password

_V = "Shtrih-M protocol 2.0, "

RECEIPT = 0x02  # print flag: receipt tape
PRINT_S = 10.0


@dataclass(frozen=True)
class _Flagged:
    flags: Annotated[int, U8]


@dataclass(frozen=True)
class PlainLine(_Flagged):
    """17h: line in font 1. Old firmware wants exactly 40 bytes, newer takes as many as the line has."""

    text: Annotated[str, text_from(40, 249)]


@dataclass(frozen=True)
class BoldLine(_Flagged):
    """12h: line in font 2, 20 bytes on old firmware."""

    text: Annotated[str, text_from(20, 249)]


@dataclass(frozen=True)
class FontLine(_Flagged):
    """2Fh: line in any font, 1.."""

    font: Annotated[int, U8]
    text: Annotated[str, text_from(40, 248)]


@dataclass(frozen=True)
class FeedLines(_Flagged):
    """29h: lines 1..255."""

    lines: Annotated[int, U8]


@dataclass(frozen=True)
class CutKind:
    """25h: 0 full, 1 partial."""

    kind: Annotated[int, U8]


@dataclass(frozen=True)
class Drawer:
    """28h: drawer 0 or 1."""

    drawer: Annotated[int, U8] = 0


@dataclass(frozen=True)
class DocumentTitle:
    """18h: a document header with a name and a number of the caller's."""

    name: Annotated[str, text(30)]
    number: Annotated[int, U16]


@dataclass(frozen=True)
class Numbered(Operator):
    """18h answer: running document number. One driver reads it in 52h and 54h too: taken if it is there."""

    number: Annotated[int | None, optional(U16)] = None


@dataclass(frozen=True)
class DocumentEnd:
    """53h: 0 without, 1 with the advertising text; feeds the next header and cuts where configured."""

    advertising: Annotated[int, U8]


_PRINT, _SET, _OP = Effect.PRINT, Effect.SET, Password.OPERATOR

PRINT_LINE = Command(0x17, "печать стандартной строки", PlainLine, Operator, PRINT_S, _PRINT, _OP, _V + "17h")
PRINT_BOLD = Command(0x12, "печать жирной строки", BoldLine, Operator, PRINT_S, _PRINT, _OP, _V + "12h")
PRINT_FONT = Command(0x2F, "печать строки данным шрифтом", FontLine, Operator, PRINT_S, _PRINT, _OP, _V + "2Fh")
PRINT_TITLE = Command(0x18, "печать заголовка документа", DocumentTitle, Numbered, PRINT_S, _PRINT, _OP, _V + "18h")
PRINT_HEADER = Command(0x52, "печать клише", Nothing, Numbered, PRINT_S, _PRINT, _OP, _V + "52h")
END_DOCUMENT = Command(0x53, "конец документа", DocumentEnd, Operator, PRINT_S, _PRINT, _OP, _V + "53h")
PRINT_ADVERTISING = Command(0x54, "печать рекламного текста", Nothing, Numbered, PRINT_S, _PRINT, _OP, _V + "54h")
REPEAT_DOCUMENT = Command(0x8C, "повтор документа", Nothing, Operator, 30.0, _PRINT, _OP, _V + "8Ch")
FEED = Command(0x29, "протяжка", FeedLines, Operator, PRINT_S, _PRINT, _OP, _V + "29h")
CUT = Command(0x25, "отрезка чека", CutKind, Operator, PRINT_S, _PRINT, _OP, _V + "25h")
DRAWER = Command(0x28, "открыть денежный ящик", Drawer, Operator, PRINT_S, _PRINT, _OP, _V + "28h")
BEEP = Command(0x13, "гудок", Nothing, Operator, 3.0, _PRINT, _OP, _V + "13h")
CONTINUE_PRINT = Command(0xB0, "продолжение печати", Nothing, Operator, PRINT_S, _SET, _OP, _V + "B0h")

COMMANDS = (
    PRINT_LINE,
    PRINT_BOLD,
    PRINT_FONT,
    PRINT_TITLE,
    PRINT_HEADER,
    END_DOCUMENT,
    PRINT_ADVERTISING,
    REPEAT_DOCUMENT,
    FEED,
    CUT,
    DRAWER,
    BEEP,
    CONTINUE_PRINT,
)
