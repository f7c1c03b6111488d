"""The map of the loyalty program names files that are there, and commands that the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "loyalty-map.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`((?:pos_agent|cloud|tests)/[\w/]+\.py)`", TEXT)))
PAGES = sorted(set(re.findall(r"\]\(([\w-]+\.md)\)", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| что")]


def test_the_map_speaks_of_many_things() -> None:
    assert len(ROWS) > 40
    assert all("`tests/" in row and ("`pos_agent/" in row or "`cloud/" in row) for row in ROWS)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_there(name: str) -> None:
    assert (ROOT / "docs" / name).is_file()
