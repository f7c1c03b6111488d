"""`exchange import` and `export` as they are called: files, refusals, exit codes; goods into rules and back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pos_agent.cli.main import main
from pos_agent.exchange.goods import Goods, put_in, read_out
from pos_agent.exchange.tables import read_table, write_table
from pos_agent.rules.parse import parse

RULES = '[program]\nid = "p"\nname = "П"\n\n[accrue]\nbp = 500\n'
CONFIG = """
[agent]
data_dir = "{folder}/data"
socket = "{folder}/no.sock"

[printer]
port = "/dev/none"
"""


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """(exit code, stdout, stderr) of a call with this folder's settings."""
    config = tmp_path / "agent.toml"
    config.write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")

    def call(*words: object, settings: bool = True) -> tuple[int, str, str]:
        more = ["--config", str(config)] if settings else []
        monkeypatch.setattr(sys, "argv", ["pos-agent", *(str(word) for word in words), *more])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


def test_a_file_there_and_back(tmp_path: Path, called) -> None:
    file, out = tmp_path / "people.csv", tmp_path / "out.xlsx"
    text = "Phone;Name;Consent;Advertising\n9161112233;=Анна;да;нет\n12;Борис;да;\n;Никто;да;\n9161112244;Вера;нет;\n"
    file.write_bytes(text.encode("cp1251"))
    assert called("exchange", "import", "customers", file)[0] == 2, "who imports is to be said"
    code, told, err = called("exchange", "import", "customers", file, "--operator", "Иванова", "--dry-run")
    assert (code, "Проба" in told, "добавлено 1" in told) == (1, True, True)
    code, told, err = called("exchange", "import", "customers", file, "--operator", "Иванова", "--json")
    assert (code, json.loads(told)["counts"]) == (1, {"added": 1, "refused": 3})
    assert all(f"строка {number}" in err for number in (3, 4, 5))
    assert "EXC-05" in err
    assert not any(secret in told + err for secret in ("Борис", "9161112244"))
    refused = read_table(tmp_path / "people.csv.refused.csv")
    assert refused.columns[:4] == ("phone", "name", "consent", "advertising")
    assert [row.cells["refused_column"] for row in refused.rows] == ["phone", "phone", "consent"]
    assert [row.cells["refused_row"] for row in refused.rows] == ["3", "4", "5"]
    mended = [[("9161112255" if row.cells["phone"] == "12" else row.cells["phone"]), "Да"] for row in refused.rows[::2]]
    write_table(tmp_path / "mended.csv", ("phone", "consent"), mended)
    assert called("exchange", "import", "customers", tmp_path / "mended.csv", "--operator", "И")[0] == 0
    assert called("exchange", "export", "customers", out, "--personal")[0] == 0
    table = read_table(out)
    assert sorted(row.cells["phone"] for row in table.rows) == ["+79161112233", "+79161112244", "+79161112255"]
    assert "=Анна" in [row.cells["name"] for row in table.rows]
    code, told, _ = called("exchange", "import", "customers", out, "--operator", "И", "--json")
    assert json.loads(told)["counts"] == {"same": 3}
    assert called("exchange", "export", "customers", tmp_path / "open.csv")[0] == 0
    assert read_table(tmp_path / "open.csv").columns == ("id", "consent", "advertising")


def test_points_of_another_system(tmp_path: Path, called) -> None:
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    assert called("rules", "import", tmp_path / "rules.toml")[0] == 0
    write_table(tmp_path / "p.csv", ("phone", "consent"), [["9161112233", "1"]])
    assert called("exchange", "import", "customers", tmp_path / "p.csv", "--operator", "И")[0] == 0
    write_table(tmp_path / "b.xlsx", ("customer", "kind", "points"), [["9161112233", "gift", "125,50"]])
    words = ("exchange", "import", "balances", tmp_path / "b.xlsx", "--operator", "И", "--json")
    assert called(*words)[0] == 1, "no reason"
    for counts in ({"added": 1}, {"same": 1}):
        code, told, _ = called(*words, "--reason", "перенос")
        assert (code, json.loads(told)["counts"]) == (0, counts)
    assert called("exchange", "export", "balances", tmp_path / "out.csv")[0] == 0
    assert read_table(tmp_path / "out.csv").rows[0].cells["active"] == "125.50"
    assert called("ledger", "verify")[0] == 0


