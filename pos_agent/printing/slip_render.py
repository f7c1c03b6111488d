"""A slip by the shop's own template: the figures it may name, and what it wrote laid out on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from drivers.api import SlipPart
from pos_agent.logs import logger
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts
from pos_agent.money import plain, points, roubles
from pos_agent.printing.slip_page import Page, SlipStyle, day, fit, grouped, moment, percent
from pos_agent.printing.slip_template import BadSlipError, Fault, How, Template, TemplateLine

Blocks = Mapping[str, Callable[[], Iterable[SlipPart]]]


def own(
    template: Template, page: Page, facts: SlipFacts, customer: Customer | None, style: SlipStyle, blocks: Blocks
) -> list[SlipPart] | None:
    """The slip below its heading; None when these figures make of it what no slip may show: log and status say why."""
    failed = style.templates.failed
    try:
        made = list(rendered(template.lines(figures_of(page, facts, customer, style)), page, blocks, style))
        failed.pop(template.file, None)
        return made
    except BadSlipError as bad:
        failed[template.file] = Fault(template.file, bad.line, bad.why)
        logger("slips").warning("slip template not used", code="SLP-05", path=template.file, line=bad.line, why=bad.why)
        return None


def rendered(lines: Sequence[TemplateLine], page: Page, blocks: Blocks, style: SlipStyle) -> Iterator[SlipPart]:
    """A rule stands only between two things that are printed."""
    printed = rule = False
    for line in lines:
        if line.how is How.RULE:
            rule = printed
            continue
        parts = list(_parts(line, page, blocks, style))
        if parts and rule:
            yield page.rule()
            rule = False
        yield from parts
        printed = printed or bool(parts)


def _parts(line: TemplateLine, page: Page, blocks: Blocks, style: SlipStyle) -> Iterable[SlipPart]:
    if line.how is How.BLOCK:
        return blocks[line.left]()
    if line.how is How.QR:
        return [page.code(line.left, style)]
    if line.how is How.CENTRED:
        return page.centred(f"{line.left} {line.right}".strip())
    left, right = fit(line.left), fit(line.right)
    if line.how is How.LOUD and len(left) + len(right) < page.columns:
        return [page.loud(left, right)]
    return page.pair(left, right) if right else page.plain(left)


def figures_of(page: Page, facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> dict[str, object]:
    """Everything that a template may name: texts, "" where there is no such figure, lists, the paper's width."""
    return {
        **_texts(facts, customer, style),
        "columns": page.columns,
        "lang": page.lang,
        "stamps": [{"counter": name, "have": have, "full": full} for name, have, full in facts.stamps],
        "burns": [{"day": day(last), "points": points(pt)} for last, pt in facts.burns],
        "coupons": [
            {"code": grouped(one["code"]), "text": one["text"], "since": day(one["from"]), "until": day(one["last"])}
            for one in facts.coupons
        ],
        "goods": [{"name": name, "back": plain(back), "sold": plain(sold)} for name, back, sold in facts.returned],
    }


def _texts(facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> dict[str, str]:
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
