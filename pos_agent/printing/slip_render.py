"""A slip by the shop's own template: words filled in, lines without a value left out. Pure, total, as long as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from drivers.api import SlipPart
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts
from pos_agent.money import points, roubles
from pos_agent.printing.slip_page import Page, SlipStyle, day, fit, moment, percent
from pos_agent.printing.slip_template import WORD, How, TemplateLine

Blocks = Mapping[str, Callable[[], Iterable[SlipPart]]]


def rendered(
    template: Sequence[TemplateLine], page: Page, words: Mapping[str, str], blocks: Blocks, style: SlipStyle
) -> Iterator[SlipPart]:
    """The slip below its heading. A rule stands only between two things that are printed."""
    printed = rule = False
    for line in template:
        if line.how is How.RULE:
            rule = printed
            continue
        parts = list(_parts(line, page, words, blocks, style))
        if parts and rule:
            yield page.rule()
            rule = False
        yield from parts
        printed = printed or bool(parts)


def _parts(
    line: TemplateLine, page: Page, words: Mapping[str, str], blocks: Blocks, style: SlipStyle
) -> Iterable[SlipPart]:
    if line.how is How.BLOCK:
        return blocks[line.left]()
    if line.how is How.QR:
        return [page.code(line.left, style)]
    if any(not words[name] for name in line.words):
        return []
    left, right = (WORD.sub(lambda found: words[found[1]], text) for text in (line.left, line.right))
    if line.how is How.CENTRED:
        return page.centred(f"{left} {right}".strip())
    left, right = fit(left), fit(right)
    if line.how is How.LOUD and len(left) + len(right) < page.columns:
        return [page.loud(left, right)]
    return page.pair(left, right) if right else page.plain(left)


def words_of(facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> dict[str, str]:
    """Every word that a template may name; "" = there is no such figure, the line is left out."""
    return {
        "name": customer.masked_name if customer else "",
        "card": customer.masked_card if customer else "",
        "heading": style.heading,
        "at": moment(facts.at),
        "purchase_at": moment(facts.original_at),
        "before": _points(facts.before_pt),
        "spent": _points(facts.spent_pt),
        "restored": _points(facts.restored_pt),
        "cancelled": _points(facts.cancelled_pt or facts.cancelled_pending_pt),
        "earned": _points(facts.earned_pt),
        "earned_from": day(facts.earned_from) if facts.earned_pt else "",
        "available": points(facts.available_pt),
        "pending": _points(facts.pending_pt),
        "pending_day": day(facts.pending_from) if facts.pending_pt else "",
        "debt": _points(facts.debt_pt),
        "burning": _points(facts.expiry_pt),
        "burning_day": day(facts.expiry_day),
        "level": facts.level,
        "level_rate": percent(facts.level_bp) if facts.level else "",
        "next_level": facts.next_level,
        "next_rate": percent(facts.next_level_bp) if facts.next_level else "",
        "next_left": roubles(facts.next_left_kop) if facts.next_level else "",
        "point": _points(facts.point_kop),
        "cap": percent(facts.cap_bp) if facts.cap_bp else "",
        "claim_until": day(facts.claim_until),
    }


def _points(pt: int) -> str:
    return points(pt) if pt else ""
