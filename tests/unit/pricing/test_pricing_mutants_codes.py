"""Codes, migrations and remarks of `rules check` at their edges."""

import datetime as dt

import pytest

from pos_agent.rules.check import inspect
from pos_agent.rules.code_form import BASE, Batch, code_of, codes_of, genuine
from pos_agent.rules.code_states import CodeEvent, CodeRecord, CodeState, Use
from pos_agent.rules.parse import parse

KEY = b"0123456789abcdef"
NOW = dt.datetime.fromisoformat("2026-11-21T18:05:00")
HERE = NOW.replace(tzinfo=dt.timezone(dt.timedelta(hours=3)))
HEAD = '[program]\nid = "p"\nname = "P"\n'


def test_one_code_in_a_hundred_is_the_most():
    batch = Batch("b", body=3)
    most = BASE**3 // 100
    assert len(set(codes_of(batch, KEY, most))) == most
    with pytest.raises(ValueError, match="need more than 3 signs"):
        codes_of(batch, KEY, most + 1)
    assert codes_of(batch, KEY, 2, 5) == [code_of(batch, KEY, 5), code_of(batch, KEY, 6)]


def test_a_listed_code_is_genuine_without_any_sign():
    batch = Batch("b", codes=frozenset({"SPRING"}))
    assert genuine(batch, KEY, "SPRING") is True
    assert genuine(batch, KEY, "AUTUMN") is False


def test_check_signs_are_as_many_as_the_batch_says():
    for check in (1, 2, 4):
        batch = Batch("b", check=check)
        code = code_of(batch, KEY, 1)
        assert len(code) == len(batch.prefix) + batch.body + check
        assert genuine(batch, KEY, code)


def held(until):
    return CodeRecord((Use("d", "c", CodeState.RESERVED, until),))


@pytest.mark.parametrize(
    ("until", "now", "live"),
    [
        (None, NOW, True), (NOW, None, True), (NOW, NOW, False), (NOW, NOW - dt.timedelta(seconds=1), True),
        (HERE, NOW, False), (NOW, HERE, False), (HERE, NOW - dt.timedelta(seconds=1), True),
        (HERE, HERE.astimezone(dt.UTC), False), (HERE, HERE.astimezone(dt.UTC) - dt.timedelta(seconds=1), True),
    ],
)  # fmt: skip
def test_when_a_reservation_is_over(until, now, live):
    assert bool(held(until).live(now)) is live


@pytest.mark.parametrize(
    ("start", "end", "day", "allowed"),
    [
        (None, None, None, True), (NOW.date(), None, None, False), (None, NOW.date(), None, False),
        (NOW.date(), None, NOW.date(), True), (None, NOW.date(), NOW.date(), False),
        (None, NOW.date() + dt.timedelta(1), NOW.date(), True), (NOW.date() + dt.timedelta(1), None, NOW.date(), False),
    ],
)  # fmt: skip
def test_the_dates_of_one_code(start, end, day, allowed):
    assert CodeRecord(start=start, end=end).dated(day) is allowed


def test_a_revoked_code_stays_revoked_and_keeps_its_uses():
    used = CodeRecord((Use("d", "c", CodeState.USED),))
    assert used.after(CodeEvent.REVOKE, "x", now=NOW) == CodeRecord(used.uses, revoked=True)


MOVED = (
    HEAD
    + """
[accrue]
bp = 1
from = "2026-01-01"
to = "2026-06-01"
[spend]
[[rule]]
id = "r"
kind = "item_amount"
kop = 1
when = {to = "2027-06-01"}
[[rule]]
id = "n"
kind = "item_amount"
kop = 1
when = {from = "2026-02-01"}
[[migration]]
on = "2026-05-01"
"""
)


def bounds(more):
    rules = parse(MOVED + more)
    by_id = {rule.id: (rule.when.start, rule.when.end) for rule in rules.sale_rules}
    return by_id, (rules.accrue.start, rules.accrue.end), (rules.spend.start, rules.spend.end)


