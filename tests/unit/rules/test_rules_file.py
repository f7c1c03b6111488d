"""Rules files: what is read, what is refused, and that every problem is named at once with its line."""

import json
import tomllib
from pathlib import Path

import pytest

from pos_agent.model.loyalty import CustomerSnapshot, Span
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.levels import Metric
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import TEXTS, RulesError, problem
from pos_agent.rules.scope import mask_matches

PACKS = Path(__file__).parents[3] / "config" / "rules"
HEAD = '[program]\nid = "p"\nname = "P"\n'
CARD = "[[rule]]\nid = 'a'\nkind = 'card_percent'\nbp = 1\n"


def problems(text: str, fmt: str = "toml") -> list[tuple[str, int | None, str]]:
    with pytest.raises(RulesError) as caught:
        parse(text, fmt)
    return [(found.path, found.line, found.code) for found in caught.value.problems]


def test_an_empty_file_says_that_it_is_no_rules_file():
    for fmt in ("toml", "json"):
        assert problems("", fmt) == [("program", None, "no_program")]


def test_all_problems_at_once_in_the_order_of_the_file():
    text = """\
[program]
id = "p"
nme = "P"

[accrue]
bp = 1.5
delay_days = -1
multipliers = [
  { num = 2, dem = 3 },
]

[spendd]

[[rule]]
id = "a"
kind = "item_percent"
bp = 20000

[[rule]]
id = "a"
kind = "itempercent"
"""
    assert problems(text) == [
        ("program.name", 1, "missing"),
        ("program.nme", 3, "unknown_key"),
        ("accrue.bp", 6, "float"),
        ("accrue.delay_days", 7, "range"),
        ("accrue.multipliers[0].dem", 8, "unknown_key"),
        ("spendd", 12, "unknown_key"),
        ("rule[0].bp", 17, "range"),
        ("rule[1].kind", 21, "unknown_kind"),
    ]


