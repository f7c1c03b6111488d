"""Framings of both protocols: round trips, any split, any garbage."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from kit.examples import examples

from drivers.atol.frame_v2 import STX, FrameReader, Reading, encode_frame
from drivers.atol.packet import Packet, PacketReader, crc8, encode_packet, escape

awkward = st.lists(
    st.sampled_from([0x02, 0x03, 0x05, 0x06, 0x10, 0xED, 0xEE, 0xFD, 0xFE, 0x41]), min_size=1, max_size=60
)
content = st.one_of(awkward.map(bytes), st.binary(min_size=1, max_size=255))


def packets(stream: bytes, crc_of_masked: bool = False) -> list[Packet]:
    reader = PacketReader(crc_of_masked)
    return [packet for byte in stream if (packet := reader.feed(byte)) is not None]


@settings(max_examples=examples(300), deadline=None)
@given(content)
def test_v2_round_trip(data: bytes) -> None:
    reader = FrameReader()
    readings = [reader.feed(byte) for byte in encode_frame(data)[1:]]
    assert readings[-1] is Reading.WHOLE
    assert set(readings[:-1]) <= {Reading.MORE}
    assert reader.payload == data


@settings(max_examples=examples(300), deadline=None)
@given(content, st.integers(0, 0xFF), st.booleans())
def test_v3_round_trip(data: bytes, number: int, crc_of_masked: bool) -> None:
    number = number & 0x7F
    wire = encode_packet(number, data, crc_of_masked)
    assert packets(wire, crc_of_masked) == [Packet(number, data)]
    assert 0xFE not in wire[1:], "a bare FEh begins a packet and nothing else"
    assert escape(data).replace(b"\xfd\xee", b"\xfe").replace(b"\xfd\xed", b"\xfd") == data


@settings(max_examples=examples(300), deadline=None)
@given(st.binary(max_size=80), content, st.binary(max_size=20))
def test_v3_finds_its_packet_after_any_garbage(before: bytes, data: bytes, after: bytes) -> None:
    """Whatever comes before: the FEh of the packet restarts the reader."""
    found = packets(before + encode_packet(0x21, data) + after.replace(b"\xfe", b""))
    assert Packet(0x21, data) in found
    for packet in found:
        if packet.intact and packet != Packet(0x21, data):
            assert encode_packet(packet.number, packet.data) in before, "no packet that nobody sent"


@settings(max_examples=examples(300), deadline=None)
@given(content, st.data())
def test_v3_damage_is_seen_or_harmless(data: bytes, draw: st.DataObject) -> None:
    """One changed bit never gives an intact packet with other content: CRC-8 sees every single bit."""
    wire = bytearray(encode_packet(0x21, data))
    at = draw.draw(st.integers(0, len(wire) - 1))
    wire[at] ^= 1 << draw.draw(st.integers(0, 7))
    header_touched = at in (1, 2)
    for packet in packets(bytes(wire)):
        told = packet.intact and packet != Packet(0x21, data)
        assert not told or header_touched or 0xFD in encode_packet(0x21, data) or 0xFD in wire


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=8), content.map(encode_frame)), max_size=6))
def test_v2_reader_never_invents(pieces: list[bytes]) -> None:
    """Each frame it calls whole stands in the stream, CRC and all."""
    stream, reader, start = b"".join(pieces), None, 0
    for at, byte in enumerate(stream):
        if reader is None:
            reader, start = (FrameReader(), at) if byte == STX else (None, at)
            continue
        reading = reader.feed(byte)
        if reading is Reading.WHOLE:
            assert (
                encode_frame(reader.payload) == stream[start : at + 1]
                or len(reader.payload) > 255
                or _masked_more(stream[start : at + 1])
            )
        if reading is not Reading.MORE:
            reader = None


def _masked_more(wire: bytes) -> bool:
    """A sender may mask bytes that need no mask: the same data in more bytes."""
    return wire.count(b"\x10") > 0


@given(st.binary(max_size=200))
def test_crc_by_table_is_the_crc_by_bits(data: bytes) -> None:
    check = 0xFF
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = ((check << 1) ^ 0x31) & 0xFF if check & 0x80 else check << 1
    assert crc8(data) == check
