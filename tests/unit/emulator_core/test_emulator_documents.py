"""Documents the device makes, tag by tag, against the example images of the notes (54-FZ, section 2.12)."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from emulator.device import CorrectionInput, ItemInput, Reason, Refusal
from emulator.profile import load
from emulator.tlv import Tlv, decode, encode, make, members, number

IMAGES = tomllib.loads(Path(__file__).with_name("fiscal_images.toml").read_text("utf-8"))
DAYS = {"105": datetime(2025, 11, 21, 9, 0), "12": datetime(2026, 11, 21, 9, 0)}  # noqa: DTZ001
NAMES = {"105": "shtrih-m-01f", "12": "shtrih-m-01f-ffd12"}


def signless(body: bytes) -> bytes:
    """The body with the four bytes of the fiscal sign blanked; its two technical bytes stay."""
    return encode(Tlv(1077, tlv.raw[:2] + bytes(4), b"") if tlv.tag == 1077 else tlv for tlv in decode(body))


@pytest.fixture(params=["105", "12"])
def story(request: Any, rig_of: Any) -> dict[int, bytes]:
    """The shift of the images: number 12, documents 101..103; form -> body."""
    ffd = request.param
    rig = rig_of(replace(load(NAMES[ffd]), fn_days=400), at=DAYS[ffd])
    for _ in range(11):
        rig.device.open_shift(1)
        rig.device.close_shift(1)
    while rig.device.fn.last_fd < 100:
        rig.device.calculation_report(1)
    rig.device.open_shift(1)
    rig.device.ofd_deliver()
    rig.wait(minutes=5)
    rig.device.open_receipt(1, 1)
    rig.device.add_item(ItemInput(1, 2_000_000, 44955, None, None, 1 if ffd == "105" else 11, 1, 4, 1, "Кофе 250 г"))
    rig.device.add_item(ItemInput(1, 1_000_000, 5990, 5990, None, 2, 1, 4, 1, "Хлеб"))
    assert rig.device.subtotal() == 95900
    rig.device.close_receipt([100000] + [0] * 15, 0, 1, 1)
    rig.at = DAYS[ffd].replace(hour=21)
    rig.device.close_shift(1)
    bodies = {form: rig.device.fn.body(fd) for form, fd in ((2, 101), (3, 102), (5, 103))}
    assert all(found == form for form, (found, _) in bodies.items())
    return {form: body for form, (_, body) in bodies.items()} | {0: ffd.encode()}


@pytest.mark.parametrize("form", [2, 3, 5])
def test_a_document_is_the_image_but_for_its_sign(story: dict[int, bytes], form: int) -> None:
    image = bytes.fromhex(IMAGES[f"form{form}_ffd{story[0].decode()}"]["hex"])
    assert signless(story[form]) == signless(image[4:])


def test_the_registration_report_opens_as_storages_do(rig: Any) -> None:
    form, body = rig.device.fn.body(1)
    tags = decode(body)
    assert form == 1
    assert [tlv.tag for tlv in tags[:13]] == [
        1041,
        1037,
        1018,
        1040,
        1012,
        1077,
        1056,
        1002,
        1001,
        1109,
        1110,
        1108,
        1207,
    ]
    assert {1062, 1048, 1009, 1187, 1013, 1017, 1021, 1188, 1189, 1190, 1209} <= {tlv.tag for tlv in tags}
    assert rig.profile.rnm == "0000000123041677"


def test_marking_of_ffd_12_replaces_flags_by_1290(rig12: Any) -> None:
    tags = {tlv.tag for tlv in decode(rig12.device.fn.body(1)[1])}
    assert 1290 in tags
    assert not tags & {1109, 1110, 1108, 1207, 1193, 1126, 1221}


def test_nothing_but_new_rates_needs_the_placeholder(rig12: Any) -> None:
    rig12.device.open_shift(1)
    sold = rig12.sell(80730, vat=11)
    tags = decode(rig12.device.fn.body(sold.fd)[1])
    assert number(tags, 1104, -1) == 0
    assert [number(members([inner], 1119), 1120) for inner in members(tags, 1115)] == [14558]


@pytest.mark.parametrize(
    ("vat", "tag", "kop"),
    [(1, 1102, 2000), (2, 1103, 1091), (3, 1106, 2000), (4, 1107, 1091), (5, 1104, 12000), (6, 1105, 12000)],
)
def test_a_flat_rate_has_its_tag(rig: Any, vat: int, tag: int, kop: int) -> None:
    rig.device.open_shift(1)
    tags = decode(rig.device.fn.body(rig.sell(12000, vat=vat).fd)[1])
    assert {tlv.tag: tlv.value for tlv in tags if 1102 <= tlv.tag <= 1107} == {tag: kop}


@pytest.mark.parametrize(("vat", "kop"), [(7, 571), (8, 785), (9, 571), (10, 785), (11, 2164), (12, 2164)])
def test_a_newer_rate_goes_to_1115(rig: Any, vat: int, kop: int) -> None:
    rig.device.open_shift(1)
    tags = decode(rig.device.fn.body(rig.sell(12000, vat=vat).fd)[1])
    (total,) = members(tags, 1115)
    assert [(tlv.tag, tlv.value) for tlv in members([total], 1119)] == [(1199, vat), (1120, kop)]


def test_what_the_host_sends_replaces_the_default_and_follows(rig: Any) -> None:
    rig.device.open_shift(1)
    rig.device.open_receipt(1, 1)
    rig.device.add_receipt_tlv(make(1021, "Сидорова").whole + make(1008, "+79991234567").whole)
    rig.device.add_item(rig.item())
    rig.device.add_item_tlv(make(1191, "скидка 5.00").whole)
    rig.device.close_receipt([10000] + [0] * 15, 0, 0, 1)
    tags = decode(rig.device.fn.body(rig.device.fn.last_fd)[1])
    assert [tlv.value for tlv in tags if tlv.tag == 1021] == ["Сидорова"]
    assert [tlv.tag for tlv in tags].count(1117) == 1
    assert members(tags, 1059)[-1].value == "скидка 5.00"


def test_a_calculation_report_counts_what_is_unsent(rig12: Any) -> None:
    rig12.device.open_shift(1)
    rig12.sell(10000)
    rig12.sell(3000)
    rig12.device.ofd_deliver(3)
    reply = rig12.device.calculation_report(1)
    tags = decode(rig12.device.fn.body(reply.fd)[1])
    assert (number(tags, 1116), number(tags, 1097)) == (4, 1)
    assert number(members(tags, 1158), 1144) == 1
    assert number(members(members(tags, 1158), 1145), 1201) == 3000
    assert number(members(members(tags, 1157), 1129), 1201) == 13000
    assert (reply.unsent, reply.shift) == (2, 1)


def test_a_correction_of_ffd_105_has_no_lines(rig: Any) -> None:
    rig.device.open_shift(1)
    reply = rig.device.correction(
        CorrectionInput(1, 50000, cash_kop=20000, electronic_kop=30000, vat_kop={1102: 8333}), 1
    )
    form, body = rig.device.fn.body(reply.fd)
    tags = decode(body)
    assert form == 31
    assert [tlv.tag for tlv in tags[6:10]] == [1038, 1042, 1054, 1020]
    assert (number(tags, 1031), number(tags, 1081), number(tags, 1102)) == (20000, 30000, 8333)
    assert number(tags, 1173, -1) == 0
    assert [tlv.tag for tlv in members(tags, 1174)] == [1178]
    assert not [tlv for tlv in tags if tlv.tag == 1059]
    assert reply.receipt == 1
    assert rig.device.registers["cash_kop"] == 20000


def test_a_correction_of_ffd_12_is_a_receipt_with_lines(rig12: Any) -> None:
    device = rig12.device
    device.open_shift(1)
    with pytest.raises(Refusal) as refused:
        device.correction(CorrectionInput(1, 100, cash_kop=100), 1)
    assert refused.value.reason is Reason.UNSUPPORTED
    device.open_receipt(1, 1, correction=True)
    assert device.fn.current_document == 0x14
    device.add_item(rig12.item(700))
    device.close_receipt([700] + [0] * 15, 0, 0, 1)
    form, body = device.fn.body(device.fn.last_fd)
    assert form == 31
    assert {1173, 1174, 1059} <= {tlv.tag for tlv in decode(body)}
    device.close_shift(1)
    counted = members(decode(device.fn.body(device.fn.last_fd)[1]), 1194)
    assert number(counted, 1134) == 1
    assert number(members(members(counted, 1133), 1145), 1201) == 700
    assert number(members(counted, 1129), 1135) == 0
