"""The scripts B.1 to B.4 of the notes against the driver: the golden frames, in their order."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from drivers.api import Cut, Done, Feed, Qr, StoredDocument, Text
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender

GOLDEN = Path(__file__).parents[2] / "golden" / "atol" / "frames.toml"
FRAMES = tomllib.loads(GOLDEN.read_text("utf-8"))["frame"]
COFFEE = FiscalItem("Кофе 250 г", 44955, 2_000_000, 89910, vat=6)
BREAD = FiscalItem("Хлеб", 5990, 1_000_000, 5990, vat=6)


def script(section: str) -> list[str]:
    """Commands of one script, password left out, as `Register.seen` has them."""
    frames = [frame for frame in FRAMES if frame["id"].startswith(section) and frame["id"].endswith("-v2")]
    return [frame["data"][6:] for frame in frames]


def in_order(wanted: list[str], seen: list[str]) -> bool:
    rest = iter(seen)
    return all(any(command == one for one in rest) for command in wanted)


def test_connect(register: Any) -> None:
    """B.1; FN status and number are asked by `storage`, register 37h and others only when there is a reason."""
    printer = register.printer()
    assert isinstance(printer.connect(), Done)
    assert isinstance(printer.storage(), Done)
    assert set(script("B.1")) - {"A4 31"} <= set(register.seen)
    assert register.seen[0] == "A5"


def test_read_documents(register: Any) -> None:
    """B.2."""
    printer = register.connected()
    register.answers |= {"A4 45": "55 00 03 00 05 00", "A4 46": ["55 00 0A 04 01 00 01", "55 DA 00"]}
    last = printer.storage()
    assert isinstance(last, Done)
    assert printer.read_document(1) == Done(StoredDocument(3, 1, bytes.fromhex("0A04010001")))
    register.answers["A4 46"] = "55 00 0A 04 01 00 01"
    assert printer.read_document(259) == Done(StoredDocument(3, 259, bytes.fromhex("0A04010001")))
    register.answers["A4 40"] = "55 DA 00"
    assert printer.find_document(1) == Done(None)
    assert in_order(script("B.2"), register.seen)


def test_sale(register: Any) -> None:
    """B.3, with a shift to open."""
    printer = register.connected()
    register.answers["3F"] = register.answers["3F"].replace(
        "00 02 00 00 00 00 00 00 02 06", "00 02 01 00 00 09 59 00 02 06"
    )
    assert printer.takes([COFFEE, BREAD]) is None
    assert printer.shift_open() == Done(None)
    register.answers["45"] = "55 01 00"
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    for item in (COFFEE, BREAD):
        assert printer.receipt_item(ReceiptKind.SALE, item) == Done(None)
    assert printer.receipt_subtotal() == Done(95900)
    closed = printer.receipt_close(Tender(cash_kop=100000), 0)
    assert isinstance(closed, Done)
    assert isinstance(closed.reply, Registered)
    assert (closed.reply.fd_number, closed.reply.change_kop) == (3501, 4100)
    assert len(script("B.3")) == 10
    assert in_order(script("B.3"), register.seen)


def test_slip(register: Any) -> None:
    """B.4."""
    printer = register.connected(switches={"feed_before_cut": 1})
    lines = [Text("НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"), Text("Бонусы: 120")]
    assert printer.print_slip([*lines, Qr("https://example.org/k/7", 8), Feed(1), Cut()]) == Done(None)
    assert [seen for seen in register.seen if seen != "45"] == script("B.4")
