"""What a slip offers beside points: prepaid accounts, coupons, the code for friends, the way into the program. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from drivers.api import SlipPart
from pos_agent.model.slip import SlipFacts
from pos_agent.money import plain, points, roubles
from pos_agent.printing.slip_page import Page, SlipStyle, day, grouped, moment, percent

FORFEIT = "forfeit"
MOST_QR = 61  # letters of version 3, level M: 21.8 mm


def title(facts: SlipFacts) -> str:
    """The phrase that heads a slip of nobody: it is a coupon's or a certificate's own. "" = the shop's heading."""
    if facts.customer or not (facts.prepaid or facts.coupons):
        return ""
    kinds = {one["kind"] for one in facts.prepaid}
    if (facts.prepaid and facts.coupons) or len(kinds) > 1 or kinds == {"deposit"}:
        return ""
    return kinds.pop() if kinds else "coupon"


def headed(page: Page, facts: SlipFacts) -> str:
    """The words of `title`."""
    key = title(facts)
    return _own(page).say(f"title_{key}") if key else ""


def prepaid(page: Page, facts: SlipFacts, style: SlipStyle) -> Iterator[SlipPart]:
    """What is left on certificates, abonements and deposits that the receipt touched; one just sold is told whole."""
    page = _own(page)
    for one in facts.prepaid:
        yield page.rule()
        if title(facts) != one["kind"] and one["kind"] != "deposit":
            yield from page.centred(page.say(f"title_{one['kind']}"))
        if one["name"]:
            yield from page.centred(one["name"])
        yield from _rest(page, facts, one)
        if one["last"]:
            yield from page.pair(page.say("last"), day(one["last"]))
        if one.get("sold") and one["kind"] != "deposit":
            yield from _sold(page, one, style)
        elif one["account"]:
            yield from page.centred(page.say("code", code=grouped(one["account"])))


def _rest(page: Page, facts: SlipFacts, one: Mapping[str, Any]) -> Iterator[SlipPart]:
    if one["kind"] == "abonement":
        units = one.get("units_micro", 0)
        key = "visits_of" if units else "visits"
        yield from page.plain(page.say(key, rest=plain(one["rest_micro"]), units=plain(units)))
        return
    if one["kind"] == "deposit":
        yield from page.pair(page.say("deposit"), roubles(one["rest_kop"]))
        return
    if one.get("sold") and one.get("value_kop"):
        yield from page.pair(page.say("value"), roubles(one["value_kop"]))
    yield from page.pair(page.say("rest", at=moment(facts.at)), roubles(one["rest_kop"]))


def _sold(page: Page, one: Mapping[str, Any], style: SlipStyle) -> Iterator[SlipPart]:
    """How it is used, and the code to use it by."""
    if one["kind"] == "certificate" and one.get("rest") != FORFEIT:
        yield from page.plain(page.say("in_parts" if one["last"] else "in_parts_ever"))
    if one["account"]:
        yield page.code(one["account"], style)
        yield from page.centred(page.say("code", code=grouped(one["account"])))
        if not one.get("personal"):
            yield from page.centred(page.say("keep_it"))


def coupons(page: Page, facts: SlipFacts, name: str, style: SlipStyle) -> Iterator[SlipPart]:
    """Codes for the next receipt, as QR and in letters for typing. `name`: whose they are, "" = whoever brings them."""
    page = _own(page)
    for coupon in facts.coupons:
        yield page.rule()
        if title(facts) != "coupon":
            yield from page.centred(page.say("title_coupon"))
        if coupon["text"]:
            yield from page.centred(coupon["text"])
        yield from page.centred(page.say("next_purchase"))
        if coupon["from"]:
            yield from page.pair(page.say("from"), day(coupon["from"]))
        if coupon["last"]:
            yield from page.pair(page.say("coupon_last"), day(coupon["last"]))
        yield from page.plain(page.say("once_for", name=name) if name else page.say("once"))
        yield page.code(coupon["code"], style)
        yield from page.centred(page.say("code", code=grouped(coupon["code"])))


def friend(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """The customer's own code for friends."""
    if facts.friend_code:
        yield page.rule()
        yield from page.centred(facts.friend_text)
        yield from page.centred(_own(page).say("code", code=facts.friend_code))


def invitation(page: Page, facts: SlipFacts, style: SlipStyle) -> Iterator[SlipPart]:
    """To a buyer without a card. With `claim_until` this purchase's points still wait for him."""
    page = _own(page)
    yield page.rule()
    if facts.earned_pt:
        yield from page.pair(page.say("would_earn"), points(facts.earned_pt))
    if facts.point_kop:
        yield from page.plain(_terms(page, facts))
    if facts.claim_until:
        yield from page.plain(page.say("claim"))
        yield from page.plain(page.say("claim_2"))
        yield from page.pair(page.say("purchase"), moment(facts.at))
        yield from page.pair(page.say("claim_until"), day(facts.claim_until))
    else:
        yield from page.pair(page.say("purchase"), moment(facts.at))
        yield from page.plain(page.say("ask_cashier"))
        yield from page.plain(page.say("ask_cashier_2"))
    if style.join_url:
        yield page.code(join_address(style.join_url, facts), style)
        yield from page.centred(page.say("join"))
        yield from page.centred(page.say("no_app"))


def join_address(url: str, facts: SlipFacts) -> str:
    """`URL/FN-FD-SIGN` of a receipt that may still be claimed, so that its points are the newcomer's; else the URL.

    Letters of QR's small alphabet only. What does not fit a code of 29 modules goes without the receipt.
    """
    if not (facts.claim_until and facts.document and facts.fpd):
        return url
    whole = f"{url.rstrip('/')}/{facts.document.replace('/', '-')}-{facts.fpd}"
    return whole if len(whole) <= MOST_QR else url


def _terms(page: Page, facts: SlipFacts) -> str:
    """What a point is worth, and how much of a receipt may be paid with them."""
    worth = page.say("worth", roubles=points(facts.point_kop))
    return worth + (page.say("cap", rate=percent(facts.cap_bp)) if facts.cap_bp else "")


def _own(page: Page) -> Page:
    return replace(page, table="slip_offers")
