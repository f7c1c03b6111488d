"""Answers of the device, byte for byte, to frames of the notes."""

from __future__ import annotations

import pytest

from emulator.atol.bench import Bench
from emulator.atol.errors import CODE_OF_REASON
from emulator.atol.frame import ACK, ENQ, EOT, pack
from emulator.atol.packet import Packet
from emulator.atol.variant import AddAnswer, Variant
from emulator.terms import Reason

ENQ_, ACK_, EOT_ = bytes((ENQ,)), bytes((ACK,)), bytes((EOT,))


def exchange(bench: Bench, frame: bytes) -> bytes:
    """One layer 2 exchange; returns the answer's frame."""
    assert bench.send(ENQ_) == ACK_
    assert bench.send(frame) == ACK_
    assert bench.send(EOT_) == ENQ_
    answer = bench.send(ACK_)
    assert bench.send(ACK_) == EOT_
    return answer


def add(tid: int, task: str, packet_id: int = 1, flags: int = 1) -> bytes:
    return Packet(packet_id, bytes((0xC1, flags, tid, 0, 0)) + bytes.fromhex(task)).pack()


def later(out: bytes) -> bytes:
    """What follows the answer A2 to an Add."""
    assert out[:5] == out[:4] + b"\xa2"
    return out[6 + (out[5] == 0xFD) :]


def test_layer_2_answers(make_bench, golden):
    bench = make_bench("v2")
    assert exchange(bench, golden["G11"]) == golden["G18"]
    assert exchange(bench, golden["G06"]) == pack(b"\x55\x00")
    assert exchange(bench, golden["G04"]) == golden["G20"]
    bench.device.paper_out()
    assert exchange(bench, golden["G11"]) == golden["G19"]


def test_full_status_after_a_closed_shift(make_bench, golden):
    bench = make_bench(port=128)
    for receipts in (1, 5):
        bench.mode(1)
        for _ in range(receipts):
            bench.sell()
        bench.mode(3)
        bench.ok(b"\x5a")
        bench.wait(5)
        bench.mode(0)
    assert later(bench.send(add(1, "3F"))) == golden["G54"]


def test_transport_3_answers(make_bench, golden):
    bench = make_bench()
    assert bench.send(golden["G30"]) == golden["G31"]
    assert bench.send(golden["B1.abort"]) == golden["B1.cleared"]
    assert bench.send(Packet(0x46, b"\xc4").pack()) == golden["G53"]
    assert bench.send(golden["G36"]) == golden["G37"]
    assert bench.send(golden["B5.req"]) == golden["B5.unknown"]
    assert bench.send(golden["G27"])[:6] == golden["G33"]
    assert bench.send(golden["G32"]) == golden["G39"]
    assert later(bench.send(add(1, "4C20"))) == golden["G34"]
    assert later(bench.send(add(0x57, "4C20"))) == golden["G29"]


def test_paper_out_as_an_async_error(make_bench, golden):
    bench = make_bench()
    bench.device.paper_out()
    assert later(bench.send(add(2, "4C20"))) == golden["G35"]


def test_a_queue(make_bench, golden):
    bench = make_bench(variant=Variant(seconds={0x4C: 5.0}))
    assert bench.send(add(0x23, "4C20", 3))[4] == 0xA2
    assert bench.send(golden["B5.req"]) == golden["B5.running"]
    assert bench.send(add(2, "A5", 4)) == golden["G38"]
    assert bench.send(Packet(0x51, b"\xc3\x02").pack()) == golden["B5.pending"]
    out = bench.wait(5.0)
    assert out.startswith(Packet(0xF0, b"\xa6\x23\x55\0\0").pack() + b"\xfe")
    assert bench.send(golden["B5.req"]) == golden["B5.closed"]
    assert bench.send(golden["B5.ack"])[4] == 0xA3
    assert bench.send(golden["B5.req"]) == golden["B5.unknown"]


