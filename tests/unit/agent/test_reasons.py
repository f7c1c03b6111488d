"""Why a file or a setting is not taken, in the reader's language: no English piece in a Russian sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pos_agent import texts
from pos_agent.cli import main as program
from pos_agent.config import load
from pos_agent.errors import UsageError

WORDS_OF_ENGLISH = re.compile(r"\b(?:no|such|or|is|an?|line|invalid|expected|decode|denied|the)\b", re.IGNORECASE)
BAD = """
[agent]
timezone = "Nowhere/At_All"
language = "de"
colour = 1
[printer]
port = "COM1"
baud = 1
poll_s = "x"
[tap]
port = "x"
[cloud]
url = "ftp://x"
"""


def refusal(path: Path) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(path)
    return caught.value


def told(error: UsageError, lang: str) -> str:
    return str(texts.message(error.code, lang, None, **{**error.params, "path": "PATH"}))


@pytest.mark.parametrize(
    ("content", "russian", "english"),
    [
        (None, "нет такого файла или папки", "no such file or folder"),
        (b"[agent]\nx = = 1\n", "строка 2, знак 5: не по правилам TOML", "line 2, character 5: not as TOML is written"),
        (b"[agent", "файл оборван: конец не по правилам TOML", "the file is cut short"),
        (b"\xff\xfe", "это не текст в UTF-8", "not a text in UTF-8"),
    ],
)
def test_a_file_that_is_not_read_says_why(tmp_path: Path, content: bytes | None, russian: str, english: str) -> None:
    path = tmp_path / "agent.toml"
    if content is not None:
        path.write_bytes(content)
    error = refusal(path)
    assert f"PATH: {russian}." in told(error, "ru")
    assert not WORDS_OF_ENGLISH.search(told(error, "ru"))
    assert english in told(error, "en")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "это папка, а не файл" in told(refusal(tmp_path), "ru")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_lines_under_a_refusal_are_of_one_language(
    tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(BAD, encoding="utf-8")
    if lang == "en":
        monkeypatch.setenv("POS_AGENT_AGENT__LANGUAGE", "en")
    lines = refusal(path).lines
    wanted = {"ru": 8, "en": 7}[lang]  # the environment's language is right, the file's is not looked at then
    assert len(lines) == wanted
    for line in lines:
        if lang == "en":
            assert not re.search("[а-яё]", line, re.IGNORECASE), line
        else:
            assert not WORDS_OF_ENGLISH.search(line.partition(" - ")[2]), line
            assert re.search("[а-яё]", line.partition(" - ")[2]), line


def test_a_file_of_rules_is_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CFG-01 speaks of the settings: for another file that would send people to the wrong place."""
    rules = tmp_path / "rules.toml"
    rules.write_text('[program]\nid = "p"\nname = "П"\n[accrue]\nbp = 500\n', encoding="utf-8")
    for arguments in (
        ["rules", "check", str(tmp_path / "none.toml")],
        ["price", "--rules", str(rules), "--basket", str(tmp_path / "none.json")],
        ["sell", "--basket", str(tmp_path / "none.json")],
    ):
        done = CliRunner().invoke(program.mounted(), arguments)
        assert isinstance(done.exception, UsageError), arguments
        assert done.exception.code == "CFG-03", arguments
        assert "нет такого файла или папки" in told(done.exception, "ru")


def test_a_broken_basket_is_told_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "basket.json").write_text('{"lines": [}', encoding="utf-8")
    done = CliRunner().invoke(program.mounted(), ["sell", "--basket", str(tmp_path / "basket.json")])
    assert isinstance(done.exception, UsageError)
    assert "строка 1, знак 12: не по правилам JSON" in told(done.exception, "ru")


def test_what_is_not_known_is_passed_on() -> None:
    assert texts.reason("disk on fire") == "disk on fire"
    assert texts.reason("refused with 6Fh") == "принтер отказал с кодом 6Fh"
    assert texts.reason("tag 1041 says '99'") == "в теге 1041 стоит '99'"
    assert json.dumps(texts.table("reasons"))
