"""Rules files that are no rules: `rules check`, `price` and the reader name the key and the line, and do it at once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from kit.bad_input import ANYTHING, no_documents, spoiled
from typer.testing import CliRunner

from pos_agent.cli.main import mounted
from pos_agent.errors import UsageError
from pos_agent.rules.check import inspect
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import LONGEST, RulesError
from pos_agent.rules.reader import MOST_PROBLEMS

AT_ONCE_S = 5.0  # of this process: the machine may be busy with others
HEAD = '[program]\nid = "p"\nname = "P"\n'
RULE = '[[rule]]\nid = "a"\nkind = "item_percent"\n'
GOOD = {"program": {"id": "p", "name": "P"}, "rule": [{"id": "a", "kind": "item_percent", "bp": 100}]}
BAD_TOML = (
    *("-1", "1.5", "nan", "-inf", "1e30", "1" + "0" * 40, "9" * 5000, "0x" + "f" * 5000, "true", '"100"', "[1]"),
    *("{a = 1}", "2026-01-01", "10:00:00", "2026-02-30", "00", "'''a\nb'''", '"\\u0000"', ""),
)
BAD_JSON = (*ANYTHING.values(), "-1", "1.5", "1e30", "true", "null", "[1]")


def problems(text: str, form: str = "toml") -> list[tuple[str, int | None, str]]:
    begun = time.process_time()
    with pytest.raises(RulesError) as caught:
        parse(text, form)
    assert time.process_time() - begun < AT_ONCE_S
    assert all(len(one.message_en) < 2 * LONGEST and one.message_en.isprintable() for one in caught.value.problems)
    assert all(one.path.isprintable() for one in caught.value.problems)
    return [(one.path, one.line, one.code) for one in caught.value.problems]


@pytest.mark.parametrize("value", BAD_TOML, ids=lambda value: value[:12])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_bad_figure_in_toml_is_told_with_its_line(value: str, newline: str) -> None:
    found = problems((HEAD + RULE + f"bp = {value}\n").replace("\n", newline))
    assert [line for _, line, _ in found] == [7]
    assert found[0][0] == "rule[0].bp" or found[0][2] == "syntax"


@pytest.mark.parametrize("raw", BAD_JSON, ids=lambda raw: raw[:12])
def test_a_bad_figure_in_json_is_told_with_its_line(raw: str) -> None:
    text = spoiled(GOOD, ("rule", 0, "bp"), "\n\n" + raw).decode()
    assert [(path, line) for path, line, _ in problems(text, "json")] == [("rule[0].bp", 1)]
    laid_out = json.dumps(json.loads(spoiled(GOOD, ("rule", 0, "bp"), "-1")), indent=1)
    assert problems(laid_out, "json") == [("rule[0].bp", 10, "range")]


def test_what_is_required_is_not_null() -> None:
    """A null would have been a rate of 0."""
    for path in (("program", "name"), ("program", "id"), ("rule", 0, "bp"), ("rule", 0, "kind")):
        assert [code for _, _, code in problems(spoiled(GOOD, path, "null").decode(), "json")] == ["missing"]


@pytest.mark.parametrize("name", no_documents(GOOD))
def test_what_is_no_json_object(name: str) -> None:
    content = no_documents(GOOD)[name]
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return  # the command tells it: below
    assert {code for _, _, code in problems(text, "json")} <= {"syntax", "unknown_key", "no_program"}


HOSTILE = {
    "a bracket in a key": '"[" = 1',  # the search for its line went on for ever
    "brackets in a key": '"' + "[" * 100_000 + '" = 1',
    "dots in a key": '"' + "." * 100_000 + '" = 1',
    "a key of 900,000 letters": '"' + "k" * 900_000 + '[" = 1',
    "an escape in a key": '"\\u001b[2J" = 1',
    "10,000 unknown keys": "\n".join(f"zz{number} = 1" for number in range(10_000)),
    "a path of 10,000 keys": ".".join("a" * 10_000) + " = 1",
    "10,000 brackets": "a = " + "[" * 10_000,
    "10,000 tiers of one name": "[accrue]\ntiers = [" + "{name='a', from_kop=1, bp=1}," * 10_000 + "]",
    "2,000 names that nothing defines": RULE + "bp = 1\nwhen = {calendars = "
    + json.dumps([f"c{number}" for number in range(2_000)]) + "}\n"
    + "".join(f"[[calendar]]\nid = 'd{number}'\nweekdays = [1]\n" for number in range(2_000)),
    "10,001 rules": "".join(f"[[rule]]\nid = 'r{number}'\nkind = 'hint'\ntext = 'x'\n" for number in range(10_001)),
    "a table header of blanks": "[" + " " * 100_000 + "x",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_takes_long_to_refuse(name: str) -> None:
    found = problems(HEAD + HOSTILE[name])
    assert 0 < len(found) <= MOST_PROBLEMS + 1


def test_after_very_many_problems_it_is_said_that_there_are_more() -> None:
    found = problems(HEAD + HOSTILE["10,000 unknown keys"])
    assert [code for _, _, code in found].count("unknown_key") == MOST_PROBLEMS
    assert [code for _, _, code in found].count("and_more") == 1


def test_a_file_beyond_all_measure() -> None:
    assert problems(HEAD + "#" * 10_000_000) == [("", None, "too_large")]


@pytest.mark.parametrize(
    "more",
    ["", 'group = "g"\ngroup_policy = "best"\n', 'group = "g"\ngroup_policy = "first"\n', "exclusive = true\n",
     'when = {codes = ["X"]}\n', "scope = {categories = ['%d']}\n", "when = {stores = ['%d', 'x']}\n"],
    ids=["plain", "best", "first", "exclusive", "code", "categories", "stores"],
)  # fmt: skip
def test_thousands_of_rules_are_checked_at_once(more: str) -> None:
    rule = "[[rule]]\nid = 'r%d'\nkind = 'item_percent'\nbp = 1\n"
    text = HEAD + "".join(rule % number + more.replace("%d", str(number)) for number in range(2_000))
    begun = time.process_time()
    inspect(text)
    assert time.process_time() - begun < AT_ONCE_S


# ------------------------------------------------------------------ as files of the commands

FILES = {
    "UTF-16": (HEAD + RULE + "bp = 1").encode("utf-16"),
    "Windows-1251": 'name = "Кофе"'.encode("cp1251"),
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf" + HEAD.encode(),
    "NUL": HEAD.encode() + b"\0",
    "nothing": b"",
    "every byte": bytes(range(256)),
    "10 MB": b"#" * 10_000_000,
    "an escape": (HEAD + '"\\u001b[2J" = 1').encode(),
    "a key twice": (HEAD + 'name = "Q"').encode(),
}


@pytest.mark.parametrize("command", ["check", "price"])
@pytest.mark.parametrize("name", FILES)
def test_the_commands_refuse_it(tmp_path: Path, name: str, command: str) -> None:
    file, basket = tmp_path / "r.toml", tmp_path / "b.json"
    file.write_bytes(FILES[name])
    basket.write_text('{"lines": []}')
    words = (
        ["rules", "check", str(file)]
        if command == "check"
        else ["price", "--rules", str(file), "--basket", str(basket)]
    )
    done = CliRunner().invoke(mounted(), words)
    assert isinstance(done.exception, UsageError), done.exception
    assert (done.exception.exit_code, done.exception.code) == (2, "CFG-03" if name in UNREADABLE else "RUL-02")
    assert "\x1b" not in "".join(done.exception.lines)


UNREADABLE = ("UTF-16", "Windows-1251", "every byte", "10 MB")


def test_a_device_without_end_is_not_read_to_its_end() -> None:
    done = CliRunner().invoke(mounted(), ["rules", "check", "/dev/zero"])
    assert isinstance(done.exception, UsageError)
    assert done.exception.code == "CFG-03"


@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["BOM", "none"])
@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_what_editors_add_changes_nothing(tmp_path: Path, mark: str, newline: str) -> None:
    file = tmp_path / "r.toml"
    file.write_bytes((mark + HEAD + RULE + "bp = 100\n").replace("\n", newline).encode())
    done = CliRunner().invoke(mounted(), ["rules", "check", str(file), "--json"])
    assert json.loads(done.output)["hash"] == parse(HEAD + RULE + "bp = 100\n").hash
