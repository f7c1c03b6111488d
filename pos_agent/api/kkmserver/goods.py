"""One `Register` of a `RegisterCheck` -> lines of the basket and what its fiscal items carry besides. Pure.

Source: `kkmserver.md`, sections 5.1 and 7. What cannot be put into the receipt yet is refused, never left out of it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.api.kkmserver.parting import NO_PARTING, Parting
from pos_agent.money import MICRO, line_sum_kop, plain

VAT = {-1: "none", 0: "vat0", 10: "vat10", 20: "vat20", 110: "vat110", 120: "vat120", 22: "vat22", 122: "vat122"}
VAT |= {5: "vat5", 7: "vat7", 105: "vat105", 107: "vat107", 18: "vat20", 118: "vat120"}  # 18 is history's 20
MEASURES = {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}
SUBJECTS = {*range(1, 28), *range(30, 34)}
EXCISE = (2, 30, 31)
LONGEST_NAME, MOST_DEPARTMENT = 128, 16
NOTHING = re.compile(r"0+([.]0*)?")
NOT_YET = (
    "AgentSign",
    "CountryOfOrigin",
    "CustomsDeclaration",
    "ExciseAmount",
    "AdditionalAttribute",
    "NomenclatureCode",
)


@dataclass(frozen=True)
class Goods:
    """Lines of the basket for one `Register` (more when the sum does not divide), its sum, what its items carry.

    `carried`: members of a fiscal item that the request names. `sell_bad_mark`: `AcceptOnBad`; None = no code.
    `part` of the basket: see `checkout.part_words`.
    """

    lines: tuple[dict[str, Any], ...]
    sum_kop: int
    discount_kop: int
    carried: dict[str, int] = field(default_factory=dict)
    sell_bad_mark: bool | None = None
    part: str = ""


def goods(register: Fields, number: int, belongs: Parting = NO_PARTING) -> Goods:
    """WrongFieldError names the member."""
    _refuse_what_is_not_yet(register, belongs)
    name = register.text("Name", limit=1000)[:LONGEST_NAME].strip()
    if not name:
        raise WrongFieldError(f"Строка {number}: нет названия (Name)")
    micro, price, total = register.micro("Quantity"), register.kop("Price"), register.kop("Amount")
    micro = MICRO if micro is None else micro
    if micro <= 0:
        raise WrongFieldError(f"Строка {number}: количество должно быть больше нуля (Quantity)")
    if total is None:
        if price is None:
            raise WrongFieldError(f"Строка {number}: нет суммы (Amount)")
        total = line_sum_kop(price, micro)
    if total < 0 or (price is not None and price < 0):
        name = "Amount" if total < 0 else "Price"
        raise WrongFieldError(f"Строка {number}: сумма меньше нуля ({name})")
    mark, sell_bad = _mark(register, number)
    common: dict[str, Any] = {"name": name, **_vat(register)}
    if (gtin := register.text("EAN13").strip()).isdigit() and gtin.isascii() and 8 <= len(gtin) <= 14:
        common["gtin"] = gtin.zfill(14)
    discount = 0 if price is None else line_sum_kop(price, micro) - total
    if mark is None:
        pieces = [(price, micro)] if price is not None and discount == 0 else divided(total, micro)
    else:
        micro = _whole_mark(register, mark, micro, number)
        pieces = [(total, micro)]
        common["mark"] = mark
    carried = _carried(register, number, marked=mark is not None)
    part = belongs.of(register, number, carried.get("department", 0))
    common |= {"part": part} if part else {}
    lines = tuple(
        {"id": _line_id(number, at), "price_kop": price_kop, "qty": plain(quantity), **common}
        for at, (price_kop, quantity) in enumerate(pieces)
    )
    return Goods(lines, total, discount, carried, sell_bad, part)


def divided(total_kop: int, micro: int) -> list[tuple[int, int]]:
    """(price, quantity) pieces whose sums, rounded half up, are the total exactly.

    One piece wherever a price in kopecks gives the sum; else whole units at two prices a kopeck apart, or for a
    weighed quantity one unit that takes up the rest.
    """
    low = total_kop * MICRO // micro
    for price in (low, low + 1):
        if line_sum_kop(price, micro) == total_kop:
            return [(price, micro)]
    if micro % MICRO == 0:
        units = micro // MICRO
        dearer = total_kop - low * units
        return [(low + 1, dearer * MICRO), (low, (units - dearer) * MICRO)]
    rest = micro - MICRO
    return [(low, rest), (total_kop - line_sum_kop(low, rest), MICRO)]


def _refuse_what_is_not_yet(register: Fields, belongs: Parting) -> None:
    for name in NOT_YET:
        if name == "AgentSign" and belongs.sells_as_owner(register):
            continue
        if _says(register, name):
            raise WrongFieldError(f"Поле {name} в строке чека пока не пробивается")
    egais = register.block("EGAIS")
    if egais is not None and egais.text("Barcode").strip():
        raise WrongFieldError("ЕГАИС пока не поддерживается")


def _says(register: Fields, name: str) -> bool:
    """Is there anything? An excise of `0.00` is none; an agent's sign of 0 is one."""
    text = register.text(name).strip()
    return bool(text) and (name == "AgentSign" or not NOTHING.fullmatch(text))


