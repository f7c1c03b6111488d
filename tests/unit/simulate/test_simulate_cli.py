"""`rules simulate` and `ledger holdout` as they are called: sources, exit codes, one JSON document, the same bytes."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kit.past_sales import history, write_tax_json

from pos_agent.cli.main import main
from pos_agent.clock import SystemIds
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId
from pos_agent.past_receipts.fiscal import Reading
from pos_agent.past_receipts.sources import of_tax_json
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store

RULES = """
[program]
id = "p"
name = "П"

[accrue]
bp = 500

[spend]

[[rule]]
id = "ten"
kind = "item_percent"
bp = 1000
"""
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


class StillClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """(exit code, stdout, stderr) of a call."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pos-agent", *(str(word) for word in words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "new.toml"
    file.write_text(RULES, encoding="utf-8")
    return file


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A ledger of two sales through the agent and a gift, with rules in force."""
    folder, ids = tmp_path / "data", SystemIds()
    keys = load_keys(folder / "keys" / "pii.key", ids, create=True)
    line = {"number": 1, "id": "a", "sku": "46", "name": "Кофе", "gtin": "", "price_kop": 10000}
    line |= {"quantity_micro": 2_000_000, "sum_kop": 20000, "spent_pt": 0, "accrued_pt": 0}
    with Store.open(folder / "agent.db", keys, StillClock(), ids) as store, store.writing("test") as txn:
        txn.rules.activate(txn.rules.add(RULES.replace("bp = 1000", "bp = 500"), "old", "toml").version)
        for number in (1, 2):
            event = LedgerEvent(
                f"receipt:9999078902000001:{number}",
                EventKind.RECEIPT,
                "till-1",
                f"2026-03-0{number}T12:00:00+03:00",
                f"2026-03-0{number}",
                "c-1",
                DocumentId("9999078902000001", number),
                purchase=Purchase(20000),
                entries=(Entry(f"s{number}", EntryKind.SPEND, "p", 300),),
                facts={"operation": 1, "total_kop": 20000, "lines": [line], "codes": []},
            )
            txn.ledger.append(event)
        gift = Entry("g", EntryKind.GIFT, "p", 500, lot="g", earned="2026-03-01", active_from="2026-03-01")
        when = "2026-03-01T08:00:00+03:00"
        txn.ledger.append(LedgerEvent("gift:1", EventKind.GIFT, "till-1", when, when[:10], "c-1", entries=(gift,)))
    return folder


def test_a_folder_of_receipts_gives_one_document_and_the_same_bytes(called, rules: Path, tmp_path: Path) -> None:
    count = write_tax_json(tmp_path / "past", history(5, 60, 4), file=7)
    asked = ("rules", "simulate", "--rules", rules, "--receipts", tmp_path / "past", "--json")
    code, out, err = called(*asked)
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["receipts"]["sales"] + report["receipts"]["returns"] == count
    assert report["receipts"]["identified"] > 10
    assert report["difference"]["discount_kop"] > 0
    assert called(*asked) == (code, out, err)
    files = sorted((tmp_path / "past").iterdir())
    together = tmp_path / "one.jsonl"
    together.write_text("".join(file.read_text(encoding="utf-8") for file in reversed(files)), encoding="utf-8")
    again = json.loads(called("rules", "simulate", "--rules", rules, "--receipts", together, "--json")[1])
    assert again["hash"] == report["hash"]


def test_refused_receipts_stop_it_unless_they_may_be_skipped(called, rules: Path) -> None:
    asked = ("rules", "simulate", "--rules", rules, "--receipts", GOLDEN / "tax_json" / "files")
    code, out, err = called(*asked)
    assert (code, out) == (2, "")
    assert "SIM-01" in err
    assert "16-total-is-not-the-sum.json: [0].ticket.document.receipt.totalSum" in err
    code, out, _ = called(*asked, "--skip-refused", "--json")
    source = json.loads(out)["source"]
    expected = tomllib.loads((GOLDEN / "tax_json" / "expected.toml").read_text(encoding="utf-8"))
    assert (code, source["refused"]) == (0, len(expected["refused"]))
    assert [(one["file"], one["code"], one["field"]) for one in source["refusals"]] == [
        (one["file"], one["code"], one["field"]) for one in expected["refused"]
    ]


def test_the_ledger_is_replayed_against_the_rules_in_force(called, rules: Path, database: Path) -> None:
    code, out, _ = called("rules", "simulate", "--rules", rules, "--against", "current", "--ledger", database, "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["new"]["discount_kop"], report["old"]["discount_kop"]) == (4000, 2000)
    assert (report["new"]["points_spent_pt"], report["old"]["points_spent_pt"]) == (600, 600), "a gift pays for it"
    assert report["customers"]["known"] == 1


def test_an_archive_of_a_fiscal_storage(called, rules: Path, tmp_path: Path) -> None:
    documents = tomllib.loads((GOLDEN / "fiscal" / "documents.toml").read_text(encoding="utf-8"))["document"][
        :3
    ]  # the same numbers come again in another format
    lines = [" ".join(one["hex"].split()) for one in documents]
    (tmp_path / "fn.hex").write_text("\n".join(lines), encoding="utf-8")
    asked = ("rules", "simulate", "--rules", rules, "--archive", tmp_path / "fn.hex", "--json")
    code, out, _ = called(*asked)
    report = json.loads(out)
    assert code == 0
    sales = [one for one in documents if one["form"] in (3, 4)]
    assert 0 < report["receipts"]["sales"] + report["receipts"]["returns"] <= len(sales)
    (tmp_path / "fn.hex").write_text("\n".join([*lines, "zz", lines[1][:90]]), encoding="utf-8")
    code, _, err = called(*asked)
    assert code == 2
    assert err.count("FD-01") == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--receipts", "{tmp}/none"), 2, "CFG-03"),
        (("--receipts", "{tmp}", "--ledger", "{tmp}"), 2, "SIM-03"),
        (("--receipts", "{tmp}/empty.json"), 2, "SIM-02"),
        (("--receipts", "{tmp}/empty.json", "--from", "2026-02-30"), 2, "SIM-03"),
        (("--receipts", "{tmp}/empty.json", "--timezone", "Mars/Base"), 2, "SIM-03"),
        (("--ledger", "{tmp}"), 1, "AGT-05"),
        (("--receipts", "{tmp}/empty.json", "--against", "{tmp}/none.toml"), 2, "CFG-03"),
        (("--config", "{tmp}/none.toml"), 2, "CFG-01"),
    ],
)
def test_wrong_questions_are_told(called, rules: Path, tmp_path: Path, words, code: int, said: str) -> None:
    (tmp_path / "empty.json").write_text("[]", encoding="utf-8")
    asked = [word.format(tmp=tmp_path) for word in words]
    got, out, err = called("rules", "simulate", "--rules", rules, *asked)
    assert (got, out) == (code, "")
    assert f"[{said}]" in err


def test_a_person_reads_a_table(called, rules: Path, database: Path) -> None:
    code, out, _ = called("rules", "simulate", "--rules", rules, "--ledger", database, "--upsell-share", "100")
    assert code == 0
    assert "Продаж 2" in out
    assert "2026-03-02" in out


def test_holdout_of_a_folder(called, tmp_path: Path) -> None:
    write_tax_json(tmp_path / "past", history(5, 400, 60))
    asked = ("ledger", "holdout", "--salt", "s", "--treated", "5000", "--receipts", tmp_path / "past")
    code, out, _ = called(*asked, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["treated"]["customers"] + report["control"]["customers"] == 60
    assert report["interval"]["low_kop"] < report["uplift_kop"] < report["interval"]["high_kop"]
    assert called(*asked, "--json")[1] == out
    nobody = called(*asked, "--from", "2030-01-01")
    assert nobody[0] == 0
    assert "нет данных / no data" in nobody[1]


def test_contacts_are_customers_only_when_asked_for_and_never_shown(called, rules: Path, tmp_path: Path) -> None:
    given = json.loads((GOLDEN / "tax_json" / "files" / "25-requisite-and-contact.json").read_text(encoding="utf-8"))
    del given[1]["properties"]
    file = tmp_path / "contact.json"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    asked = ("rules", "simulate", "--rules", rules, "--receipts", file, "--json")
    for more, known in (((), 1), (("--contacts",), 2)):
        out = called(*asked, *more)[1]
        assert json.loads(out)["customers"]["known"] == known
    zone = ZoneInfo("Europe/Moscow")
    ids = [one.customer for one in of_tax_json(file, Reading(zone, by_contact=True))]
    assert [name.partition(":")[0] for name in ids] == ["card", "contact"]
    assert not any(secret in "".join(ids) for secret in ("AAAA222233", "aaaa222233", "buyer", "example"))
