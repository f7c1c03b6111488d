"""Shift, reports and cash of the register. Source: Shtrih-M protocol 2.0, the pages of each command.

Sums are kopecks. The device answers a report before its printing ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import MONEY40, U16, optional
from drivers.shtrih.command import Command, Nothing, Operator, Password

_V = "Shtrih-M protocol 2.0, "
_D = "vendor drivers and device logs, "


@dataclass(frozen=True)
class Cash:
    """50h, 51h: kopecks."""

    sum_kop: Annotated[int, MONEY40]


@dataclass(frozen=True)
class CashMoved(Operator):
    """50h, 51h answer: the running number of the document."""

    number: Annotated[int | None, optional(U16)] = None


_COMMIT, _PRINT, _OP, _ADM = Effect.COMMIT, Effect.PRINT, Password.OPERATOR, Password.ADMIN

OPEN_SHIFT = Command(0xE0, "открыть смену", Nothing, Operator, 50.0, _COMMIT, _OP, _D + "E0h")
X_REPORT = Command(0x40, "суточный отчет без гашения", Nothing, Operator, 65.0, _PRINT, _ADM, _V + "40h")
Z_REPORT = Command(0x41, "суточный отчет с гашением", Nothing, Operator, 120.0, _COMMIT, _ADM, _V + "41h")
DEPARTMENT_REPORT = Command(
    0x42, "отчет по секциям", Nothing, Operator, 65.0, _PRINT, _ADM, "public clients and the vendor's driver, 42h"
)
TAX_REPORT = Command(
    0x43, "отчет по налогам", Nothing, Operator, 65.0, _PRINT, _ADM, "public clients and the vendor's driver, 43h"
)
CASH_IN = Command(0x50, "внесение", Cash, CashMoved, 60.0, _COMMIT, _OP, _V + "50h")
CASH_OUT = Command(0x51, "выплата", Cash, CashMoved, 60.0, _COMMIT, _OP, _V + "51h")

COMMANDS = (OPEN_SHIFT, X_REPORT, Z_REPORT, DEPARTMENT_REPORT, TAX_REPORT, CASH_IN, CASH_OUT)
