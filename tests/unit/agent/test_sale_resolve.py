"""Was it registered? Every row of step 6 (reliability targets, section 3), on values alone."""

from dataclasses import replace
from itertools import product

import pytest

from pos_agent.checkout.resolve import Answer, Content, Expected, Found, Seen, decide

FN = "9999078902001234"
OURS = Content(1, 9_900, (9_900, 0, 0, 0, 0))
BEFORE = 10
EXPECTED = Expected(FN, BEFORE, OURS)

OTHERS = {
    "another operation": replace(OURS, operation=2),
    "another total": replace(OURS, total_kop=9_901),
    "another payment": replace(OURS, payments_kop=(0, 9_900, 0, 0, 0)),
    "no receipt": None,
}


def seen(*contents: Content | None, receipt_open: bool = False) -> Seen:
    found = [Found(BEFORE + 1 + number, content) for number, content in enumerate(contents)]
    return Seen(FN, BEFORE + len(found), receipt_open, found)


def test_nothing_newer_and_no_receipt_open_means_not_executed() -> None:
    assert decide(EXPECTED, seen()).answer is Answer.NOT_EXECUTED


def test_nothing_newer_and_a_receipt_open_is_cancelled_first() -> None:
    assert decide(EXPECTED, seen(receipt_open=True)).answer is Answer.CANCEL_FIRST


def test_one_newer_and_equal_is_ours() -> None:
    verdict = decide(EXPECTED, seen(OURS))
    assert (verdict.answer, verdict.fd_number) == (Answer.REGISTERED, BEFORE + 1)


@pytest.mark.parametrize("name", OTHERS)
def test_one_newer_that_differs_is_for_a_person(name: str) -> None:
    verdict = decide(EXPECTED, seen(OTHERS[name]))
    assert (verdict.answer, verdict.fd_number) == (Answer.NEEDS_OPERATOR, None)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("receipt_open", [False, True])
def test_one_equal_among_several_is_ours_wherever_it_stands(place: int, receipt_open: bool) -> None:
    contents = [*OTHERS.values()]
    contents[place] = OURS
    verdict = decide(EXPECTED, seen(*contents, receipt_open=receipt_open))
    assert (verdict.answer, verdict.fd_number) == (Answer.REGISTERED, BEFORE + 1 + place)


def test_two_equal_are_for_a_person_who_is_told_which() -> None:
    verdict = decide(EXPECTED, seen(OURS, None, OURS))
    assert verdict.answer is Answer.NEEDS_OPERATOR
    assert "11, 13" in verdict.why


def test_an_equal_one_that_another_sale_owns_is_not_ours() -> None:
    claimed = Seen(FN, BEFORE + 1, False, [Found(BEFORE + 1, OURS, claimed=True)])
    assert decide(EXPECTED, claimed).answer is Answer.NEEDS_OPERATOR
    both = Seen(FN, BEFORE + 2, False, [Found(BEFORE + 1, OURS, claimed=True), Found(BEFORE + 2, OURS)])
    assert decide(EXPECTED, both).fd_number == BEFORE + 2


def test_one_that_cannot_be_read_may_be_ours_so_an_equal_one_proves_nothing() -> None:
    bad = Found(BEFORE + 1, None, unreadable=True)
    for documents in ([bad], [bad, Found(BEFORE + 2, OURS)]):
        verdict = decide(EXPECTED, Seen(FN, BEFORE + len(documents), False, documents))
        assert verdict.answer is Answer.NEEDS_OPERATOR
        assert "document 11 cannot be read" in verdict.why
    known = replace(bad, claimed=True)
    assert decide(EXPECTED, Seen(FN, BEFORE + 2, False, [known, Found(BEFORE + 2, OURS)])).answer is Answer.REGISTERED


def test_too_many_newer_ones_are_for_a_person_even_with_an_equal_one() -> None:
    verdict = decide(EXPECTED, Seen(FN, BEFORE + 51, False, [Found(BEFORE + 1, OURS)]))
    assert verdict.answer is Answer.NEEDS_OPERATOR
    assert "51" in verdict.why


def test_a_storage_that_went_back_is_for_a_person() -> None:
    assert decide(EXPECTED, Seen(FN, BEFORE - 1, False)).answer is Answer.NEEDS_OPERATOR


@pytest.mark.parametrize("receipt_open", [False, True])
def test_another_storage_is_for_a_person_whatever_it_holds(receipt_open: bool) -> None:
    other = replace(seen(OURS, receipt_open=receipt_open), fn_serial="9999078902009999")
    assert decide(EXPECTED, other).answer is Answer.NEEDS_OPERATOR
    assert decide(EXPECTED, replace(other, last_fd=BEFORE, documents=())).answer is Answer.NEEDS_OPERATOR


def test_a_receipt_left_open_behind_foreign_documents_is_cancelled_before_a_person_is_asked() -> None:
    """Found by simulation: a foreign document came before our receipt was opened; left open it blocked every sale."""
    foreign = OTHERS["another total"]
    assert decide(EXPECTED, seen(foreign, receipt_open=True)).answer is Answer.CANCEL_FIRST
    assert decide(EXPECTED, seen(foreign)).answer is Answer.NEEDS_OPERATOR


def test_nothing_but_an_equal_document_ever_proves_a_sale() -> None:
    """All small worlds: up to three newer documents of every kind, receipt open or not, this storage or another."""
    kinds = {
        "ours": Found(0, OURS),
        "claimed": Found(0, OURS, claimed=True),
        "foreign": Found(0, OTHERS["another total"]),
        "unreadable": Found(0, None, unreadable=True),
    }
    worlds = 0
    for count in range(4):
        for names in product(kinds, repeat=count):
            for receipt_open, serial in product([False, True], [FN, "other"]):
                documents = [replace(kinds[name], fd_number=BEFORE + 1 + at) for at, name in enumerate(names)]
                verdict = decide(EXPECTED, Seen(serial, BEFORE + count, receipt_open, documents))
                proven = serial == FN and names.count("ours") == 1 and "unreadable" not in names
                assert (verdict.answer is Answer.REGISTERED) == proven
                absent = serial == FN and not names and not receipt_open
                assert (verdict.answer is Answer.NOT_EXECUTED) == absent
                worlds += 1
    assert worlds == 340
