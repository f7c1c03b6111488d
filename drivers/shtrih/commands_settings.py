"""Registers, clock and exchange parameters. Source: Shtrih-M protocol 2.0, the pages of each command.

Money registers hold kopecks, operation registers counts. The clock is the device's local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from drivers.api import Effect
from drivers.fields import DATE_DMY, TIME_HMS, U8, U16, U48, UINT_REST
from drivers.shtrih.command import Command, Nothing, Password

_V = "Shtrih-M protocol 2.0, "


@dataclass(frozen=True)
class PortNumber:
    """15h request: 0..127 serial, 128 TCP."""

    port: Annotated[int, U8]


@dataclass(frozen=True)
class PortSettings:
    """15h answer. Codes: `port_codes`."""

    baud_code: Annotated[int, U8]
    byte_timeout_code: Annotated[int, U8]


@dataclass(frozen=True)
class ExchangeSettings:
    """14h. For the port in use ACK and answer still go at the old speed; the choice of protocol 1.0 or 2.0 is reset."""

    port: Annotated[int, U8]
    baud_code: Annotated[int, U8]
    byte_timeout_code: Annotated[int, U8]


@dataclass(frozen=True)
class Register:
    """1Ah, 1Bh request: one byte; two bytes above 255, only on cash-core models (F7h bit 23)."""

    number: Annotated[int, UINT_REST]


@dataclass(frozen=True)
class MoneyRegister:
    """1Ah answer, kopecks."""

    operator: Annotated[int, U8]
    value_kop: Annotated[int, U48]


@dataclass(frozen=True)
class OperationRegister:
    """1Bh answer, a count."""

    operator: Annotated[int, U8]
    value: Annotated[int, U16]


@dataclass(frozen=True)
class TimeOfDay:
    """21h: to the second; with a closed shift only [derived], 73h otherwise."""

    time: Annotated[time | None, TIME_HMS]


@dataclass(frozen=True)
class Day:
    """22h, 23h: the same date twice; between the two the device waits in mode 6. 7Ch = the two differ."""

    day: Annotated[date | None, DATE_DMY]


_QUERY, _SET, _OP, _SYS = Effect.QUERY, Effect.SET, Password.OPERATOR, Password.SYSTEM

SET_EXCHANGE = Command(0x14, "установка параметров обмена", ExchangeSettings, Nothing, 5.0, _SET, _SYS, _V + "14h")
READ_EXCHANGE = Command(0x15, "чтение параметров обмена", PortNumber, PortSettings, 5.0, _QUERY, _SYS, _V + "15h")
MONEY_REGISTER = Command(0x1A, "запрос денежного регистра", Register, MoneyRegister, 5.0, _QUERY, _OP, _V + "1Ah")
OPERATION_REGISTER = Command(
    0x1B, "запрос операционного регистра", Register, OperationRegister, 5.0, _QUERY, _OP, _V + "1Bh"
)
SET_TIME = Command(0x21, "программирование времени", TimeOfDay, Nothing, 5.0, _SET, _SYS, _V + "21h")
SET_DATE = Command(0x22, "программирование даты", Day, Nothing, 5.0, _SET, _SYS, _V + "22h")
CONFIRM_DATE = Command(0x23, "подтверждение программирования даты", Day, Nothing, 5.0, _SET, _SYS, _V + "23h")

COMMANDS = (SET_EXCHANGE, READ_EXCHANGE, MONEY_REGISTER, OPERATION_REGISTER, SET_TIME, SET_DATE, CONFIRM_DATE)
