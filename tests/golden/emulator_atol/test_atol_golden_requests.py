"""Every golden frame goes through the readers whole, in pieces and after garbage, and is cut into its parameters."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from emulator.atol.commands import COMMANDS
from emulator.atol.commands.barcodes import WITH_SCALE
from emulator.atol.commands.fn_status import SUBCOMMANDS
from emulator.atol.fields import Fields
from emulator.atol.frame import FrameReader, pack
from emulator.atol.packet import Packet, PacketReader, Received, crc8

TABLE = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))
STEPS = TABLE["step"]
FRAMES = {
    layer: [
        *(pytest.param(bytes.fromhex(one["bytes"]), id=one["id"]) for one in TABLE["frame"] if one["layer"] == layer),
        *(pytest.param(bytes.fromhex(step[layer]), id=step["id"]) for step in STEPS),
    ]
    for layer in ("v2", "v3")
}
REQUESTS = [
    *(
        pytest.param(bytes.fromhex(one["bytes"]), one["layer"], id=one["id"])
        for one in TABLE["frame"]
        if one["side"] == "host" and one["id"] not in ("G01", "G21")
    ),
    *(pytest.param(bytes.fromhex(step[layer]), layer, id=f"{step['id']}{layer}") for step in STEPS for layer in FRAMES),
]


def read_frame(data: bytes) -> FrameReader:
    reader = FrameReader()
    for byte in data:
        assert not reader.done
        reader.feed(byte)
    assert reader.done
    return reader


def packets(data: bytes, reader: PacketReader | None = None) -> list[Received]:
    reader = reader or PacketReader()
    return [found for byte in data if (found := reader.feed(byte))]


def test_all_of_them_are_here():
    ids = {one["id"] for one in TABLE["frame"]}
    assert ids >= {f"G{number:02}" for number in range(1, 55)}
    parts = [step["id"].partition(".")[0] for step in STEPS]
    assert [parts.count(f"B{part}") for part in range(1, 5)] == [6, 5, 10, 5]


def test_crc_of_the_catalogue():
    assert crc8(b"123456789") == 0xF7


@pytest.mark.parametrize("frame", FRAMES["v2"])
def test_layer_2_there_and_back(frame: bytes):
    reader = read_frame(frame[1:])
    assert frame[0] == 2
    assert reader.right
    assert pack(bytes(reader.data)) == frame


@pytest.mark.parametrize("frame", FRAMES["v2"])
def test_layer_2_every_wrong_bit_is_seen(frame: bytes):
    for at in range(1, len(frame)):
        broken = bytearray(frame)
        broken[at] ^= 0x40
        reader = FrameReader()
        for byte in broken[1:]:
            if not reader.done:
                reader.feed(byte)
        assert not (reader.done and reader.right)


@pytest.mark.parametrize("frame", FRAMES["v3"])
def test_transport_3_there_and_back(frame: bytes):
    (received,) = packets(frame)
    assert received.right()
    assert received.packet.pack() == frame
    assert received.packet.id == frame[3]


@pytest.mark.parametrize("frame", FRAMES["v3"])
@pytest.mark.parametrize(
    "garbage", [b"\x00\x41\xff", b"\xfe", b"\xfe\x06\x00", b"\xfe\x06\x00\x11\xc1\xfd", b"\xfe\xfd", b"\xfe\x90\x05"]
)
def test_transport_3_after_garbage(frame: bytes, garbage: bytes):
    assert [one.packet.pack() for one in packets(garbage + frame)] == [frame]


def test_glued_packets_come_apart():
    whole = b"".join(param.values[0] for param in FRAMES["v3"])
    assert b"".join(one.packet.pack() for one in packets(whole)) == whole


def test_the_crc_counts_unmasked_data(golden):
    (received,) = packets(golden["G50"])
    assert received.right()
    assert not received.right(masked_crc=True)
    assert Packet(received.packet.id, received.packet.data).pack(masked_crc=True) != golden["G50"]


@pytest.mark.parametrize(("frame", "layer"), REQUESTS)
def test_fits_the_declared_layout(frame: bytes, layer: str):
    data = bytes(read_frame(frame[1:]).data) if layer == "v2" else packets(frame)[0].packet.data
    if layer == "v3" and data[0] != 0xC1:
        assert data[0] in (0xC2, 0xC3, 0xC4)
        return
    task = data if layer == "v2" else data[3:]
    command = COMMANDS.find(task[2])
    assert task[:2] == b"\0\0"
    assert command is not None
    fields = Fields(command.layout, task[3:])
    if command.code == 0xA4:
        Fields(SUBCOMMANDS[fields.num("sub")][0], fields.raw("parameters"))


def test_item_parameters(golden):
    fields = Fields(COMMANDS.find(0xEB).layout, packets(golden["G46"])[0].packet.data[6:])
    names = ("price", "quantity", "total", "tax", "tax_sum", "section", "subject", "method", "discount")
    assert [fields.num(name) for name in names] == [1603, 1000, 1603, 6, 0, 0, 1, 4, 0]
    assert fields.raw("name").decode("cp866") == "Хлеб"


def test_old_registration_parameters(golden):
    fields = Fields(COMMANDS.find(0x52).layout, bytes(read_frame(golden["G10"][1:]).data)[3:])
    assert [fields.num(name) for name in ("price", "quantity", "section")] == [1603, 1500, 3]


def test_other_parameters(golden):
    def of(frame: str, layout: str = "") -> Fields:
        task = packets(golden[frame])[0].packet.data[3:]
        return Fields(layout or COMMANDS.find(task[2]).layout, task[3:])

    assert of("G45").raw("tlv").hex(" ").startswith("f0 03 0c 00 2b 37 39")
    assert (of("G47").num("kind"), of("G47").num("sum")) == (1, 5000)
    barcode = of("G52", WITH_SCALE)
    assert [barcode.num(name) for name in ("kind", "align", "scale", "version", "correction")] == [0, 2, 8, 0, 0]
    assert barcode.raw("data") == b"https://example.org/"
    assert (of("G41").num("mode"), of("G41").num("password")) == (1, 30)
