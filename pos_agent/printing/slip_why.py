"""The slip "why": what every price and point came from, so that a customer can reckon it again. Pure.

The one slip that names prices; it has no total, and no more lines than a slip may be long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from drivers.api import SlipPart, Text
from pos_agent.model.slip import SlipFacts
from pos_agent.money import plain, points, roubles
from pos_agent.printing.slip_page import Page, moment, percent
from pos_agent.rules import explain_words

Figures = Mapping[str, Any]
INDENT = "  "
MOST_LINES = 34  # with heading and feed below 120 mm
MOST_LOST = 8
SHOWN_PLACES, EXACT_PLACES = 4, 6
WHOLE_PT = 100
SCREEN_COLUMNS = 48  # the widest wording


def title(page: Page) -> str:
    """What stands on the first line."""
    return _own(page).say("title")


def why(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """From the goods down to what did not hold. See `checkout.slip_why` for the figures."""
    page, told = _own(page), facts.why
    since = told.get("rules_day", "")
    rules = page.say("rules", day=f"{since[8:10]}.{since[5:7]}") if since else ""
    yield from page.pair(page.say("purchase", at=moment(facts.at)), rules)
    yield page.rule()
    points_told = [line for one in told.get("spent", ()) for line in _spent(page, one)]
    points_told += [line for one in told.get("earned", ()) for line in _earned(page, one)]
    lost = list(_lost(page, told.get("lost", ())))
    room = MOST_LINES - len(points_told) - len(lost)
    yield from _goods(page, told.get("lines", ()), room)
    yield from points_told
    yield from lost
    if told.get("check"):
        sign = told["check"]
        yield from page.centred(page.say("check", sign=f"{sign[:4]}-{sign[4:]}"))


def _goods(page: Page, lines: Sequence[Figures], room: int) -> Iterator[SlipPart]:
    """As many goods as there is room for, at least one; how many are left out is said."""
    for number, line in enumerate(lines):
        told = list(_line(page, line))
        if number and len(told) > room:
            yield from page.plain(page.say("more_goods", count=len(lines) - number))
            return
        room -= len(told)
        yield from told


def _line(page: Page, line: Figures) -> Iterator[SlipPart]:
    quantity, price = plain(line["quantity_micro"]), roubles(line["price_kop"])
    yield from page.pair(f"{line['name'].upper()} {quantity} x {price}", roubles(line["gross_kop"]))
    for one in line["off"]:
        yield from page.pair(one["name"], "-" + roubles(one["kop"]))
        yield from page.plain(_reckoned(page, one), INDENT)
    for one in line["points"]:
        yield from page.pair(page.say("points_share" if "amount_kop" in one else "points"), "-" + roubles(one["kop"]))
        yield from page.plain(_reckoned(page, one), INDENT)


def _reckoned(page: Page, one: Figures) -> str:
    """`5 % от 299.70 = 14.985, до копейки`, or the share of what several goods have together."""
    told = ""
    if "amount_kop" in one:
        words = {"amount": points(one["amount_kop"]), "weight": roubles(one["weight_kop"])}
        told = page.say("share", **words, whole=roubles(one["whole_kop"]), exact=_exact(one["exact_kop"]))
    elif "bp" in one:
        exact = Fraction(one["exact_kop"])
        words = {"rate": percent(one["bp"]), "base": roubles(one["base_kop"]), "exact": _exact(one["exact_kop"])}
        told = page.say("rate" if exact.denominator == 1 else "rate_rounded", **words)
    elif one.get("units"):
        told = page.say("units", units=one["units"])
    return told + (page.say("cut") if one.get("cut") else "")


def _spent(page: Page, one: Figures) -> Iterator[Text]:
    yield from page.pair(_of_program(page, "spent", one), points(one["pt"]))
    if "cap_bp" in one:
        words = {"rate": percent(one["cap_bp"]), "base": roubles(one["base_kop"]), "exact": _exact(one["cap_kop"])}
        if one["by_cap"]:
            yield from _whole(page, page.say("cap", **words), one, words["exact"])
        else:
            yield from page.plain(page.say("cap_most", **words), INDENT)
    if "asked_pt" in one:
        yield from page.plain(page.say("asked", points=points(one["asked_pt"])), INDENT)
    for barred in one.get("barred", ()):
        yield from page.plain(page.say("barred", name=barred["name"].lower(), sum=roubles(barred["kop"])), INDENT)


def _earned(page: Page, one: Figures) -> Iterator[Text]:
    yield from page.pair(_of_program(page, "earned", one), points(one["pt"]))
    if "exact_pt" not in one:
        return
    exact = _exact(one["exact_pt"])
    if "bp" in one:
        words = {"rate": percent(one["bp"]), "base": roubles(one["base_kop"]), "exact": exact}
        yield from _whole(page, page.say("accrual", **words), one, exact)
    else:
        yield from _whole(page, page.say("accrual_by_goods", exact=exact), one, exact)


def _whole(page: Page, told: str, one: Figures, exact: str) -> Iterator[Text]:
    """The reckoning and what the step of points left of it; in two lines where one is too narrow."""
    rest = ""
    if Fraction(exact) * 100 != one["pt"]:
        key = {WHOLE_PT: "whole", 1: "hundredths"}.get(one["step_pt"], "steps")
        rest = page.say(key, points=points(one["pt"]), step=points(one["step_pt"]))
    joined = f"{told}, {rest}" if rest else told
    if len(INDENT + joined) <= page.columns or not rest:
        yield from page.plain(joined, INDENT)
        return
    yield from page.plain(f"{told},", INDENT)
    yield from page.plain(rest, INDENT)


def _of_program(page: Page, key: str, one: Figures) -> str:
    return page.say(key) + (f" {one['program']}" if one.get("program") else "")


def reasons(lost: Sequence[Figures], lang: str) -> list[str]:
    """What did not hold and why, a sentence each, for a screen."""
    page = _own(Page(lang, SCREEN_COLUMNS, SCREEN_COLUMNS))
    return [_reason(page, one) for one in lost]


def _lost(page: Page, lost: Sequence[Figures]) -> Iterator[Text]:
    if not lost:
        return
    yield from page.plain(page.say("lost"))
    for one in lost[:MOST_LOST]:
        yield from page.plain(_reason(page, one), INDENT)
    if len(lost) > MOST_LOST:
        yield from page.plain(page.say("more_lost", count=len(lost) - MOST_LOST), INDENT)


def _reason(page: Page, one: Figures) -> str:
    if "accrual" in one:
        return page.say("no_accrual", why=explain_words.say(f"none.{one['accrual']}", page.lang))
    if "tier" in one:
        words = {"tier": one["tier"], "rate": percent(one["bp"]), "level": one["level"]}
        return page.say("tier" if one["level"] else "tier_none", **words)
    if one.get("condition") == "codes":
        return page.say("not_shown", name=one["name"])
    condition = explain_words.say(f"when.{one['condition']}", page.lang) if "condition" in one else ""
    words = {"to": one.get("to", ""), "by": one.get("by", ""), "condition": condition}
    reason = explain_words.say("reason." + one["reason"], page.lang, **words)
    return f"{one['name']}: {reason}"


def _exact(text: str) -> str:
    """`n/d` kopecks or hundredths as people write it: exact when it ends soon, else to four places."""
    value = Fraction(text) / 100
    places = next((few for few in range(2, EXACT_PLACES + 1) if (value * 10**few).denominator == 1), SHOWN_PLACES)
    scaled = (value * 10**places * 2 + 1) // 2  # half up
    whole, rest = divmod(int(scaled), 10**places)
    return f"{whole}.{rest:0{places}d}" if rest or places > 2 else f"{whole}.00"


def _own(page: Page) -> Page:
    return replace(page, table="slip_why")
