"""Where each key of a rules file stands, and how a table is read: lines, endless numbers, near words, many problems."""

from __future__ import annotations

import json

import pytest

from pos_agent.rules.parse import parse
from pos_agent.rules.places import json_places, locator, toml_places
from pos_agent.rules.problems import LONGEST, Problem, RulesError, plain
from pos_agent.rules.reader import MOST_PROBLEMS, MOST_WORDS, Reader, nearest
from pos_agent.rules.source import _huge
from pos_agent.rules.when_table import _minutes, hours

HEAD = '[program]\nid = "p"\nname = "P"\n'
JSON = r"""{"a": 1,
 "b": {"c": [1,
   2, {"d": "x, \"y\": {[",
       "e\u0041": null}],
  "f": [[1], [{"g": []},
   {"h": true}]]},
 "i": [{"j": 1, "k": {"l": 2}}, {"j": 1,
   "k": 2}],
 "m": "last"}
"""
JSON_LINES = {
    "a": 1, "b": 2, "b.c": 2, "b.c[2]": 3, "b.c[2].d": 3, "b.c[2].eA": 4, "b.f": 5, "b.f[0]": 5, "b.f[1]": 5,
    "b.f[1][0]": 5, "b.f[1][0].g": 5, "b.f[1][1]": 6, "b.f[1][1].h": 6, "i": 7, "i[0]": 7, "i[0].j": 7, "i[0].k": 7,
    "i[0].k.l": 7, "i[1]": 7, "i[1].j": 7, "i[1].k": 8, "m": 9,
}  # fmt: skip
TOML = """top = 1
[a]  # of a
x = 1
"y" = [
  1, 2,
]
[a.b]
z = { t = 1 }

[[c]]
x = 1
[[c]]
x = 2
[ [not] ]
[d] not
[e
"""
TOML_LINES = {
    "top": 1, "a": 2, "a.x": 3, "a.y": 4, "a.b": 7, "a.b.z": 8, "c[0]": 10, "c[0].x": 11, "c[1]": 12, "c[1].x": 13,
}  # fmt: skip


def problems(text: str, fmt: str = "toml") -> list[Problem]:
    with pytest.raises(RulesError) as caught:
        parse(text, fmt)
    return caught.value.problems


def reader(table: dict[str, object]) -> Reader:
    return Reader(table, "t", [], lambda path: None)


def test_lines_of_json() -> None:
    json.loads(JSON)
    assert json_places(JSON) == JSON_LINES
    assert json_places('[\n{"a": 1},\n{"b": 2}]') == {"[0]": 2, "[0].a": 2, "[1]": 3, "[1].b": 3}
    assert json_places('"text"') == json_places("12") == json_places("") == {}


def test_lines_of_toml() -> None:
    assert toml_places(TOML) == TOML_LINES


def test_the_nearest_key_around() -> None:
    locate = locator(toml_places, TOML)
    assert [locate(path) for path in ("a.x", "a.y[1]", "a.b.z.t.u", "c[1].y.z")] == [3, 4, 8, 12]
    assert [locate(path) for path in ("c[2].x", "ab", "topp", "", "q[0]")] == [None] * 5
    assert locator(toml_places, "a = 1\n")("ab") is None
    assert locator(json_places, JSON)("b.f[1][1].h.x") == 6


def test_a_text_is_searched_once() -> None:
    asked: list[str] = []

    def places(text: str) -> dict[str, int]:
        asked.append(text)
        return {"a": 1}

    locate = locator(places, "text")
    assert (locate("a"), locate("a.b"), locate("c"), asked) == (1, 1, None, ["text"])


def test_problems_of_nested_json_by_their_lines() -> None:
    text = """{"program":
 {"id": "p",
  "name": "P", "level": {"window": "day"}},
 "rule": [
  {"id": "a", "kind": "item_percent", "bp": 1},
  {"id": "b", "kind": "item_percent",
   "bp": -1, "when": {
     "weekdays": [1, 8]}},
  {"id": "c", "kind": "item_percent", "bp": 1, "scope": {"skus": 1}}],
 "x": 1}"""
    assert [(one.path, one.line) for one in problems(text, "json")] == [
        ("program.level.window", 3), ("rule[1].bp", 7), ("rule[1].when.weekdays[1]", 8), ("rule[2].scope.skus", 9),
        ("x", 10),
    ]  # fmt: skip


@pytest.mark.parametrize("digits", ["9" * 4_301, "1_" + "0" * 4_400])
def test_a_number_without_end_is_told_by_line_and_key(digits: str) -> None:
    (one,) = problems(f"{HEAD}[accrue]\nbp = 1\nmax_pt = {digits}\n")
    assert (one.code, one.path, one.line) == ("huge", "accrue.max_pt", 6)
    assert "4300" in one.message_en
    (one,) = problems(f"{HEAD}grace_days = [\n{digits}]\n")
    assert (one.code, one.path, one.line) == ("huge", "", 5)


