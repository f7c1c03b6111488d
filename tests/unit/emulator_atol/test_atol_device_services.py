"""Printing, pictures, tables, the storage's passthrough, copies, switches by name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from emulator.atol.bench import Bench
from emulator.atol.commands.printing import load_picture, shifted
from emulator.atol.variant import AddAnswer, Variant, from_profile, from_words
from emulator.marks import CutMark, Line, QrMark, Raster
from emulator.shtrih.pictures import ean13_digits


def last(bench: Bench) -> object:
    return bench.device.tape.marks[-1]


def test_strings(bench: Bench):
    bench.ok(bytes.fromhex("4C 95 AB A5 A1 20 24 31 20 FC"))
    assert last(bench) == Line("Хлеб №1 $")
    bench.ok(b"\x4c\x09A\x09B")
    assert last(bench) == Line("AB", double=True)
    bench.ok(b"\x4cx\x09Ay")
    assert last(bench) == Line("xA y")
    bench.ok(b"\x4c" + b"z" * 40)
    assert last(bench) == Line("z" * 32)
    bench.ok(b"\x87" + bytes.fromhex("00 00 01 22 00 00 00 00 00 00 00") + b"BIG")
    assert last(bench) == Line("BIG", double=True)


def test_header_footer_and_cut(bench: Bench):
    bench.ok(b"\x6c")
    assert last(bench) == Line("ДОБРО ПОЖАЛОВАТЬ")
    bench.ok(b"\x73")
    assert last(bench) == Line("СПАСИБО ЗА ПОКУПКУ")
    for kind, partial in ((0, False), (1, True), (4, False)):
        bench.ok(bytes((0x75, kind)))
        assert last(bench) == CutMark(partial)
    assert bench.code(b"\x75\x02") == 0xE7


def test_no_cut_inside_a_receipt(shift: Bench):
    shift.ok(b"\x92\x00\x01")
    assert shift.code(b"\x75\x01") == 0x9B


def test_barcodes(bench: Bench):
    head = bytes.fromhex("02 08 00 00 00 00 00 00 00 00 00 00 00")
    bench.ok(b"\xc1\x00" + head + "https://example.org/чек".encode())
    assert last(bench) == QrMark("https://example.org/чек", 8, "M", "center")
    bench.ok(b"\xc1\x01" + head + b"460123456789")
    assert last(bench) == Line(ean13_digits(460123456789).center(32).rstrip())
    assert bench.code(b"\xc1\x01" + head + b"4601234567890") == 0xE7
    assert bench.code(b"\xc1\x05" + head + b"1") == 0x7A
    assert bench.code(b"\xc1\x00\x04" + head[1:] + b"1") == 0xE7
    assert bench.code(b"\xc1\x00" + head) == 0x14


def test_barcodes_of_other_devices(make_bench):
    bench = make_bench(variant=Variant(barcode_scale=False))
    bench.ok(b"\xc1\x00\x01" + bytes(11) + b"A")
    assert last(bench) == QrMark("A", 4, "M", "left")
    assert make_bench(variant=Variant(qr=False)).code(b"\xc1\x00\x01" + bytes(12) + b"A") == 0x7A


def test_raster(bench: Bench):
    bench.ok(bytes.fromhex("8E 01 00 02 00 08 FF 01"))
    assert last(bench) == Raster((b"\x00\xff\x01" + bytes(45),) * 2, 384)
    assert bench.code(bytes.fromhex("8E 01 00 01 00 00") + bytes(49)) == 0x14
    assert bench.code(bytes.fromhex("8E 05 00 01 00 00 FF")) == 0x6D
    assert shifted(b"\x81", 4, 12) == b"\x08\x10"
    assert shifted(b"\x81", 8, 12) == b"\x00\x80"


def test_pictures_from_memory(make_bench):
    bench = make_bench(variant=Variant(high_first=False))
    assert bench.code(bytes.fromhex("8D 01 01 00 00")) == 0x6F
    load_picture(bench.machine.pictures, 1, (b"\xf0", b"\x0f"), 8)
    bench.ok(bytes.fromhex("8D 01 01 08 00"))
    assert last(bench) == Raster((b"\x00\xf0" + bytes(46), b"\x00\x0f" + bytes(46)), 384)


def test_drawer_and_sound(bench: Bench):
    bench.ok(b"\x80")
    assert bench.device.drawer_open
    bench.device.close_drawer()
    bench.ok(bytes.fromhex("85 01 00 01 00 05"))
    assert bench.device.drawer_open
    assert bench.code(bytes.fromhex("85 01 00 01 00 64")) == 0xE7
    bench.ok(b"\x47")
    bench.ok(b"\x88" + (65536 - 921600 // 1000).to_bytes(2, "big") + b"\x05")
    assert bench.code(b"\x88\x00\x00\x05") == 0xCD
    assert bench.device.beeps == 2
    assert [bench.code(b"\x8f\x01" + bytes(size)) for size in (0, 1, 94, 95)] == [0x14, 0, 0, 0x14]


def test_tables(bench: Bench):
    assert bench.code(b"\x46\x02\x00\x01\x37") == 0x66
    bench.mode(4)
    assert bench.do(b"\x46\x02\x00\x01\x37") == b"\x55\x00\x20"
    assert bench.do(b"\x46\x0d\x00\x01\x02") == b"\x55\x00\x20\x00"
    for cell, code in (("05 00 01 01", 0x91), ("02 00 02 18", 0x92), ("02 00 01 FF", 0x93), ("02 01 00 18", 0x92)):
        assert bench.code(b"\x46" + bytes.fromhex(cell)) == code
    assert bench.code(bytes.fromhex("50 02 00 01 37 30")) == 0x80
    assert bench.code(bytes.fromhex("50 02 00 01 18 30 30")) == 0x14
    bench.ok(bytes.fromhex("50 06 00 02 01 81"))
    assert bench.ok(bytes.fromhex("46 06 00 02 01")) == b"\x81"
    bench.ok(bytes.fromhex("50 03 00 01 02 8A A8 AC"))
    bench.mode(1, 1)
    bench.sell()
    assert next(tlv.value for tlv in bench.device.fn.documents[3].tags if tlv.tag == 1021) == "Ким"


def test_internal_code_page_of_tables(make_bench):
    bench = make_bench(variant=Variant(internal_tables=True, table_mode=False))
    bench.ok(bytes.fromhex("50 06 00 02 01 81"))
    assert bench.machine.tables.text(6, 2, 1) == "б"


def test_the_clock(bench: Bench):
    bench.ok(bytes.fromhex("ED 22 11 26 10 20 30"))
    assert bench.ok(b"\x91\x11\x00\x00").hex() == "221126102030"
    bench.ok(bytes.fromhex("64 23 11 26"))
    assert bench.ok(b"\x91\x11\x00\x00").hex() == "231126102030"
    assert [bench.code(bytes.fromhex(f"ED {at}")) for at in ("31 02 26 10 00 00", "22 11 26 25 00 00")] == [0x94, 0x95]
    bench.mode(1)
    bench.ok(b"\x9a\x00")
    assert bench.code(bytes.fromhex("64 23 11 26")) == 0x9C


def test_registers(bench: Bench):
    assert bench.ok(b"\x91\x18\x00\x00") == b"\x32"
    assert bench.ok(b"\x91\x16").hex() == "00106200012345"
    assert bench.ok(b"\x91\x2c\x00\x00").hex() == "000001"
    assert bench.code(b"\x91\x33\x00\x00") == 0xAC
    assert bench.code(b"\x91\x0d\x00\x00") == 0x6C
    assert bench.code(b"\x91\x03\x03\x01") == 0x6A
    assert bench.code(b"\x91\x03\x01\x06") == 0x7E
    assert bench.ok(b"\x91\x34\x00\x00")[:5].hex() == "0000000001"


def test_storage_status(shift: Bench):
    at = bytes((26, 11, 21, 12, 30))
    assert shift.ok(b"\xa4\x10") == bytes.fromhex("01 01 00 00 00")
    assert shift.ok(b"\xa4\x20") == b"\x02\x00\x02\x00\x01\x00\x00\x00" + at
    assert shift.ok(b"\xa4\x30") == b"\x03\x00\x00\x01\x00" + at + b"9999078900005678" + b"\x02\0\0\0"
    assert shift.ok(b"\xa4\x31") == b"9999078900005678"
    assert shift.ok(b"\xa4\x32")[3:] == b"\x0b\x01"
    assert shift.ok(b"\xa4\x33")[16:] == b"\x00"
    shift.ok(b"\x92\x00\x01")
    assert shift.ok(b"\xa4\x30")[1:3] == b"\x04\x00"
    shift.item(100)
    assert shift.ok(b"\xa4\x30")[1:3] == b"\x04\x01"
    assert shift.code(b"\xa4\x77") == 0xE7
    assert shift.code(b"\xa4\x45\x01") == 0x14
    shift.device.ofd_deliver()
    assert shift.ok(b"\xa4\x20") == bytes(13)


def test_storage_documents(shift: Bench):
    shift.sell(5990)
    sign = shift.device.fn.documents[3].sign.to_bytes(4, "little")
    at = bytes((26, 11, 21, 12, 30))
    assert shift.ok(b"\xa4\x40\x03\0\0\0") == b"\x03\x00" + at + b"\x03\0\0\0" + sign + b"\x01\x66\x17\0\0\0"
    assert shift.ok(b"\xa4\x40\x02\0\0\0")[-3:] == b"\x01\x00\x00"
    result = shift.do(b"\xa4\x43")
    assert (result[7:19], result[39]) == (b"7707083893  ", 3)
    assert len(result[19:39].strip()) == 16
    assert shift.ok(b"\xa4\x42") == b"\x03\x00"
    assert shift.code(b"\xa4\x41\x03\0\0\0") == 0xDA
    shift.device.ofd_deliver()
    assert shift.ok(b"\xa4\x41\x03\0\0\0")[:2] == b"\x07\x00"
    assert shift.ok(b"\xa4\x44\xfa\x03") == b"\xfa\x03\x0c\x007707083893  "
    told = b""
    while shift.code(b"\xa4\x47") != 0xDA:
        told += b"."
    assert len(told) == len(shift.device.fn.documents[1].tags)


@pytest.mark.parametrize("whole", [True, False])
def test_documents_in_pieces(make_bench, whole: bool):
    bench = make_bench(variant=Variant(piece=20, whole_tlvs=whole, sum_bytes=4))
    bench.mode(1)
    bench.sell()
    bench.ok(b"\xa4\x45\x03\0\0\0")
    pieces = []
    while not (reply := bench.machine.run(b"\0\0\xa4\x46", 0)).failed:
        pieces.append(reply.payload[2:])
    assert b"".join(pieces) == bench.device.fn.documents[3].body
    assert {len(piece) for piece in pieces[:-1]} == {20} or whole
    assert max(map(len, pieces)) <= 20
    assert len(bench.ok(b"\xa4\x40\x03\0\0\0")) == 20


def test_reading_and_other_commands(make_bench):
    for dropped, code in ((False, 0), (True, 0xDA)):
        bench = make_bench(variant=Variant(reading_dropped=dropped))
        bench.ok(b"\xa4\x45\x01\0\0\0")
        bench.do(b"\x3f")
        assert bench.code(b"\xa4\x46") == code


def test_reading_a_requisite(bench: Bench):
    assert bench.ok(b"\xe9\xfa\x03\x00") == b"\x01\xfa\x03\x0c\x007707083893  "
    assert bench.code(b"\xe9\xf0\x03\x00") == 0xDA
    assert bench.code(b"\xe9\xfa\x03\x01") == 0xE7


def test_copies(shift: Bench):
    shift.sell()
    before = len(shift.device.tape.marks)
    shift.ok(b"\x95")
    assert shift.device.tape.marks[before].text.strip() == "ПОВТОР ДОКУМЕНТА"
    assert shift.code(b"\xab\x00\x00\x00\x00\x02") == 0x66
    shift.mode(6)
    shift.ok(b"\xab\x00\x00\x00\x00\x02")
    assert shift.code(b"\xab\x00\x00\x00\x00\x09") == 0xDA
    assert shift.device.fn.last_fd == 3


def test_an_interrupted_print(make_bench):
    bench = make_bench(variant=Variant(auto_continue=False))
    bench.mode(1)
    bench.device.paper_out(after_lines=3)
    assert bench.code(b"\x9a\x00") == 0x67
    bench.device.paper_in()
    assert bench.code(b"\x4c\x20") == 0x67
    bench.ok(b"\x55")
    assert bench.code(b"\x4c\x20") == 0
    bench.device.paper_out(after_lines=3)
    bench.mode(3)
    bench.do(b"\x5a")
    bench.wait(5)
    bench.device.paper_in()
    bench.ok(b"\x97")
    assert bench.code(b"\x97") == 0xAF
    assert bench.code(b"\x4c\x20") == 0


def test_demonstration(bench: Bench):
    for kind in (0, 1, 3, 6):
        bench.ok(bytes((0x82, 1, kind, 0)))
    assert bench.code(b"\x82\x01\x02\x00") == 0xE7


def test_switches_by_name():
    variant = from_words(["add_answer=result", "piece=50", "z_seconds=2", "table_mode=false", "archive_mode=0"])
    assert (variant.add_answer, variant.piece, variant.z_seconds) == (AddAnswer.RESULT, 50, 2.0)
    assert (variant.table_mode, variant.archive_mode) == (False, 0)
    assert from_profile({"seconds": {"5A": 3}, "timers": {"t1": 0.1}}).seconds == {0x5A: 3.0}
    for words in (["nothing=1"], ["piece"], ["piece=x"], ["add_answer=x"], ["table_mode=1"]):
        with pytest.raises(ValueError, match=r"nothing|piece|AddAnswer|table_mode"):
            from_words(words)


def test_the_chapter_names_every_switch_and_its_default():
    text = (Path(__file__).parents[3] / "docs" / "emulator-atol.md").read_text("utf-8")
    table = text[text.index("## 5.") : text.index("## 6.")]
    for switch in fields(Variant):
        rows = [row for row in table.splitlines() if row.startswith("|") and f"`{switch.name}`" in row.split("|")[1]]
        assert len(rows) == 1, switch.name
        value = getattr(Variant(), switch.name)
        if isinstance(value, bool | int | float):
            assert str(value).lower() in rows[0].split("|")[2], switch.name