@pytest.mark.parametrize(
    ("head", "code"), [("phone;wrong", "EXC-04"), ("wrong", "EXC-04"), ("", "EXC-01"), ("phone;phone", "EXC-01")]
)
def test_columns_that_are_wrong(tmp_path: Path, called, head: str, code: str) -> None:
    (tmp_path / "t.csv").write_text(head + "\n1;2\n", encoding="utf-8")
    exit_code, _, err = called("exchange", "import", "customers", tmp_path / "t.csv", "--operator", "И")
    assert (exit_code, code in err) == (2, True)


GOODS = [
    Goods("A-1", "04600000000017", 'Сигареты; "LM"', "табак", 0, ("no_discount", "no_spend", "no_accrue")),
    Goods("B-2", name="Водка", floor_kop=40_900),
    Goods("C-3", name="Хлеб", category="хлеб"),
]


def test_goods_into_rules_and_back(tmp_path: Path, called) -> None:
    rules, file = tmp_path / "rules.toml", tmp_path / "goods.xlsx"
    rules.write_text(RULES, encoding="utf-8")
    columns = ("sku", "gtin", "name", "category", "floor", "no_discount", "no_spend", "no_accrue")
    write_table(file, columns, [one.cells() for one in GOODS])
    words = ("exchange", "import", "goods", file, "--rules", rules, "--json")
    assert called(*words, "--dry-run")[0] == 0
    assert rules.read_text(encoding="utf-8") == RULES
    for counts in ({"added": 3}, {"same": 3}):
        code, told, _ = called(*words)
        assert (code, json.loads(told)["counts"]) == (0, counts)
    marked, floored = (
        parse(rules.read_text(encoding="utf-8")).blacklist[1],
        parse(rules.read_text("utf-8")).blacklist[0],
    )
    both = sorted((marked, floored), key=lambda one: one.floor_kop)
    assert (both[0].skus, both[0].flags) == (("A-1",), frozenset(GOODS[0].marks))
    assert (both[1].skus, both[1].floor_kop) == (("B-2",), 40_900)
    assert called("exchange", "export", "goods", tmp_path / "out.csv", "--rules", rules)[0] == 0
    assert [list(row.cells.values()) for row in read_table(tmp_path / "out.csv").rows] == [one.cells() for one in GOODS]


def test_goods_that_are_refused(tmp_path: Path, called) -> None:
    rules, file = tmp_path / "rules.toml", tmp_path / "goods.csv"
    rules.write_text(RULES, encoding="utf-8")
    write_table(
        file, ("sku", "floor", "gtin"), [["A", "x", ""], ["B*", "", ""], ["C", "", "12"], ["D", "", ""], ["D", "", ""]]
    )
    code, told, _ = called("exchange", "import", "goods", file, "--rules", rules, "--json")
    assert (code, [one["column"] for one in json.loads(told)["refused"]]) == (1, ["floor", "sku", "gtin", "sku"])
    assert [one.sku for one in read_out(rules.read_text(encoding="utf-8"))] == ["D"]
    rules.write_text("no rules", encoding="utf-8")
    assert called("exchange", "import", "goods", file, "--rules", rules)[0] == 2
    assert rules.read_text(encoding="utf-8") == "no rules"


def test_the_rest_of_the_rules_file_stays() -> None:
    once = put_in(RULES, GOODS)
    tail = '\n[[rule]]\nid = "a"\nkind = "receipt_percent"\nbp = 100\n'
    again = put_in(once + tail, GOODS[:1])
    assert again.startswith(RULES)
    assert again.endswith(tail.lstrip("\n"))
    assert read_out(again) == GOODS[:1]
    assert put_in(again, GOODS[:1]) == again
    assert read_out(RULES) == []