def test_a_migration_only_narrows():
    may = dt.date(2026, 5, 1)
    rules, accrue, spend = bounds('old = ["r", "p"]\nnew = ["n"]')
    assert rules == {"r": (None, may), "n": (may, None)}
    assert accrue == (dt.date(2026, 1, 1), may)
    assert spend == (None, may)
    rules, accrue, spend = bounds('old = ["n"]\nnew = ["r", "p"]\nparts = ["accrue"]')
    assert rules == {"r": (may, dt.date(2027, 6, 1)), "n": (dt.date(2026, 2, 1), may)}
    assert (accrue, spend) == ((may, dt.date(2026, 6, 1)), (None, None))
    early = MOVED.replace('on = "2026-05-01"', 'on = "2025-05-01"')
    assert parse(early + 'new = ["p"]').accrue.start == dt.date(2026, 1, 1)
    late = MOVED.replace('on = "2026-05-01"', 'on = "2028-05-01"')
    assert parse(late + 'old = ["p"]').accrue.end == dt.date(2026, 6, 1)


def rule(id, kind, **keys):
    return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\n' + "".join(f"{key} = {said}\n" for key, said in keys.items())


def remarks(body):
    return [(one.code, one.path, one.line) for one in inspect(HEAD + body)[1]]


GROUP = {"group": '"g"', "group_policy": '"best"'}


def test_only_a_rule_of_the_same_kind_and_figures_beats():
    percent = rule("a", "receipt_percent", bp=300, **GROUP)
    assert remarks(percent + rule("b", "receipt_percent", bp=200, **GROUP)) == [("beaten", "rule[1]", 10)]
    assert remarks(percent + rule("b", "receipt_percent", bp=200, max_kop=5, **GROUP)) == []
    assert remarks(percent + rule("b", "receipt_percent", bp=200, base='"gross"', **GROUP)) == []
    assert remarks(percent + rule("b", "receipt_percent", bp=200, when="{min_total_kop = 1}", **GROUP)) == []
    unlike = rule("a", "punch_card", every=2, bp=100, phase=2, **GROUP) + rule("b", "free_units", units=1, **GROUP)
    assert "beaten" not in [code for code, *_ in remarks(unlike)]
    units = [rule(name, "free_units", units=2, bp=100, **GROUP) for name in "ab"]
    assert remarks("".join(units)) == []
    same = rule("b", "item_amount", kop=5, **GROUP) + rule("a", "item_amount", kop=5, **GROUP)
    assert remarks(same) == [("beaten", "rule[0]", 4)]
    assert remarks(same.replace("kop = 5\n", "kop = 5\npriority = 1\n", 1)) == [("beaten", "rule[1]", 11)]


def test_cards_on_other_goods_do_not_meet():
    card = rule("a", "punch_card", every=6, bp=100, scope='{categories = ["x"]}')
    assert remarks(card + rule("b", "punch_card", every=5, bp=100, scope='{categories = ["y"]}')) == []
    same = card + rule("b", "punch_card", every=5, bp=100, scope='{categories = ["x"]}')
    assert remarks(same) == [("same stamps", "rule[1]", 10)]


def test_half_of_the_price_is_not_yet_alarming():
    assert remarks(rule("a", "item_percent", bp=5000)) == []
    found = inspect(HEAD + rule("a", "item_percent", bp=5001) + rule("b", "item_amount", kop=900))[1]
    assert [(one.code, one.path) for one in found] == [("worst", "program")]
    assert "50.01" in found[0].message_en
    assert "9.00" in found[0].message_en
    assert "9.00" not in inspect(HEAD + rule("a", "item_percent", bp=5001))[1][0].message_en
    assert remarks(rule("a", "item_percent", bp=4000) + rule("n", "privilege", text='"x"')) == []


