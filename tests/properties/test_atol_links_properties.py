"""Both links against models of the register's side, on virtual time, with bytes lost, doubled and damaged.

What a CRC of 8 bits cannot see is left out by `assume`.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from kit.atol_link_models import OK, SALE, Bench, DeviceV2, DeviceV3, Faults, Wire
from kit.examples import examples

from drivers.atol.frame_v2 import encode_frame
from drivers.atol.link_v2 import LinkV2
from drivers.atol.link_v3 import LinkV3
from drivers.atol.packet import PacketReader, encode_packet
from drivers.exchange import Answer, Finished, Link, LinkResult, NotSentResult, Send, UnknownResult

fault = st.one_of(
    st.just(("drop", 0)),
    st.just(("double", 0)),
    st.tuples(st.just("noise"), st.sampled_from([0x00, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x15, 0xFD, 0xFE])),
    st.tuples(st.just("flip"), st.sampled_from([0x01, 0x02, 0x03, 0x13, 0x80, 0xFF])),
)
faults = st.dictionaries(st.integers(0, 60), fault, max_size=6)
slow = st.sampled_from([0.0, 0.05, 0.6, 2.5, 15.0])


def fair_v2(bench: Bench, result: LinkResult) -> None:
    done = bench.device.executed
    assume(all(command == SALE for command in done))  # damage that keeps the XOR right
    assert len(done) <= 1, "executed twice"
    if isinstance(result, Answer) and result.payload:
        assert done == [SALE]
    if isinstance(result, NotSentResult):
        assert done == []


@settings(max_examples=examples(600), deadline=None)
@given(to_device=faults, to_host=faults, slow=slow)
@example(to_device={}, to_host={1: ("drop", 0)}, slow=0.0)  # ACK of the frame lost
@example(to_device={}, to_host={1: ("flip", 0x13)}, slow=0.6)  # ACK arrives as NAK
@example(to_device={15: ("drop", 0)}, to_host={}, slow=0.05)  # EOT lost
@example(to_device={3: ("flip", 0x01)}, to_host={1: ("flip", 0x13)}, slow=0.05)  # NAK arrives as ACK
def test_v2_runs_a_fiscal_command_at_most_once(to_device: Faults, to_host: Faults, slow: float) -> None:
    bench = Bench(DeviceV2(execute_s=slow), Wire(to_device), Wire(to_host))
    link = LinkV2()
    link.begin(SALE, 20.0, 0.0)
    result = bench.run(link)
    fair_v2(bench, result)
    assert link.doubtful == isinstance(result, UnknownResult)
    naks = bench.heard.count(0x15)
    assert bench.said.count(encode_frame(SALE)) <= 1 + naks, "again only when the register said it has nothing"
    if link.doubtful:  # the line is clean again: find out, without a fiscal byte
        bench.to_device, bench.to_host = Wire({}), Wire({})
        bench.said.clear()
        link.begin_settle(120.0, bench.now)
        fair_v2(bench, bench.run(link))
        assert not link.doubtful
        assert encode_frame(SALE) not in bench.said


@settings(max_examples=examples(600), deadline=None)
@given(to_device=faults, to_host=faults, slow=slow, at_once=st.booleans(), silent_f0=st.booleans())
@example(to_device={}, to_host={0: ("drop", 0)}, slow=0.05, at_once=True, silent_f0=False)  # the only answer is lost
@example(to_device={}, to_host={3: ("flip", 1)}, slow=15.0, at_once=False, silent_f0=True)
def test_v3_runs_a_task_at_most_once(
    to_device: Faults, to_host: Faults, slow: float, at_once: bool, silent_f0: bool
) -> None:
    device = DeviceV3(execute_s=slow, at_once=at_once, silent_f0=silent_f0)
    bench = Bench(device, Wire(to_device), Wire(to_host))
    link = LinkV3()
    link.begin(SALE, 20.0, 0.0)
    result = bench.run(link)
    _fair_v3(bench, device, result)
    adds = {piece for piece in bench.said if piece[4] == 0xC1}
    assert len(adds) <= 1, "one task, one packet, however often"
    if link.doubtful:
        bench.to_device, bench.to_host = Wire({}), Wire({})
        bench.said.clear()
        link.begin_settle(120.0, bench.now)
        settled = bench.run(link)
        _fair_v3(bench, device, settled)
        assert not link.doubtful
        assert not any(piece[4] == 0xC1 for piece in bench.said)
        if device.executed and isinstance(result, UnknownResult):
            assert settled == Answer(OK), "the buffer keeps the result until it is acknowledged"


def _fair_v3(bench: Bench, device: DeviceV3, result: LinkResult) -> None:
    assume(not device.foreign)  # damage that keeps the CRC right
    reader = PacketReader()
    for byte in bench.heard:
        packet = reader.feed(byte)
        known = packet is None or not packet.intact or packet.data[:1] in (b"\xa2", b"\xb3") or OK in packet.data
        assume(known or (packet is not None and packet.data in (b"\xa3", b"\xb2", b"\xa2\x00")))
    assert len(device.executed) <= 1, "executed twice"
    if isinstance(result, Answer):
        assert device.executed == [SALE]
    if isinstance(result, NotSentResult):
        assert device.executed == []


v2_piece = st.one_of(
    st.sampled_from([b"\x05", b"\x06", b"\x15", b"\x02", b"\x03", b"\x04", b"\x10", b"\x41", encode_frame(OK)]),
    st.sampled_from(
        [encode_frame(OK)[:-1] + b"\x00", encode_frame(b"\x55\x10\x03")[:-2], encode_frame(b"\x55\x67\x00")]
    ),
    st.binary(max_size=6),
)
v3_piece = st.one_of(
    st.builds(
        encode_packet, st.sampled_from([1, 2, 3, 0xF0]), st.sampled_from([b"\xa2", b"\xa3" + OK, b"\xa6\x01" + OK])
    ),
    st.sampled_from(
        [b"\xfe", b"\xfd", b"\x00", encode_packet(1, b"\xa5"), encode_packet(1, b"\xb2"), encode_packet(1, b"")]
    ),
    st.binary(max_size=6),
)


def play(link: Link, stream: list[bytes]) -> tuple[LinkResult, bytes]:
    """All bytes come while the clock stands still; then silence."""
    now, sent, rest = 0.0, b"", list(stream)
    link.begin(SALE, 3.0, now)
    for _ in range(4_000):
        action = link.poll(now)
        if isinstance(action, Finished):
            return action.result, sent
        if isinstance(action, Send):
            sent += action.payload
        elif rest:
            link.receive(rest.pop(0), now)
        else:
            now = action.until
    raise AssertionError("no end")


def chunks(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    return [stream[a:b] for a, b in pairwise(edges)]


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(v2_piece, max_size=7), st.lists(st.integers(0, 80), max_size=8))
def test_v2_any_split_means_the_same(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(pieces)
    by_bytes = play(LinkV2(), [bytes([byte]) for byte in stream])
    assert play(LinkV2(), chunks(stream, cuts)) == by_bytes


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(v3_piece, max_size=7), st.lists(st.integers(0, 80), max_size=8))
def test_v3_any_split_means_the_same(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(pieces)
    by_bytes = play(LinkV3(), [bytes([byte]) for byte in stream])
    assert play(LinkV3(), chunks(stream, cuts)) == by_bytes


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(min_size=1, max_size=40), st.sampled_from([0.0005, 0.01, 0.2]), st.booleans())
def test_endless_garbage_ends_in_bounded_time(noise: bytes, pace: float, v3: bool) -> None:
    """A line that babbles for ever: the exchange ends by its own limits, and garbage is never an answer."""
    link: Link = LinkV3() if v3 else LinkV2()
    link.begin(SALE, 3.0, 0.0)
    now, at = 0.0, 0
    while True:
        action = link.poll(now)
        if isinstance(action, Finished):
            break
        if not isinstance(action, Send):
            link.receive(noise[at % len(noise) :][:1], now)
            at, now = at + 1, now + pace
        assert now <= 150.0
    if isinstance(action.result, Answer):
        whole = encode_frame(action.result.payload) if not v3 else b"\xfe"
        assert whole in noise * 3
