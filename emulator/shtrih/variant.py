"""Switches of the front end: where models differ or the sources disagree (protocol notes, sections 1.6 to 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

CUTTER = 13
DRAWER_SENSOR = 15
CASH_CORE = 23
REVERSED_C5 = 26
PROTOCOL_2 = 28
LINE_BREAKS = 29
PRINT_RESULT = 34
BLOCK_LOAD = 35
ERROR_TEXT = 36
PRINT_FLAGS = 37
SCALED_320 = 41
GRAPHICS_512 = 42

PROTOCOLS = ("1.0", "2.0", "auto")


@dataclass(frozen=True)
class Variant:
    """How this device answers where real ones differ. A profile sets fields in its section ``[shtrih]``.

    ``capabilities``: bits of F7h (section 3.5); bit 34 also makes the answer of 10h 17 bytes long.
    ``protocol``: "1.0", "2.0" (section 1.8), or "auto": the first byte after a communication reset decides.
    ``max_command``: longest command that F7h reports; above 255 it takes effect in protocol 2.0 alone.
    ``qr``: False answers 37h to DDh and DEh, as models without 2D printing do.
    ``long_qr_answer``: newer firmware tells the size of the symbol in the answer of DEh (one source).
    ``full_status_bytes``: length of the answer of 11h, 48, 50 or 52; ``expiry_bytes``: of the data of FF03h, 3 or 5;
    ``short_shift_answer``: E0h answers without a result byte (one source); ``unconfirmed_width``: bytes of the counter
    of FF3Fh, 2 or 4. In all four the sources disagree.
    ``text_bytes``: 0 takes text of any length in 12h, 17h and 2Fh; old firmware wants so many bytes exactly (7Eh).
    ``graphics_base``: number of the first loaded graphics line, 0 or 1 by model; printing counts from 1.
    ``fonts``, ``font_heights``: what 26h tells: number of fonts, heights in dots of font 1 and of the double font 2;
    ``font_columns``: characters per line of each font (section 6.1); empty: font 2 is double, all others font 1.
    ``font_in_dots``: F7h tells character widths in dots, as one device does, or else characters per line.
    ``unsupported``: commands that this model answers 37h, for example 13h on smart-POS units.
    ``tables_missing``: tables it does not have (5Dh); ``tables_moved``: number on the wire by number in ``tables.toml``
    (cash-core models keep table 18 under 14 and 17 under 10); ``table_values``: "table.row.field" -> delivered value.
    ``marking_server``: FF61h gets an answer of the marking server, which says that all is right.
    ``baud``: speed of the serial line; ``filler``: FFh after an ACK on network connections (section 1.6).
    """

    capabilities: frozenset[int] = frozenset(
        {CUTTER, DRAWER_SENSOR, LINE_BREAKS, PRINT_RESULT, BLOCK_LOAD, ERROR_TEXT, GRAPHICS_512}
    )
    protocol: str = "1.0"
    max_command: int = 255
    qr: bool = True
    long_qr_answer: bool = False
    full_status_bytes: int = 48
    expiry_bytes: int = 5
    short_shift_answer: bool = False
    unconfirmed_width: int = 4
    text_bytes: int = 0
    graphics_base: int = 1
    fonts: int = 7
    font_heights: tuple[int, ...] = (24, 45)
    font_columns: tuple[int, ...] = ()
    font_in_dots: bool = True
    unsupported: frozenset[int] = frozenset()
    tables_missing: frozenset[int] = frozenset()
    tables_moved: Mapping[int, int] = field(default_factory=dict)
    table_values: Mapping[str, int | str] = field(default_factory=dict)
    marking_server: bool = False
    protocol_version: tuple[int, ...] = (1, 14)
    baud: int = 115200
    byte_timeout_ms: int = 100
    ack_timeout: float = 0.5
    filler: bool = True

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise ValueError(f"protocol {self.protocol!r} is not one of {', '.join(PROTOCOLS)}")
        if self.full_status_bytes not in (48, 50, 52) or self.expiry_bytes not in (3, 5):
            raise ValueError("full_status_bytes is 48, 50 or 52, expiry_bytes is 3 or 5")

    def has(self, bit: int) -> bool:
        """True when F7h reports this capability."""
        return bit in self.reported

    @property
    def reported(self) -> frozenset[int]:
        """Capabilities, protocol 2.0 among them when the device speaks it."""
        return self.capabilities | ({PROTOCOL_2} if self.protocol != "1.0" else frozenset())

    @property
    def capability_word(self) -> int:
        """The 64-bit field of F7h."""
        return sum(1 << bit for bit in self.reported)

    def columns_of(self, font: int, columns: int, double_columns: int) -> int:
        """Characters per line of a font 1.. on paper of ``columns`` normal and ``double_columns`` double ones."""
        if font <= len(self.font_columns):
            return self.font_columns[font - 1]
        return double_columns if font == 2 else columns


def from_profile(table: Mapping[str, object]) -> Variant:
    """The section ``[shtrih]`` of a profile. ``ValueError`` for an unknown key; ``unsupported`` are hex strings."""
    known = {one.name for one in fields(Variant)}
    strange = sorted(set(table) - known)
    if strange:
        raise ValueError(f"[shtrih]: unknown keys {', '.join(strange)}")
    values = {name: _read(name, value) for name, value in table.items()}
    return Variant(**values)


def _read(name: str, value: object) -> Any:  # noqa: ANN401 - the type follows the field
    if name == "unsupported":
        return frozenset(int(str(code).rstrip("hH"), 16) for code in _list(value))
    if name in ("capabilities", "tables_missing"):
        return frozenset(int(str(each)) for each in _list(value))
    if name == "tables_moved" and isinstance(value, dict):
        return {int(table): int(number) for table, number in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"[shtrih]: a list is needed, not {value!r}")
    return value
