"""Short slips: the cashier's note to the owner about the storage, a confirmation code. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from drivers.api import Capabilities, Cut, Feed, SlipPart
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip_page import Page, day, moment


def title(page: Page) -> str:
    """What stands on the first line."""
    return _own(page).say("title")


def note(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """How long the storage lasts and what has not gone out, as the screen says it; nothing of receipts or sums."""
    page, told = _own(page), facts.note
    yield from page.pair(str(told.get("register", "")), moment(facts.at))
    yield page.rule()
    if told.get("days") is not None:
        yield from page.pair(page.say("left"), str(told["days"]))
    if told.get("until"):
        yield from page.pair(page.say("until"), day(told["until"]))
    yield from page.plain(page.say("selling"))
    yield from page.plain(page.say("replace"))
    if told.get("unsent"):
        yield page.rule()
        yield from page.pair(page.say("unsent"), str(told["unsent"]))
        if told.get("oldest_days") is not None:
            yield from page.pair(page.say("oldest"), str(told["oldest_days"]))
    yield from page.centred(page.say("code"))


def told(heading: str, lines: Sequence[str], device: Capabilities, mark: str = "") -> list[SlipPart]:
    """A short slip of sentences, as a confirmation code comes: the shop's heading, then line by line.

    The first line of `lines` says that it is not fiscal, so that it stands second here too. `mark`: of a register on
    which people learn, above and below what is said.
    """
    page = Page("ru", device.columns, device.double_columns)  # nothing is said in it but what is given
    said = (heading, *lines[:1], mark, *lines[1:], mark)
    return [*(part for one in said for part in page.centred(one)), Feed(3), Cut(partial=True)]


def _own(page: Page) -> Page:
    return replace(page, table="slip_note")
