"""ATOL found in both protocols, beside Shtrih-M: each is asked only, and neither minds the words for the other."""

from datetime import datetime

import pytest
from unit.discover.front_stream import FrontStream

from drivers.atol.packet import FIRST_NUMBER, LAST_NUMBER, Buffer, State, encode_packet
from drivers.discover.address import SerialAddress, TcpAddress
from drivers.discover.atol import BAUDS, AtolProber, greeting
from drivers.discover.look import Finding, Hearing, Verdict, look
from drivers.discover.ports import candidate_for
from drivers.discover.shtrih import ShtrihProber
from drivers.streams.memory import answering_stream
from emulator.atol import bench as atol
from emulator.atol.front import PROTOCOLS, V3
from emulator.atol.variant import AddAnswer, Variant
from emulator.shtrih import bench as shtrih

AT = datetime.fromisoformat("2026-11-21T18:05")
HERE = candidate_for(SerialAddress("/nowhere/tty"))
BOTH = [ShtrihProber(), AtolProber()]
QUESTIONS = {"A5", "3F", "91 16", "A4 31", "A4 32"}


def atol_stream(protocol: str, **variant) -> FrontStream:
    return FrontStream(atol.build(AT, atol.Setup(Variant(**variant), protocol=protocol)))


def found(stream: FrontStream, speed: int = 115200, probers=BOTH, candidate=HERE) -> Finding:
    def opener(_address, baud: int) -> FrontStream:
        stream.soil = bytes if baud == speed else lambda said: b"\x8f" * len(said)
        return stream

    return look(candidate, probers, opener, stream.monotonic)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every command the emulated device executes, without its password."""
    heard = []
    run = atol.AtolMachine.run

    def noting(machine, request, *rest):
        heard.append(request[2:])
        return run(machine, request, *rest)

    monkeypatch.setattr(atol.AtolMachine, "run", noting)
    return heard


@pytest.mark.parametrize("speed", BAUDS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_found_at_any_speed_beside_the_other_prober(protocol: str, speed: int) -> None:
    finding = found(atol_stream(protocol), speed)
    assert (finding.verdict, finding.baud) == (Verdict.READY, speed)
    told = finding.answer
    assert (told.vendor, told.low_level, told.model) == ("atol", protocol, "АТОЛ 91Ф")
    assert told.serial
    assert told.fn_until > "2026-11-21"
    assert len(told.fn_serial) == 16


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_only_questions_are_executed_and_no_buffer_is_emptied(protocol: str, order, asked: list[bytes]) -> None:
    stream = atol_stream(protocol)
    before = stream.bench.do(b"\xa4\x30"), stream.bench.do(b"\x3f")
    asked.clear()
    assert found(stream, probers=order).answer.vendor == "atol"
    done = {each.hex(" ").upper() for each in asked}
    assert {text for text in done if not any(text.startswith(question) for question in QUESTIONS)} == set()
    assert not any(sent[4:5] == bytes((Buffer.ABORT,)) for sent in stream.sent if sent[:1] == b"\xfe")
    assert (stream.bench.do(b"\xa4\x30"), stream.bench.do(b"\x3f")) == before


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]])
def test_a_shtrih_is_found_in_either_order_and_gets_no_frame_from_the_other(order) -> None:
    bench = shtrih.build(AT)
    before = bench.ok(0xFF01)
    stream = FrontStream(bench)
    finding = found(stream, probers=order)
    assert (finding.verdict, finding.answer.vendor) == (Verdict.READY, "shtrih")
    frames = [sent for sent in stream.sent if sent[0] == 2]
    assert {frame[2] for frame in frames} <= {0xFC, 0x11, 0xFF}
    assert bench.ok(0xFF01) == before


def test_the_stored_answer_of_a_shtrih_outlives_the_greeting() -> None:
    """Its ACK and frame after ENQ are no protocol 2; nothing of ours acknowledges them."""
    bench = shtrih.build(AT)
    stream = FrontStream(bench)
    asking = bytes.fromhex("02 05 11 1E 00 00 00 0A")
    stream.write(b"\x05")
    stream.write(asking)
    stored = stream.read(4096, 1.0)
    assert b"\x11" in stored
    stream.drain_input()
    heard = AtolProber().probe(stream, stream.monotonic)
    assert heard.answer is None
    stream.read(4096, 5.0)
    stream.drain_input()
    assert found(stream, probers=[ShtrihProber()]).verdict is Verdict.READY


@pytest.mark.parametrize("add_answer", list(AddAnswer))
def test_every_way_to_acknowledge_a_task(add_answer: AddAnswer) -> None:
    finding = found(atol_stream(V3, add_answer=add_answer))
    assert finding.verdict is Verdict.READY


def test_the_result_of_somebodys_close_stays_in_the_buffer() -> None:
    """A task that failed stopped the queue; a guest neither asks for it, nor acknowledges, nor aborts it."""
    stream = atol_stream(V3)
    stream.bench.send(encode_packet(0x11, bytes((Buffer.ADD, 1, 0x23)) + bytes.fromhex("00 00 48")))
    assert found(stream).verdict is Verdict.READY
    stream.drain_input()
    kept = stream.bench.send(encode_packet(0x12, bytes((Buffer.REQ, 0x23))))
    assert kept[4] == State.RESULT


def test_a_queue_that_stands_still_is_told_and_not_cleared() -> None:
    stream = atol_stream(V3)
    stream.bench.send(
        encode_packet(0x11, bytes((Buffer.ADD, 1, 0x23)) + bytes.fromhex("00 00 4A 00 01 00 00 00 00 00"))
    )
    finding = found(stream)
    assert finding.verdict is Verdict.READY
    assert (finding.answer.low_level, finding.answer.model) == (V3, "")
    stream.drain_input()
    kept = stream.bench.send(encode_packet(0x12, bytes((Buffer.REQ, 0x23))))
    assert kept[4] == State.ERROR


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_wrong_access_password(protocol: str) -> None:
    finding = found(atol_stream(protocol, access_password=1234))
    assert finding.verdict is Verdict.PASSWORD
    assert finding.answer.vendor == "atol"


@pytest.mark.parametrize("candidate", [HERE, candidate_for(TcpAddress("localhost", 5555))])
def test_a_dead_port_is_left_in_bounded_time(candidate) -> None:
    spent = [0.0]

    def pass_time(seconds: float) -> None:
        spent[0] += seconds

    stream = answering_stream(lambda _asked: b"", pass_time)
    finding = look(candidate, BOTH, lambda _address, _baud: stream, lambda: spent[0])
    assert finding.verdict is Verdict.SILENT
    assert spent[0] <= 1.5 * max(1, finding.speeds)


@pytest.mark.parametrize("said", [b"\x06", b"\x15", b"\x05", b"\xfe\xfe", b"\x06\x02", b"\xff\x00\x15\x06"])
def test_a_device_that_always_says_the_same_is_no_register(said: bytes) -> None:
    spent = [0.0]

    def pass_time(seconds: float) -> None:
        spent[0] += max(seconds, 0.001)

    stream = answering_stream(lambda asked: said if asked else b"", pass_time)
    heard = AtolProber().probe(stream, lambda: spent[0])
    assert heard == Hearing(Verdict.GARBAGE)
    assert spent[0] < 40


@pytest.mark.parametrize("now", [each / 10 for each in range(0, 300, 3)])
def test_the_greeting_holds_nothing_a_shtrih_or_protocol_2_could_take_for_its_own(now: float) -> None:
    ours = greeting(now)
    assert not set(ours.packet) & {0x02, 0x05, 0x10, 0x15}
    assert FIRST_NUMBER + 0x80 < ours.tid <= LAST_NUMBER
    assert ours.packet[3] == ours.packet_id


def test_a_second_probe_is_no_repeat_of_the_first(asked: list[bytes]) -> None:
    stream = atol_stream(V3)
    for _ in range(3):
        stream.bench.clocks.monotonic += 2.0
        asked.clear()
        assert AtolProber().probe(stream, stream.monotonic).verdict is Verdict.READY
        assert asked.count(b"\xa5") == 2