MISTAKES = [
    ("[accrue]", "accrue", "one_of"),
    ("[accrue]\nbp = 1\ntiers = [{name='a', from_kop=0, bp=1}]", "accrue", "both"),
    ("[accrue]\nbp = 1\nlife_days = 1\nlife_months = 1", "accrue.life_months", "both"),
    ("[accrue]\nbp = true", "accrue.bp", "type"),
    ("[accrue]\nbp = 1\nround = 'up'", "accrue.round", "choice"),
    ("[accrue]\nbp = 1\nstep_pt = 0", "accrue.step_pt", "range"),
    ("[accrue]\nbp = 1\nmultipliers = [{num = 1, den = 0}]", "accrue.multipliers[0].den", "range"),
    ("[accrue]\nbp = 1\nscope = {name = ['x']}", "accrue.scope.name", "unknown_key"),
    ("[accrue]\ntiers = []", "accrue.tiers", "missing"),
    (
        "[accrue]\ntiers = [{name='a', from_kop=0, bp=1}, {name='b', from_visits=1, bp=1}]",
        "accrue.tiers",
        "mixed_tiers",
    ),
    ("[accrue]\ntiers = [{name='a', from_kop=0, bp=1}, {name='b', from_kop=0, bp=2}]", "accrue.tiers", "duplicate"),
    ("[accrue]\ntiers = [{name='a', bp=1}]", "accrue.tiers[0]", "one_of"),
    ("[program.level]\nwindow = 'days'", "program.level.days", "missing"),
    ("[program.level]\nwindow = 'year'\ndays = 3", "program.level.days", "needs"),
    ("[program.level]\npolicy = 'hold'", "program.level.hold_days", "missing"),
    ("[program.level]\npolicy = 'gentle'", "program.level.policy", "choice"),
    ("[program.level]\npolicy = 'never'\nhold_days = 3", "program.level.hold_days", "needs"),
    ("[program.level]\npolicy = 'hold'\nhold_days = 3\nreview = 'month'", "program.level.review", "needs"),
    ("[accrue]\ntiers = [{name='a', from_kop=0, need='all', bp=1}]", "accrue.tiers[0].need", "needs"),
    (
        "[program.level]\nmetric = 'visits'\n[accrue]\ntiers = [{name='a', from_kop=0, bp=1}]",
        "program.level.metric",
        "level_metric",
    ),
    ("[spend]\ncap_bp = 10001", "spend.cap_bp", "range"),
    ("[spend]\nno_spend_after = 1", "spend.no_spend_after", "type"),
    ("[[blacklist]]\nid = 'x'\nflags = ['no_spend']", "blacklist[0]", "one_of"),
    ("[[blacklist]]\nid = 'x'\nnames = ['a']\nflags = ['no_sale']", "blacklist[0].flags", "choice"),
    ("[[blacklist]]\nid = 'x'\nnames = ['a']\nflags = []", "blacklist[0].flags", "missing"),
    ("[[blacklist]]\nid = 'x'\nnames = ['a']\nflags = ['no_spend']\n" * 2, "blacklist", "duplicate"),
    ("[slip]\nheading = 1", "slip.heading", "type"),
    ("[slip]\nhedding = 'x'", "slip.hedding", "unknown_key"),
    ("[[rule]]\nid='a'\nkind='n_plus_m'\nbuy=2", "rule[0].free", "missing"),
    ("[[rule]]\nid='a'\nkind='item_percent'\nbp=1\nbuy=2", "rule[0].buy", "unknown_key"),
    ("[[rule]]\nid='a'\nkind='round_total'\nto_kop=100\nphase=6", "rule[0].phase", "range"),
    (CARD + "when={hours=['8:00','10:00']}", "rule[0].when.hours", "time"),
    (CARD + "when={from='2026-02-30'}", "rule[0].when.from", "date"),
    (CARD + "when={from='2026-03-01', to='2026-03-01'}", "rule[0].when.to", "period"),
    (CARD + "when={weekdays=[0]}", "rule[0].when.weekdays[0]", "range"),
    (CARD + "when={minimum=1}", "rule[0].when.minimum", "unknown_key"),
    (CARD + CARD, "rule", "duplicate"),
    (CARD + "when={calendars=['x']}", "rule[0].when.calendars", "unknown_name"),
    (CARD + "when={batches=['x']}", "rule[0].when.batches", "unknown_name"),
    (CARD + "when={variants=['x:y']}", "rule[0].when.variants", "unknown_name"),
    (CARD + "when={min_qty=3}", "rule[0].when.min_qty", "quantity"),
    (CARD + "when={min_qty='3', max_qty='2'}", "rule[0].when.max_qty", "period"),
    (CARD + "when={min_total_kop=3, max_total_kop=2}", "rule[0].when.max_total_kop", "period"),
    (CARD + "scope={min_qty='0'}", "rule[0].scope.min_qty", "quantity"),
    (CARD + 'name="a\\nb"', "rule[0].name", "control"),
    ("[[rule]]\nid='a'\nkind='cashback'\nbp=1\nprogram='x'", "rule[0].program", "unknown_name"),
    ("[[rule]]\nid='a'\nkind='coupon'\nbatch='x'", "rule[0].batch", "unknown_name"),
    ("[[rule]]\nid='a'\nkind='cashback'\nbp=1\ngroup='g'", "rule[0].group", "unknown_key"),
    ("[[rule]]\nid='a'\nkind='points_amount'\npt=0", "rule[0].pt", "range"),
    ("[[rule]]\nid='a'\nkind='privilege'", "rule[0].text", "missing"),
    ("[[calendar]]\nid='x'", "calendar[0]", "one_of"),
    ("[[calendar]]\nid='x'\ndates=['2026-02-30']", "calendar[0].dates[0]", "date"),
    ("[[calendar]]\nid='x'\ndates=['2026-02-03/2026-02-01']", "calendar[0].dates[0]", "date"),
    ("[[calendar]]\nid='x'\nyearly=['02-30']", "calendar[0].yearly[0]", "day_of_year"),
    ("[[experiment]]\nid='x'", "experiment[0].groups", "missing"),
    ("[[experiment]]\nid='x'\ngroups=[{name='a',bp=6000},{name='b',bp=6000}]", "experiment[0].groups", "shares"),
    ("[[codes]]\nid='x'\nprefix='Z'", "codes[0].prefix", "prefix"),
    ("[[codes]]\nid='x'\nkind='times'", "codes[0].times", "missing"),
    ("[[codes]]\nid='x'\ntimes=2", "codes[0].times", "needs"),
    ("[[codes]]\nid='x'\nfrom='2026-02-01'\nto='2026-01-01'", "codes[0].to", "period"),
    ("[[blacklist]]\npreset='tabaco'", "blacklist[0].preset", "unknown_preset"),
    ("[[programs]]\nid='p'\nname='X'", "programs", "duplicate"),
    ("[[programs]]\nid='q'\nname='X'\nspend={cap=1}", "programs[0].spend.cap", "unknown_key"),
    ("[[migration]]\non='2027-01-01'", "migration[0]", "one_of"),
    ("[[migration]]\nold=['p']", "migration[0].on", "missing"),
    ("[[migration]]\non='2027-01-01'\nold=['x']", "migration[0].old", "unknown_name"),
    ("[[migration]]\non='2027-01-01'\nold=['p']\nnew=['p']", "migration[0].new", "duplicate"),
    ("[spend]\nfrom='2027-01-01'\nto='2027-01-01'", "spend.to", "period"),
    (CARD + "group='g'\n[[rule]]\nid='b'\nkind='item_percent'\nbp=1\ngroup='g'", "rule", "group"),
    (
        "[[rule]]\nid='a'\nkind='punch_card'\nevery=6\ncounter='b'\n[[rule]]\nid='b'\nkind='punch_card'\nevery=6",
        "rule",
        "punch_cards",
    ),
]