def test_the_repeat_request_is_answered_with_the_stored_packet(make_bench, golden):
    bench = make_bench()
    told = bench.send(golden["G30"])
    assert bench.send(golden["G21"]) == told
    assert make_bench().send(golden["G21"]) == b""


def test_the_device_of_the_notes(make_bench):
    bench = make_bench(title="Казначей ФА", model_code=76, firmware="3.0", firmware_build=2195)
    told = "00 01 01 4C 10 00 03 00 00 21 95 8A A0 A7 AD A0 E7 A5 A9 20 94 80"
    assert bench.do(b"\xa5") == bytes.fromhex(told)


@pytest.mark.parametrize("layer", ["v2", "v3"])
def test_reading_a_document(make_bench, golden, steps, layer: str):
    bench = make_bench(layer)

    def ask(step: str) -> bytes:
        frame = steps[step][layer]
        return exchange(bench, frame) if layer == "v2" else later(bench.send(frame))

    body = bench.device.fn.documents[1].body
    selected = b"\x55\x00\x01\x00" + len(body).to_bytes(2, "little")
    packed = pack(selected) if layer == "v2" else Packet(0xF0, b"\xa6\x18" + selected).pack()
    assert ask("B2.2") == packed
    command = steps["B2.3"]["command"]
    pieces = b""
    while not (reply := bench.machine.run(b"\0\0" + command, 0)).failed:
        pieces += reply.payload[2:]
    assert pieces == body
    assert ask("B2.3") == golden["B2.nomore" if layer == "v2" else "B2.nomore3"]
    if layer == "v3":
        bench.send(Packet(0x60, b"\xc4").pack())
    assert bench.code(steps["B2.4"]["command"]) == 0xDA
    assert bench.do(steps["B2.5"]["command"])[:4] == b"\x55\0\x01\0"
    selection = b"\x55\x00\x03\x00\x5e\x01"
    assert pack(selection) == golden["B2.selected"]
    assert Packet(0xF0, b"\xa6\x18" + selection).pack() == golden["B2.selected3"]


@pytest.mark.parametrize("layer", ["v2", "v3"])
def test_the_sale_of_the_notes(make_bench, steps, layer: str):
    bench = make_bench(layer)
    for number in range(1, 11):
        frame = steps[f"B3.{number}"][layer]
        answer = exchange(bench, frame) if layer == "v2" else later(bench.send(frame))
        told = answer.partition(b"\x55")[2]
        assert told[0] == 0, f"step {number}: {answer.hex(' ')}"
    document = bench.device.fn.documents[3]
    assert bench.device.fn.last_fd == 3
    lines = [tlv.value for tlv in document.tags if tlv.tag == 1059]
    told = [{tlv.tag: str(tlv.value) for tlv in line} for line in lines]
    assert [(line[1030], line[1079], line[1023], line[1043], line[1199]) for line in told] == [
        ("Кофе 250 г", "44955", "2", "89910", "6"),
        ("Хлеб", "5990", "1", "5990", "6"),
    ]
    assert [(line[1212], line[1214]) for line in told] == [("1", "4")] * 2
    money = {tlv.tag: tlv.value for tlv in document.tags if tlv.tag in (1020, 1031, 1081, 1054, 1209)}
    assert money == {1020: 95900, 1031: 95900, 1081: 0, 1054: 1, 1209: 2}
    last = bench.ok(b"\x91\x33\x00\x00")
    assert last[:13].hex() == "0000000003" + "01" + "00000000095900"
    assert last[13:18].hex() == "2111261735"
    assert last[18:23].hex() == f"{document.sign:010d}"


def test_the_answer_may_come_in_the_place_of_the_acknowledgement(make_bench, golden):
    bench = make_bench(variant=Variant(add_answer=AddAnswer.RESULT))
    out = bench.send(golden["G49"])
    assert out[:6] == b"\xfe\x21\x00\x10\xa3\x55"
    assert bench.send(golden["G51"]) == Packet(0x12, b"\xa4\x55\xda\x00").pack()


def test_reasons_are_all_translated():
    assert set(CODE_OF_REASON) == set(Reason)
