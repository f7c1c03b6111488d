"""Ready stories of config/scenarios, and what `fiscal-emulator scenario` says of wrong and of failing ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator.cli import app

STORIES = sorted((Path(__file__).parents[3] / "config" / "scenarios").glob("*.toml"))


def tell(path: Path, *options: str):
    return CliRunner().invoke(app, ["scenario", str(path), *options])


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_ready_story_goes_as_told(path):
    told = tell(path)
    assert told.exit_code == 0, told.output
    assert "went as told" in told.output


def test_there_are_stories_of_every_sort():
    assert len(STORIES) >= 10


@pytest.fixture
def story(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "story.toml"
        path.write_text(text, "utf-8")
        return path

    return write


SHIFT = '[[step]]\ndo = "open_shift"\n'
SALE = '[[step]]\ndo = "sale"\nlines = [{ name = "Чай", price_kop = 9000 }]\n'


def test_a_story_that_goes_wrong_is_exit_1_and_stops_there(story):
    told = tell(story(SHIFT + "[[step]]\nexpect = { documents = 3 }\n" + SALE), "--json")
    assert told.exit_code == 1
    answer = json.loads(told.output)
    assert answer["ok"] is False
    assert [step["problem"] for step in answer["steps"]] == ["", "documents: there is 2, told was 3"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (SHIFT + SALE + "[[step]]\nexpect = { tape = 'Кофе' }\n", "tape"),
        (SHIFT + SALE + "[[step]]\nexpect = { not_on_tape = 'Чай' }\n", "not_on_tape"),
        (SHIFT + SALE.replace("lines", 'refused = "46"\nlines'), "should be refused"),
        (SALE, "refused: 3D"),
        (SHIFT + SALE + 'meanwhile = [{ at = "before line 2", hand = "paper out" }]\n', "never came"),
        (SHIFT + SALE + 'meanwhile = [{ at = "before line 1", hand = "dance" }]\n', "dance"),
        ('[[step]]\nhand = "paper sideways"\n', "usage"),
    ],
)
def test_what_did_not_go_as_told_is_named(story, text, word):
    told = tell(story(text))
    assert told.exit_code == 1, told.output
    assert word in told.output


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        'colour = "red"\n' + SHIFT,
        '[[step]]\ndo = "fly"\n',
        '[[step]]\ndo = "open_shift"\nhand = "paper out"\n',
        "[[step]]\nexpect = { weather = 1 }\n",
        SHIFT + 'meanwhile = [{ at = "teatime", hand = "paper out" }]\n',
        'profile = "nonsense"\n' + SHIFT,
        'faults = "nonsense"\n' + SHIFT,
        '[[step]]\ndo = "sale"\n',
    ],
)
def test_a_wrong_story_is_exit_2(story, text):
    assert tell(story(text)).exit_code == 2


def test_no_story_at_all(tmp_path):
    assert tell(tmp_path / "none.toml").exit_code == 2