@pytest.mark.parametrize(("body", "path", "code"), MISTAKES)
def test_one_mistake_is_one_problem(body, path, code):
    assert [(where, what) for where, _, what in problems(HEAD + body)] == [(path, code)]


def test_a_broken_file_names_the_line():
    assert problems("[program]\nid = \n") == [("", 2, "syntax")]
    assert problems('{"program":\n {,}}', "json") == [("", 2, "syntax")]
    assert problems('{"program": {}, "program": {}}', "json")[0][2] == "syntax"
    assert problems("[]", "json")[0][2] == "syntax"
    assert problems('{"program": {"id": "x",\n "name": "\\ud800"}}', "json") == [("program.name", 2, "control")]
    assert problems("[" * 100_000, "json")[0][2] == "syntax"


def test_every_problem_reads_in_both_languages():
    words = {"value": 1, "allowed": 1, "least": 1, "most": 1, "limit": 1, "keys": 1, "detail": 1}
    words |= {"zone": 1, "offset": 1, "entry": 1}
    for code in TEXTS:
        found = problem(code, "a", expected_ru="x", expected_en="x", **words)
        assert found.message_ru != found.message_en
        assert "{" not in found.message_ru + found.message_en


FULL = """
[program]
id = "p"
name = "P"
[program.level]
window = "days"
days = 90
[spend]
[[rule]]
id = "sixth-cup"
kind = "punch_card"
every = 6
counter = "cup"
phase = 2
priority = 10
group = "g"
group_policy = "best"
exclusive = false
base = "net"
[rule.scope]
ids = []
skus = ["46*"]
categories = ["coffee"]
not_categories = []
names = ["*кофе*"]
only_undiscounted = false
[rule.when]
from = "2026-12-01"
to = "2027-01-01"
weekdays = [1, 2]
hours = ["08:00", "10:00"]
segments = []
codes = ["SPRING"]
min_total_kop = 0
channels = []
stores = []
[[rule]]
id = "b"
kind = "buy_x_get_y"
buy = 2
get = 1
buy_scope = { skus = ["a"] }
bp = 5000
[[rule]]
id = "t"
kind = "tier_percent"
tiers = [{ name = "x", from_kop = 0, bp = 100 }]
when = { birthday = [3, 3], nth_visit = 5, first_purchase = true }
"""


