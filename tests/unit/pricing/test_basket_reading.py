"""A basket as the till sends it: what is taken, what is refused, everything wrong at once."""

import json
from pathlib import Path

import pytest

from pos_agent.rules import basket
from pos_agent.rules.basket import BasketError

GOOD = {
    "at": "2026-11-21T18:05:00+03:00",
    "register": "till-1",
    "store": "msk-1",
    "channel": "till",
    "lines": [
        {
            "id": "1",
            "sku": "4601",
            "name": "Кофе",
            "category": "drinks",
            "price_kop": 19900,
            "qty": "1.000",
            "flags": ["marked", "no_discount", "no_spend", "no_accrue"],
            "floor_kop": 0,
            "vat": "vat22",
        }
    ],
    "customer": {
        "id": "c-1",
        "segments": ["vip"],
        "metric_kop": 1250000,
        "visits": 7,
        "balance_pt": 50000,
        "stamps": {"cup": -4},
        "birthday": "1990-02-28",
        "first_purchase": False,
    },
    "codes": ["SPRING"],
    "spend_pt": 10000,
    "spend": "max",
    "payments": [{"kind": "cash", "sum_kop": 20000}],
}


def changed(path, value):
    """GOOD with one value changed; path like `lines.0.qty`."""
    copy = json.loads(json.dumps(GOOD))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = copy
    for step in way:
        place = place[step]
    place[last] = value
    return copy


def refused(mapping):
    with pytest.raises(BasketError) as caught:
        basket.read(mapping)
    assert all(problem.message_ru and problem.message_en for problem in caught.value.problems)
    return [(problem.path, problem.code) for problem in caught.value.problems]


def test_a_full_basket_is_read():
    read = basket.read(GOOD)
    (line,), customer = read.lines, read.customer
    assert (line.id, line.price_kop, line.quantity_micro, line.category) == ("1", 19900, 1_000_000, "drinks")
    assert line.flags == {"marked", "no_discount", "no_spend", "no_accrue"}
    assert customer is not None
    assert (customer.visits, customer.metric_kop, dict(customer.stamps)) == (7, 1250000, {"cup": -4})
    assert customer.first_purchase is False
    assert (read.store, read.codes, read.asked_pt) == ("msk-1", ("SPRING",), None)
    assert read.at is not None
    assert read.at.hour == 18


def test_the_smallest_basket():
    read = basket.read({"lines": [{"id": "1", "price_kop": 0, "qty": "0.000001", "sku": "", "category": None}]})
    assert read.lines[0].quantity_micro == 1
    assert (read.lines[0].sku, read.customer, read.asked_pt, read.at) == ("", None, 0, None)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("lines.0.price_kop", -1, "range"),
        ("lines.0.price_kop", 199.0, "float"),
        ("lines.0.price_kop", float("nan"), "float"),
        ("lines.0.price_kop", "19900", "type"),
        ("lines.0.price_kop", True, "type"),
        ("lines.0.floor_kop", -1, "range"),
        ("lines.0.qty", 1.5, "quantity"),
        ("lines.0.qty", 1, "quantity"),
        ("lines.0.qty", "0", "quantity"),
        ("lines.0.qty", "0.000000", "quantity"),
        ("lines.0.qty", "-1", "quantity"),
        ("lines.0.qty", "1.0000000", "quantity"),
        ("lines.0.qty", "1,5", "quantity"),
        ("lines.0.qty", "1e3", "quantity"),
        ("lines.0.qty", "٣", "quantity"),
        ("lines.0.qty", "2", "marked"),
        ("lines.0.flags", ["stolen"], "choice"),
        ("lines.0.colour", "red", "unknown_key"),
        ("lines.0.id", "", "text"),
        ("customer.balance_pt", 0.5, "float"),
        ("customer.balance_pt", -1, "range"),
        ("customer.visits", -1, "range"),
        ("customer.stamps", {"cup": 1.0}, "float"),
        ("customer.stamps", [4], "type"),
        ("customer.birthday", "1990-02-30", "date"),
        ("spend_pt", 1.0, "float"),
        ("spend_pt", -1, "range"),
        ("spend", "all", "choice"),
        ("at", "2026-11-21", "moment"),
        ("at", "2026-02-30T10:00:00", "moment"),
        ("at", "0001-01-01T00:00:00", "moment"),
        ("lines", None, "type"),
        ("discount", 1, "unknown_key"),
        ("payments.0.kind", "shells", "choice"),
        ("payments.0.sum_kop", 1.0, "float"),
    ],
)
def test_what_no_rule_can_mend_is_refused(path, value, code):
    mapping = changed(path, value)
    if value is None:
        mapping["lines"] = {"id": "1"}
    assert code in [found for _, found in refused(mapping)]


@pytest.mark.parametrize(
    ("payment", "found"),
    [
        ({"kind": "certificate"}, [("payments[0].sum_kop", "missing")]),
        ({"kind": "deposit", "sum_kop": -1}, [("payments[0].sum_kop", "range")]),
        ({"kind": "abonement"}, [("payments[0].units", "missing")]),
        ({"kind": "abonement", "units": 2}, [("payments[0].units", "quantity")]),
        ({"kind": "abonement", "units": "2", "sum_kop": 1}, [("payments[0].sum_kop", "unknown_key")]),
        ({"kind": "certificate", "sum_kop": 1, "units": "1"}, [("payments[0].units", "unknown_key")]),
    ],
)
def test_a_prepayment_says_its_rest_or_its_units(payment, found):
    assert refused({**GOOD, "payments": [payment]}) == found


