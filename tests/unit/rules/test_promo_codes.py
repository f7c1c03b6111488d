"""Codes (loyalty rules, section 3.5): form and check signs, the state table, who may use one now."""

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.rules.code_form import ALPHABET, Batch, code_of, codes_of, coupon_code, genuine, plain
from pos_agent.rules.code_states import (
    NEW,
    TABLE,
    Asking,
    CodeEvent,
    CodeRecord,
    CodeRefusedError,
    CodeState,
    Use,
    step,
    why_not,
)

KEY, OTHER_KEY = b"first key of the tests", b"second key of the tests"
BATCH = Batch("b", kind="once", prefix="SALE")
NOW = dt.datetime(2026, 11, 21, 18, 5, tzinfo=dt.UTC)
ME = Asking(NOW.date(), NOW, register="till-1", customer="c-1", draft="till-1:d-1")


def test_codes_of_a_batch_are_different_and_always_the_same():
    codes = codes_of(BATCH, KEY, 500)
    assert len(set(codes)) == 500
    assert codes == codes_of(BATCH, KEY, 500)
    assert codes[3] == code_of(BATCH, KEY, 3)
    assert all(len(code) == 4 + 8 + 1 and genuine(BATCH, KEY, code) for code in codes)
    assert sum(genuine(BATCH, OTHER_KEY, code) for code in codes) < 60  # one in 31 by chance
    assert coupon_code(BATCH, KEY, "sale 1") == coupon_code(BATCH, KEY, "sale 1") != coupon_code(BATCH, KEY, "sale 2")


def test_a_form_that_is_too_short_for_the_batch_is_refused():
    with pytest.raises(ValueError, match="more than 4 signs"):
        codes_of(Batch("b", body=4), KEY, 10_000)


