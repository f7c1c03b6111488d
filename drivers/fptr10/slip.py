"""A slip as `nonFiscal` tasks: one for everything up to each cut, then `cut`. Source: JSON tasks notes, section 3.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from drivers.api import Cut, Done, Effect, Feed, Outcome, Qr, SlipPart, Text
from drivers.fptr10.session import Session, plain
from drivers.fptr10.task import Task

LEVELS = frozenset("LMQH")
MAX_QR_BYTES = 2331  # byte mode, level M, version 40
Item = Mapping[str, Any]


def print_slip(session: Session, parts: Sequence[SlipPart], feed_before_cut: int) -> Outcome[None]:
    """Print all parts. ValueError before anything is printed: a part nobody can print.

    The tasks have no bold and no level of a QR's correction: both are the device's own choice.
    """
    for step in _steps(parts, feed_before_cut):
        outcome = _cut(session, step) if isinstance(step, Cut) else print_items(session, step)
        if not isinstance(outcome, Done):
            return outcome
    return Done(None)


def print_items(session: Session, items: Sequence[Item]) -> Outcome[None]:
    """One `nonFiscal` task."""
    return plain(session.run(Task("nonFiscal", {"items": list(items), "printFooter": False})))


def text_item(text: str, double: bool = False) -> Item:
    """One line; longer than the paper: the device cuts it."""
    return {"type": "text", "text": text, "wrap": "none", "doubleWidth": double, "doubleHeight": double}


def feed_items(lines: int) -> list[Item]:
    """Empty lines. ValueError: not 1..255."""
    if not 1 <= lines <= 255:
        raise ValueError(f"feed 1..255 lines, not {lines}")
    return [text_item("")] * lines


def _steps(parts: Sequence[SlipPart], feed_before_cut: int) -> list[Cut | list[Item]]:
    steps: list[Cut | list[Item]] = []
    lines: list[Item] = []
    for part in parts:
        if isinstance(part, Cut):
            lines += feed_items(feed_before_cut) if feed_before_cut else []
            steps += [lines, part] if lines else [part]
            lines = []
        else:
            lines += _items(part)
    return [*steps, lines] if lines else steps


def _items(part: Text | Qr | Feed) -> list[Item]:
    if isinstance(part, Text):
        return [text_item(part.text, part.double)]
    if isinstance(part, Feed):
        return feed_items(part.lines)
    if part.level not in LEVELS or len(part.text.encode()) > MAX_QR_BYTES:
        raise ValueError(f"a QR code has level L, M, Q or H and at most {MAX_QR_BYTES} bytes")
    scale = max(3, min(8, part.module_dots))
    return [{"type": "barcode", "barcode": part.text, "barcodeType": "QR", "alignment": "center", "scale": scale}]


def _cut(session: Session, part: Cut) -> Outcome[None]:
    name, kind = session.optional("PARAM_CUT_TYPE"), session.optional("CT_PART" if part.partial else "CT_FULL")
    if name is not None and kind is not None:  # else the driver's own default
        session.fptr.setParam(name, kind)
    return session.call(session.fptr.cut, "cut", Effect.PRINT)
