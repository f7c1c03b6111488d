"""`rules check`: unreachable and conflicting rules, worst cases, points above the price; file, line, suggestion."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pos_agent.cli.rules import app
from pos_agent.rules.check import inspect
from pos_agent.rules.check_words import WORDS

HEAD = '[program]\nid = "p"\nname = "P"\n'


def rule(id, kind="item_percent", **keys):
    keys = {"bp": 100, **keys} if "percent" in kind and kind != "tier_percent" else keys
    return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\n' + "".join(f"{key} = {value}\n" for key, value in keys.items())


def found(body, **more):
    return [(one.code, one.path) for one in inspect(HEAD + body, **more)[1]]


GROUP = {"group": '"g"', "group_policy": '"best"'}
LIMITED = "[accrue]\nbp = 100\n[spend]\ncap_bp = 100\n[limits]\n"
REMARKS = [
    (rule("a", bp=0), [("gives nothing", "rule[0]")]),
    (rule("a", "item_amount", kop=0), [("gives nothing", "rule[0]")]),
    (rule("a", "receipt_percent", max_kop=0), [("gives nothing", "rule[0]")]),
    (rule("a", scope='{categories = ["x"], not_categories = ["x", "y"]}'), [("scope", "rule[0].scope")]),
    (rule("a", when='{from = "2026-11-21", to = "2026-11-23", weekdays = [1]}'), [("weekdays", "rule[0].when")]),
    (rule("a", when='{payments = ["cash"], only_payments = ["card"]}'), [("payments", "rule[0].when")]),
    (
        '[[calendar]]\nid = "c"\nyearly = ["01-01"]\n' + rule("a", when='{calendars = ["c"], not_calendars = ["c"]}'),
        [("calendar", "rule[0].when")],
    ),
    (rule("a", exclusive="true") + rule("b", "card_percent") + rule("c", "round_total", to_kop=100),
     [("after exclusive", "rule[1]")]),
    (rule("b", "card_percent") + rule("a", exclusive="true", priority=1), [("after exclusive", "rule[0]")]),
    (rule("a", group='"g"', group_policy='"first"') + rule("b", group='"g"', group_policy='"first"'),
     [("first", "rule[1]")]),
    (rule("a", bp=300, **GROUP) + rule("b", bp=200, **GROUP), [("beaten", "rule[1]")]),
    (rule("a", **GROUP) + rule("b", **GROUP), [("beaten", "rule[1]")]),
    (rule("a", when='{codes = ["X"]}') + rule("b", when='{codes = ["X"]}'), [("same code", "rule[1]")]),
    (rule("a", "punch_card", every=6, bp=100) + rule("b", "punch_card", every=5, bp=100), [("same stamps", "rule[1]")]),
    (rule("a", bp=3000) + rule("b", "receipt_percent", bp=4000), [("worst", "program")]),
    (
        "".join(rule(f"r{n}", bp=1, when=f'{{stores = ["{n}", "x"]}}') for n in range(460)),
        [("worst unknown", "program")],
    ),
    ("[spend]", [("all by points", "spend")]),
    ("[accrue]\nbp = 6000\nmultipliers = [{num = 2}]", [("too many points", "accrue")]),
    ("[accrue]\nbp = 9000\n" + rule("a", "cashback", bp=1001), [("too many points", "accrue")]),
    ("[accrue]\nbp = 1\n" + rule("a", "points_amount", pt=500), [("points of any receipt", "rule[0]")]),
    ('[[calendar]]\nid = "c"\nyearly = ["01-01"]', [("unused", "calendar[0]")]),
    ('[[codes]]\nid = "c"', [("unused", "codes[0]")]),
    (LIMITED + "accruals_day = { most = 5 }\naccruals_hour = { most = 2 }", []),
    (LIMITED + "accruals_day = { most = 5 }\naccruals_hour = { most = 5 }", [("limit idle", "limits.accruals_hour")]),
    (LIMITED + 'spends_day = { most = 1, action = "senior" }\nspends_hour = { most = 2, action = "refuse" }', []),
    (
        LIMITED + 'spends_day = { most = 1, action = "refuse" }\nspends_hour = { most = 2, action = "senior" }',
        [("limit idle", "limits.spends_hour")],
    ),
    ("[limits]\naccruals_hour = { most = 2 }", [("limit of no accrual", "limits.accruals_hour")]),
    ("[limits]\nspends_day = { most = 2 }", [("limit of no spending", "limits.spends_day")]),
    (LIMITED + "cashier_share = { most_bp = 10000 }", [("limit never", "limits.cashier_share")]),
    (LIMITED + "cashier_share = { most_bp = 3000, least = 3 }", [("limit always", "limits.cashier_share")]),
    (LIMITED + "cashier_share = { most_bp = 2500, least = 4 }\nmanual_share = { most_bp = 0 }", []),
    (LIMITED + "cashier_share = { most_bp = 0 }", [("limit zero", "limits.cashier_share")]),
    (
        LIMITED + 'sender = "file"\ncode_attempts = { most = 5, action = "code" }',
        [("limit circle", "limits.code_attempts")],
    ),
    (LIMITED + 'sender = "file"\nspends_day = { most = 5, action = "code" }', []),
    (LIMITED + 'spends_day = { most = 5, action = "code" }', [("code on paper", "limits")]),
    (LIMITED + 'sender = "off"\nspends_day = { most = 5, action = "code" }', [("code unsent", "limits.sender")]),
    ("[spend]\ncap_bp = 100\nconfirm_above_pt = 100", [("code on paper", "spend.confirm_above_pt")]),
    ('[[experiment]]\nid = "c"\ngroups = [{name = "a", bp = 1}]', [("unused", "experiment[0]")]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "remarks"), REMARKS)
def test_what_is_strange_is_told_with_its_place(body, remarks):
    assert found(body) == remarks


def test_every_remark_is_tried_here():
    assert {code for _, remarks in REMARKS for code, _ in remarks} | {"past"} == set(WORDS)


QUIET = [
    rule("a", bp=3000, scope='{categories = ["x"]}') + rule("b", bp=4000, scope='{categories = ["y"]}'),
    rule("a", bp=3000, when="{weekdays = [1]}") + rule("b", bp=4000, when="{weekdays = [2]}"),
    rule("a", bp=3000, **GROUP) + rule("b", bp=4000, scope='{categories = ["y"]}', **GROUP),
    rule("a", bp=3000, exclusive="true", scope='{categories = ["x"]}') + rule("b", bp=4000),
    rule("a", bp=2900) + rule("b", bp=2900),  # 1 - 0.71 x 0.71 is 49.59 %
    rule("a", exclusive="true", when='{segments = ["x"]}') + rule("b"),
    rule("a", group='"g"', when='{codes = ["X"]}') + rule("b", group='"g"', when='{codes = ["X"]}'),
    "[spend]\ncap_bp = 3000",
    "[spend]\nmin_money_kop = 100",
    "[accrue]\nbp = 1\n" + rule("a", "points_amount", pt=500, when="{min_total_kop = 500}"),
]


@pytest.mark.parametrize("body", QUIET)
def test_what_is_in_order_is_not_remarked(body):
    assert found(body) == []


def test_a_ceiling_settles_the_worst_case():
    assert found("max_discount_bp = 3000\n" + rule("a", bp=9000)) == []
    assert found(rule("a", bp=9000)) == [("worst", "program")]


def test_what_is_over_on_a_date():
    ended = rule("a", when='{to = "2026-01-01"}')
    assert found(ended, on=date(2026, 1, 1)) == [("past", "rule[0].when.to")]
    assert found(ended, on=date(2025, 12, 31)) == found(ended) == []


def check(tmp_path: Path, body: str, *more: str, lang: str = "ru"):
    file = tmp_path / "r.toml"
    file.write_text(HEAD + body, encoding="utf-8")
    return CliRunner().invoke(app, ["check", str(file), *more], env={"POS_AGENT_AGENT__LANGUAGE": lang})


@pytest.mark.parametrize(("lang", "words"), [("ru", "правило ничего не даёт"), ("en", "the rule gives nothing")])
def test_the_command_tells_file_line_and_suggestion(tmp_path, lang, words):
    done = check(tmp_path, rule("a", bp=0), lang=lang)
    assert done.exit_code == 0
    assert f"{tmp_path / 'r.toml'}:4: rule[0]: {words}" in done.output
    assert "\n    -> " in done.output
    assert check(tmp_path, rule("a", bp=0), "--strict").exit_code == 1
    assert check(tmp_path, rule("a"), "--strict").exit_code == 0


def test_the_command_in_json(tmp_path):
    told = json.loads(check(tmp_path, rule("a", bp=0), "--json").output)
    (warning,) = told["warnings"]
    assert (told["ok"], warning["line"], warning["path"], warning["code"]) == (True, 4, "rule[0]", "gives nothing")
    assert set(warning) == {"code", "file", "line", "path", "message", "advice"}
