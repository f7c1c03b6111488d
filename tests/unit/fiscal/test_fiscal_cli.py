"""`pos-agent fiscal decode` and `fiscal qr`: formats other programs rely on, exit codes, sentences."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pos_agent.cli.fiscal import app

QR = "t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1"


@pytest.fixture
def run():
    return lambda *arguments, stdin=None: CliRunner().invoke(app, list(arguments), input=stdin)


def by_tag(tags):
    return {tag["tag"]: tag for tag in tags}


def test_json_of_a_receipt(run, images, tmp_path):
    path = tmp_path / "receipt.bin"
    path.write_bytes(images[3, "1.2"])
    result = run("decode", str(path), "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert result.stderr == ""
    head = ("form", "name", "fn_serial", "fd_number", "fpd", "datetime", "total_kop")
    assert [document[key] for key in head] == [
        *(3, "Кассовый чек", "9999078902001234", 102, 180150000, "2026-11-21T09:05:00", 95900)
    ]
    tags = by_tag(document["tags"])
    assert all(set(tag) == {"tag", "name", "value", "raw", "tags"} for tag in document["tags"])
    values = {1020: 95900, 1012: "2026-11-21T09:05:00", 1077: 180150000, 1055: 1, 1021: "Иванова А.", 1081: 0}
    values |= {1018: "7707083893", 1037: "0000000123041677", 1042: 1, 1209: 4}
    assert {number: tags[number]["value"] for number in values} == values
    assert (tags[1018]["raw"], tags[1077]["raw"], tags[1020]["raw"]) == (
        *("373730373038333839332020", "31040abcdef0", "9c7601"),
    )
    line = by_tag(next(tag for tag in document["tags"] if tag["tag"] == 1059)["tags"])
    assert (line[1023]["value"], line[1043]["value"], line[1030]["value"]) == ("2", 89910, "Кофе 250 г")
    assert tags[1115]["tags"][0]["tags"][1]["value"] == 16213
    assert [tag["tag"] for tag in document["tags"]][:3] == [1041, 1037, 1018]
    assert [found["code"] for found in document["findings"]] == ["rnm.unchecked"]
    assert set(document["findings"][0]) == {"code", "severity", "path", "message_ru", "message_en"}


def test_hex_on_stdin_unknown_tags_and_byte_arrays(run):
    body = "0F27 0200 ABCD 8A04 0300 444D01 FF03 0400 064E61BC"
    document = json.loads(run("decode", "-", "--json", stdin=body).stdout)
    assert [tag["value"] for tag in document["tags"]] == ["abcd", "444d01", "12.345678"]
    assert (document["form"], document["total_kop"], document["datetime"]) == (None, None, None)


def test_findings_do_not_change_the_exit_code(run, images):
    broken = images[3, "1.2"].hex().replace("fc0303009c7601", "fc0303009d7601")
    result = run("decode", "-", stdin=broken)
    assert result.exit_code == 0
    assert "ошибка [1020]: Сумма оплат 959.00, а итог чека 959.01." in result.stdout


def test_options_feed_the_checks(run, images):
    good = run("decode", "-", "--kkt-serial", "00106712345678", "--now", "2026-11-21T09:05:00", stdin=images[3, "1.2"])
    assert "Замечаний нет." in good.stdout
    early = run("decode", "-", "--now", "2026-11-20T09:05:00", "--json", stdin=images[3, "1.2"])
    assert "at.future" in [found["code"] for found in json.loads(early.stdout)["findings"]]


@pytest.mark.parametrize("form", [2, 3, 5])
def test_people_can_read_it(run, images, form):
    result = run("decode", "-", stdin=images[form, "1.05"])
    assert result.exit_code == 0
    assert "ФН 9999078902001234   ФД 10" in result.stdout
    assert "1041 номер ФН: 9999078902001234" in result.stdout
    if form == 3:
        assert "1. Кофе 250 г   449.55 × 2 = 899.10   НДС 20%" in result.stdout
        assert "ИТОГ 959.00" in result.stdout


def test_terminal_is_safe_from_the_document(run):
    result = run("decode", "-", stdin=b"\x06\x04\x04\x00\x1b[2J")
    assert "\x1b" not in result.stdout
    assert "·[2J" in result.stdout


@pytest.mark.parametrize(
    ("stdin", "offset"),
    [
        (b"", 0),
        ("это не hex".encode(), None),
        ("03 00 22", 0),
        ("03 00 05 00 1E 04 02 00 01", 4),
        ("03 00 0A 00 1E 04 01 00 01 23 04 01 00 01", 13),
        ("0300 0", 2),
    ],
)
def test_malformed_input_is_one_sentence(run, stdin, offset):
    result = run("decode", "-", "--json", stdin=stdin)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Не читается, байт ")
    assert "повторите" in result.stderr
    assert offset is None or f"байт {offset}:" in result.stderr


def test_every_truncation_of_a_file_is_refused(run, images):
    image = images[2, "1.05"]
    for size in range(0, len(image), 7):
        assert run("decode", "-", stdin=image[:size]).exit_code == 2


def test_missing_file(run, tmp_path):
    result = run("decode", str(tmp_path / "none.bin"))
    assert result.exit_code == 2
    assert "не читается" in result.stderr
    assert "Проверьте путь" in result.stderr


def test_qr_json(run):
    result = run("qr", QR, "--json")
    assert json.loads(result.stdout) == {
        "datetime": "2025-11-21T09:05:00",
        "total_kop": 95900,
        "fn_serial": "9999078902001234",
        "fd_number": 102,
        "fpd": 180150000,
        "operation": 1,
    }
    assert result.exit_code == 0


def test_qr_for_people(run):
    result = run("qr", QR.replace("T0905", "T090500"))
    assert "приход, 21.11.2025 09:05, сумма 959.00" in result.stdout
    assert QR in result.stdout


def test_qr_that_is_none(run):
    result = run("qr", QR.replace("&n=1", ""), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("QR-код не читается: нет полей: n.")