@pytest.mark.parametrize("text", ["a\nb", "a\x00", "\x1b[31m", "a\u2028b", "\x7f", "\x85"])
@pytest.mark.parametrize("path", ["lines.0.name", "lines.0.sku", "lines.0.id", "store", "customer.id"])
def test_control_characters_are_refused_by_name(path, text):
    where = path.replace("lines.0.", "lines[0].")
    assert refused(changed(path, text)) == [(where, "control")]


@pytest.mark.parametrize(
    ("at", "zone", "found"),
    [
        ("2026-03-29T02:30:00", "Europe/Berlin", [("at", "gap")]),
        ("2026-03-29T01:59:59", "Europe/Berlin", "+01:00"),
        ("2026-03-29T03:00:00", "Europe/Berlin", "+02:00"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "+02:00"),  # of two, the first
        ("2026-10-25T02:30:00+01:00", "Europe/Berlin", "+01:00"),  # the second, as the till says
        ("2026-07-01T12:00:00+01:00", "Europe/Berlin", [("at", "offset")]),
        ("2026-11-21T18:05:00", "Europe/Moscow", "+03:00"),
        ("2026-11-21T18:05:00", "Europe/Nowhere", [("zone", "zone")]),
        ("2026-11-21T18:05:00", "../etc/passwd", [("zone", "zone")]),
        ("2026-11-21T18:05:00", "Europe", [("zone", "zone")]),
        ("9999-12-31T23:59:59", "Europe/Moscow", [("at", "moment")]),
    ],
)
def test_store_time_and_its_jumps(at, zone, found):
    mapping = {**GOOD, "at": at, "zone": zone}
    if isinstance(found, list):
        assert refused(mapping) == found
    else:
        read = basket.read(mapping)
        assert read.at is not None
        assert read.at.isoformat() == at[:19] + found


def test_sums_beyond_all_sense_and_lists_beyond_all_measure():
    huge = {"id": "1", "price_kop": 10**12, "qty": "2"}
    assert refused({"lines": [huge]}) == [("lines[0].qty", "too_big")]
    assert refused({"lines": [{"id": "1", "price_kop": 10**12 + 1, "qty": "1"}]}) == [("lines[0].price_kop", "range")]
    lines = [{"id": str(number), "price_kop": 1, "qty": "1"} for number in range(10_001)]
    assert refused({"lines": lines}) == [("lines", "too_many")]
    assert len(basket.read({"lines": lines[:-1]}).lines) == 10_000
    assert refused({"lines": [], "codes": ["x"] * 101}) == [("codes", "too_many")]


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ({"X": 1}, [("code_states.X", "type")]),
        ({"X": {"uses": [{"state": "sold"}]}}, [("code_states.X.uses[0].state", "choice")]),
        ({"X": {"uses": [{"until": "tomorrow"}]}}, [("code_states.X.uses[0].until", "moment")]),
        ({"X": {"use": []}}, [("code_states.X.use", "unknown_key")]),
    ],
)
def test_states_of_codes_are_checked(states, found):
    assert refused({"lines": [], "code_states": states}) == found


def test_figures_of_further_programs_are_checked():
    customer = {"id": "c", "programs": {"stars": {"balance_pt": -1, "spend": "all", "x": 1}}}
    assert refused({"lines": [], "customer": customer}) == [
        ("customer.programs.stars.balance_pt", "range"),
        ("customer.programs.stars.spend", "choice"),
        ("customer.programs.stars.x", "unknown_key"),
    ]


def test_two_lines_with_one_id():
    assert refused({**GOOD, "lines": GOOD["lines"] * 2}) == [("lines", "duplicate")]


def test_everything_wrong_is_told_at_once_with_its_path():
    mapping = changed("lines.0.price_kop", -1)
    mapping["lines"].append({"id": "2", "qty": "1"})
    mapping["customer"]["balance_pt"] = 0.5
    found = refused(mapping)
    assert found == [
        ("lines[0].price_kop", "range"),
        ("lines[1].price_kop", "missing"),
        ("customer.balance_pt", "float"),
    ]


def test_exact_without_an_amount_lines_missing_and_no_object():
    assert refused({"lines": [], "spend": "exact"}) == [("spend_pt", "missing")]
    assert refused({}) == [("lines", "missing")]
    assert refused([]) == [("", "type")]
    assert refused({"lines": [], "store": "\ud800"}) == [("store", "control")]


@pytest.mark.parametrize(
    ("said", "asked"),
    [({}, 0), ({"spend_pt": 5}, 5), ({"spend": "none", "spend_pt": 5}, 0), ({"spend": "exact", "spend_pt": 5}, 5),
     ({"spend": "max"}, None), ({"spend": "max", "spend_pt": 5}, None)],
)  # fmt: skip
def test_how_many_points_are_asked(said, asked):
    assert basket.read({"lines": [], **said}).asked_pt == asked


def test_the_example_in_the_repository_is_a_good_basket():
    text = (Path(__file__).parents[3] / "config/examples/basket.json").read_text(encoding="utf-8")
    assert len(basket.read(json.loads(text)).lines) == 4
