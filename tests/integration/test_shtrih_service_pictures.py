"""Pictures, bar codes and QR codes of the service face on the emulated paper, dot by dot, all shipped models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kit.shtrih_counter import Counter

from drivers.api import Done, Qr, Refused
from drivers.service import Barcode, Picture
from drivers.shtrih.device_drawing import DeviceBarcode
from emulator import profile as profiles
from emulator.marks import QrMark, Raster

MODELS = [name for name in profiles.names() if name.startswith("shtrih")]
ARROW = Picture(16, tuple(bytes((0x80 >> row, row)) for row in range(8)))
"""Not the same mirrored, turned or upside down."""


@pytest.fixture(params=MODELS)
def counter(request: Any) -> Counter:
    return Counter(model=request.param)


def test_pictures_and_codes(counter: Counter) -> None:
    printer, since = counter.printer, len(counter.device.tape.marks)
    assert printer.print_picture(ARROW) == Done(None)
    picture = rasters(counter, since)[-1]
    assert [row[:16] for row in dots(picture)] == dots_of(ARROW)
    assert not any(any(row[16:]) for row in dots(picture))
    wide = Picture(400, tuple(b"\x80" + bytes(48) + b"\x01" for _ in range(3)))
    outcome = printer.print_picture(wide)
    if counter.front.machine.variant.has(42):
        assert outcome == Done(None)
        assert all(row[0] == row[399] == 1 and sum(row) == 2 for row in dots(rasters(counter, since)[-1])[:3])
    else:
        assert isinstance(outcome, Refused)
    before = len(rasters(counter, since))
    for barcode in (
        Barcode("ean13", "590123412345"),
        Barcode("code128", "AB-12", module_dots=1),
        Barcode("ean8", "9638507"),
    ):
        assert printer.print_barcode(barcode) == Done(None)
    assert len(rasters(counter, since)) == before + 3
    assert "590123412345" in counter.device.tape.text(since)
    drawn = printer.print_device_barcode(DeviceBarcode("code128", b"AB-12"))
    assert drawn == Refused(0x37, "CBh"), "no mechanism of these draws codes"


def test_scaled_pictures(counter: Counter) -> None:
    printer, since = counter.printer, len(counter.device.tape.marks)
    outcome = printer.print_scaled(ARROW, down=2, across=3)
    variant = counter.front.machine.variant
    if not variant.has(42) and not variant.has(41):
        assert outcome == Refused(0x37, "4Fh", "the device prints no scaled pictures")
        return
    assert outcome == Done(None)
    plain = dots_of(ARROW)
    expected = [[dot for dot in row for _ in range(3)] for row in plain for _ in range(2)]
    assert [row[: len(expected[0])] for row in dots(rasters(counter, since)[-1])] == expected


def test_qr(counter: Counter) -> None:
    printer, since = counter.printer, len(counter.device.tape.marks)
    assert printer.print_slip([Qr("https://example.org/r/12345", module_dots=4)]) == Done(None)
    printed = counter.device.tape.marks[since:]
    native = counter.front.machine.variant.qr
    assert any(isinstance(mark, QrMark if native else Raster) for mark in printed)


@pytest.mark.parametrize("base", [0, 1])
def test_lines_are_loaded_from_0_or_from_1_by_model(base: int) -> None:
    """A picture in two bands and one of the small buffer: no line is lost and none is doubled."""
    counter = Counter()
    machine = counter.front.machine
    machine.variant = replace(machine.variant, graphics_base=base, capabilities=frozenset({41}))
    assert isinstance(counter.printer.connect(), Done)
    long = Picture(16, tuple((row % 65_536).to_bytes(2, "big") for row in range(1, 1300)))
    assert counter.printer.print_picture(long) == Done(None)
    printed = [row for mark in rasters(counter, 0) for row in dots(mark)]
    assert [row[:16] for row in printed] == [row[:16] for row in dots_of(long)]
    assert counter.printer.print_scaled(ARROW) == Done(None)
    assert [row[:16] for row in dots(rasters(counter, 0)[-1])] == dots_of(ARROW)


def rasters(counter: Counter, since: int) -> list[Raster]:
    return [mark for mark in counter.device.tape.marks[since:] if isinstance(mark, Raster)]


def dots(mark: Raster) -> list[list[int]]:
    return [[byte >> bit & 1 for byte in row for bit in range(7, -1, -1)] for row in mark.rows]


def dots_of(picture: Picture) -> list[list[int]]:
    return [[byte >> bit & 1 for byte in row for bit in range(7, -1, -1)][:16] for row in picture.rows]
