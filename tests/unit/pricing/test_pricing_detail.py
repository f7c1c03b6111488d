"""Every kopeck explained: the derived figures agree with the answer, the text is the same bytes everywhere."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pos_agent.cli.rules import app
from pos_agent.rules import answer, basket
from pos_agent.rules.detail import detail
from pos_agent.rules.price import price
from pos_agent.rules.why import exact, why

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def detailed(till, rules, lines, **keys):
    offered = basket.read({"lines": lines, **keys})
    return detail(offered, price(till.rules(rules), offered))


def of_rule(steps, rule):
    return next(step for step in steps if step.get("rule") == rule)


def test_a_percent_of_a_line(till):
    step = of_rule(detailed(till, till.rule("r", "item_percent", bp=333), till.lines(1001)), "r")
    assert step["by_line"] == [
        {"line": "1", "base_kop": 1001, "room_kop": 1001, "exact_kop": "333333/10000", "rounded_kop": 33,
         "given_kop": 33, "net_kop": 968}
    ]  # fmt: skip


def test_where_the_missing_kopeck_went(till):
    """Example E05."""
    step = of_rule(detailed(till, till.rule("r", "receipt_amount", kop=5000), till.lines(19999, 34950, 7525)), "r")
    assert [(one["given_kop"], one["by"]) for one in step["shares"]] == [
        (1601, "remainder"), (2797, "share"), (602, "share")
    ]  # fmt: skip
    assert sum(Fraction(one["exact_kop"]) for one in step["shares"]) == 5000


def test_a_full_room_and_what_the_others_took(till):
    """Example E07."""
    lines = [till.line(1, 10000, floor_kop=9800), till.line(2, 20000), till.line(3, 5000)]
    step = of_rule(detailed(till, till.rule("r", "receipt_amount", kop=7000), lines), "r")
    assert [(one["exact_kop"], one["given_kop"], one["by"]) for one in step["shares"]] == [
        ("2000/1", 200, "room"), ("5440/1", 5440, "share"), ("1360/1", 1360, "share")
    ]  # fmt: skip


def test_lines_that_got_nothing_still_have_a_share(till):
    step = of_rule(detailed(till, till.rule("r", "receipt_amount", kop=2), till.lines(10000, 10000, 1)), "r")
    assert [(one["line"], one["given_kop"]) for one in step["shares"]] == [("1", 1), ("2", 1), ("3", 0)]


def test_sets_and_the_ceiling(till):
    rules = till.rule("s", "cheapest_percent", bp=5000) + till.rule("t", "item_percent", bp=1000, phase=3)
    offered = basket.read({"lines": till.lines(2000, 995)})
    steps = detail(offered, price(till.rules(rules, "max_discount_bp = 2000"), offered))
    assert of_rule(steps, "s")["by_line"][0] == {
        "line": "2", "base_kop": 995, "room_kop": 995, "exact_kop": "995/2", "rounded_kop": 498, "given_kop": 498,
        "net_kop": 497,
    }  # fmt: skip
    assert of_rule(steps, "t")["cut"] == {"wanted_kop": 250, "left_kop": 101}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("[pr]*/*.toml")), ids=lambda path: path.stem)
def test_every_example_is_explained_to_its_nets(till, path):
    from pos_agent.rules.parse import parse

    offered = basket.read(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    priced = price(parse(path.read_text(encoding="utf-8")), offered)
    left = {line.id: line.gross_kop for line in priced.lines}
    for step in detail(offered, priced):
        for figure in step.get("by_line", ()):
            left[figure["line"]] -= figure["given_kop"]
            assert figure["net_kop"] == left[figure["line"]]
        for share in step.get("shares", ()) if "cut" not in step else ():
            assert share["given_kop"] == step["lines"].get(share["line"], 0)
        if step["step"] == "spend" and "lines" in step:
            left = {name: kop - step["lines"].get(name, 0) for name, kop in left.items()}
    assert left == {line.id: line.net_kop for line in priced.lines}
    for lang in ("ru", "en"):
        told = why(offered, priced, "h", lang)
        assert all(line and "{" not in line for line in told)


@pytest.mark.parametrize(
    ("text", "shown"), [("159/1", "1.59"), ("995/2", "4.975"), ("1/3", "0.00 + 0.01 x 1/3"), ("1001/7", "1.43")]
)
def test_exact_figures(text, shown):
    assert exact(text) == shown


def test_the_command_explains_in_both_languages(tmp_path):
    rules, offered = EXAMPLES / "pricing" / "stacking.toml", EXAMPLES / "pricing" / "stacking.json"
    arguments = ["explain", "--rules", str(rules), "--basket", str(offered)]
    russian = CliRunner().invoke(app, arguments)
    english = CliRunner().invoke(app, arguments, env={"POS_AGENT_AGENT__LANGUAGE": "en"})
    assert "предел скидок чека: хотело 45.00, оставалось 25.00" in russian.output
    assert "the receipt's ceiling: wanted 45.00, 25.00 was left" in english.output
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    assert told["hash"] in russian.output
    assert {step["step"] for step in told["steps"]} == {"line", "discount", "skip", "spend", "accrual"}


BYTES = """
import hashlib, json, sys
from pathlib import Path
from pos_agent.rules import answer, basket
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.why import why
found = hashlib.sha256()
for path in sorted(Path(sys.argv[1]).glob("[pr]*/*.toml")):
    offered = basket.read(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    told = answer.to_json(price(parse(path.read_text(encoding="utf-8")), offered))
    found.update(json.dumps(told, ensure_ascii=False).encode())
    found.update("|".join(why(offered, price(parse(path.read_text(encoding="utf-8")), offered), "h")).encode())
print(found.hexdigest())
"""


def test_the_order_of_hashes_in_memory_changes_no_byte():
    """Unsorted: not even the order of keys may depend on the interpreter's seed."""
    told = {
        subprocess.run(
            [sys.executable, "-c", BYTES, str(EXAMPLES)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def test_the_hash_is_of_the_rest(till):
    import hashlib

    told = answer.to_json(till.price(till.rule("r", "item_percent", bp=100), till.lines(1000)))
    said = told.pop("hash")
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said == hashlib.sha256(text.encode()).hexdigest()
