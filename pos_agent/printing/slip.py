"""A slip's figures laid out as lines for a printer of any width. Pure, but for the log when a shop's template fails.

Order and words follow one rule: heading, who, before, spent, available, earned, what burns, level, stamps, offers, card
QR. A line without a value is left out. Figures stand at the right edge and are never broken; text wraps by words.
Nothing here may look like a fiscal receipt: no totals, no VAT, no FN numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.api import Capabilities, Cut, Feed, SlipPart, Text
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.money import plain, points, roubles
from pos_agent.printing import slip_note, slip_offers, slip_trial, slip_why
from pos_agent.printing.slip_page import Page, SlipStyle, day, fit, grouped, moment, percent
from pos_agent.printing.slip_render import Blocks, own

__all__ = ["SlipStyle", "fit", "grouped", "lay_out", "percent"]
MOST_GOODS = 5
POINT = ("point_1", "point_2", "point_5")
STAMP = ("stamp_1", "stamp_2", "stamp_5")


def lay_out(
    facts: SlipFacts, customer: Customer | None, style: SlipStyle, device: Capabilities, copy_at: str = ""
) -> list[SlipPart]:
    """All parts of one slip, feed and cut included. `copy_at` heads a reprint with its date.

    Whatever the heading, the second line says that this is no fiscal receipt.
    """
    page = Page(style.lang, device.columns, device.double_columns)
    titles = [page.say("copy", at=moment(copy_at))] if copy_at else []
    first, *more = [line for one in (*titles, *_title(page, facts, style)) for line in page.centred(one)] or [Text("")]
    watermark = list(page.centred(page.say("training"))) if style.training else []
    parts: list[SlipPart] = [first, *page.centred(page.say("not_fiscal")), *more, *watermark]
    shops = None
    template = style.templates.made.get(facts.kind.value)
    if template is not None and (facts.customer or facts.kind is SlipKind.INVITATION):
        shops = own(template, page, facts, customer, style, _blocks(page, facts, customer, style))
    if shops is not None:
        parts += shops
    elif facts.kind is SlipKind.WHY:
        parts += slip_why.why(page, facts)
    elif facts.kind is SlipKind.NOTE:
        parts += slip_note.note(page, facts)
    elif facts.kind is SlipKind.TRIAL:
        parts += slip_trial.trial(page, facts, style)
    elif facts.kind is SlipKind.INVITATION:
        parts += slip_offers.invitation(page, facts, style)
    elif (facts.coupons or facts.prepaid) and not facts.customer:
        parts += slip_offers.prepaid(page, facts, style)
        parts += slip_offers.coupons(page, facts, "", style)
    else:
        parts += _of_customer(page, facts, customer, style)
    return [*parts, *watermark, Feed(3), Cut(partial=True)]


def _blocks(page: Page, facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> Blocks:
    """The parts that a template may name: laid out as on the built-in slip, nothing where there is nothing."""
    name = customer.masked_name if customer else ""
    return {
        "who": lambda: _who_and_when(page, facts, customer),
        "movements": lambda: _movements(page, facts),
        "burns": lambda: _later(page, facts),
        "level": lambda: _level(page, facts),
        "stamps": lambda: _stamps(page, facts),
        "goods": lambda: _goods(page, facts),
        "accounts": lambda: slip_offers.prepaid(page, facts, style),
        "coupons": lambda: slip_offers.coupons(page, facts, name, style),
        "friend": lambda: slip_offers.friend(page, facts),
        "card": lambda: _card(page, customer, style),
        "here": lambda: _here(page, facts),
        "invitation": lambda: slip_offers.invitation(page, facts, style),
    }


def _title(page: Page, facts: SlipFacts, style: SlipStyle) -> list[str]:
    if facts.kind is SlipKind.BALANCE:
        return [page.say("balance")]
    if facts.kind is SlipKind.INVITATION:
        return [page.say("invitation")]
    if facts.kind is SlipKind.WHY:
        return [slip_why.title(page)]
    if facts.kind is SlipKind.NOTE:
        return [slip_note.title(page)]
    if facts.kind is SlipKind.TRIAL:
        return [slip_trial.title(page)]
    if facts.kind is not SlipKind.RETURN:
        return [slip_offers.headed(page, facts) or style.heading]
    both = f"{style.heading}  {page.say('refund')}"
    return [both] if len(both) <= page.columns else [page.say("refund"), style.heading]


def _of_customer(page: Page, facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> Iterator[SlipPart]:
    yield from _who_and_when(page, facts, customer)
    yield page.rule()
    yield from _movements(page, facts)
    later = [*_later(page, facts), *_level(page, facts), *_stamps(page, facts)]
    if later and facts.kind is not SlipKind.BALANCE:
        yield page.rule()
    yield from later
    yield from _here(page, facts)
    yield from slip_offers.prepaid(page, facts, style)
    if facts.kind is SlipKind.RETURN:
        yield from page.centred(page.say("money_back"))
        return
    yield from slip_offers.coupons(page, facts, customer.masked_name if customer else "", style)
    yield from slip_offers.friend(page, facts)
    yield from _card(page, customer, style)


def _who_and_when(page: Page, facts: SlipFacts, customer: Customer | None) -> Iterator[SlipPart]:
    if customer is not None:
        card = page.say("card", card=customer.masked_card) if customer.card else ""
        yield from page.pair(customer.masked_name, card)
    if facts.kind is SlipKind.RETURN:
        yield from _returned(page, facts)
        yield from _goods(page, facts)
    elif facts.kind is not SlipKind.BALANCE:
        yield from page.pair(page.say("purchase"), moment(facts.at))
    elif facts.as_of:
        yield from page.pair(page.say("as_of"), moment(facts.as_of))
    else:
        yield from page.pair(page.say("balance_on"), moment(facts.at))


def _returned(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """Purchase and return on one line when they are of one day and it is wide enough."""
    if not facts.original_at:
        yield from page.pair(page.say("refund_alone"), moment(facts.at))
        return
    left, same_day = page.say("purchase"), facts.original_at[:10] == facts.at[:10]
    both, right = f"{left} {moment(facts.original_at)}", page.say("refund_at", at=facts.at[11:16])
    if same_day and len(both) + len(right) < page.columns:
        yield from page.pair(both, right)
        return
    yield from page.pair(left, moment(facts.original_at))
    yield from page.pair(page.say("refund_of"), moment(facts.at))


def _goods(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """What came back of what; a long list is cut short, the fiscal receipt has it whole."""
    for name, back, sold in facts.returned[:MOST_GOODS]:
        words = {"back": plain(back), "sold": plain(sold)}
        yield from page.pair(page.say("returned", name=name), page.say("returned_of", **words))
    if len(facts.returned) > MOST_GOODS:
        yield from page.plain(page.say("returned_more", count=len(facts.returned) - MOST_GOODS), "  ")


def _movements(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    if facts.before_pt and facts.kind is not SlipKind.BALANCE:
        yield from page.pair(page.say("before"), points(facts.before_pt))
    if facts.spent_pt:
        yield from page.pair(page.say("spent"), "-" + points(facts.spent_pt))
    if facts.restored_pt:
        yield from page.pair(page.say("restored"), "+" + points(facts.restored_pt))
    if facts.cancelled_pt:
        yield from page.pair(page.say("cancelled"), "-" + points(facts.cancelled_pt))
    if facts.earned_pt and not facts.earned_from:
        yield from page.pair(page.say("earned"), "+" + points(facts.earned_pt))
    if _repaid_pt(facts):
        yield from page.pair(page.say("repaid"), "-" + points(_repaid_pt(facts)))
    if facts.donated_pt:
        yield from page.pair(page.say("donated", fund=facts.donated_to), "-" + points(facts.donated_pt))
    yield page.loud(page.say("available"), points(facts.available_pt))
    if facts.kind is SlipKind.RETURN and facts.expiry_day:
        yield from page.pair(page.say("of_them", day=day(facts.expiry_day)), points(facts.expiry_pt))
    if facts.earned_pt and facts.earned_from:
        yield from page.pair(page.say("earned"), "+" + points(facts.earned_pt))
        yield from page.pair(page.say("earned_from"), day(facts.earned_from))
    elif facts.cancelled_pending_pt:
        known = day(facts.pending_from)
        was = page.say("pending_was", day=known) if known else page.say("pending_was_all")
        yield from page.pair(was, points(facts.pending_before_pt))
        yield from page.pair(page.say("cancelled"), "-" + points(facts.cancelled_pending_pt))
        yield from page.pair(page.say("pending_now"), points(facts.pending_pt))
    elif facts.pending_pt:
        yield from page.pair(page.say("pending", day=day(facts.pending_from)), points(facts.pending_pt))
    if facts.debt_pt:
        yield from page.pair(page.say("debt"), points(facts.debt_pt))


def _repaid_pt(facts: SlipFacts) -> int:
    """What of the points that came in went to an earlier return: the figures above the line must add up to it."""
    if facts.kind is SlipKind.BALANCE:
        return 0
    came = facts.before_pt + facts.restored_pt + (0 if facts.earned_from else facts.earned_pt)
    return max(0, came - facts.spent_pt - facts.cancelled_pt - facts.donated_pt - facts.available_pt)


def _later(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """What burns next; a balance tells the lots after it too, a return has told it beside what is available."""
    if not facts.expiry_day or facts.kind is SlipKind.RETURN:
        return
    left = page.say("expiry", points=points(facts.expiry_pt), word=_plural(page, POINT, facts.expiry_pt))
    yield from page.pair(left, day(facts.expiry_day))
    for last, pt in facts.burns:
        left = page.say("expiry_more", points=points(pt), word=_plural(page, POINT, pt))
        yield from page.pair(left, day(last))


def _level(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    if facts.level:
        named = page.say("level_discount" if facts.level_is_discount else "level", level=facts.level)
        yield from page.pair(named, percent(facts.level_bp))
    if facts.level_then:
        left = page.say("level_then", day=day(facts.level_from), level=facts.level_then)
        yield from page.pair(left, percent(facts.level_then_bp))
    elif facts.level_from:
        yield from page.pair(page.say("level_gone", day=day(facts.level_from)), "")
    if facts.next_level and facts.next_left_visits:
        yield from page.pair(page.say("next_level_visits", level=facts.next_level), str(facts.next_left_visits))
    elif facts.next_level:
        left = page.say("next_level", level=facts.next_level, rate=percent(facts.next_level_bp))
        yield from page.pair(left, roubles(facts.next_left_kop))


def _stamps(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """The card of every counter; how far the gift is stands under a purchase."""
    for counter, have, full in facts.stamps:
        yield from page.pair(page.say("stamps", counter=counter), page.say("stamps_of", have=have, full=full))
        left = full - 1 - have
        if facts.kind is not SlipKind.RECEIPT or left < 0:
            continue
        which = _ordinal(page, full)
        if left:
            word = _plural(page, STAMP, 100 * left)
            yield from page.plain(page.say("stamps_more", left=left, word=word, which=which), "  ")
        else:
            yield from page.plain(page.say("stamps_next"), "  ")


def _ordinal(page: Page, number: int) -> str:
    """`6` -> `шестой`, `6th`."""
    words = page.say("ordinals").split()
    return words[number - 1] if 1 <= number <= len(words) else page.say("ordinal", n=number)


def _here(page: Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """Without a connection: what this register may spend."""
    if facts.as_of and facts.kind is SlipKind.BALANCE:
        yield page.rule()
        yield from page.pair(page.say("spend_here"), points(facts.here_pt))


def _card(page: Page, customer: Customer | None, style: SlipStyle) -> Iterator[SlipPart]:
    if customer is None or not customer.card:
        return
    yield page.code(style.qr_prefix + customer.card, style)
    yield from page.centred(page.say("code", code=grouped(customer.card)))
    yield from page.centred(page.say("show_qr"))


def _plural(page: Page, words: tuple[str, str, str], pt: int) -> str:
    """Russian plural for a figure in hundredths: 1 балл, 2 балла, 5 баллов; a broken figure takes the second form."""
    one, few, many = words
    whole, broken = divmod(abs(pt), 100)
    if broken:
        return page.say(few)
    if whole % 10 == 1 and whole % 100 != 11:
        return page.say(one)
    return page.say(few if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14) else many)
