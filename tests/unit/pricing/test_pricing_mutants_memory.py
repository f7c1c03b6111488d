"""What is remembered between receipts: asked once, never without bound; what is told of a refused file, and hints."""

import json
from dataclasses import dataclass

import pytest

from pos_agent.rules import basket
from pos_agent.rules.blacklist_table import presets
from pos_agent.rules.check import inspect
from pos_agent.rules.code_usability import Codes
from pos_agent.rules.compiled import compiled
from pos_agent.rules.conditions import Moment
from pos_agent.rules.holding import MOMENTS, REMEMBERED
from pos_agent.rules.kinds import KINDS
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.problems import Problem, RulesError
from pos_agent.rules.reader import Reader
from pos_agent.rules.values import Terms

HEAD = '[program]\nid = "p"\nname = "P"\n'
LINE = {"id": "1", "price_kop": 1000, "qty": "1"}
NO_CODES = Codes(frozenset(), frozenset(), ())


def moment(rules, **keys):
    return Moment(rules, basket.read({"lines": [LINE], **keys}), NO_CODES)


def test_a_fact_is_asked_once_and_not_forever_remembered():
    rules = parse(HEAD + '[[rule]]\nid = "a"\nkind = "item_amount"\nkop = 1\nwhen = { partners = ["gym"] }\n')
    holding = compiled(rules).holding
    (by_partner,) = holding._by_fact
    asked = []
    by_partner.check, check = (lambda when, now: asked.append(now.basket.partner) or check(when, now)), by_partner.check
    for _ in range(3):
        assert holding.at(moment(rules, partner="gym"))[0].off == 0
        assert holding.at(moment(rules, partner="bank"))[0].off == 1
    assert asked == ["gym", "bank"]
    for number in range(REMEMBERED - 2):
        holding.at(moment(rules, partner=f"p{number}"))
    assert len(by_partner.known) == REMEMBERED
    holding.at(moment(rules, partner="one more"))
    assert by_partner.known == {"one more": 1}


def test_rules_of_a_line_are_found_once_and_not_forever_remembered():
    rules = parse(HEAD + '[[rule]]\nid = "a"\nkind = "item_amount"\nkop = 1\n')
    held, _ = compiled(rules).holding.at(moment(rules))
    first = held.on(1)
    assert held.known == {1: first}
    assert first.names == ["a"]
    for number in range(REMEMBERED - 1):
        held.on((number + 1) << 1)
    assert len(held.known) == REMEMBERED
    held.on((REMEMBERED + 1) << 1)
    assert len(held.known) == 1


def test_moments_are_remembered_by_what_holds_and_not_forever():
    """A rule for every visit: other visits, other sets of rules."""
    one = '[[rule]]\nid = "r{0:03}"\nkind = "item_amount"\nkop = 1\nwhen = {{ visit_numbers = [{0}] }}\n'
    rules = parse(HEAD + "".join(one.format(number) for number in range(1, MOMENTS + 3)))
    holding = compiled(rules).holding
    same = [holding.at(moment(rules, customer={"id": "c", "visits": 4}))[0] for _ in range(2)]
    assert same[0] is same[1]
    for visits in range(MOMENTS + 1):
        held, _ = holding.at(moment(rules, customer={"id": "c", "visits": visits}))
        assert len(holding._known) <= MOMENTS
        assert (held.off >> visits & 1, held.off.bit_count()) == (0, MOMENTS + 1)
    assert len(holding._known) == 1


def test_the_reasons_of_a_moment_are_remembered_and_told_apart():
    """Both rules are off on both days: each for a reason of its own."""
    text = HEAD + (
        '[[rule]]\nid = "a"\nkind = "item_amount"\nkop = 1\nwhen = { weekdays = [1], partners = ["gym"] }\n'
        '[[rule]]\nid = "b"\nkind = "item_amount"\nkop = 1\nwhen = { segments = ["vip"] }\n'
    )
    rules = parse(text)
    told = {}
    for partner, day in (("gym", "2026-11-24"), ("bank", "2026-11-23"), ("gym", "2026-11-24"), ("bank", "2026-11-24")):
        for customer in (None, {"id": "c"}):
            keys = {"partner": partner, "at": f"{day}T10:00:00+03:00", **({"customer": customer} if customer else {})}
            priced = price(rules, basket.read({"lines": [LINE], **keys}))
            told[partner, day, bool(customer)] = [
                (one["reason"], one["condition"]) for one in priced.trace if one["step"] == "skip"
            ]
    assert told == {
        ("gym", "2026-11-24", False): [("condition", "weekdays"), ("no customer", "segments")],
        ("gym", "2026-11-24", True): [("condition", "weekdays"), ("condition", "segments")],
        ("bank", "2026-11-23", False): [("condition", "partners"), ("no customer", "segments")],
        ("bank", "2026-11-23", True): [("condition", "partners"), ("condition", "segments")],
        ("bank", "2026-11-24", False): [("condition", "weekdays"), ("no customer", "segments")],
        ("bank", "2026-11-24", True): [("condition", "weekdays"), ("condition", "segments")],
    }
    held, _ = compiled(rules).holding.at(moment(rules))
    assert 1 < len(held.skips) <= MOMENTS


