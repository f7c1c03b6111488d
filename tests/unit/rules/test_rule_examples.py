"""The examples of docs/rules/further.md: priced as the document says and shown there as they are."""

import json
import re
from pathlib import Path

import pytest

from pos_agent.money import roubles
from pos_agent.rules import answer, basket
from pos_agent.rules.check import inspect
from pos_agent.rules.conditions import FIELDS
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.why import why

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "examples" / "rules"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
PAGE = (ROOT / "docs" / "rules" / "further.md").read_text(encoding="utf-8")
KINDS_PAGE = (ROOT / "docs" / "loyalty-rules.md").read_text(encoding="utf-8")


def text_of(name: str, suffix: str) -> str:
    return (FOLDER / f"{name}{suffix}").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_what_stands_in_its_file_and_in_the_document(name: str) -> None:
    offered = basket.read(json.loads(text_of(name, ".json")))
    priced = price(parse(text_of(name, ".toml")), offered)
    told, expected = answer.to_json(priced), json.loads(text_of(name, ".out.json"))
    assert {key: told[key] for key in expected} == expected
    section = re.search(rf"^#+ `{name}`$(.*?)(?=^## |^### |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, f"give `{name}` a heading of its own"
    assert text_of(name, ".toml").split("\n\n", 1)[1] in section[1]
    paid = roubles(expected["totals"]["payable_kop"])
    assert paid in section[1] or name == "migration"
    for lang in ("ru", "en"):
        assert paid in why(offered, priced, told["hash"], lang)[-1]


def test_an_example_is_three_files() -> None:
    wanted = {f"{name}{suffix}" for name in NAMES for suffix in (".toml", ".json", ".out.json")}
    assert {path.name for path in FOLDER.iterdir()} == wanted


def test_every_condition_stands_in_the_document() -> None:
    missing = [key for key in FIELDS if f"`{key}" not in KINDS_PAGE]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_files_that_a_check_reads(name: str) -> None:
    _, found = inspect(text_of(name, ".toml"))
    assert [one.code for one in found if one.code not in ("unused", "worst")] == []
