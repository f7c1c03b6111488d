"""The task buffer and the packets around it: states, retransmissions, flags, order, pieces."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.examples import examples

from emulator.atol.link_packets import PacketLink
from emulator.atol.packet import Packet, PacketReader, mask
from emulator.atol.tasks import TaskBuffer
from emulator.atol.variant import AddAnswer, Variant
from emulator.shtrih.silence import Fate

OK, BAD = b"\x55\x00\x00", b"\x55\x67\x00"


def run(buffer: TaskBuffer, result: bytes = OK, fate: Fate = Fate.SENT) -> bytes:
    assert buffer.start() is not None
    return buffer.finish(result, result != OK, fate)[1]


def test_a_task_from_add_to_ack():
    buffer = TaskBuffer(Variant())
    assert buffer.add(1, 5, b"x") == b"\xa2"
    assert buffer.start() == b"x"
    assert buffer.start() is None
    assert buffer.ask(5) == b"\xa2"
    assert buffer.ack(5) == b"\xa2"
    assert buffer.finish(OK, False, Fate.SENT) == (5, b"\xa3" + OK)
    assert buffer.ask(5) == b"\xa3" + OK
    assert buffer.ack(5) == b"\xa3"
    assert buffer.ask(5) == buffer.ack(5) == b"\xb3"


def test_tasks_run_in_order_and_acks_come_in_any():
    buffer = TaskBuffer(Variant())
    assert [buffer.add(1, tid, bytes((tid,))) for tid in (9, 2, 7)] == [b"\xa2", b"\xa1", b"\xa1"]
    assert buffer.ask(2) == b"\xa1"
    order = []
    while (content := buffer.start()) is not None:
        order.append(content[0])
        buffer.finish(OK, False, Fate.SENT)
    assert order == [9, 2, 7]
    assert [buffer.ack(tid) for tid in (7, 9, 2, 9)] == [b"\xa3"] * 3 + [b"\xb3"]


def test_an_error_stops_the_queue_until_abort():
    buffer = TaskBuffer(Variant())
    for tid in (1, 2):
        buffer.add(1, tid, b"x")
    assert run(buffer, BAD) == b"\xa4" + BAD
    assert buffer.ask(2) == b"\xa5\x02"
    assert buffer.ack(2) == b"\xa5"
    assert buffer.add(1, 3, b"x") == b"\xa5\x03"
    assert buffer.start() is None
    assert buffer.ack(1) == b"\xa3"
    assert buffer.add(1, 4, b"x") == b"\xa5\x04"
    assert buffer.abort() == b"\xa3"
    assert buffer.ask(2) == b"\xb3"
    assert buffer.add(1, 2, b"x") == b"\xa2"


def test_ignore_error_lets_it_go_on():
    buffer = TaskBuffer(Variant())
    buffer.add(3, 1, b"x")
    buffer.add(1, 2, b"y")
    run(buffer, BAD)
    assert buffer.start() == b"y"


def test_refusals():
    buffer = TaskBuffer(Variant(buffer_size=2))
    assert buffer.add(8, 1, b"x") == b"\xb4\x00"
    assert buffer.add(1, 0xE0, b"x") == b"\xb4\x01"
    buffer.add(1, 1, b"x")
    assert buffer.add(1, 1, b"y") == b"\xb2"
    buffer.add(1, 2, b"x")
    assert buffer.add(1, 3, b"x") == b"\xb1"
    assert buffer.ack(0xE0) == b"\xb4"


def test_abort_cannot_stop_what_runs():
    buffer = TaskBuffer(Variant())
    for tid in (4, 5):
        buffer.add(1, tid, b"x")
    buffer.start()
    assert buffer.abort() == b"\xa2\x04"
    assert buffer.ask(5) == b"\xb3"
    assert buffer.add(1, 4, b"x") == b"\xb2"
    assert buffer.finish(OK, False, Fate.SENT)[1] == b"\xa3" + OK
    assert buffer.ask(4) == b"\xa3" + OK


def test_without_need_result_nothing_is_kept():
    for variant, told in ((Variant(), b""), (Variant(keeps_unasked=True), b"\xa3" + OK)):
        buffer = TaskBuffer(variant)
        buffer.add(0, 1, b"x")
        assert run(buffer) == told
        assert buffer.ask(1) == (told or b"\xb3")


def test_waiting_shows_for_tasks_that_may_wait():
    buffer = TaskBuffer(Variant())
    assert buffer.add(5, 1, b"x") == b"\xa8"
    buffer.start()
    assert buffer.ask(1) == b"\xa8"


def test_switches_of_answers():
    buffer = TaskBuffer(Variant(ack_tells_error=True, stopped_tells_tid=False, add_answer=AddAnswer.PENDING))
    assert buffer.add(1, 1, b"x") == b"\xa1"
    run(buffer, BAD)
    assert buffer.add(1, 2, b"x") == b"\xa5"
    assert buffer.ack(1) == b"\xa4"


def test_fates_of_answers():
    buffer = TaskBuffer(Variant())
    buffer.add(1, 1, b"x")
    assert run(buffer, fate=Fate.MUTED) == b""
    assert buffer.ask(1) == b"\xa3" + OK
    buffer.add(1, 2, b"x")
    assert run(buffer, fate=Fate.LOST) == b""
    assert buffer.ask(2) == b"\xb3"


# --- packets


def send(link: PacketLink, data: bytes, packet_id: int = 1) -> bytes:
    return feed(link, Packet(packet_id, data).pack())


def feed(link: PacketLink, raw: bytes) -> bytes:
    return b"".join(link.receive(byte, 0.0) for byte in raw)


def told(raw: bytes) -> list[tuple[int, bytes]]:
    reader = PacketReader()
    found = [reader.feed(byte) for byte in raw]
    return [(one.packet.id, one.packet.data) for one in found if one]


ADD = b"\xc1\x01\x05\x00\x00\x4c"


def test_a_repeated_packet_is_answered_again_and_adds_nothing():
    link = PacketLink(Variant())
    assert told(send(link, ADD)) == [(1, b"\xa2")]
    assert told(send(link, ADD)) == [(1, b"\xa1")]
    assert link.take_request() == ADD[3:]
    assert told(send(link, ADD)) == [(1, b"\xa2")]
    link.finish(OK, False, Fate.SENT, 0.0)
    assert told(send(link, ADD)) == [(1, b"\xa3" + OK)]
    assert told(send(link, b"\xc2\x05", 2)) == [(2, b"\xa3")]
    assert told(send(link, b"\xc2\x05", 2)) == [(2, b"\xa3")]
    assert told(send(link, ADD)) == [(1, b"\xa2")]
    assert link.take_request() is None


def test_the_same_task_id_in_another_packet_exists_already():
    link = PacketLink(Variant())
    send(link, ADD)
    assert told(send(link, ADD, 2)) == [(2, b"\xb2")]
    assert told(send(link, ADD, 2)) == [(2, b"\xb2")]


def test_req_with_the_same_id_is_answered_anew():
    link = PacketLink(Variant())
    send(link, ADD)
    assert told(send(link, b"\xc3\x05", 9)) == [(9, b"\xa1")]
    link.take_request()
    assert told(send(link, b"\xc3\x05", 9)) == [(9, b"\xa2")]


def test_ids_come_round():
    link = PacketLink(Variant())
    send(link, ADD, 0)
    link.take_request()
    link.finish(OK, False, Fate.SENT, 0.0)
    send(link, b"\xc2\x05", 1)
    for packet_id in range(2, 0xE0):
        send(link, b"\xc3\x05", packet_id)
    assert told(send(link, ADD, 0)) == [(0, b"\xa2")]
    assert link.take_request() == ADD[3:]


def test_ack_and_add_in_one():
    link = PacketLink(Variant())
    send(link, ADD)
    link.take_request()
    link.finish(OK, False, Fate.SENT, 0.0)
    assert told(send(link, b"\xc5\x05\x01\x06\x00\x00\x4c", 2)) == [(2, b"\xa3\xa2")]
    assert told(send(link, b"\xc5\x05\x01\x06\x00\x00\x4c", 2)) == [(2, b"\xa3\xa2")]
    assert told(send(link, b"\xc5\x05\x01\x07\x00\x00\x4c", 3)) == [(3, b"\xb3\xa1")]


@pytest.mark.parametrize("data", [b"\xc0", b"\xc1", b"\xc1\x01", b"\xc2", b"\xc3", b"\xc5\x01\x01", b"\x00"])
def test_not_a_buffer_command(data: bytes):
    assert told(send(PacketLink(Variant()), data)) == [(1, b"\xb4\x00")]


def test_a_wrong_crc_asks_for_a_repetition_or_is_not_noticed():
    broken = bytearray(Packet(7, ADD).pack())
    broken[-1] ^= 1
    for asks, wanted in ((True, [(7, b"")]), (False, [])):
        link = PacketLink(Variant(asks_repeat=asks))
        assert told(feed(link, bytes(broken))) == wanted
        assert link.wrong_crc == 1
        assert link.take_request() is None


def test_the_other_crc_is_counted_and_can_be_taken():
    packet = Packet(0x11, b"\xc1\x01\x0d\x00\x00\xa4\x45\xfe\x00\x00\x00")
    link = PacketLink(Variant())
    assert told(feed(link, packet.pack(masked_crc=True))) == [(0x11, b"")]
    assert link.masked_crc == 1
    link = PacketLink(Variant(masked_crc=True))
    assert feed(link, packet.pack(masked_crc=True))[4] == 0xA2
    assert feed(link, packet.pack())[4:5] != b"\xa2"


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6), st.integers(0, 2**32))
def test_packets_survive_glue_and_splits(contents: list[bytes], seed: int):
    chance = random.Random(seed)
    packets = [Packet(chance.randrange(0xE0), data) for data in contents]
    stream = b"".join(packet.pack() for packet in packets)
    assert told(stream) == [(packet.id, packet.data) for packet in packets]
    assert all(byte != 0xFE for packet in packets for byte in packet.pack()[4:])


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=30))
def test_garbage_never_hides_the_packet_after_it(garbage: bytes, data: bytes):
    assert told(garbage + Packet(3, data).pack())[-1] == (3, data)
    assert mask(data).count(0xFE) == 0


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_the_host_sends_no_task_runs_twice(seed: int):
    chance = random.Random(seed)
    link, started = PacketLink(Variant()), []
    host = [Packet(number, bytes((0xC1, 3, number, 0, 0, 0x4C))) for number in range(8)]
    running = False
    for _ in range(60):
        feed(link, chance.choice(host).pack())
        if running and chance.random() < 0.7:
            link.finish(OK if chance.random() < 0.7 else BAD, False, Fate.SENT, 0.0)
            running = False
        if not running and (content := link.take_request()):
            started.append(content)
            running = True
    assert len(started) <= 8
