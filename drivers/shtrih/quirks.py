"""What differs between models and firmware, as data with evidence. Driver code asks the profile, never the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.shtrih.commands_status import ModelParameters

Cell = tuple[int, int, int]  # table, row, field

BIT_CUTTER = 13
BIT_CASH_CORE = 23
BIT_REVERSED_LINES = 26
BIT_PROTOCOL_2 = 28
BIT_GRAPHICS_BLOCKS = 35
BIT_GRAPHICS_FLAGS = 37
BIT_GRAPHICS_SCALED = 41
BIT_GRAPHICS_512 = 42

GRAPHICS_LINES_IN_FRAME = 6  # 6 * 40 bytes fit a frame of 255


@dataclass(frozen=True)
class DeviceFacts:
    """What quirks are chosen by. `parameters` is None when the device does not know F7h."""

    model: int
    name: str
    parameters: ModelParameters | None

    def has(self, bit: int) -> bool:
        """A capability bit of F7h; without F7h none is claimed."""
        return self.parameters is not None and bool(self.parameters.bits >> bit & 1)


@dataclass(frozen=True)
class Profile:
    """How to talk to this device."""

    cutter: bool = True
    columns: int = 32  # used only when 26h is refused
    first_graphics_line: int = 1  # number of the first printed line
    graphics_flags: bool = False  # C3h takes a byte of print flags
    graphics_lines: int = 1  # lines in one C4h
    mirrored_graphics: bool = False  # True: the leftmost dot is bit 7 of a byte
    graphics_scaled: bool = False  # 4Fh is there
    graphics_512: bool = False  # 4Eh and 4Dh are there
    lines_512: int = 600  # lines of their buffer
    line_bytes: int = 40  # of C5h
    reversed_lines: bool = False  # C5h wants its bytes turned
    wide_registers: bool = False  # 1Ah takes numbers above 255, in two bytes
    protocol_2: bool = False  # the device could speak protocol 2.0 after a reset of its link
    trust_length: bool = True  # False: FF3Ah's length is not to be relied on, 08h or an empty answer ends a document
    old_operations: bool = False  # FF46h and FF45h are not there: 80h to 83h and 85h (a switch, nothing tells it)
    vat_table: str = "general"  # rate bytes of FF46h: a table of drivers/spec/shtrih_vat.toml
    serial_cell: Cell = (18, 1, 1)
    rnm_cell: Cell | None = (18, 1, 3)
    inn_cell: Cell | None = (18, 1, 2)


@dataclass(frozen=True)
class Quirk:
    """One difference: when it applies, what it changes in the profile, who saw it, which test holds it."""

    name: str
    applies: Callable[[DeviceFacts], bool]
    changes: Mapping[str, object]
    evidence: str
    test: str


def _model(*numbers: int) -> Callable[[DeviceFacts], bool]:
    return lambda facts: facts.model in numbers


_WIDTHS = "vendor driver's list of models, used when the device does not answer 26h"

QUIRKS: tuple[Quirk, ...] = (
    Quirk("width of SHTRIH-M and MOBILE", _model(250, 19), {"columns": 48}, _WIDTHS, "test_shtrih_quirks"),
    Quirk("width of MINI", _model(7, 14), {"columns": 50}, _WIDTHS, "test_shtrih_quirks"),
    Quirk("width of FR-K", _model(4), {"columns": 36}, _WIDTHS, "test_shtrih_quirks"),
    Quirk("width of RETAIL-01F and NANO-F", _model(22, 152), {"columns": 42}, _WIDTHS, "test_shtrih_quirks"),
    Quirk(
        "22 % has other codes on NANO-F",
        _model(152),
        {"vat_table": "nano-f"},
        "vendor's JavaPOS driver of 18.02.2026: 90h and A0h for NANO-F, CBh and CCh for the others. One source; a wrong"
        " rate shows when the document is read back.",
        "test_shtrih_quirks",
    ),
    Quirk(
        "cash core keeps the serial number in table 14",
        lambda facts: facts.has(BIT_CASH_CORE),
        {"serial_cell": (14, 1, 1), "rnm_cell": None, "inn_cell": None, "wide_registers": True},
        "F7h bit 23; vendor's JavaPOS driver, issue 21: cell 14,1,1 on SMARTPOS. RNM and INN come from FF09h.",
        "test_shtrih_quirks",
    ),
    Quirk(
        "no cutter",
        lambda facts: facts.parameters is not None and not facts.has(BIT_CUTTER),
        {"cutter": False},
        "F7h bit 13 (vendor drivers)",
        "test_shtrih_quirks",
    ),
    Quirk(
        "print flags in C3h",
        lambda facts: facts.has(BIT_GRAPHICS_FLAGS),
        {"graphics_flags": True},
        "F7h bit 37 (Shtrih-M protocol 2.0, C3h)",
        "test_shtrih_quirks",
    ),
    Quirk(
        "several lines in one C4h",
        lambda facts: facts.has(BIT_GRAPHICS_BLOCKS),
        {"graphics_lines": GRAPHICS_LINES_IN_FRAME},
        "F7h bit 35 (Shtrih-M protocol 2.0, C4h)",
        "test_shtrih_quirks",
    ),
    Quirk(
        "bytes of C5h are turned",
        lambda facts: facts.has(BIT_REVERSED_LINES),
        {"reversed_lines": True},
        "F7h bit 26 (Shtrih-M protocol 2.0, F7h); the vendor's JavaPOS driver swaps the bits then",
        "test_shtrih_quirks",
    ),
    Quirk(
        "lines of C5h are 64 bytes",
        lambda facts: facts.parameters is not None and facts.parameters.line_bytes == 64,
        {"line_bytes": 64},
        "F7h, byte 'free graphics line' (device log of a RETAIL-01F); 40 on narrow printers",
        "test_shtrih_quirks",
    ),
    Quirk(
        "pictures with scales",
        lambda facts: facts.has(BIT_GRAPHICS_SCALED),
        {"graphics_scaled": True},
        "F7h bit 41 (vendor drivers, 4Fh)",
        "test_shtrih_quirks",
    ),
    Quirk(
        "graphics of 512 dots",
        lambda facts: facts.has(BIT_GRAPHICS_512),
        {"graphics_512": True},
        "F7h bit 42 (vendor drivers, 4Dh and 4Eh)",
        "test_shtrih_quirks",
    ),
    Quirk(
        "protocol 2.0 is possible",
        lambda facts: facts.has(BIT_PROTOCOL_2),
        {"protocol_2": True},
        "F7h bit 28 (Shtrih-M protocol 2.0); the device changes over only after a reset of its link",
        "test_shtrih_quirks",
    ),
    Quirk(
        "graphics lines are counted from 1",
        lambda facts: facts.parameters is not None and facts.parameters.first_line == 2,
        {"first_graphics_line": 2},
        "F7h, byte 'first printed graphics line'",
        "test_shtrih_quirks",
    ),
)


def profile_for(facts: DeviceFacts, **switches: object) -> Profile:
    """The profile of a device: defaults, then every quirk that applies, then the caller's own switches.

    `mirrored_graphics` is such a switch: sources disagree on the bit order, no model is proven to mirror. So is
    `vat_table`: newer rate codes come from one vendor source that contradicts itself on 7/107.
    """
    changes: dict[str, object] = {}
    for quirk in QUIRKS:
        if quirk.applies(facts):
            changes.update(quirk.changes)
    return dataclasses.replace(Profile(), **{**changes, **switches})  # type: ignore[arg-type]  # names come from data
