"""A slip's figures laid out as lines for a printer of any width. Pure.

Order and words follow one rule: heading, who, before, spent, available, earned, what burns, level, card QR. A line
without a value is left out. Figures stand at the right edge and are never broken; text wraps by words. Nothing here may
look like a fiscal receipt: no totals, no VAT, no FN numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from drivers.api import Capabilities, Cut, Feed, Qr, SlipPart, Text
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.money import plain, points, roubles
from pos_agent.texts import phrase


@dataclass(frozen=True)
class SlipStyle:
    """What does not come from the sale: language, shop's heading, what stands before the card code in the QR."""

    lang: str = "ru"
    heading: str = ""
    qr_prefix: str = ""
    join_url: str = ""  # where an invitation leads; "" = no QR on it
    module_dots: int = 6  # 0.75 mm on a 203 dpi head; never under 4


def lay_out(
    facts: SlipFacts, customer: Customer | None, style: SlipStyle, device: Capabilities, copy_at: str = ""
) -> list[SlipPart]:
    """All parts of one slip, feed and cut included. `copy_at` heads a reprint with its date."""
    page = _Page(style.lang, device.columns, device.double_columns)
    parts: list[SlipPart] = []
    if copy_at:
        parts += page.centred(page.say("copy", at=_moment(copy_at)))
    parts += page.heading(facts, style)
    if facts.kind is SlipKind.INVITATION:
        parts += _invitation(page, facts, style)
    elif (facts.coupons or facts.prepaid) and not facts.customer:
        parts += [*_prepaid(page, facts), *_coupons(page, facts, style)]
    else:
        parts += _who_and_when(page, facts, customer)
        parts.append(page.rule())
        parts += _movements(page, facts)
        later = [*_later(page, facts), *_level(page, facts)]
        if later:
            parts += later if facts.kind is SlipKind.BALANCE else [page.rule(), *later]
        parts += _prepaid(page, facts)
        if facts.kind is SlipKind.RETURN:
            parts += page.centred(page.say("money_back"))
        else:
            parts += _coupons(page, facts, style)
            parts += _friend(page, facts)
            parts += _card(page, customer, style)
    return [*parts, Feed(3), Cut(partial=True)]


def _who_and_when(page: _Page, facts: SlipFacts, customer: Customer | None) -> Iterator[SlipPart]:
    if customer is not None:
        card = page.say("card", card=customer.masked_card) if customer.card else ""
        yield from page.pair(customer.masked_name, card)
    if facts.kind is SlipKind.RETURN:
        yield from _returned(page, facts)
    else:
        yield from page.pair(
            page.say("balance_on" if facts.kind is SlipKind.BALANCE else "purchase"), _moment(facts.at)
        )