def _vat(register: Fields) -> dict[str, str]:
    """Nothing when absent: the setting's rate."""
    tax = register.whole("Tax")
    if tax is None:
        return {}
    if tax not in VAT:
        raise WrongFieldError(f"Нет такой ставки: Tax = {tax}")
    return {"vat": VAT[tax]}


def _mark(register: Fields, number: int) -> tuple[dict[str, Any] | None, bool | None]:
    """The code as scanned, byte for byte."""
    code = register.block("GoodCodeData")
    text = code.text("BarCode", limit=400, control=True) if code else ""
    if code is None or not text:
        return None, None
    if not code.flag("ContainsSerialNumber", default=True):
        raise WrongFieldError(f"Строка {number}: код без серийного номера (ContainsSerialNumber) пока не пробивается")
    mark: dict[str, Any] = {"base64": base64.b64encode(text.encode()).decode()}
    if register.whole("SignCalculationObject") in EXCISE:
        mark["excise"] = True
    return mark, code.flag("AcceptOnBad")


def _whole_mark(register: Fields, mark: dict[str, Any], micro: int, number: int) -> int:
    """A part of a pack is one item with its own price; whole pieces are one each."""
    package = register.whole("PackageQuantity")
    if package is not None and package > 0:
        if micro % MICRO or not 0 < micro // MICRO <= package:
            raise WrongFieldError(f"Строка {number}: количество не больше PackageQuantity и целое")
        if micro // MICRO < package:
            mark["part"] = f"{micro // MICRO}/{package}"
        return MICRO
    if micro != MICRO:
        raise WrongFieldError(f"Строка {number}: у товара с кодом маркировки количество 1")
    return micro


def _carried(register: Fields, number: int, *, marked: bool) -> dict[str, int]:
    """Tags 1214, 1212, 2108 as they are named; of a marked item the agent knows the last two itself."""
    method, subject = register.whole("SignMethodCalculation"), register.whole("SignCalculationObject")
    measure = register.whole("MeasureOfQuantity")
    if method is not None and not 1 <= method <= 7:
        raise WrongFieldError(f"Строка {number}: SignMethodCalculation от 1 до 7")
    if subject is not None and subject not in SUBJECTS:
        raise WrongFieldError(f"Строка {number}: нет такого SignCalculationObject: {subject}")
    if measure is not None and measure not in MEASURES:
        raise WrongFieldError(f"Строка {number}: нет такого MeasureOfQuantity: {measure}")
    department = register.whole("Department", 0)
    if department is None or not 0 <= department <= MOST_DEPARTMENT:
        raise WrongFieldError(f"Строка {number}: Department от 0 до {MOST_DEPARTMENT}")
    given: dict[str, int | None] = (
        {"method": method} if marked else {"method": method, "subject": subject, "measure": measure}
    )
    given["department"] = department or None
    return {name: value for name, value in given.items() if value is not None}


def _line_id(number: int, piece: int) -> str:
    return f"{number}.{piece}" if piece else str(number)
