"""Profiles and the registration number they make (notes on 54-FZ, section 8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator import profile
from emulator.device import Reason, Refusal
from emulator.rnm import crc16, registration_number
from emulator.tlv import decode, make, members, number


def test_the_check_digits_follow_the_order() -> None:
    assert crc16(b"123456789") == 0x29B1
    assert registration_number("0000000123", "7707083893", "00106712345678") == "0000000123041677"


@pytest.mark.parametrize("name", profile.names())
def test_a_shipped_profile_makes_a_working_register(name: str, rig_of: Any) -> None:
    rig = rig_of(profile.load(name))
    rig.device.open_shift(1)
    rig.sell()
    tags = decode(rig.device.fn.body(3)[1])
    assert number(tags, 1209) == {"1.05": 2, "1.2": 4}[rig.profile.ffd]
    assert {len(mark.text) <= rig.profile.columns for mark in rig.device.tape.marks if hasattr(mark, "bold")} == {True}
    assert rig.profile.double_columns * 2 == rig.profile.columns


def test_the_shipped_profiles_cover_the_usual_papers() -> None:
    assert {profile.load(name).columns for name in profile.names()} >= {32, 42, 48}
    assert {profile.load(name).ffd for name in profile.names()} == {"1.05", "1.2"}


def test_a_profile_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('title = "T"\nmodel_code = 1\nserial = "1"\n[operators.3]\nname = "Ким"\n', "utf-8")
    own = profile.load(str(path))
    assert (own.name, own.cashier(3), own.cashier(4)) == ("shop", ("Ким", ""), ("Оператор 4", ""))


@pytest.mark.parametrize(
    ("text", "words"),
    [("colour = 1", "colour"), ('ffd = "1.1"', "ffd"), ("operators = 1", "operators")],
)
def test_a_wrong_profile_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(f'title = "T"\nmodel_code = 1\nserial = "1"\n{text}\n', "utf-8")
    with pytest.raises(ValueError, match=words):
        profile.load(str(path))


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(FileNotFoundError, match="shtrih-m-01f"):
        profile.load("nobody")


def test_cash_counts_start_anew_with_the_shift_and_the_drawer_does_not(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.device.cash_in(1, 5000)
    rig.device.cash_out(1, 1000)
    rig.device.close_shift(1)
    registers = rig.device.registers
    assert [registers[name] for name in ("cash_kop", "cash_in_kop", "cash_in_count", "cash_out_count")] == [
        4000,
        0,
        0,
        0,
    ]


def test_a_marked_line_brings_the_result_of_its_check(rig12: Any) -> None:
    rig12.device.open_shift(1)
    rig12.device.open_receipt(1, 1)
    rig12.device.add_item(rig12.item(subject=33))
    rig12.device.add_item_tlv(make(1163, [make(1305, "010460043993125621JgXJ5.T")]).whole)
    rig12.device.close_receipt([10000] + [0] * 15, 0, 0, 1)
    tags = decode(rig12.device.fn.body(3)[1])
    assert number(tags, 2107, -1) == 0
    assert members(members(tags, 1059), 1163)[0].value == "010460043993125621JgXJ5.T"


def test_a_line_longer_than_its_tag_is_refused(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.device.open_receipt(1, 1)
    rig.device.add_item(rig.item(name="x" * 128))
    line = make(1191, "x" * 64).whole
    for _ in range(11):
        rig.device.add_item_tlv(line)
    with pytest.raises(Refusal) as refused:
        rig.device.add_item_tlv(line * 2)
    assert refused.value.reason is Reason.TLV_TOO_LONG
    rig.device.close_receipt([10000] + [0] * 15, 0, 0, 1)


def test_a_set_clock_survives_a_restart(rig_of: Any, tmp_path: Path) -> None:
    rig = rig_of(profile.load("shtrih-m-01f"), tmp_path / "state")
    rig.device.set_time(rig.at.replace(hour=11))
    assert rig.restart().now() == rig.at.replace(hour=11)
