"""Bytes and documents of the fiscal notes, in both directions. None of the bytes here were made by our encoder."""

from __future__ import annotations

import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.fiscal import Receipt, ShiftClose, ShiftOpen, TlvError, build, decode, encode, read_body, read_image
from drivers.fiscal.findings import Context, check, check_sequence
from drivers.fiscal.redact import json_value

HERE = Path(__file__).parent
WORKED = tomllib.loads((HERE / "worked.toml").read_text(encoding="utf-8"))
DOCUMENTS = tomllib.loads((HERE / "documents.toml").read_text(encoding="utf-8"))["document"]
EXAMPLES = WORKED["example"]
REGISTER = Context(kkt_serial="00106712345678", tax_systems=1, now=datetime.fromisoformat("2026-11-21T21:00"))


def expected(example):
    if "time" in example:
        return datetime.fromisoformat(example["time"])
    if "quantity" in example:
        return Decimal(example["quantity"])
    if "bytes" in example:
        return bytes.fromhex(example["bytes"])
    return example["value"]


def name(document):
    return f"form{document['form']}-{document['ffd']}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['tag']}-{e['hex'][12:]}")
def test_worked_example_is_read(example):
    (tag,) = decode(bytes.fromhex(example["hex"]))
    assert (tag.tag, tag.value) == (example["tag"], expected(example))
    assert type(tag.value) is type(expected(example))
    assert encode([tag]) == bytes.fromhex(example["hex"])
    if "printed" in example:
        assert json_value(tag) == example["printed"]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.get("canonical", True)], ids=lambda e: e["hex"])
def test_worked_example_is_written(example):
    assert encode([build(example["tag"], expected(example))]) == bytes.fromhex(example["hex"])


def test_containers_are_read_and_written():
    (vat,) = decode(bytes.fromhex(WORKED["vat_container"]["hex"]))
    assert [(t.tag, t.value) for t in vat.tags[0].tags] == [(1199, 11), (1120, 16213)]
    inner = build(1119, (build(1199, 11), build(1120, 16213, parent=1119)), parent=1115)
    assert encode([build(1115, (inner,))]) == bytes.fromhex(WORKED["vat_container"]["hex"])

    (item,) = decode(bytes.fromhex(WORKED["item"]["hex"]))
    want = [(1030, "Кофе 250 г"), (1079, 44955), (1023, Decimal(2)), (2108, 0), (1043, 89910)]
    want += [(1199, 11), (1214, 4), (1212, 1)]
    assert [(t.tag, t.value) for t in item.tags] == want
    assert encode([build(1059, tuple(build(number, value) for number, value in want))]) == bytes.fromhex(
        WORKED["item"]["hex"]
    )


@pytest.mark.parametrize("entry", DOCUMENTS, ids=name)
def test_document_is_read(entry):
    image = bytes.fromhex(entry["hex"])
    document, wrapping = read_image(image)
    assert document.form == entry["form"]
    assert [tag.tag for tag in document.tags] == entry["tags"]
    assert len(wrapping.body) == entry["body_size"]
    assert encode(document.tags) == wrapping.body
    assert (document.fn_serial, document.fd_number) == ("9999078902001234", entry["fd_number"])
    assert document.at == entry["at"]
    assert (document.inn, document.rnm) == ("7707083893", "0000000123041677")
    assert (document.shift, document.cashier) == (12, "Иванова А.")
    assert document.ffd == {"1.05": 2, "1.2": 4}[entry["ffd"]]
    assert read_body(entry["form"], wrapping.body) == document


@pytest.mark.parametrize("entry", DOCUMENTS, ids=name)
def test_document_has_no_findings_at_all(entry):
    document, _ = read_image(bytes.fromhex(entry["hex"]))
    assert check(document, REGISTER) == []


@pytest.mark.parametrize("entry", DOCUMENTS, ids=name)
def test_every_truncation_is_a_clear_error(entry):
    image = bytes.fromhex(entry["hex"])
    for size in range(len(image)):
        with pytest.raises(TlvError) as caught:
            read_image(image[:size])
        assert 0 <= caught.value.offset <= size
        assert caught.value.message_ru


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_the_shift_holds_together(ffd):
    shift = [read_image(bytes.fromhex(entry["hex"]))[0] for entry in DOCUMENTS if entry["ffd"] == ffd]
    assert check_sequence(shift) == []


@pytest.mark.parametrize(("ffd", "vat"), [("1.05", [(1, 14985), (2, 545)]), ("1.2", [(2, 545), (11, 16213)])])
def test_receipt_values(ffd, vat):
    entry = next(e for e in DOCUMENTS if e["form"] == 3 and e["ffd"] == ffd)
    receipt, _ = read_image(bytes.fromhex(entry["hex"]))
    assert isinstance(receipt, Receipt)
    assert (receipt.operation, receipt.total_kop, receipt.fpd, receipt.number_in_shift) == (1, 95900, 180150000, 1)
    assert [(i.name, i.price_kop, i.quantity_micro, i.sum_kop) for i in receipt.items] == [
        ("Кофе 250 г", 44955, 2_000_000, 89910),
        ("Хлеб", 5990, 1_000_000, 5990),
    ]
    assert (receipt.payments.cash_kop, receipt.payments.total_kop) == (95900, 95900)
    assert [(total.rate, total.sum_kop) for total in receipt.vat] == vat
    assert not receipt.is_return
    assert receipt.buyer_contact == ""


def test_shift_values():
    documents = {name(e): read_image(bytes.fromhex(e["hex"]))[0] for e in DOCUMENTS}
    opened, old, new = documents["form2-1.05"], documents["form5-1.05"], documents["form5-1.2"]
    assert isinstance(opened, ShiftOpen)
    assert opened.kkt_version == "2.0"
    assert isinstance(old, ShiftClose)
    assert isinstance(new, ShiftClose)
    assert (old.receipts, old.documents, old.unsent, old.key_days) == (1, 3, 1, None)
    assert old.first_unsent_at == datetime.fromisoformat("2025-11-21")
    assert (new.key_days, new.first_unsent_at) == (400, datetime.fromisoformat("2026-11-21"))