def test_a_full_file_is_accepted_and_toml_and_json_have_one_hash():
    rules = parse(FULL)
    assert [(rule.id, rule.kind, rule.phase, rule.priority) for rule in rules.sale_rules] == [
        ("sixth-cup", "punch_card", 2, 10),
        ("b", "buy_x_get_y", 2, 100),
        ("t", "tier_percent", 3, 100),
    ]
    assert rules.program.level.window.span is Span.DAYS
    assert rules.spend is not None
    assert rules.spend.cap_bp == 10_000
    assert rules.accrue is None
    assert parse(json.dumps(tomllib.loads(FULL)), "json") == rules
    assert parse(FULL.replace("every = 6", "every = 7")).hash != rules.hash
    assert parse(FULL.replace("every = 6", "every   =  6 # six")).hash == rules.hash


def test_hash_is_sha256_of_canonical_json():
    # printf '{"program":{"id":"p","name":"Кофе"}}' | sha256sum
    expected = "c8cbb21e493ae7c669e74addcaa5a5ec95c096131fee301aedde99188bd16f78"
    assert parse('[program]\nname = "Кофе"\nid = "p"').hash == expected


def test_a_toml_date_is_the_same_as_its_text():
    rule = "[[rule]]\nid='a'\nkind='card_percent'\nbp=1\nwhen={from=%s}"
    assert parse(HEAD + rule % "2026-03-01") == parse(HEAD + rule % "'2026-03-01'")


def test_level_metric_follows_the_tiers():
    assert parse(HEAD + "[accrue]\ntiers=[{name='a',from_visits=1,bp=1}]").program.level.metric is Metric.VISITS


@pytest.mark.parametrize(
    ("mask", "text", "expected"),
    [
        ("*кофе*", "Напиток КОФЕ латте", True),
        ("кофе", "кофе латте", False),
        ("кофе*", "кофе", True),
        ("46??", "4601", True),
        ("46??", "46011", False),
        ("*", "x", True),
        ("*", "", False),
        ("[ab]*", "a", False),
        ("[ab]*", "[AB] c", True),
        ("*a*b", "aabab", True),
        ("*a*b", "aaba", False),
        ("*" * 50 + "x", "y" * 5000, False),
    ],
)
def test_masks(mask, text, expected):
    assert (bool(text) and mask_matches(mask, text)) is expected


def test_packs_of_the_product_read_and_earn():
    coffee = parse((PACKS / "coffee.toml").read_text())
    basket = [
        AccrualLine("1", "Капучино", 25000),
        AccrualLine("2", "Сигареты Ява", 20000),
        AccrualLine("3", "X", 20000, gtin="04606209901234"),
    ]
    for metric_kop, level, total in [(0, "Бронза", 750), (1_000_000, "Серебро", 1250), (3_000_000, "Золото", 1750)]:
        earned = accrue(coffee, basket, CustomerSnapshot("c", metric_kop=metric_kop))
        assert earned.level is not None
        assert (earned.level.name, earned.by_line) == (level, (total, 0, 0))
    grocery = parse((PACKS / "grocery.toml").read_text())
    assert accrue(grocery, [AccrualLine("1", "Молоко", 34999)], CustomerSnapshot("c")).total_pt == 600
    assert accrue(grocery, [AccrualLine("1", "Молоко", 4999)], CustomerSnapshot("c")).total_pt == 0
