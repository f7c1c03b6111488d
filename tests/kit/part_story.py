"""A basket over the two printers of a counter, and what must be there once it is sold."""

import pytest

from kit.counter_of_two import PART, CounterOfTwo
from pos_agent.errors import AgentError

CREAM = {"id": "k", "name": "Крем", "price_kop": 6_000, "qty": "2", "vat": "vat10"}
WATCH = {"id": "w", "name": "Часы", "price_kop": 20_000, "qty": "1", "vat": "none", "part": PART}
GIFT, SPENT = 5_000, 3_200  # hundredths of a point: 32 roubles, a tenth of the basket
OWN, OTHER = (1, 10_800, 1), (1, 18_000, 2)  # sale, kopecks after the points, taxation system
EARNED = 2_880  # 10 % of 288 roubles


def sell(two: CounterOfTwo, sale_id: str = "s") -> dict:
    return two.sell(sale_id, CREAM, WATCH, customer=two.own.customer, spend=SPENT)


def told(two: CounterOfTwo, sale_id: str = "s") -> AgentError:
    with pytest.raises(AgentError) as error:
        sell(two, sale_id)
    return error.value


def proven(two: CounterOfTwo, answer: dict) -> None:
    """Each storage has its receipt once, the ledger has every document once, the loyalty is there once for both."""
    two.calm()
    assert (two.receipts(two.own), two.receipts(two.other)) == ([OWN], [OTHER])
    assert [one["document"] for one in answer["documents"]] == [two.document(two.own), two.document(two.other)]
    assert sell(two) == answer
    assert (two.receipts(two.own), two.receipts(two.other)) == ([OWN], [OTHER])
    facts = two.loyalty()
    assert len(facts) == 1, "one loyalty event for the whole sale"
    assert facts[0]["documents"] == [
        {"part": "", "document": two.document(two.own)},
        {"part": PART, "document": two.document(two.other)},
    ]
    for one in (two.own, two.other):  # no receipt of ours is taken for the till's
        rows = two.own.query(
            "SELECT json_extract(body, '$.facts.sale') AS sale, json_extract(body, '$.register') AS register "
            "FROM ledger_event WHERE fn_serial = ? AND kind = 'receipt'",
            one.device.profile.fn_serial,
        )
        assert [(row["sale"], row["register"]) for row in rows] == [("s", "till-1")]
    assert two.points() == GIFT - SPENT + EARNED
    assert two.breaches() == ()
