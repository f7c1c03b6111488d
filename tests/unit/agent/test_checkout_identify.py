"""Whose receipt it is: the order of evidence, and which codes a document itself carries."""

from __future__ import annotations

from itertools import combinations

import pytest

from pos_agent.checkout.identify import BY_ARMED, BY_CARD, BY_CONTACT, BY_ORIGINAL, Identified, card_codes, decide
from pos_agent.model.receipt import Operation, Receipt

BEST_FIRST = (BY_ORIGINAL, BY_CARD, BY_ARMED, BY_CONTACT)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_best_evidence_decides_and_the_others_are_kept(count: int) -> None:
    for named in combinations(BEST_FIRST, count):
        found = {evidence: f"c-{evidence}" for evidence in reversed(named)}
        who = decide(found)
        assert who == Identified(f"c-{named[0]}", named[0], tuple(sorted(f"c-{other}" for other in named[1:])))


def test_evidence_that_agrees_names_nobody_else() -> None:
    assert decide({BY_CONTACT: "c-1", BY_CARD: "c-1"}) == Identified("c-1", BY_CARD)
    assert decide({BY_CONTACT: "c-2", BY_ARMED: "c-2", BY_CARD: "c-1"}) == Identified("c-1", BY_CARD, ("c-2",))


def test_nobody_is_named() -> None:
    assert decide({}) is None


def receipt(name: str = "", value: str = "", requisite: str = "") -> Receipt:
    return Receipt(Operation.SALE, 0, (), requisite_name=name, requisite_value=value, receipt_requisite=requisite)


@pytest.mark.parametrize("name", ["КАРТА", "карта", " Карта "])
def test_a_code_under_the_programs_name_comes_before_the_receipts_own_requisite(name: str) -> None:
    assert card_codes(receipt(name, "7Q4M2XKD9W", "OTHER"), "КАРТА") == ["7Q4M2XKD9W", "OTHER"]


def test_a_requisite_of_another_name_is_no_card() -> None:
    assert card_codes(receipt("ПРОПУСК", "7Q4M2XKD9W"), "КАРТА") == []
    assert card_codes(receipt("КАРТА", "   ", " "), "КАРТА") == []
    assert card_codes(receipt("", "", "7Q4M2XKD9W"), "КАРТА") == ["7Q4M2XKD9W"]
