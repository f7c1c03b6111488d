"""Foreign receipts as the reference describes them: every variant is read or refused as it was written down by hand."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from pos_agent.model.receipt import DocumentId
from pos_agent.tax_receipts.files import receipts_of
from pos_agent.tax_receipts.reading import TaxReceipt
from pos_agent.tax_receipts.refusal import Refusal

HERE = Path(__file__).parent
FILES = HERE / "files"
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
NAMES = sorted(path.name for path in FILES.iterdir())


def wanted(name: str, kind: str) -> list[dict]:
    return [one for one in EXPECTED[kind] if one["file"] == name]


def test_every_sample_is_expected_and_there_are_enough() -> None:
    assert len(NAMES) >= 25
    assert {one["file"] for kind in ("receipt", "refused") for one in EXPECTED[kind]} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_as_written_down(name: str) -> None:
    found = list(receipts_of(FILES / name))
    read = [one for one in found if isinstance(one, TaxReceipt)]
    refused = [one for one in found if isinstance(one, Refusal)]
    assert [told(one, want) for one, want in zip(read, wanted(name, "receipt"), strict=True)] == wanted(name, "receipt")
    codes = [{"file": one.file, "code": one.code, "field": one.path} for one in refused]
    assert codes == wanted(name, "refused")


def told(one: TaxReceipt, want: dict) -> dict:
    """What the sample's own table speaks of."""
    receipt, document = one.receipt, one.document
    lines = zip(receipt.lines, one.vat_codes, strict=True)
    everything = {
        "file": want["file"],
        "id": str(document.id),
        "at": document.at.isoformat(),
        "form": document.form,
        "sign": document.fpd,
        "shift": document.shift,
        "number": receipt.number_in_shift,
        "operation": int(receipt.operation),
        "unit": one.unit,
        "total_kop": receipt.total_kop,
        "rounded_kop": one.rounded_kop,
        "lines": [[line.name, line.price_kop, line.quantity_micro, line.sum_kop, code] for line, code in lines],
        "gtins": [line.gtin for line in receipt.lines],
        "payments": dict(one.payments_kop),
        "vat": {str(code): kop for code, kop in sorted(one.vat_kop.items())},
        "tax_system": one.tax_system,
        "place": one.place,
        "register": one.register,
        "contact": receipt.buyer_contact,
        "requisite": [receipt.requisite_name, receipt.requisite_value],
        "receipt_requisite": receipt.receipt_requisite,
        "warnings": list(one.warnings),
    }
    usual = {"operation": 1, "form": 3, "unit": "kopecks", "rounded_kop": 0}
    assert all(everything[key] == value for key, value in usual.items() if key not in want)
    assert DocumentId.parse(want["id"]) == document.id
    return {key: everything[key] for key in want}


def test_a_long_list_is_the_same_whatever_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = json.loads((FILES / "03-array-of-tickets.json").read_text(encoding="utf-8"))
    (tmp_path / "long.json").write_text(json.dumps(receipts * 20, indent=1, ensure_ascii=False), encoding="utf-8")
    whole = list(receipts_of(tmp_path))
    assert len(whole) == 40
    for size in (1, 7, 100, 4096):
        monkeypatch.setattr("pos_agent.tax_receipts.files.PIECE", size)
        assert list(receipts_of(tmp_path)) == whole


@pytest.mark.parametrize(
    ("text", "taken"), [("[]", 0), ("[] 1", 0), ("", 0), ("[1 2]", 0), ('{"a": NaN}', 0), ("[" * 100_000, 0)]
)
def test_what_is_no_list_of_receipts_is_told(tmp_path: Path, text: str, taken: int) -> None:
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")
    found = list(receipts_of(tmp_path / "odd.json"))
    assert sum(isinstance(one, TaxReceipt) for one in found) == taken
    assert bool(found) == (text != "[]")
    assert {one.code for one in found} <= {"TAX-01", "TAX-02"}


def test_a_folder_is_read_in_the_order_of_names() -> None:
    told_of = [one.file if isinstance(one, Refusal) else "" for one in receipts_of(FILES)]
    named = [name for name in told_of if name]
    assert named == sorted(named)
