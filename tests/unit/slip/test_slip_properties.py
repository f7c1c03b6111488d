"""Every slip of any figures and any customer: widths, letters, arithmetic."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.slip.slip_story import ANNA, NOT_FISCAL, RETURN, STYLE, paper, seen, texts

from drivers.api import Capabilities, Qr
from pos_agent.model.customer import CARD_ALPHABET, Customer
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import SlipStyle, lay_out

PT = st.one_of(st.just(0), st.integers(0, 99), st.integers(0, 10**6), st.integers(0, 10**12))
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31)).map(date.isoformat)
MAYBE_DAY = st.one_of(st.just(""), DAYS)
MOMENTS = st.builds(lambda day, hour: f"{day}T{hour:02d}:59", DAYS, st.integers(0, 23))
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("АЯё \t\n\r\x00\x1b\x7f\u00a0\u200b\u2028№€$₽—«»😀", max_size=60),
    st.sampled_from(["", "Анна Козлова", "Константин-Эммануил " * 8, "Щ" * 200, "Анна\nИТОГ 100.00", "\u202eанна"]),
)
FACTS = st.builds(
    SlipFacts,
    kind=st.sampled_from(SlipKind),
    at=MOMENTS,
    original_at=st.one_of(st.just(""), MOMENTS),
    before_pt=PT,
    spent_pt=PT,
    restored_pt=PT,
    earned_pt=PT,
    earned_from=MAYBE_DAY,
    cancelled_pt=PT,
    available_pt=PT,
    pending_pt=PT,
    pending_from=MAYBE_DAY,
    debt_pt=PT,
    expiry_day=MAYBE_DAY,
    expiry_pt=PT,
    level=HOSTILE,
    level_bp=st.integers(0, 10_000),
    next_level=HOSTILE,
    next_level_bp=st.integers(0, 10_000),
    next_left_kop=st.integers(0, 10**12),
    point_kop=st.integers(0, 10**6),
    cap_bp=st.integers(0, 10_000),
)
CARDS = st.one_of(st.just(""), st.text(CARD_ALPHABET, min_size=10, max_size=10), st.text("0123456789", min_size=1))
CUSTOMERS = st.one_of(st.none(), st.builds(Customer, st.just("c-1"), name=HOSTILE, card=CARDS))
STYLES = st.builds(SlipStyle, lang=st.sampled_from(["ru", "en"]), heading=HOSTILE, qr_prefix=st.just("HTTPS://E.RU/"))
PAPERS = st.sampled_from([24, 30, 32, 36, 40, 42, 44, 48, 56, 64]).map(paper)


@given(FACTS, CUSTOMERS, STYLES, PAPERS)
def test_no_line_is_too_wide_and_every_letter_prints(
    facts: SlipFacts, customer: Customer | None, style: SlipStyle, device: Capabilities
) -> None:
    for part in texts(lay_out(facts, customer, style, device)):
        room = device.double_columns if part.double else device.columns
        assert len(part.text) <= room, part
        assert part.text.encode("cp866").decode("cp866") == part.text
        assert part.text.isprintable()
        assert not set(part.text) & set("№$")


@given(FACTS, CUSTOMERS, PAPERS)
def test_the_second_line_always_says_what_it_is_not(
    facts: SlipFacts, customer: Customer | None, device: Capabilities
) -> None:
    lines = [part.text.strip() for part in texts(lay_out(facts, customer, STYLE, device))]
    told = "\n".join(lines[1:3]).replace("\n", " ")
    assert told.startswith(NOT_FISCAL)


@given(FACTS, CUSTOMERS, PAPERS)
def test_figures_are_never_broken(facts: SlipFacts, customer: Customer | None, device: Capabilities) -> None:
    if facts.kind not in (SlipKind.RECEIPT, SlipKind.RETURN, SlipKind.BALANCE):
        return
    lines = [part.text for part in texts(lay_out(facts, customer, replace(STYLE, lang="ru"), device))]
    whole = f"{facts.available_pt // 100}" + (f".{facts.available_pt % 100:02d}" if facts.available_pt % 100 else "")
    assert [line for line in lines if re.fullmatch(rf"ДОСТУПНО +{re.escape(whole)}", line)]
    if facts.next_level:
        left = f"{facts.next_left_kop // 100}.{facts.next_left_kop % 100:02d}"
        assert [line for line in lines if re.search(rf"(^| ){re.escape(left)}$", line)], "never glued to the text"
    if facts.expiry_day:
        day = re.escape(".".join(reversed(facts.expiry_day.split("-"))))
        end = "( |$)" if facts.kind is SlipKind.RETURN else "$"  # there the day is part of the sentence
        assert [line for line in lines if re.search(rf"(^| ){day}{end}", line)]


@given(FACTS, CUSTOMERS, STYLES)
def test_the_code_on_paper_is_the_card(facts: SlipFacts, customer: Customer | None, style: SlipStyle) -> None:
    parts = lay_out(facts, customer, style, paper(48))
    shown = facts.kind in (SlipKind.RECEIPT, SlipKind.BALANCE)
    wanted = customer is not None and bool(customer.card) and shown
    codes = [part for part in parts if isinstance(part, Qr)]
    assert [(one.text, one.level) for one in codes] == ([(style.qr_prefix + customer.card, "M")] if wanted else [])
    assert all(one.module_dots >= 6 for one in codes)


# ------------------------------------------------------------------ the reader's own arithmetic


def added_up(facts: SlipFacts) -> tuple[int, int]:
    """(what the printed figures before ДОСТУПНО give together, what ДОСТУПНО says), hundredths."""
    lines = seen(lay_out(facts, ANNA, STYLE, paper(48)), 48)
    first = 1 + next(number for number, line in enumerate(lines) if set(line) == {"-"})
    last = next(number for number, line in enumerate(lines) if line.startswith("ДОСТУПНО"))
    *moved, told = (hundredths(line) for line in lines[first : last + 1])
    return sum(moved), told


def hundredths(line: str) -> int:
    """The signed figure at the end of a line."""
    found = re.search(r"(?<= )([+-]?)(\d+)(?:\.(\d\d))?$", line)
    assert found, line
    sign, whole, part = found.groups()
    return (-1 if sign == "-" else 1) * (int(whole) * 100 + int(part or 0))


@given(PT, PT, PT, PT, st.booleans())
def test_a_reader_who_adds_the_lines_finds_what_is_available(
    before: int, spent: int, restored: int, earned: int, later: bool
) -> None:
    spent = min(spent, before)
    facts = SlipFacts(
        SlipKind.RECEIPT,
        at="2026-11-21T18:05",
        before_pt=before,
        spent_pt=spent,
        restored_pt=restored,
        earned_pt=earned,
        earned_from="2026-12-05" if later else "",
        available_pt=before - spent + restored + (0 if later else earned),
    )
    moved, told = added_up(facts)
    assert moved == told == facts.available_pt


@given(PT, PT, PT)
def test_a_return_of_usable_points_adds_up(before: int, restored: int, cancelled: int) -> None:
    cancelled = min(cancelled, before + restored)
    left = before + restored - cancelled
    facts = replace(RETURN, before_pt=before, restored_pt=restored, cancelled_pt=cancelled, available_pt=left)
    facts = replace(facts, cancelled_pending_pt=0, pending_before_pt=0)
    moved, told = added_up(facts)
    assert moved == told == left


@pytest.mark.parametrize(
    ("before", "restored", "cancelled", "pending"),
    [(51700, 2842, 325, 3375), (0, 0, 1000, 0)],
    ids=["not usable yet", "expired unused"],
)
def test_a_return_of_points_that_were_not_available_adds_up(
    before: int, restored: int, cancelled: int, pending: int
) -> None:
    """517 and 28.42 are 545.42; the 3.25 were taken from points that wait, or that had already burned."""
    left = before + restored
    facts = replace(RETURN, before_pt=before, restored_pt=restored, available_pt=left, pending_pt=pending)
    waiting = cancelled if pending else 0
    moved, told = added_up(replace(facts, cancelled_pending_pt=waiting, pending_before_pt=pending + waiting))
    assert moved == told == left
