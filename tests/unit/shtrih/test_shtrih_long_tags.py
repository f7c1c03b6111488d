"""Tags too long for a frame: of the receipt through the buffer, of an item refused in words before the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kit.shtrih_selling import BUN, SALE

from drivers.api import Done
from drivers.fiscal import build
from drivers.fiscal import encode as tlv
from drivers.shtrih.printer import ShtrihPrinter

SUPPLIER = build(1224, (build(1171, "+79123456789"), build(1225, "Ю" * 230)))
FITS = build(1224, (build(1171, "+79123456789"), build(1225, "Ю" * 225)))


def test_an_item_with_a_long_tag_is_refused_before_the_receipt(till: ShtrihPrinter, register: Any) -> None:
    """250 bytes: the frame takes 249."""
    assert len(tlv([SUPPLIER])) == 254
    assert len(tlv([FITS])) == 249
    items = [BUN, replace(BUN, tlv=tlv([SUPPLIER]))]
    assert till.takes(items, "en") == (
        "Item 2: tag 1224 is 254 bytes long, this printer takes 249 for an item."
        " Shorten it (names, addresses). Nothing was begun."
    )
    assert (till.takes(items) or "").startswith("Позиция 2: реквизит 1224 занимает 254 байт")
    assert till.takes([BUN, replace(BUN, tlv=tlv([FITS]))]) is None
    assert register.seen == []
    with pytest.raises(ValueError, match="249 fit"):
        till.receipt_item(SALE, items[1])
    assert register.seen == [], "nor does the item go out without its tags"


def test_tags_that_fit_one_by_one_go_in_several_frames(till: ShtrihPrinter, register: Any) -> None:
    register.answers["FF4D"] = "00"
    item = replace(BUN, tlv=tlv([FITS, build(1222, 64), build(1226, "5010051677  ")]))
    assert till.takes([item]) is None
    assert till.receipt_item(SALE, item) == Done(None)
    assert [code for code in register.codes() if code == "FF4D"] == ["FF4D"] * 2


def test_the_buffer_of_the_receipt(till: ShtrihPrinter, register: Any) -> None:
    """FF32h with the size, FF33h with offset, length and block, FF64h: layouts of the vendor's driver."""
    register.answers |= {"FF32": "00 64", "FF33": "00", "FF64": "00"}
    long = build(1084, (build(1085, "Ю" * 64), build(1086, "Я" * 240)))
    assert till.receipt_tlv(tlv([long])) == Done(None)
    whole = tlv([long])
    sent = [entry.split(" ") for entry in register.seen]
    assert sent[0] == ["FF32", len(whole).to_bytes(2, "little").hex().upper()]
    blocks = [bytes.fromhex(piece) for code, piece in sent[1:-1] if code == "FF33"]
    assert [int.from_bytes(block[:2], "little") for block in blocks] == [0, 100, 200, 300]
    assert all(block[2] == len(block) - 3 for block in blocks)
    assert b"".join(block[3:] for block in blocks) == whole
    assert sent[-1] == ["FF64"]