def test_a_number_that_cannot_be_read_for_another_reason() -> None:
    (one,) = _huge("a = 1\n").problems
    assert (one.code, one.path, one.line) == ("syntax", "", None)
    assert "a number cannot be read" in one.message_en


def test_a_word_is_near_among_so_many() -> None:
    words = [f"{number:>04}zzzz" for number in range(MOST_WORDS - 1)]
    assert MOST_WORDS == 300
    assert nearest("shap", ["shop", *words]) == " (shop?)"
    assert nearest("shap", ["shop", "more", *words]) == ""
    assert nearest("s" * 100, ["s" * 99]) == f" ({'s' * 99}?)"
    assert nearest("s" * 101, ["s" * 99]) == ""
    assert nearest("qqqq", ["shop"]) == ""


def test_five_hundred_problems_are_told() -> None:
    assert MOST_PROBLEMS == 500
    for count, told in ((499, 499), (500, 500), (501, 501), (700, 501)):
        table = reader({})
        for _ in range(count):
            table.report("missing", "x")
        assert len(table.problems) == told
        assert [one.message_en for one in table.problems if one.code == "and_more"] == (
            ["there is more: the first 500 are shown"] if count > 500 else []
        )
    table = reader(dict.fromkeys(map(str, range(700)), 1))
    table.done()
    assert [one.code for one in table.problems] == ["unknown_key"] * 500 + ["and_more"]


def test_a_kind_that_there_is_not() -> None:
    (one,) = problems(HEAD + '[[rule]]\nid = "a"\nkind = "itempercent"\nbp = -1\n')
    assert (one.path, one.line, one.message_en) == (
        "rule[0].kind",
        6,
        "unknown rule kind 'itempercent' (item_percent?)",
    )
    (one,) = problems(HEAD + '[[rule]]\nid = "a"\n')
    assert (one.path, one.code) == ("rule[0].kind", "missing")


def test_dates_lists_and_nulls() -> None:
    for wrong in ("20260101", "2026-02-30", "2026-W01-1", 20260101, "01.01.2026"):
        table = reader({"from": wrong})
        assert table.date("from") is None
        assert [(one.path, one.code) for one in table.problems] == [("t.from", "date")]
    control = reader({"stores": ["a", "b\nc"]})
    assert control.texts("stores") == ()
    assert [one.code for one in control.problems] == ["control"]
    assert reader({"stores": ["a", "\u00a0b"]}).texts("stores") == ("a", "\u00a0b")  # no printer minds
    empty = reader({"days": None, "stores": None, "n": None})
    assert (empty.integers("days", least=1, most=7), empty.texts("stores"), empty.maybe_integer("n")) == ((), (), None)
    assert empty.problems == []
    listed = reader({"any": 1, "two": [1]})
    assert (listed.integers("any", least=1, most=7), listed.integers("two", least=1, most=7, count=2)) == ((), ())
    assert [one.message_en.removeprefix("expected ") for one in listed.problems] == [
        "a list of whole numbers",
        "a list of 2 numbers",
    ]
    assert [one.message_ru for one in listed.problems] == ["нужно: список из целых чисел", "нужно: список из 2 чисел"]
    bounds = reader({"a": 1, "b": 7, "c": 0, "d": 8})
    assert [bounds.maybe_integer(key, least=1, most=7) for key in "abcd"] == [1, 7, None, None]
    assert [one.message_en for one in bounds.problems] == ["must be from 1 to 7"] * 2


def test_a_shown_text_is_at_most_so_long() -> None:
    assert LONGEST == 200
    assert plain("a" * 200) == "a" * 200
    assert plain("a" * 201) == "a" * 199 + "…"
    assert plain("a\x1bb") == "a\\u001bb"


def test_hours_are_minutes_of_the_day() -> None:
    _minutes.cache_clear()
    assert hours(reader({"hours": ["23:45", "09:05"]})) == (23 * 60 + 45, 9 * 60 + 5)
    assert hours(reader({"hours": ["00:00", "24:00"]})) == (0, 1_440)
    for wrong in (["9:00", "10:00"], ["09:00", "24:01"], ["09:60", "10:00"]):
        table = reader({"hours": wrong})
        assert hours(table) is None
        assert [one.code for one in table.problems] == ["time"]
    for wrong in (["10:00"], ["10:00", "11:00", "12:00"]):
        table = reader({"hours": wrong})
        assert hours(table) is None
        assert [one.message_en for one in table.problems] == ["expected [start, end]"]
