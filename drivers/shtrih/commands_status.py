"""Status and identification. Source: Shtrih-M protocol 2.0, the pages of each command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from drivers.api import Effect
from drivers.fields import (
    DATE_DMY,
    RAW_REST,
    TEXT_REST,
    TIME_HMS,
    U8,
    U16,
    U32,
    U48,
    U64,
    ascii_text,
    optional,
    raw,
)
from drivers.shtrih.command import Command, Nothing, Password

_V = "Shtrih-M protocol 2.0, "


@dataclass(frozen=True)
class ShortStatus:
    """10h. Flags: section 3.3 of the protocol notes; mode and submode: sections 3.1 and 3.2."""

    operator: Annotated[int, U8]
    flags: Annotated[int, U16]
    mode: Annotated[int, U8]
    submode: Annotated[int, U8]
    operations_low: Annotated[int, U8]
    battery: Annotated[int, U8]  # volts * 51
    supply: Annotated[int, U8]  # volts * 9
    fm_error: Annotated[int, U8]
    ej_error: Annotated[int, U8]
    operations_high: Annotated[int, U8]
    reserved: Annotated[bytes, raw(3)]
    print_result: Annotated[int | None, optional(U8)] = None  # F7h bit 34

    @property
    def operations(self) -> int:
        """Operations in the open receipt."""
        return self.operations_high << 8 | self.operations_low


@dataclass(frozen=True)
class FullStatus:
    """11h. Length 48, 50 or 52; the tail holds newer fields."""

    operator: Annotated[int, U8]
    firmware: Annotated[str, ascii_text(2)]
    build: Annotated[int, U16]
    firmware_date: Annotated[date | None, DATE_DMY]
    hall: Annotated[int, U8]
    document: Annotated[int, U16]
    flags: Annotated[int, U16]
    mode: Annotated[int, U8]
    submode: Annotated[int, U8]
    port: Annotated[int, U8]
    fm_firmware: Annotated[str, ascii_text(2)]
    fm_build: Annotated[int, U16]
    fm_date: Annotated[date | None, DATE_DMY]
    date: Annotated[date | None, DATE_DMY]
    time: Annotated[time | None, TIME_HMS]
    fm_flags: Annotated[int, U8]
    serial: Annotated[int, U32]  # FFFFFFFFh = not set
    last_closed_shift: Annotated[int, U16]
    fm_free: Annotated[int, U16]
    registrations: Annotated[int, U8]
    registrations_left: Annotated[int, U8]
    inn: Annotated[int, U48]  # FF * 6 = not set
    newer: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class DeviceType:
    """FCh. `model`: 250 SHTRIH-M, 252 LIGHT, 22 RETAIL-01F, 45 SMARTPOS-F, 152 NANO-F, ..."""

    kind: Annotated[int, U8]
    subkind: Annotated[int, U8]
    protocol: Annotated[int, U8]
    subprotocol: Annotated[int, U8]
    model: Annotated[int, U8]
    language: Annotated[int, U8]
    name: Annotated[str, TEXT_REST]


@dataclass(frozen=True)
class ModelKind:
    """F7h asks by kind; kind 1 = parameters of the model."""

    kind: Annotated[int, U8] = 1


@dataclass(frozen=True)
class ModelParameters:
    """F7h type 1. Capability bits: protocol notes, section 3.5. Newer firmware appends fields."""

    bits: Annotated[int, U64]
    font1_width: Annotated[int, U8]  # characters by the text, dots on some devices; 0 = ask 26h
    font2_width: Annotated[int, U8]
    first_line: Annotated[int, U8]  # first printed graphics line, 1 or 2
    inn_digits: Annotated[int, U8]
    rnm_digits: Annotated[int, U8]
    long_rnm_digits: Annotated[int, U8]
    long_serial_digits: Annotated[int, U8]
    inspector_password: Annotated[int, U32]
    system_password: Annotated[int, U32]
    bluetooth_table: Annotated[int, U8]
    tax_field: Annotated[int, U8]
    max_command: Annotated[int, U16]
    line_bytes: Annotated[int, U8]
    line_512_bytes: Annotated[int | None, optional(U8)] = None
    lines_512: Annotated[int | None, optional(U16)] = None


@dataclass(frozen=True)
class FontNumber:
    """26h request, 1.."""

    font: Annotated[int, U8]


@dataclass(frozen=True)
class FontParameters:
    """26h answer; characters in a line = width // char_width."""

    width: Annotated[int, U16]
    char_width: Annotated[int, U8]
    char_height: Annotated[int, U8]
    fonts: Annotated[int, U8]


@dataclass(frozen=True)
class ErrorNumber:
    """6Bh request, with the error's code or without (the text of the last error): sources disagree, by firmware."""

    code: Annotated[int | None, optional(U8)] = None


@dataclass(frozen=True)
class ErrorText:
    """6Bh answer."""

    text: Annotated[str, TEXT_REST]


_QUERY = Effect.QUERY
_OP, _SYS, _NONE = Password.OPERATOR, Password.SYSTEM, Password.NONE

SHORT_STATUS = Command(0x10, "короткий запрос состояния", Nothing, ShortStatus, 3.0, _QUERY, _OP, _V + "10h")
FULL_STATUS = Command(0x11, "запрос состояния", Nothing, FullStatus, 3.0, _QUERY, _OP, _V + "11h")
DEVICE_TYPE = Command(0xFC, "получить тип устройства", Nothing, DeviceType, 3.0, _QUERY, _NONE, _V + "FCh")
MODEL_PARAMETERS = Command(
    0xF7, "расширенный запрос", ModelKind, ModelParameters, 3.0, _QUERY, _NONE, _V + "F7h; device log"
)
FONT = Command(0x26, "прочитать параметры шрифта", FontNumber, FontParameters, 5.0, _QUERY, _SYS, _V + "26h")
ERROR_TEXT = Command(0x6B, "возврат названия ошибки", ErrorNumber, ErrorText, 3.0, _QUERY, _NONE, _V + "6Bh")

COMMANDS = (
    SHORT_STATUS,
    FULL_STATUS,
    DEVICE_TYPE,
    MODEL_PARAMETERS,
    FONT,
    ERROR_TEXT,
)
