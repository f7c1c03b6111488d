"""Laying out and accruing: sums, bounds, and a count of the exact figure that shares no code with the product."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.layout import lay_out
from pos_agent.rules.parse import parse
from pos_agent.rules.scope import mask_matches

WEIGHTS = st.lists(st.fractions(0, 1000, max_denominator=97), min_size=1, max_size=8)
NETS = st.lists(st.integers(0, 10**7), min_size=1, max_size=8)
ROUNDS = {"floor": ROUND_FLOOR, "ceil": ROUND_CEILING, "half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
EXACT = Context(prec=60)


@given(weights=WEIGHTS, amount=st.integers(0, 10**6))
def test_parts_sum_to_the_amount_and_lie_next_to_their_exact_share(weights, amount):
    parts = lay_out(amount, weights)
    total = sum(weights)
    assert sum(parts) == (amount if total else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert (part == 0) if not weight else abs(part - amount * weight / total) < 1


@given(weights=WEIGHTS, amount=st.integers(0, 5000), data=st.data())
def test_parts_never_exceed_their_rooms_and_use_all_the_room_there_is(weights, amount, data):
    rooms = data.draw(st.lists(st.integers(0, 900), min_size=len(weights), max_size=len(weights)))
    parts = lay_out(amount, weights, rooms)
    open_rooms = sum(room for room, weight in zip(rooms, weights, strict=True) if weight)
    assert sum(parts) == min(amount, open_rooms)
    assert all(0 <= part <= room for part, room in zip(parts, rooms, strict=True))


@given(nets=NETS, bp=st.integers(0, 3000), step=st.sampled_from([1, 10, 100]), how=st.sampled_from(sorted(ROUNDS)))
def test_the_total_is_rounded_once_and_laid_back_over_lines(nets, bp, step, how):
    rules = parse(f'[program]\nid="p"\nname="P"\n[accrue]\nbp={bp}\nstep_pt={step}\nround="{how}"')
    lines = [AccrualLine(str(index), "x", net) for index, net in enumerate(nets)]
    earned = accrue(rules, lines, CustomerSnapshot("c"))
    steps = EXACT.divide(Decimal(sum(nets) * bp), Decimal(10_000 * step))
    assert earned.total_pt == int(steps.to_integral_value(ROUNDS[how])) * step
    assert sum(earned.by_line) == earned.total_pt
    assert all(part >= 0 for part in earned.by_line)
    shown = [Fraction(item["exact_pt"]) for item in earned.trace if item["step"] == "line"]
    assert sum(shown) * 10_000 == sum(nets) * bp


@given(nets=NETS, full=st.integers(1, 10**6))
def test_full_parts_are_counted_on_the_sum(nets, full):
    rules = parse(f'[program]\nid="p"\nname="P"\n[accrue]\nbp=10000\nper_full_kop={full}')
    lines = [AccrualLine(str(index), "x", net) for index, net in enumerate(nets)]
    assert accrue(rules, lines, CustomerSnapshot("c")).total_pt == sum(nets) // full * full


def covers(mask: str, text: str) -> bool:
    """The definition of a mask, written as a recursion."""
    if not mask:
        return not text
    if mask[0] == "*":
        return covers(mask[1:], text) or (bool(text) and covers(mask, text[1:]))
    return bool(text) and mask[0] in ("?", text[0]) and covers(mask[1:], text[1:])


@given(mask=st.text("*?ab[", max_size=7), text=st.text("ab[", max_size=8))
def test_masks_mean_what_they_say(mask, text):
    assert mask_matches(mask, text) == covers(mask, text)