@dataclass
class Asked:
    """A table read key by key, with what was wrong."""

    table: dict

    def reader(self):
        self.problems = []
        return Reader(self.table, "t", self.problems, lambda path: None)


def test_what_a_wrong_list_of_numbers_is_read_as():
    asked = Asked({"good": [3, 1], "mixed": [2, "x", True, 9, 5], "short": [1]})
    reader = asked.reader()
    assert reader.integers("good", least=1, most=3) == (3, 1)
    assert reader.integers("mixed", least=2, most=5) == (2, 5)
    assert [one.path for one in asked.problems] == ["t.mixed[1]", "t.mixed[2]", "t.mixed[3]"]
    assert reader.integers("short", least=1, most=3, count=2) == ()
    assert reader.integers("absent", least=1, most=3) == ()


def test_what_a_wrong_number_is_read_as():
    asked = Asked({"low": 1, "text": "2", "true": True, "good": 4})
    reader = asked.reader()
    assert [reader.integer(key, 7, least=2, most=4) for key in ("low", "text", "true", "absent")] == [7] * 4
    assert reader.integer("needed", 7, required=True) == 7
    assert reader.integer("good", 7, least=2, most=4) == 4
    assert [one.path for one in asked.problems] == ["t.low", "t.text", "t.true", "t.needed"]


def test_what_a_kind_without_its_figure_is_read_as():
    assert KINDS["round_total"][1](Asked({}).reader()) == Terms(to_kop=1)


def hint(table):
    with pytest.raises(RulesError) as caught:
        parse(json.dumps({"program": {"id": "p", "name": "P"}, **table}), "json")
    (found,) = caught.value.problems
    return found.message_en


@pytest.mark.parametrize(
    ("keys", "near"),
    [
        ({"when": {"week_days": [1]}}, "weekdays"), ({"when": {"chanels": ["till"]}}, "channels"),
        ({"when": {"form": "2026-01-01"}}, "from"), ({"when": {"max_totl_kop": 1}}, "max_total_kop"),
        ({"scope": {"category": ["x"]}}, "categories"), ({"scope": {"min_qyt": "1"}}, "min_qty"),
        ({"prioriti": 1}, "priority"), ({"exclusiv": True}, "exclusive"), ({"group_polici": "best"}, "group_policy"),
        ({"basis": "net"}, "base"),
    ],
)  # fmt: skip
def test_the_hint_of_a_mistyped_key_is_the_nearest_known_one(keys, near):
    assert f"({near}?)" in hint({"rule": [{"id": "a", "kind": "item_amount", "kop": 1, **keys}]})


def test_a_refused_file_says_everything_in_one_text():
    told = RulesError([Problem("rule[0].bp", 3, "по-русски", "not so"), Problem("", None, "нет", "none at all")])
    assert str(told) == "rule[0].bp: not so; file: none at all"


@pytest.mark.parametrize(("text", "fmt"), [("a = " + "[" * 5_000, "toml"), ("[" * 200_000, "json")])
def test_a_file_nested_too_deeply_is_refused_and_not_a_crash(text, fmt):
    with pytest.raises(RulesError) as caught:
        parse(text, fmt)
    (found,) = caught.value.problems
    assert (found.code, found.path, found.line) == ("syntax", "", None)
    assert "nested too deeply" in found.message_en or fmt == "json"


def test_the_presets_are_those_of_the_file():
    read = presets.__wrapped__()
    assert read == presets()
    assert read["vodka"]["floor_per_litre_kop"] == 81_800


def test_a_program_without_accrual_earns_nothing_to_warn_of():
    """Cashback of a program that has no `[accrue]` gives no points, however high it is."""
    text = '[[rule]]\nid = "r"\nkind = "cashback"\nbp = 20000\n'
    found = [one.code for one in inspect(HEAD + text, "toml", None)[1]]
    with_accrual = [one.code for one in inspect(HEAD + "[accrue]\nbp = 1\n" + text, "toml", None)[1]]
    assert "too many points" not in found
    assert set(with_accrual) - set(found)
