"""Layer 2 on the device's side: timers, collisions, lost ACKs, busy."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.examples import examples

from emulator.atol.frame import pack
from emulator.atol.link_frames import FrameLink, FrameState
from emulator.atol.variant import Contention, Timers, Variant
from emulator.shtrih.silence import Fate

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"
ASK = b"\x00\x00\x4c\x06\x05\x04\x10\x03"
FRAME = pack(ASK)
OK = b"\x55\x00\x00"


def link_of(busy: bool = False) -> FrameLink:
    return FrameLink(Timers(), 255, lambda: busy)


def feed(link: FrameLink, data: bytes, now: float = 0.0) -> bytes:
    return b"".join(link.receive(byte, now) for byte in data)


def running(now: float = 0.0) -> FrameLink:
    link = link_of()
    assert feed(link, ENQ, now) == ACK
    assert feed(link, FRAME, now) == ACK
    assert feed(link, EOT, now) == b""
    assert link.take_request() == ASK
    return link


def asking(now: float = 0.0) -> FrameLink:
    link = running(now)
    assert link.finish(OK, False, Fate.SENT, now) == ENQ
    return link


def test_a_whole_exchange():
    link = asking()
    assert feed(link, ACK) == pack(OK)
    assert feed(link, ACK) == EOT
    assert link.state is FrameState.IDLE
    assert link.due() is None


def test_enq_without_a_frame_ends_after_t2():
    link = link_of()
    feed(link, ENQ, 0.0)
    assert feed(link, ENQ, 1.9) == ACK
    assert link.tick(3.8) == b""
    assert link.state is FrameState.GRANTED
    link.tick(3.9)
    assert link.state is FrameState.IDLE


def test_idle_ignores_everything_else():
    link = link_of()
    assert feed(link, ACK + NAK + EOT + FRAME.replace(ENQ, b"")) == b""
    assert link.state is FrameState.IDLE


def test_busy_with_another_port():
    assert feed(link_of(busy=True), ENQ) == NAK


def test_a_wrong_check_byte_gets_nak_and_the_next_copy_runs():
    link = link_of()
    feed(link, ENQ)
    assert feed(link, FRAME[:-1] + bytes((FRAME[-1] ^ 1,))) == NAK
    assert feed(link, FRAME) == ACK
    feed(link, EOT)
    assert link.take_request() == ASK


def test_a_gap_drops_the_frame_without_a_word():
    link = link_of()
    feed(link, ENQ, 0.0)
    assert feed(link, FRAME[:5], 0.1) == b""
    assert link.tick(0.6) == b""
    assert feed(link, FRAME[5:].replace(ENQ, b""), 0.7) == b""
    assert feed(link, FRAME, 0.8) == ACK


def test_too_much_data_is_dropped():
    link = link_of()
    feed(link, ENQ)
    assert feed(link, pack(bytes(256))) == b""
    assert feed(link, pack(bytes(255))) == ACK


def test_a_missing_eot_is_made_good_by_t4():
    link = link_of()
    feed(link, ENQ)
    feed(link, FRAME)
    link.tick(0.4)
    assert link.take_request() is None
    link.tick(0.5)
    assert link.take_request() == ASK


def test_a_lost_ack_of_the_frame_does_not_run_it_twice():
    link = link_of()
    feed(link, ENQ)
    assert feed(link, FRAME) == ACK
    assert feed(link, FRAME) == ACK
    feed(link, EOT)
    assert link.take_request() == ASK
    assert link.take_request() is None


@pytest.mark.parametrize("make", [running, asking])
def test_a_late_copy_is_swallowed(make):
    link = make()
    state = link.state
    assert feed(link, FRAME) == b""
    assert link.state is state
    assert link.take_request() is None


def test_enq_while_a_command_runs_gets_nak():
    link = running()
    assert feed(link, ENQ) == NAK
    assert link.finish(OK, False, Fate.SENT, 1.0) == ENQ


def test_five_enq_then_the_answer_is_dropped():
    link = asking(0.0)
    assert [link.tick(0.5 * number) for number in range(1, 6)] == [ENQ] * 4 + [EOT]
    assert link.state is FrameState.IDLE


def test_ten_copies_of_the_answer_then_it_is_dropped():
    link = asking(0.0)
    assert feed(link, ACK, 0.0) == pack(OK)
    assert feed(link, NAK, 0.0) == pack(OK)
    assert [link.tick(0.5 * number) for number in range(1, 10)] == [pack(OK)] * 8 + [EOT]


def test_the_device_gives_way_in_a_collision():
    link = asking(0.0)
    assert feed(link, ENQ, 0.1) == b""
    assert link.state is FrameState.COLLISION
    assert link.due() == pytest.approx(1.1)
    assert feed(link, ENQ, 0.6) == ACK
    assert feed(link, FRAME, 0.6) == ACK


def test_after_a_collision_without_a_new_enq_the_answer_is_announced_again():
    link = asking(0.0)
    feed(link, ENQ, 0.1)
    assert link.tick(1.1) == ENQ
    assert feed(link, ACK, 1.2) == pack(OK)


def test_a_new_enq_instead_of_the_ack_drops_the_answer():
    link = asking()
    feed(link, ACK)
    assert feed(link, ENQ) == ACK


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.MUTED])
def test_an_answer_that_goes_missing_leaves_silence(fate: Fate):
    link = running()
    assert link.finish(OK, False, fate, 0.0) == b""
    assert feed(link, ENQ) == ACK


def test_power_off_forgets_the_answer():
    link = asking()
    link.power_off()
    assert feed(link, ACK) == b""
    assert link.finish(OK, False, Fate.SENT, 0.0) == b""


@settings(max_examples=examples(80), deadline=None)
@given(st.binary(min_size=1, max_size=120))
def test_any_data_passes_whole(data: bytes):
    link = link_of()
    feed(link, ENQ)
    assert feed(link, pack(data)) == ACK
    feed(link, EOT)
    assert link.take_request() == data


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_comes_an_idle_line_is_found_again(seed: int):
    chance, now, link = random.Random(seed), 0.0, link_of()
    for _ in range(60):
        now += chance.choice((0.0, 0.01, 0.3, 0.6))
        feed(link, chance.choice((ENQ, ACK, NAK, EOT, FRAME, FRAME[:4], chance.randbytes(3))), now)
        if link.take_request() is not None and chance.random() < 0.8:
            link.finish(OK, False, Fate.SENT, now)
    if link.state is FrameState.RUNNING:
        link.finish(OK, False, Fate.SENT, now)
    while (due := link.due()) is not None:
        now = due
        link.tick(now)
        if link.take_request() is not None:
            link.finish(OK, False, Fate.SENT, now)
    assert feed(link, ENQ, now + 1.0) == ACK


def test_a_copy_under_way_when_the_command_ends_is_swallowed_whole():
    link = running()
    feed(link, FRAME[:3])
    assert link.finish(OK, False, Fate.SENT, 0.0) == ENQ
    assert feed(link, FRAME[3:]) == b""
    assert feed(link, ACK) == pack(OK)


# --- the front: two ports, long commands, restart


def test_two_ports_take_turns(make_bench):
    first = make_bench(variant=Variant(seconds={0x4C: 3.0}))
    second = first.another(1)
    first.send(bytes.fromhex("FE 07 00 39 C1 01 29 00 00 4C 20 D6"))
    out = second.send(bytes.fromhex("FE 06 00 21 C1 01 11 00 00 A5 12"))
    assert out[4] == 0xA2
    assert second.front.due() == pytest.approx(3.0)
    assert second.wait(2.9) == b""
    assert second.wait(0.2)[4] == 0xA6


def test_the_second_port_may_be_told_busy(make_bench):
    first = make_bench(variant=Variant(seconds={0x4C: 3.0}, contention=Contention.BUSY))
    second, third = first.another(1, "v2"), first.another(2)
    first.send(bytes.fromhex("FE 07 00 39 C1 01 29 00 00 4C 20 D6"))
    assert second.send(ENQ) == NAK
    assert third.do(b"\xa5") == b"\x55\x76\x00"
    assert second.wait(3.1) == b""
    assert second.send(ENQ) == ACK


def test_restart_is_deaf_for_a_while(make_bench):
    bench = make_bench("v2")
    bench.mode(3)
    bench.send(ENQ + pack(b"\0\0\xce\x41"))
    assert bench.send(EOT) == ENQ
    assert bench.send(ACK) == pack(b"\x55\0\0")
    bench.send(ACK)
    bench.wait(1.1)
    assert bench.send(ENQ) == b""
    bench.wait(20)
    assert bench.send(ENQ) == ACK
    assert bench.do(b"\x45") == b"\x55\x00\x00"


def test_power_off_by_command(make_bench):
    bench = make_bench()
    bench.mode(3)
    bench.ok(b"\xce\x00")
    bench.wait(1.1)
    assert bench.send(bytes.fromhex("FE 01 00 20 C4 DE")) == b""
    assert not bench.device.powered
    bench.device.power_on()
    assert bench.send(bytes.fromhex("FE 01 00 20 C4 DE")) == bytes.fromhex("FE 01 00 20 A3 F2")


def test_a_command_taken_before_power_loss_does_not_run_after_it(make_bench):
    bench = make_bench()
    bench.mode(1)
    bench.front.accept(bytes.fromhex("FE 07 00 2D C1 01 1D 00 00 9A 00 14"), 0.0)
    request = bench.front.take_request()
    bench.machine.power_lost()
    bench.front.tick(0.1)
    assert bench.front.execute(request) == b""
    assert not bench.device.fn.shift_open


def test_power_loss_forgets_tasks(make_bench):
    bench = make_bench()
    bench.send(bytes.fromhex("FE 06 00 21 C1 01 11 00 00 A5 12"))
    bench.machine.power_lost()
    bench.front.power_off()
    assert bench.send(bytes.fromhex("FE 02 00 08 C3 02 FC"))[4] == 0xB3