@given(number=st.integers(0, 10**6), place=st.integers(4, 12), sign=st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_found(number, place, sign):
    code = code_of(BATCH, KEY, number)
    wrong = code[:place] + sign + code[place + 1 :]
    assert genuine(BATCH, KEY, wrong) is (wrong == code)


def test_every_two_swapped_signs_are_found():
    for number in range(50):
        code = code_of(BATCH, KEY, number)
        for one, other in combinations(range(4, 12), 2):
            signs = list(code)
            signs[one], signs[other] = signs[other], signs[one]
            assert genuine(BATCH, KEY, "".join(signs)) is (code[one] == code[other])


def test_a_code_is_read_as_people_write_it():
    code = code_of(BATCH, KEY, 7)
    assert genuine(BATCH, KEY, f" {code[:4].lower()}-{code[4:8]} {code[8:]}".replace("0", "o").replace("1", "l"))
    assert plain("sa-le io") == "SA1E10"
    assert not genuine(BATCH, KEY, code[:-1])
    assert not genuine(BATCH, KEY, "ПРИВЕТ")


def test_more_check_signs_cannot_be_guessed_from_the_body():
    batch = Batch("b", check=4)
    code = code_of(batch, KEY, 1)
    assert not any(genuine(batch, KEY, code[:-1] + sign) for sign in ALPHABET if sign != code[-1])


def test_the_state_table_is_the_one_of_the_specification():
    every = {(state.value, event.value): found.value for (state, event), found in TABLE.items()}
    assert every == {
        ("issued", "reserve"): "reserved", ("issued", "past"): "expired", ("issued", "revoke"): "revoked",
        ("reserved", "applied"): "used", ("reserved", "not_applied"): "issued", ("reserved", "dropped"): "issued",
        ("reserved", "timeout"): "issued", ("reserved", "unknown"): "reserved",
        ("used", "returned"): "issued", ("used", "returned_part"): "used",
    }  # fmt: skip
    for state in CodeState:
        for event in CodeEvent:
            if (state, event) not in TABLE:
                with pytest.raises(CodeRefusedError):
                    step(state, event)


def test_a_full_return_after_the_date_expires_the_code():
    assert step(CodeState.USED, CodeEvent.RETURNED) is CodeState.ISSUED
    assert step(CodeState.USED, CodeEvent.RETURNED, past=True) is CodeState.EXPIRED


def test_a_use_from_draft_to_sale_to_return():
    held = NEW.after(CodeEvent.RESERVE, "t:1", now=NOW, customer="c-1")
    assert held.uses == (Use("t:1", "c-1", CodeState.RESERVED, NOW + dt.timedelta(minutes=15)),)
    again = held.after(CodeEvent.RESERVE, "t:1", now=NOW + dt.timedelta(minutes=5))
    assert again.uses[0].until == NOW + dt.timedelta(minutes=20)
    used = held.after(CodeEvent.APPLIED, "t:1", now=NOW)
    assert used.uses == (Use("t:1", "c-1", CodeState.USED),)
    assert used.after(CodeEvent.RETURNED_PART, "t:1", now=NOW) == used
    assert used.after(CodeEvent.RETURNED, "t:1", now=NOW) == NEW
    unknown = held.after(CodeEvent.UNKNOWN, "t:1", now=NOW)
    assert unknown.live(NOW + dt.timedelta(days=9)) == unknown.uses
    assert held.live(NOW + dt.timedelta(minutes=15)) == ()
    with pytest.raises(CodeRefusedError):
        NEW.after(CodeEvent.APPLIED, "t:1", now=NOW)


USED = Use("till-2:x", "c-2", CodeState.USED)
HELD = Use("till-2:x", "c-2", CodeState.RESERVED, NOW + dt.timedelta(minutes=1))
OVER = Use("till-2:x", "c-2", CodeState.RESERVED, NOW)
OWN = Use("till-1:d-1", "c-1", CodeState.RESERVED, NOW + dt.timedelta(minutes=1))


@pytest.mark.parametrize(
    ("batch", "record", "reason"),
    [
        (Batch("b"), NEW, ""),
        (Batch("b"), CodeRecord((USED,) * 9), ""),
        (Batch("b"), CodeRecord(revoked=True), "revoked"),
        (Batch("b", start=NOW.date() + dt.timedelta(1)), NEW, "date"),
        (Batch("b", end=NOW.date()), NEW, "date"),
        (Batch("b", start=NOW.date(), end=NOW.date() + dt.timedelta(1)), NEW, ""),
        (Batch("b"), CodeRecord(end=NOW.date()), "date"),
        (Batch("b"), CodeRecord(bound_customer="c-2"), "bound"),
        (Batch("b"), CodeRecord(bound_register="till-2"), "bound"),
        (Batch("b", "once", offline="allow"), NEW, ""),
        (Batch("b", "once", offline="allow"), CodeRecord((USED,)), "used"),
        (Batch("b", "once", offline="allow"), CodeRecord((HELD,)), "reserved"),
        (Batch("b", "once", offline="allow"), CodeRecord((OVER,)), ""),
        (Batch("b", "once", offline="allow"), CodeRecord((OWN,)), ""),
        (Batch("b", "once"), NEW, "offline"),
        (Batch("b", "once"), CodeRecord(online=True), ""),
        (Batch("b", "once"), CodeRecord(bound_customer="c-1"), ""),
        (Batch("b", "once"), CodeRecord(bound_register="till-1"), ""),
        (Batch("b", "once", offline="refuse"), CodeRecord(bound_customer="c-1"), "offline"),
        (Batch("b", "times", times=2, offline="allow"), CodeRecord((USED,)), ""),
        (Batch("b", "times", times=2, offline="allow"), CodeRecord((USED, HELD)), "reserved"),
        (Batch("b", "per_customer", offline="allow"), CodeRecord((USED,)), ""),
        (Batch("b", "per_customer", offline="allow"), CodeRecord((Use("q", "c-1", CodeState.USED),)), "used"),
    ],
)
def test_who_may_use_a_code_now(batch, record, reason):
    assert why_not(batch, record, ME) == reason


def test_a_code_per_customer_needs_one():
    assert why_not(Batch("b", "per_customer", offline="allow"), NEW, Asking(NOW.date(), NOW)) == "no customer"
    assert why_not(Batch("b", end=NOW.date()), NEW, Asking(None, None)) == "date"


@given(times=st.integers(1, 4), drafts=st.lists(st.integers(0, 6), max_size=20))
def test_used_and_reserved_never_exceed_n(times, drafts):
    batch, record = Batch("b", "times", times=times, offline="allow"), NEW
    for number in drafts:
        draft = f"t:{number}"
        if not why_not(batch, record, Asking(NOW.date(), NOW, draft=draft)):
            state = next((use.state for use in record.uses if use.draft == draft), CodeState.ISSUED)
            event = CodeEvent.RESERVE if state is not CodeState.RESERVED else CodeEvent.APPLIED
            if state is not CodeState.USED:
                record = record.after(event, draft, now=NOW)
        assert len(record.live(NOW)) <= times
