"""The trial slip of an installer's visit: do the width, the Russian letters and the QR come out? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from drivers.api import SlipPart, Text
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip_page import Page, SlipStyle, grouped, moment

LETTERS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"
MOVED = "ZQWYAM"  # letters that change places between keyboard layouts: the QR shows which one the scanner types in


def title(page: Page) -> str:
    """What stands on the first line."""
    return _own(page).say("title")


def trial(page: Page, facts: SlipFacts, style: SlipStyle) -> Iterator[SlipPart]:
    """A ruler as wide as the paper, all Russian letters, a QR as long and as large as that of the shop's cards."""
    page, told = _own(page), facts.note
    yield from page.pair(str(told.get("register", "")), moment(facts.at))
    yield page.rule()
    yield from page.plain(page.say("width", columns=page.columns))
    yield from _ruler(page.columns)
    yield from page.plain(page.say("letters"))
    yield from (Text(LETTERS[at : at + page.columns]) for at in range(0, len(LETTERS), page.columns))
    code = str(told.get("code", ""))
    if code:
        yield page.code(style.qr_prefix + code, style)
        yield from page.centred(page.say("code", code=grouped(code)))
    yield from page.centred(page.say("check"))
    yield from page.centred(page.say("where"))


def _ruler(columns: int) -> Iterator[Text]:
    """Tens above units: whoever looks at the last figure knows how many fit."""
    yield Text("".join(f"{ten:>10}" for ten in range(1, columns // 10 + 1)))
    yield Text("".join(str(at % 10) for at in range(1, columns + 1)))


def _own(page: Page) -> Page:
    return replace(page, table="slip_trial")
