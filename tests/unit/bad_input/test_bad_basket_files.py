"""Baskets that are no baskets, given to `price` and `sell` as files: PRC-01 or CFG-03 with the member, at once."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from kit.bad_input import KINDS, no_documents, spoiled, written
from typer.testing import CliRunner

from pos_agent.cli import sale
from pos_agent.cli.main import mounted
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.strict_json import UnwritableError, must_be_writable
from pos_agent.rules import basket
from pos_agent.rules.basket import BasketError

AT_ONCE_S = 5.0  # of this process: the machine may be busy with others
RULES = '[program]\nid = "p"\nname = "P"\n[[rule]]\nid = "a"\nkind = "item_percent"\nbp = 1000\n'
LINE = {"id": "1", "name": "Кофе", "price_kop": 19900, "qty": "2", "flags": ["no_spend"]}
GOOD = {
    "lines": [LINE],
    "at": "2026-11-21T18:05:00+03:00",
    "customer": {"id": "c", "first_purchase": False},
    "spend_pt": 1,
}
MEMBERS = {
    ("lines",): "list",
    ("lines", 0): "table",
    ("lines", 0, "price_kop"): "whole",
    ("lines", 0, "qty"): "quantity",
    ("lines", 0, "name"): "text",
    ("lines", 0, "flags"): "list",
    ("at",): "moment",
    ("customer",): "table",
    ("customer", "first_purchase"): "flag",
    ("spend_pt",): "whole",
}
READ_OTHERWISE = "CFG-03"  # what is no text of ours is told of the file, not of the basket
UNREADABLE = ("UTF-16", "Windows-1251")


@pytest.fixture
def priced(tmp_path: Path):
    """What `pos-agent price` makes of a file: its answer, or the error."""
    rules, file = tmp_path / "r.toml", tmp_path / "b.json"
    rules.write_text(RULES)

    def call(content: bytes, *more: str) -> tuple[Any, AgentError | None]:
        file.write_bytes(content)
        begun = time.process_time()
        done = CliRunner().invoke(mounted("price"), ["price", "--rules", str(rules), "--basket", str(file), *more])
        assert time.process_time() - begun < AT_ONCE_S
        assert done.exception is None or isinstance(done.exception, AgentError), repr(done.exception)
        return done.output, done.exception

    return call


@pytest.mark.parametrize(
    ("path", "kind"), MEMBERS.items(), ids=lambda one: written(one) if isinstance(one, tuple) else one
)
def test_a_bad_member_is_refused_by_its_name(priced, path: tuple[str | int, ...], kind: str) -> None:
    for name, raw in KINDS[kind].items():
        _, error = priced(spoiled(GOOD, path, raw))
        assert isinstance(error, UsageError), name
        assert (error.code, error.exit_code) == ("PRC-01", 2), name
        assert any(line.startswith(written(path)) for line in error.lines), (name, error.lines)
        assert "\x1b" not in "".join(error.lines)


@pytest.mark.parametrize("name", no_documents(GOOD))
def test_what_is_no_basket_at_all(priced, name: str) -> None:
    _, error = priced(no_documents(GOOD)[name])
    assert isinstance(error, UsageError)
    assert error.code == (READ_OTHERWISE if name in UNREADABLE else "PRC-01")


def test_a_null_price_is_no_gift(priced) -> None:
    """It was read as 0."""
    for name in ("price_kop", "qty", "id"):
        _, error = priced(spoiled(GOOD, ("lines", 0, name), "null"))
        assert error is not None
        assert error.lines[0].startswith(f"lines[0].{name}: ")
        assert len(error.lines) == 1


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["BOM", "none"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_what_editors_add_changes_no_price(priced, mark: bytes, newline: bytes) -> None:
    content = mark + json.dumps(GOOD, indent=1).encode().replace(b"\n", newline)
    told, error = priced(content, "--json")
    assert error is None
    assert json.loads(told)["totals"]["payable_kop"] == 39_800 - 3_980


def lines_of(count: int, **more: object) -> bytes:
    lines = [{"id": str(number), "price_kop": 12_345, "qty": "1.333", **more} for number in range(count)]
    return json.dumps({"lines": lines}, separators=(",", ":")).encode()


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["table", "json"])
def test_ten_thousand_lines_are_priced_and_shown_at_once(priced, form: list[str]) -> None:
    told, error = priced(lines_of(10_000), *form)
    assert error is None
    if form:
        assert json.loads(told)["totals"]["gross_kop"] == 10_000 * 16_456
    else:
        assert "9999    164.56  16.46  0.00  148.10" in told


TOO_MUCH = {
    "10,001 lines": (lines_of(10_001), "10000"),
    "200,000 numbers": (b'{"lines": [' + b"1," * 200_000 + b"1]}", "lines"),
    "30,000 lines": (lines_of(30_000), "1000000"),
    "100,000 lines": (lines_of(100_000), "4 MB"),
    "10 MB": (b'{"lines": [' + b" " * 10_000_000 + b"]}", "4 MB"),
    "50,000 members": (b"{" + b"".join(b'"a%d": 1, ' % number for number in range(50_000)) + b'"lines": []}', "a0"),
    "one more member in 9,000 lines": (lines_of(9_000, zzz=1), "lines[0].zzz"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_of_anything_is_refused_at_once(priced, name: str) -> None:
    content, what = TOO_MUCH[name]
    _, error = priced(content)
    assert error is not None
    assert len(error.lines) <= 501
    assert what in f"{error.lines} {error.params}"


ODD_NAMES = (
    "\u202eфеоК",
    "\u200b",
    "\ufeff",
    "[red]Кофе[/red]",
    "=1+1",
    "👩‍👩‍👧",
    "İ",
    "x" * 500,
    "Ко\u0301фе",
    "\ufffe",
)


@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
def test_an_odd_name_costs_what_it_costs(priced, name: str) -> None:
    content = json.dumps({"lines": [{**LINE, "name": name}]}).encode()
    assert json.loads(priced(content, "--json")[0])["totals"]["payable_kop"] == 39_800 - 3_980
    assert "398.00" in priced(content)[0]


TIMES = {
    "2024-02-29T23:59:59": "2024-02-29T23:59:59",
    "1970-01-01T00:00:00+14:00": "1970-01-01T00:00:00+14:00",
    "2199-12-31T23:59:59-12:00": "2199-12-31T23:59:59-12:00",
    "2026-03-29T02:30:00": ("at", "gap"),  # the clocks of Berlin skip it
    "2026-10-25T02:30:00": "2026-10-25T02:30:00+02:00",  # and have this one twice: the first
    "2026-10-25T02:30:00+01:00": "2026-10-25T02:30:00+01:00",
    "2026-10-25T02:30:00+03:00": ("at", "offset"),
}


@pytest.mark.parametrize(("at", "wanted"), TIMES.items())
def test_days_and_hours_that_are_not_as_others(at: str, wanted: object) -> None:
    given = {"lines": [LINE], "at": at, **({"zone": "Europe/Berlin"} if at.startswith("2026") else {})}
    if isinstance(wanted, tuple):
        with pytest.raises(BasketError) as caught:
            basket.read(given)
        assert [(one.path, one.code) for one in caught.value.problems] == [wanted]
    else:
        read = basket.read(given).at
        assert read is not None
        assert read.isoformat() == wanted


# ------------------------------------------------------------------ the same files to `sell`, before anybody is asked


@pytest.fixture
def sold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What `pos-agent sell` sends the agent, or its error."""
    sent: list[dict] = []
    monkeypatch.setattr(sale, "call", lambda config, name, **args: sent.append(args) or {"total_kop": 0})
    monkeypatch.setattr(sale, "_told", lambda answer, as_json: None)
    file = tmp_path / "b.json"

    def call(content: bytes) -> tuple[list[dict], BaseException | None]:
        file.write_bytes(content)
        sent.clear()
        return sent, CliRunner().invoke(mounted("sell"), ["sell", "--basket", str(file)]).exception

    return call


@pytest.mark.parametrize("name", no_documents(GOOD))
def test_what_is_no_basket_is_not_sent(sold, name: str) -> None:
    sent, error = sold(no_documents(GOOD)[name])
    assert isinstance(error, UsageError)
    assert error.code == "CFG-03"
    assert sent == []


def test_a_basket_with_a_mark_is_sent_as_it_is(sold) -> None:
    sent, error = sold(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert error is None
    assert sent[0]["basket"] == GOOD


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": float("nan")}]}, "a[1].b"),
        ({"x": {"\ud800": 1}}, "x.\ud800"),
        ({"a": float("inf")}, "a"),
        ([["\udc00"]], "[0][0]"),
    ],
)
def test_what_cannot_be_written_is_named(value: object, path: str) -> None:
    with pytest.raises(UnwritableError) as caught:
        must_be_writable(value)
    assert caught.value.path == path