def _returned(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """Purchase and return on one line when they are of one day and it is wide enough."""
    if not facts.original_at:
        yield from page.pair(page.say("refund_alone"), _moment(facts.at))
        return
    left, same_day = page.say("purchase"), facts.original_at[:10] == facts.at[:10]
    both, right = f"{left} {_moment(facts.original_at)}", page.say("refund_at", at=facts.at[11:16])
    if same_day and len(both) + len(right) < page.columns:
        yield from page.pair(both, right)
        return
    yield from page.pair(left, _moment(facts.original_at))
    yield from page.pair(page.say("refund_of"), _moment(facts.at))


def _movements(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
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
    yield page.loud(page.say("available"), points(facts.available_pt))
    if facts.earned_pt and facts.earned_from:
        yield from page.pair(page.say("earned"), "+" + points(facts.earned_pt))
        yield from page.pair(page.say("earned_from"), _day(facts.earned_from))
    elif facts.cancelled_pending_pt:
        day = (
            page.say("pending_was", day=_day(facts.pending_from)) if facts.pending_from else page.say("pending_was_all")
        )
        yield from page.pair(day, points(facts.pending_before_pt))
        yield from page.pair(page.say("cancelled"), "-" + points(facts.cancelled_pending_pt))
        yield from page.pair(page.say("pending_now"), points(facts.pending_pt))
    elif facts.pending_pt:
        yield from page.pair(page.say("pending", day=_day(facts.pending_from)), points(facts.pending_pt))
    if facts.debt_pt:
        yield from page.pair(page.say("debt"), points(facts.debt_pt))


def _repaid_pt(facts: SlipFacts) -> int:
    """What of the points that came in went to an earlier return: the figures above the line must add up to it."""
    if facts.kind is SlipKind.BALANCE:
        return 0
    came = facts.before_pt + facts.restored_pt + (0 if facts.earned_from else facts.earned_pt)
    return max(0, came - facts.spent_pt - facts.cancelled_pt - facts.available_pt)


def _later(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
    if facts.expiry_day:
        left = page.say("expiry", points=points(facts.expiry_pt), word=page.points_word(facts.expiry_pt))
        yield from page.pair(left, _day(facts.expiry_day))


def _level(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
    if facts.level:
        yield from page.pair(page.say("level", level=facts.level), percent(facts.level_bp))
    if facts.next_level:
        left = page.say("next_level", level=facts.next_level, rate=percent(facts.next_level_bp))
        yield from page.pair(left, roubles(facts.next_left_kop))
    for counter, have, full in facts.stamps:
        yield from page.pair(page.say("stamps", counter=counter), page.say("stamps_of", have=have, full=full))


def _prepaid(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """What is left on certificates, abonements and deposits that the receipt touched."""
    left = {"certificate": "certificate", "abonement": "abonement", "deposit": "deposit"}
    for one in facts.prepaid:
        yield page.rule()
        if one["name"]:
            yield from page.centred(one["name"])
        rest = plain(one["rest_micro"]) if one["kind"] == "abonement" else roubles(one["rest_kop"])
        yield from page.pair(page.say(left[one["kind"]]), rest)
        if one["account"]:
            last = page.say("prepaid_last", last=_day(one["last"])) if one["last"] else ""
            yield from page.pair(page.say("account", account=one["account"]), last)


def _coupons(page: _Page, facts: SlipFacts, style: SlipStyle) -> Iterator[SlipPart]:
    """Codes for the next receipt, as QR and in letters for typing."""
    for coupon in facts.coupons:
        yield page.rule()
        yield from page.centred(page.say("coupon"))
        if coupon["text"]:
            yield from page.centred(coupon["text"])
        yield Qr(coupon["code"], module_dots=style.module_dots, level="M")
        yield from page.centred(page.say("code", code=coupon["code"]))
        if coupon["last"]:
            days = {"first": _day(coupon["from"]), "last": _day(coupon["last"])}
            yield from page.centred(page.say("coupon_days" if coupon["from"] else "coupon_last", **days))


def _friend(page: _Page, facts: SlipFacts) -> Iterator[SlipPart]:
    """The customer's own code for friends."""
    if facts.friend_code:
        yield page.rule()
        yield from page.centred(facts.friend_text)
        yield from page.centred(page.say("code", code=facts.friend_code))


def _card(page: _Page, customer: Customer | None, style: SlipStyle) -> Iterator[SlipPart]:
    if customer is None or not customer.card:
        return
    yield Qr(style.qr_prefix + customer.card, module_dots=style.module_dots, level="M")
    yield from page.centred(page.say("code", code=grouped(customer.card)))
    yield from page.centred(page.say("show_qr"))


def _invitation(page: _Page, facts: SlipFacts, style: SlipStyle) -> Iterator[SlipPart]:
    yield page.rule()
    if facts.earned_pt:
        yield from page.pair(page.say("would_earn"), points(facts.earned_pt))
    if facts.point_kop:
        yield from page.pair(_terms(page, facts), "")
    yield from page.pair(page.say("purchase"), _moment(facts.at))
    yield from page.centred(page.say("ask_cashier"))
    yield from page.centred(page.say("ask_cashier_2"))
    if style.join_url:
        yield Qr(style.join_url, module_dots=style.module_dots, level="M")
        yield from page.centred(page.say("join"))


def _terms(page: _Page, facts: SlipFacts) -> str:
    """What a point is worth, and how much of a receipt may be paid with them."""
    worth = page.say("worth", roubles=points(facts.point_kop))
    return worth + (page.say("cap", rate=percent(facts.cap_bp)) if facts.cap_bp else "")


@dataclass(frozen=True)
class _Page:
    lang: str
    columns: int
    double_columns: int

    def say(self, key: str, **words: object) -> str:
        """A phrase in the widest wording that this paper takes: `key_32`, `key` or `key_48`."""
        variant = f"{key}_32" if self.columns < 42 else f"{key}_48" if self.columns >= 48 else key
        try:
            return phrase("slip", variant, self.lang, **words)
        except KeyError:
            return phrase("slip", key, self.lang, **words)

    def heading(self, facts: SlipFacts, style: SlipStyle) -> Iterator[Text]:
        special = {SlipKind.BALANCE: "balance", SlipKind.INVITATION: "invitation"}.get(facts.kind)
        title = self.say(special) if special else style.heading
        if facts.kind is SlipKind.RETURN:
            title = f"{style.heading}  {self.say('refund')}"
        yield from self.centred(title)
        yield from self.centred(self.say("not_fiscal"))

    def centred(self, text: str) -> Iterator[Text]:
        for line in wrap(fit(text), self.columns):
            yield Text(line.center(self.columns).rstrip())

    def rule(self) -> Text:
        return Text("-" * self.columns)

    def pair(self, left: str, right: str) -> Iterator[Text]:
        """Left text, right figure; when they do not fit the text wraps and the figure keeps the last line."""
        left, right = fit(left), fit(right)
        room = self.columns - len(right) - (1 if right else 0)
        if len(left.rstrip()) <= room:
            yield Text(left.rstrip().ljust(self.columns - len(right)) + right)
            return
        lines: Sequence[str] = wrap(left, self.columns) or [""]
        for line in lines[:-1]:
            yield Text(line)
        if len(lines[-1]) <= room:
            yield Text(lines[-1].ljust(self.columns - len(right)) + right)
        else:
            yield Text(lines[-1])
            yield Text(right.rjust(self.columns))

    def loud(self, left: str, right: str) -> Text:
        """The one double-height line, if it fits."""
        if len(left) + len(right) < self.double_columns:
            return Text(left.ljust(self.double_columns - len(right)) + right, double=True)
        return Text(left.ljust(self.columns - len(right)) + right, bold=True)

    def points_word(self, pt: int) -> str:
        """Russian plural of "balls" for a figure: 1 балл, 2 балла, 5 баллов; a broken figure takes the second form."""
        whole, broken = divmod(abs(pt), 100)
        if broken:
            return self.say("point_2")
        if whole % 10 == 1 and whole % 100 != 11:
            return self.say("point_1")
        few = whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14)
        return self.say("point_2" if few else "point_5")


def fit(text: str) -> str:
    """Text a printer can print: CP866 letters only, no control characters, no signs that move between code pages."""
    plain = text.replace("—", "-").replace("–", "-").replace("«", '"').replace("»", '"').replace("₽", "руб.")
    plain = plain.replace("№", "N").replace("$", "S")
    shown = "".join(char if char.isprintable() else " " for char in plain)
    return shown.encode("cp866", errors="replace").decode("cp866")


def grouped(code: str) -> str:
    """`7Q4M2XKD9W` -> `7Q4M-2XKD-9W`: groups of four for typing."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def percent(bp: int) -> str:
    """Basis points as people read them: 500 -> `5 %`, 250 -> `2.5 %`."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"


def _moment(iso: str) -> str:
    day, _, clock = iso.partition("T")
    return f"{_day(day)} {clock[:5]}".strip()


def _day(iso: str) -> str:
    return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}" if len(iso) >= 10 else iso
