"""Every command has a method that sends it, or a reason: the table of the protocol notes, section 2.9, is true."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.shtrih.commands import BY_CODE
from drivers.shtrih.printer import ShtrihPrinter

NOTES = Path(__file__).parents[3] / "docs" / "shtrih-protocol.md"
ROW = re.compile(r"^\| (?P<code>[0-9A-F]{2,4})h (?P<title>[^|]+) \| (?P<who>[^|]+) \| (?P<effect>[A-Z]+) \|")
PACKAGE = Path(__file__).parents[3] / "drivers" / "shtrih"


def rows() -> dict[int, re.Match[str]]:
    section = NOTES.read_text("utf-8").split("### 2.9", 1)[1].split("## 3.", 1)[0]
    found = [match for line in section.splitlines() if (match := ROW.match(line))]
    assert len({match["code"] for match in found}) == len(found)
    return {int(match["code"], 16): match for match in found}


def test_the_table_is_the_list_of_commands() -> None:
    table = rows()
    assert table.keys() == BY_CODE.keys()
    for code, match in table.items():
        assert (match["title"], match["effect"]) == (BY_CODE[code].title, BY_CODE[code].effect.name)


def test_each_names_a_method_or_says_why_none() -> None:
    for match in rows().values():
        method = re.fullmatch(r"`(\w+)`", match["who"])
        if method is None:
            assert re.fullmatch(r"none: .{6,}", match["who"]), match["who"]
        else:
            assert callable(getattr(ShtrihPrinter, method[1])), method[1]


def test_commands_without_a_method_are_sent_by_nobody_and_the_others_by_somebody() -> None:
    sources = "\n".join(
        file.read_text("utf-8") for file in PACKAGE.glob("*.py") if not file.name.startswith("commands")
    )
    declared = "\n".join(file.read_text("utf-8") for file in PACKAGE.glob("commands_*.py"))
    names = {int(code, 16): name for name, code in re.findall(r"^(\w+) = Command\(\s*0x([0-9A-F]+),", declared, re.M)}
    assert names.keys() == BY_CODE.keys()
    for code, match in rows().items():
        sent = re.search(rf"\b{names[code]}\b", sources) is not None
        assert sent is not match["who"].startswith("none"), f"{code:X}h"
