"""A file that a person names: its text, or the JSON in it, within bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pos_agent import texts
from pos_agent.errors import UsageError
from pos_agent.rules.problems import Problem
from pos_agent.rules.source import MAX_CHARACTERS, load

MOST_BYTES = 4 * MAX_CHARACTERS + 4  # of UTF-8; what is longer is never read to its end, a device has none


def text_of(file: Path) -> str:
    """UsageError CFG-03: not there, or no UTF-8."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError("CFG-03", path=file, why="larger than 4 MB")
        text = content.decode("utf-8-sig")  # editors of some systems put a mark first
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("CFG-03", path=file, why=getattr(error, "strerror", None) or str(error)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def format_of(file: Path) -> str:
    """Of a rules file, by its ending."""
    return "json" if file.suffix == ".json" else "toml"


def cause(found: Problem, lang: str) -> str:
    """What is wrong, in one language: of a file that cannot be read only why, as people say it."""
    said = found.message_en if lang == "en" else found.message_ru
    return texts.reason(said.partition(": ")[2], lang) if found.code == "syntax" else said


def json_of(file: Path) -> dict[str, Any]:
    """The object of a JSON file. CFG-03; RulesError: no JSON object, or a key stands in it twice."""
    return load(text_of(file), "json")[0]
