"""Documents that the storage (FN) forms in two steps: corrections, calculation report, shift with tags.

First the start (STEP), then tags through FF0Ch, then the command that registers it (COMMIT); FF08h drops what was
started. Sums are kopecks. `at` of an answer only with table 17 field 36 = 1.
Source: Shtrih-M list of FN commands; FF4Ah: vendor drivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from drivers.api import Effect
from drivers.fields import DATE_YMD, MONEY40, STAMP_YMDHM, U8, U16, U32, optional
from drivers.shtrih.command import Command, Nothing, Password
from drivers.shtrih.commands_receipt import sums

_F = "Shtrih-M list of FN commands, "


@dataclass(frozen=True)
class OldCorrection:
    """FF36h: operation 1 sale, 3 purchase."""

    total_kop: Annotated[int, MONEY40]
    operation: Annotated[int, U8]


@dataclass(frozen=True)
class CorrectionV2:
    """FF4Ah, for FFD 1.0 and 1.05. Basis 0 own decision, 1 by order; operation 1 sale, 3 purchase.

    `payments_kop`: cash, electronic, advance, credit, other. `taxes_kop`: VAT 20, VAT 10, turnover 0 %, turnover
    without VAT, VAT 20/120, VAT 10/110.
    """

    basis: Annotated[int, U8]
    operation: Annotated[int, U8]
    total_kop: Annotated[int, MONEY40]
    payments_kop: Annotated[tuple[int, ...], sums(5)]
    taxes_kop: Annotated[tuple[int, ...], sums(6)]
    tax_system: Annotated[int, U8]


@dataclass(frozen=True)
class Corrected:
    """FF36h, FF4Ah answer."""

    receipt: Annotated[int, U16]
    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    at: Annotated[datetime | None, optional(STAMP_YMDHM)] = None


@dataclass(frozen=True)
class CalculationState:
    """FF38h answer; one source has the two numbers alone, so the rest may be missing."""

    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    unconfirmed: Annotated[int | None, optional(U32)] = None
    first_day: Annotated[date | None, optional(DATE_YMD)] = None
    at: Annotated[datetime | None, optional(STAMP_YMDHM)] = None


@dataclass(frozen=True)
class ShiftDocument:
    """FF0Bh, FF43h answer."""

    shift: Annotated[int, U16]
    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    at: Annotated[datetime | None, optional(STAMP_YMDHM)] = None


_STEP, _COMMIT, _SYS = Effect.STEP, Effect.COMMIT, Password.SYSTEM

START_CORRECTION = Command(
    0xFF35, "начать формирование чека коррекции", Nothing, Nothing, 30.0, _STEP, _SYS, _F + "FF35h"
)
OLD_CORRECTION = Command(
    0xFF36, "сформировать чек коррекции", OldCorrection, Corrected, 60.0, _COMMIT, _SYS, _F + "FF36h"
)
CORRECTION = Command(
    0xFF4A, "сформировать чек коррекции V2", CorrectionV2, Corrected, 60.0, _COMMIT, _SYS, "vendor drivers, FF4Ah"
)
START_CALCULATION = Command(
    0xFF37, "начать формирование отчёта о состоянии расчётов", Nothing, Nothing, 30.0, _STEP, _SYS, _F + "FF37h"
)
CALCULATION_REPORT = Command(
    0xFF38, "отчёт о состоянии расчётов", Nothing, CalculationState, 60.0, _COMMIT, _SYS, _F + "FF38h"
)
START_OPEN_SHIFT = Command(0xFF41, "начать открытие смены", Nothing, Nothing, 30.0, _STEP, _SYS, _F + "FF41h")
STORAGE_OPEN_SHIFT = Command(0xFF0B, "открыть смену в ФН", Nothing, ShiftDocument, 120.0, _COMMIT, _SYS, _F + "FF0Bh")
START_CLOSE_SHIFT = Command(0xFF42, "начать закрытие смены", Nothing, Nothing, 30.0, _STEP, _SYS, _F + "FF42h")
STORAGE_CLOSE_SHIFT = Command(0xFF43, "закрыть смену в ФН", Nothing, ShiftDocument, 120.0, _COMMIT, _SYS, _F + "FF43h")

COMMANDS = (
    START_CORRECTION,
    OLD_CORRECTION,
    CORRECTION,
    START_CALCULATION,
    CALCULATION_REPORT,
    START_OPEN_SHIFT,
    STORAGE_OPEN_SHIFT,
    START_CLOSE_SHIFT,
    STORAGE_CLOSE_SHIFT,
)
