"""`ledger report` as it is called: forms of the answer, questions without an answer, a chart that is well formed."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from kit.ledger_life import life, write

from pos_agent.cli.main import main, mounted
from pos_agent.errors import AgentError
from pos_agent.reports.metrics import METRICS

STORES = ("--store-of", "till-0=лес", "--store-of", "till-1=мост", "--store-of", "till-2=мост")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    write(folder, life(4, 300, 30))
    return folder


@pytest.fixture
def called(ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """(exit code, stdout, stderr) of a report."""

    def call(*words: object) -> tuple[int, str, str]:
        said = ["pos-agent", "ledger", "report", *(str(word) for word in words), "--ledger", str(ledger), *STORES]
        monkeypatch.setattr(sys, "argv", said)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


def test_all_metrics_say_what_they_are(called) -> None:
    code, out, _ = called("all", "--format", "json")
    told = json.loads(out)
    assert code == 0
    assert set(told["definitions"]) == {one["metric"] for one in told["figures"]}
    assert all(told["definitions"].values())
    by_name = {(one["metric"], one["part"]): one for one in told["figures"]}
    assert by_name["nps", ""]["value"] is None
    average = by_name["average_receipt", ""]
    assert average["unit"] == "rub"
    assert int(average["denominator"]) > 200


def test_a_person_reads_the_denominator_and_the_definition(called) -> None:
    code, out, _ = called("arpu", "nps", "--by", "store")
    assert code == 0
    assert all(word in out for word in ("лес", "мост", "ARPU: участники", "нет данных", "Деньги за вычетом возвратов"))
    code, out, _ = called("repeat", "--against", "previous", "--from", "2026-02-01", "--to", "2026-02-28")
    assert "Прежде" in out
    code, out, _ = called("repeat", "--pilot", "лес")
    assert all(word in out for word in ("пилотные магазины", "остальные магазины", "разница"))


def test_csv_is_for_a_spreadsheet(called) -> None:
    code, out, _ = called("member_revenue", "--by", "month", "--format", "csv")
    lines = out.splitlines()
    assert (code, lines[0].startswith("\ufeffmetric;part;slice;from;to;value")) == (0, True)
    assert [line.split(";")[3] for line in lines[1:]] == ["2026-01-05", "2026-02-01", "2026-03-01"]


@pytest.mark.parametrize("by", ["week", "store"])
def test_a_chart_is_well_formed_and_tells_a_reader(called, by: str) -> None:
    code, out, _ = called("member_revenue", "nps", "--by", by, "--format", "svg")
    root = ElementTree.fromstring(out)
    assert code == 0
    names = [one.tag.rpartition("}")[2] for one in root]
    assert names[:2] == ["title", "desc"]
    assert root.get("role") == "img"
    texts = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert {"Доля выручки с картой", "NPS", "нет данных"} <= set(texts)


def test_levels_segments_and_cashiers(called, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("customer,segment\nc-1,гости\nc-2,гости\n", encoding="utf-8")
    _, out, _ = called("repeat", "--by", "segment", "--segments", file, "--format", "json")
    assert {one["slice"][0]: one["denominator"] for one in json.loads(out)["figures"]}["гости"] == "2"
    _, out, _ = called("repeat", "--by", "level", "--format", "json")
    assert {one["slice"][0] for one in json.loads(out)["figures"]} == {"-", "Бронза", "Золото"}
    names = tmp_path / "c.csv"
    names.write_text("name,number\nИванова Анна,7\n", encoding="utf-8")
    _, out, _ = called("repeat", "--by", "cashier", "--cashiers", names, "--format", "json")
    assert {one["slice"][0] for one in json.loads(out)["figures"]} == {"-"}


def test_given_numbers(called, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("score\n10\n9\n3\n", encoding="utf-8")
    words = (
        "--nps",
        tmp_path / "n.csv",
        "--offer",
        "1860,640,90,110",
        "--salt",
        "s",
        "--treated",
        5000,
        "--draws",
        100,
    )
    _, out, _ = called("nps", "receipt_uplift", "holdout", *words, "--format", "json")
    told = {(one["metric"], one["part"]): one["value"] for one in json.loads(out)["figures"]}
    assert (told["nps", ""], told["receipt_uplift", ""]) == ("33.33", "23.66")
    assert None not in {told["holdout", part] for part in ("low", "high", "relative")}


@pytest.mark.parametrize(
    "words",
    [
        ("unknown",),
        ("--from", "2026-13-01"),
        ("--from", "2026-03-01", "--to", "2026-02-01"),
        ("--against", "other"),
        ("--against", "previous", "--by", "day"),
        ("--salt", "s"),
        ("--offer", "1860"),
        ("--offer", "a,b"),
        ("--store-of", "till-1"),
        ("--by", "day", "--from", "2020-01-01"),
    ],
)
def test_questions_that_cannot_be_answered(called, words) -> None:
    code, out, err = called(*words)
    assert (code, out, "REP-01" in err) == (2, "", True)


def test_an_empty_ledger_and_none(tmp_path: Path, called, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    write(empty, [])
    for folder, code in ((empty, "REP-02"), (tmp_path / "nowhere", "AGT-05")):
        monkeypatch.setattr(sys, "argv", ["pos-agent", "ledger", "report", "repeat", "--ledger", str(folder)])
        with pytest.raises(AgentError, match=code):
            mounted()(standalone_mode=False)


ROWS = ("store", "register", "cashier", "segment", "level", "day", "week", "month")


@pytest.mark.parametrize("by", ["", *ROWS])
def test_every_metric_has_every_form_by_every_row(called, by: str, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("customer,segment\nc-1,гости\nc-2,гости\n", encoding="utf-8")
    words = ["all", "--margin", 3000, "--cost-share", 5000, "--salt", "s", "--treated", 5000, "--draws", 100]
    words += ["--from", "2026-01-26", "--to", "2026-02-04", "--segments", file, *(["--by", by] if by else [])]
    told = {form: called(*words, "--format", form) for form in ("json", "csv", "table", "svg")}
    assert {code for code, _, _ in told.values()} == {0}
    figures = json.loads(told["json"][1])["figures"]
    assert {one["metric"] for one in figures} == set(METRICS)
    rows = {(*one["slice"], one["from"]) for one in figures}
    assert len(rows) == 1 if by in ("", "cashier") else len(rows) > 1  # no cashier is known here
    values = sorted("" if one["value"] is None else one["value"] for one in figures)
    lines = list(csv.DictReader(told["csv"][1].removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert sorted(one["value"].removeprefix("'").replace(",", ".") for one in lines) == values
    root = ElementTree.fromstring(told["svg"][1])
    drawn = {one.text for one in root.iter() if one.tag.endswith("text")}
    assert len(drawn) > len(METRICS)
    assert all(("".join(one["value"].split()) in "".join(told["table"][1].split())) for one in figures if one["value"])
