"""Who is there, what it is doing, modes. Source: protocol notes, sections 3.1 and 3.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from drivers.api import Effect
from drivers.atol.command import Command, Head, Nothing, Rest
from drivers.atol.wires import KOP5, KOP7, STAMP_YMDHMS, cp866_name
from drivers.fields import RAW_REST, U8, bcd, raw

_S = "protocol notes, section 3.1: "
_M = "protocol notes, section 3.2: "


@dataclass(frozen=True)
class FullStatus:
    """3Fh. `flags`, `mode` (low nibble mode, high submode), `receipt_state` (low 3 bits): see `status`.

    `last_closed_shift`: the open one is one more. `firmware`: two ASCII digits or packed decimal, sources disagree.
    """

    operator: Annotated[int, bcd(1)]
    hall: Annotated[int, U8]
    at: Annotated[datetime | None, STAMP_YMDHMS]
    flags: Annotated[int, U8]
    serial: Annotated[int, bcd(4)]
    model: Annotated[int, U8]
    firmware: Annotated[bytes, raw(2)]
    mode: Annotated[int, U8]
    receipt_number: Annotated[int, bcd(2)]
    last_closed_shift: Annotated[int, bcd(2)]
    receipt_state: Annotated[int, U8]
    receipt_kop: Annotated[int, KOP5]
    decimal_point: Annotated[int, U8]
    interface: Annotated[int, U8]


@dataclass(frozen=True)
class StateCode:
    """45h. `faults`: b0 no paper, b1 no connection to the printer, b2 mechanics, b3 cutter, b4 heat, b7 paper low."""

    mode: Annotated[int, U8]
    faults: Annotated[int, U8]


@dataclass(frozen=True)
class DeviceType:
    """A5h. `version`: major, minor, language, build (2), packed decimal; `kind` 1 = a fiscal register."""

    protocol: Annotated[int, U8]
    kind: Annotated[int, U8]
    model: Annotated[int, U8]
    mode_flags: Annotated[bytes, raw(2)]
    version: Annotated[bytes, raw(5)]
    name: Annotated[str, cp866_name()]


@dataclass(frozen=True)
class VersionSource:
    """9Dh: 1 main processor, 3 boot block."""

    source: Annotated[int, U8]


@dataclass(frozen=True)
class Version:
    """9Dh; one source reads everything one byte later."""

    major: Annotated[int, bcd(1)]
    minor: Annotated[int, bcd(1)]
    language: Annotated[int, U8]
    build: Annotated[int, bcd(2)]


@dataclass(frozen=True)
class LastError:
    """B3h: what is the result byte elsewhere is the last error's code here; then its extended code."""

    code: Annotated[int, U8]
    extended: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class CashSum:
    """4Dh, one source; the portable way is register 0Ah."""

    kop: Annotated[int, KOP7]


@dataclass(frozen=True)
class ShiftResult:
    """58h: income and outcome of the last shift."""

    income_kop: Annotated[int, KOP7]
    outcome_kop: Annotated[int, KOP7]


@dataclass(frozen=True)
class EnterMode:
    """56h. `mode` 1 registration, 2 X reports, 3 Z reports, 4 programming; the mode's password, 30 or 29."""

    mode: Annotated[int, U8]
    password: Annotated[int, bcd(4)]


@dataclass(frozen=True)
class CodeNumber:
    """74h: number of a protection code."""

    number: Annotated[int, U8]


@dataclass(frozen=True)
class CodeState:
    """74h: 1 = entered."""

    active: Annotated[int, U8]


FULL_STATUS = Command(
    0x3F, "запрос состояния ККТ", Nothing, FullStatus, 10.0, Effect.QUERY, _S + "3Fh", head=Head.OWN, own=0x44
)
STATE_CODE = Command(0x45, "код состояния", Nothing, StateCode, 10.0, Effect.QUERY, _S + "45h", head=Head.STATE)
DEVICE_TYPE = Command(0xA5, "тип устройства", Nothing, DeviceType, 10.0, Effect.QUERY, _S + "A5h", head=Head.BARE)
VERSION = Command(0x9D, "версия", VersionSource, Version, 10.0, Effect.QUERY, _S + "9Dh")
BUILD = Command(0x9D, "сборка внутреннего ПО", Nothing, Rest, 10.0, Effect.QUERY, _S + "9Dh 91h", sub=b"\x91")
LAST_ERROR = Command(
    0xB3, "последняя ошибка", Nothing, LastError, 10.0, Effect.QUERY, _S + "B3h, one source", head=Head.STATE
)
CASH_SUM = Command(
    0x4D, "сумма наличных", Nothing, CashSum, 10.0, Effect.QUERY, _S + "4Dh, one source", head=Head.OWN, own=0x4D
)
SHIFT_RESULT = Command(0x58, "итоги последней смены", Nothing, ShiftResult, 10.0, Effect.QUERY, _S + "58h, one source")
PROTECTION_CODE = Command(
    0x74, "состояние кода защиты", CodeNumber, CodeState, 10.0, Effect.QUERY, _S + "74h", head=Head.OWN, own=0x4C
)
ENTER_MODE = Command(0x56, "вход в режим", EnterMode, Nothing, 10.0, Effect.SET, _M + "56h")
EXIT_MODE = Command(0x48, "выход из режима", Nothing, Nothing, 10.0, Effect.SET, _M + "48h")

COMMANDS = (
    FULL_STATUS,
    STATE_CODE,
    DEVICE_TYPE,
    VERSION,
    BUILD,
    LAST_ERROR,
    CASH_SUM,
    SHIFT_RESULT,
    PROTECTION_CODE,
    ENTER_MODE,
    EXIT_MODE,
)
