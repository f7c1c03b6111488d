"""Modes, status, passwords, shift and reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emulator.atol import codepage
from emulator.atol.bench import Bench
from emulator.atol.commands import COMMANDS
from emulator.atol.variant import Variant

STATUS, STATE, X, Z, OPEN_SHIFT, SALE = b"\x3f", b"\x45", b"\x67\x01", b"\x5a", b"\x9a\x00", b"\x92\x00\x01"


def enter(mode: int, password: int = 30) -> bytes:
    return bytes((0x56, mode)) + bytes.fromhex(f"{password:08d}")


def test_modes_are_left_before_another_is_entered(bench: Bench):
    assert bench.do(enter(1)) == b"\x55\x00"
    assert bench.do(STATE) == b"\x55\x01\x00"
    assert bench.do(enter(3)) == b"\x55\x66\x00"
    assert bench.do(b"\x48") == b"\x55\x00"
    assert bench.code(enter(3)) == 0
    assert bench.do(STATUS)[17] == 3
    assert bench.do(STATUS)[1] == 0x30


@pytest.mark.parametrize(
    ("mode", "password", "code"), [(1, 31, 0x8C), (1, 1, 0), (4, 1, 0x8C), (4, 29, 0), (7, 30, 0x66)]
)
def test_mode_passwords(bench: Bench, mode: int, password: int, code: int):
    assert bench.code(enter(mode, password)) == code


def test_commands_want_their_mode(bench: Bench):
    for command in (OPEN_SHIFT, SALE, X, Z, b"\x46\x02\x00\x01\x37", b"\xce\x41"):
        assert bench.code(command) == 0x66
    bench.mode(1)
    assert bench.code(b"\x82\x01\x01\x00") == 0x66


def test_access_password(make_bench):
    bench = make_bench(variant=Variant(access_password=1234))
    assert bench.machine.run(b"\x00\x00\xa5", 0).payload == b"\x55\x8c\x00"
    assert bench.machine.run(b"\x12\x34\xa5", 0).payload[0] == 0


def test_short_and_unknown_commands(bench: Bench):
    assert bench.machine.run(b"\x00", 0).payload == b"\x55\x14\x00"
    assert bench.do(b"\x77") == b"\x55\x7a\x00"
    assert bench.code(b"\x56\x01") == 0x14
    assert bench.code(b"\x56\x01\x00\x00\x00\x3f") == 0x13


def test_no_command_falls_over_whatever_follows_it(bench: Bench):
    for mode in range(7):
        for code in COMMANDS.codes():
            for rest in (b"", b"\0", b"\xff" * 5, bytes(8), b"\x01" * 60):
                if bench.device.powered:
                    reply = bench.machine.run(b"\0\0" + bytes((code,)) + rest, 0)
                    assert reply.payload
        bench.device.receipt, bench.machine.sale = None, None
        bench.machine.power_lost()
        bench.mode(mode)


def test_the_shift(bench: Bench):
    bench.mode(1)
    assert bench.do(OPEN_SHIFT) == b"\x55\x00\x00"
    assert bench.code(OPEN_SHIFT) == 0x9C
    assert bench.do(STATUS)[9] & 2
    assert bench.do(STATUS)[20:22] == b"\x00\x00"
    assert bench.ok(b"\x91\x12\x00\x00").hex() == "01" + "221126123000"
    bench.mode(3)
    assert bench.do(Z) == b"\x55\x00"
    assert [bench.do(STATE)[1], bench.code(Z)] == [0x23, 0x76]
    bench.wait(1.1)
    assert bench.do(STATE)[1] == 0x17
    bench.wait(0.3)
    assert bench.do(STATE)[1] == 0x03
    assert bench.code(Z) == 0x8F
    assert bench.do(STATUS)[20:22] == b"\x00\x01"
    assert bench.ok(b"\x91\x12\x00\x00").hex() == "00" + "211126123000"


def test_z_may_end_in_choice(make_bench):
    bench = make_bench(variant=Variant(after_z_mode=0))
    bench.mode(1)
    bench.ok(OPEN_SHIFT)
    bench.mode(3)
    bench.ok(Z)
    bench.wait(2)
    assert bench.do(STATE)[1] == 0


def test_x_report(bench: Bench):
    bench.mode(2)
    assert bench.do(X) == b"\x55\x00\x00"
    assert bench.do(STATE)[1] == 0x22
    assert bench.code(X) == 0x76
    bench.wait(1)
    assert bench.do(STATE)[1] == 0x02
    assert [bench.code(bytes((0x67, kind))) for kind in (2, 4, 9)] == [0xAA, 0xA3, 0]
    assert bench.device.fn.documents[bench.device.fn.last_fd].form == 21


def test_a_shift_over_24_hours(shift: Bench):
    shift.clocks.wall += timedelta(hours=24)
    assert shift.code(SALE) == 0x88
    shift.ok(b"\x48")
    assert shift.code(enter(1)) == 0x88
    shift.mode(3)
    assert shift.code(Z) == 0
    shift.wait(5)
    shift.mode(1)
    assert shift.code(OPEN_SHIFT) == 0


def test_expired_shift_lets_into_registration_by_a_switch(make_bench):
    bench = make_bench(variant=Variant(expired_blocks_mode=False))
    bench.mode(1)
    bench.ok(OPEN_SHIFT)
    bench.clocks.wall += timedelta(hours=25)
    bench.mode(1)
    assert bench.code(SALE) == 0x88


@pytest.mark.parametrize("command", [SALE, b"\x49\x00\x00\x00\x00\x10\x00"])
def test_the_shift_opens_by_itself(bench: Bench, command: bytes):
    bench.mode(1)
    assert bench.code(command) == 0
    assert bench.device.fn.shift_open


def test_the_shift_does_not_open_by_itself_by_a_switch(make_bench):
    bench = make_bench(variant=Variant(implicit_shift=False))
    bench.mode(1)
    assert bench.code(SALE) == 0xD4
    assert not bench.device.fn.shift_open


def test_the_cashier_of_the_shift_may_be_sent(bench: Bench):
    name = "Ким".encode("cp866")
    bench.mode(1, 1)
    bench.ok(b"\xe8\x01\x01\x00\xfd\x03\x03\x00" + name)
    bench.ok(OPEN_SHIFT)
    tags = {tlv.tag: tlv.value for tlv in bench.device.fn.documents[2].tags}
    assert tags[1021] == "Ким"
    assert bench.code(b"\xe8\x01\x01\x00\xf0\x03\x01\x00\x2b") == 0xEE
    assert bench.ok(b"\x91\x37\x00\x00").hex() == "00e8" + "0202" + "0000" + "0000"


def test_status_flags(shift: Bench):
    assert shift.do(STATUS)[9] == 0b0100_1011
    shift.device.cover(True)
    shift.ok(b"\x80")
    shift.device.paper_out()
    assert shift.do(STATUS)[9] == 0b0110_0111
    assert shift.do(STATE) == b"\x55\x01\x01"
    assert shift.do(b"\x4c\x20") == b"\x55\x67\x00"
    assert shift.do(b"\xb3") == b"\x55\x67\x00"


def test_status_of_an_open_receipt(shift: Bench):
    for number, kind in ((1, 1), (2, 2), (4, 3), (5, 4)):
        shift.ok(bytes((0x92, 0, number)))
        shift.item(12345)
        told = shift.do(STATUS)
        assert (told[22], told[23:28].hex(), told[17]) == (number, "0000012345", 0x11)
        assert shift.device.receipt_kind == kind
        assert shift.code(SALE) == (0x89 if number in (1, 5) else 0x87)
        assert shift.code(b"\x48") == 0x9B
        shift.ok(b"\x59")


def test_switches_of_status(make_bench):
    bench = make_bench(variant=Variant(ascii_firmware=False, battery_flag=True, serial_interface=1, version_shift=1))
    told = bench.do(STATUS)
    assert (told[9] >> 7, told[15:17].hex(), told[29]) == (1, "0301", 1)
    assert bench.do(b"\x9d\x01").hex() == "5500" + "00" + "0301004500"
    assert make_bench().do(b"\x9d\x91")[-2:].hex() == "4500"
    assert make_bench(variant=Variant(ext_everywhere=True)).do(enter(1)) == b"\x55\x00\x00"


def test_power_loss_leaves_the_mode(shift: Bench):
    shift.machine.power_lost()
    assert shift.do(STATE)[1] == 0


def test_the_receipt_survives_power_loss_and_can_be_closed(shift: Bench):
    shift.ok(SALE)
    shift.item(100)
    shift.ok(b"\x99\x00\x02\x00\x00\x00\x00\x50")
    shift.machine.power_lost()
    assert shift.do(STATUS)[17] == 0
    assert shift.do(STATUS)[22] == 1
    shift.ok(enter(1))
    assert shift.do(STATE)[1] == 0x11
    shift.ok(b"\x4a\x00\x01" + bytes(5))


def test_cash(shift: Bench):
    shift.ok(bytes.fromhex("49 00 00 00 01 00 00"))
    shift.ok(bytes.fromhex("4F 00 00 00 00 40 00"))
    assert shift.ok(b"\x91\x0a\x00\x00").hex() == "00000000006000"
    assert shift.do(b"\x4d").hex() == "4d" + "00000000006000"
    assert shift.code(bytes.fromhex("4F 00 00 01 00 00 00")) == 0x98
    assert shift.code(bytes.fromhex("49 01 00 00 01 00 00")) == 0
    assert shift.ok(b"\x91\x0a\x00\x00").hex() == "00000000006000"


def test_code_pages():
    assert codepage.external(bytes.fromhex("24 FC 27 F0 F1 F2 FF 09 85")) == "№$’Ёё€■Е"
    assert codepage.to_external("№$Хлеб 漢") == b"\x24\xfc\x95\xab\xa5\xa1 ?"
    back = [codepage.to_external(codepage.external(bytes((code,)))) for code in range(0x20, 255)]
    assert b"".join(back) == bytes(range(0x20, 255))
    assert codepage.internal(b"\x00\x80\x24\xa0A") == "Аа№$A"
    assert codepage.to_internal("Яя€Z") == b"\x1f\x9f\xa1Z"
