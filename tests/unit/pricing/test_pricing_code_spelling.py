"""A generated code is one code in every spelling: also where the basket tells what is known of it."""

import pytest

RULES = """
[[codes]]
id = "friend"
kind = "once"
prefix = "FR"
offline = "allow"

[[codes]]
id = "list"
kind = "once"
codes = ["A-1"]
offline = "allow"

[[rule]]
id = "hundred"
kind = "receipt_amount"
kop = 10000
when = { batches = ["friend", "list"] }
"""
USED = {"uses": [{"draft": "till-2:b", "state": "used"}]}


@pytest.mark.parametrize("entered", ["FR3H7K2M9XA", "fr3h-7k2m-9xa", "FR3H 7K2M 9XA"])
@pytest.mark.parametrize("known", ["FR3H7K2M9XA", "fr3h-7k2m-9xa"])
def test_a_used_code_is_used_in_every_spelling(till, entered, known):
    priced = till.price(RULES, till.lines(50_000), codes=[entered], code_states={known: USED})
    assert priced.applied == ()
    told = next(one for one in priced.trace if one["step"] == "code")
    assert (told["batch"], told["reason"]) == ("friend", "used")


def test_what_is_known_of_one_code_says_nothing_of_another(till):
    states = {"FR3H7K2M9XB": USED}
    assert till.price(RULES, till.lines(50_000), codes=["FR3H7K2M9XA"], code_states=states).applied == ("hundred",)


def test_a_listed_code_is_what_the_list_says_to_the_letter(till):
    assert till.price(RULES, till.lines(50_000), codes=["A-1"], code_states={"a1": USED}).applied == ("hundred",)
    assert till.price(RULES, till.lines(50_000), codes=["A-1"], code_states={"A-1": USED}).applied == ()
    assert till.price(RULES, till.lines(50_000), codes=["a1"]).applied == ()