def test_points_worth_the_whole_price_are_allowed_and_more_is_told():
    assert remarks("[accrue]\nbp = 10000\n") == []
    assert remarks("[accrue]\nbp = 10001\n") == [("too many points", "accrue", 4)]
    assert remarks("[accrue]\nbp = 1\n" + rule("a", "points_amount", pt=500, when="{min_total_kop = 499}")) == [
        ("points of any receipt", "rule[0]", 6)
    ]
    further = '[[programs]]\nid = "q"\nname = "Q"\naccrue = {bp = 6000}\n'
    cash = rule("a", "cashback", bp=6000)
    assert remarks(further + cash + "[accrue]\nbp = 1\n") == []
    theirs = further + rule("a", "cashback", bp=6000, program='"q"') + "[accrue]\nbp = 1\n"
    assert remarks(theirs) == [("too many points", "programs[0].accrue", 7)]


def test_every_source_of_points_counts_for_the_highest_rate():
    accrue = "[accrue]\nbp = 9000\n"
    for kind, keys in (("cashback", {"bp": 1000}), ("points_per_full", {"pt": 10, "per_kop": 100})):
        assert remarks(rule("a", kind, **keys) + accrue) == []
    for kind, keys in (("cashback", {"bp": 1001}), ("points_per_full", {"pt": 1001, "per_kop": 10_000})):
        assert [code for code, *_ in remarks(rule("a", kind, **keys) + accrue)] == ["too many points"]
    assert remarks(rule("a", "cashback", bp=10_000, mode='"replace"') + accrue) == []
    halved = accrue + "multipliers = [{num = 1, den = 2}, {num = 10, den = 9}]\n"
    assert remarks(halved) == []
    assert [code for code, *_ in remarks(halved.replace("9000", "9001"))] == ["too many points"]
    tiers = '[accrue]\ntiers = [{name = "a", from_kop = 0, bp = 1}, {name = "b", from_kop = 5, bp = 10001}]\n'
    assert [code for code, *_ in remarks(tiers)] == ["too many points"]


def test_places_of_two_remarks_come_in_the_order_of_the_file():
    body = rule("b", "item_percent", bp=0) + "[spend]\n" + rule("a", "item_percent", bp=0, scope='{skus = ["1"]}')
    assert remarks(body) == [
        ("gives nothing", "rule[0]", 4), ("all by points", "spend", 8), ("gives nothing", "rule[1]", 9)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ('to = "2026-12-01"', 'from = "2026-12-01"', False), ('to = "2026-12-02"', 'from = "2026-12-01"', True),
        ('from = "2026-12-01"', 'to = "2026-12-01"', False), ('from = "2026-12-01"', 'to = "2026-12-02"', True),
        ("weekdays = [1, 2]", "weekdays = [3]", False), ("weekdays = [1, 2]", "weekdays = [2]", True),
        ('hours = ["08:00", "10:00"]', 'hours = ["10:00", "11:00"]', False),
        ('hours = ["08:00", "10:01"]', 'hours = ["10:00", "11:00"]', True),
        ('hours = ["10:00", "11:00"]', 'hours = ["08:00", "10:00"]', False),
        ('hours = ["00:00", "01:00"]', 'hours = ["00:30", "01:00"]', True),
        ('hours = ["22:00", "02:00"]', 'hours = ["03:00", "04:00"]', True),  # not plainly disjoint: not judged
    ],
)  # fmt: skip
def test_which_rules_can_meet_in_one_basket(one, other, meet):
    body = rule("a", "item_percent", bp=3000, when=f"{{{one}}}") + rule(
        "b", "item_percent", bp=4000, when=f"{{{other}}}"
    )
    assert ([code for code, *_ in remarks(body)] == ["worst"]) is meet


def test_groups_of_one_experiment_never_meet():
    experiment = '[[experiment]]\nid = "e"\ngroups = [{name = "a", bp = 5000}, {name = "b", bp = 5000}]\n'
    one = rule("a", "item_percent", bp=3000, when='{variants = ["e:a"]}')
    assert remarks(experiment + one + rule("b", "item_percent", bp=4000, when='{variants = ["e:b"]}')) == []
    found = remarks(experiment + one + rule("b", "item_percent", bp=4000, when='{variants = ["e:a", "e:b"]}'))
    assert [code for code, *_ in found] == ["worst"]
