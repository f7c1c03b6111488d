"""Endpoints of one device, and its mains (protocol notes, section 1.4)."""

from __future__ import annotations

from emulator.till_orders import item, le

OPEN, SALE = 0xE0, b"\0"


def test_endpoints_share_the_device_and_not_the_link(bench):
    other = bench.another(128)
    bench.send(b"\x02\x05\x10")
    other.ok(OPEN)
    assert other.ok(0x10)[3] == 2
    assert other.ok(0x11)[15] == 128
    assert bench.send(b"\x1e\0\0\0\x0b")[4:6] == b"\0\x1e"


def test_power_loss_keeps_the_receipt_and_drops_the_answer(bench):
    bench.ok(OPEN)
    bench.ok(0x8D, SALE)
    bench.ok(0xFF46, item())
    bench.send(b"\x02\x05\x10\x1e\0\0\0\x0b")
    bench.device.power_off()
    bench.machine.power_lost()
    bench.front.power_off()
    bench.device.power_on()
    bench.wake()
    assert bench.ok(0x10)[3] == 8
    assert bench.ok(0x89)[1:] == le(10_000, 5)
