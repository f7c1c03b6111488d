"""The examples of docs/loyalty-rules.md: priced as the document says, shown there as they are, one for every kind."""

import json
import re
from pathlib import Path

import pytest
from house.tree import ROOT

from pos_agent.money import points, roubles
from pos_agent.rules import answer, basket
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.sale_rules import KINDS

FOLDER = ROOT / "docs" / "examples" / "pricing"
OTHERS = {"stacking", "spend", "accrue"}
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
TOLD = ("lines", "totals", "applied", "stamps_after")
PAGE = (ROOT / "docs" / "loyalty-rules.md").read_text(encoding="utf-8")


def text_of(name: str, suffix: str) -> str:
    return (FOLDER / f"{name}{suffix}").read_text(encoding="utf-8")


def section(name: str) -> str:
    """What stands below the heading of an example, up to the next heading."""
    found = re.search(rf"^#+ `{name}`$(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"give `{name}` a heading of its own in docs/loyalty-rules.md"
    return found[1]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_priced_as_written(name: str) -> None:
    priced = price(parse(text_of(name, ".toml")), basket.read(json.loads(text_of(name, ".json"))))
    expected = json.loads(text_of(name, ".out.json"))
    assert tuple(expected) == TOLD
    told = answer.to_json(priced)
    assert {key: told[key] for key in TOLD} == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_document_shows_the_same_rules_and_result(name: str) -> None:
    shown = section(name)
    rules = text_of(name, ".toml").split("\n\n", 1)[1]
    assert rules in shown, f"show the rules of {name}.toml as they are"
    totals = json.loads(text_of(name, ".out.json"))["totals"]
    assert f"to pay {roubles(totals['payable_kop'])}" in " ".join(shown.lower().split())
    if totals["accrued_pt"]:
        assert f"{points(totals['accrued_pt'])} points" in shown


def test_every_kind_has_an_example() -> None:
    assert set(NAMES) == set(KINDS) | OTHERS


def test_an_example_is_three_files() -> None:
    wanted = {f"{name}{suffix}" for name in NAMES for suffix in (".toml", ".json", ".out.json")}
    assert {path.name for path in Path(FOLDER).iterdir()} == wanted
