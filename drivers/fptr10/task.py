"""JSON tasks of the driver: names, effects, and numbers that are never binary fractions.

Source: JSON tasks notes, section 3; money is roubles, quantity is units, both exact decimals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from drivers.api import Effect

KOP, MICRO = Decimal(100), Decimal(1_000_000)

EFFECTS: Mapping[str, Effect] = {
    **dict.fromkeys(("sell", "sellReturn", "buy", "buyReturn"), Effect.COMMIT),
    **dict.fromkeys(("sellCorrection", "sellReturnCorrection", "buyCorrection", "buyReturnCorrection"), Effect.COMMIT),
    **dict.fromkeys(("openShift", "closeShift", "reportOfdExchangeStatus", "cashIn", "cashOut"), Effect.COMMIT),
    **dict.fromkeys(
        ("nonFiscal", "reportX", "reportDepartments", "printLastReceiptCopy", "openCashDrawer"), Effect.PRINT
    ),
    **dict.fromkeys(("getDeviceInfo", "getDeviceStatus", "getShiftStatus", "getFnInfo", "getFnStatus"), Effect.QUERY),
    **dict.fromkeys(("getRegistrationInfo", "ofdExchangeStatus", "getFnDocument", "getCashDrawerStatus"), Effect.QUERY),
    **dict.fromkeys(("beginMarkingCodeValidation", "acceptMarkingCode", "declineMarkingCode"), Effect.STEP),
    **dict.fromkeys(("cancelMarkingCodeValidation", "clearMarkingCodeValidationResult"), Effect.STEP),
    "getMarkingCodeValidationStatus": Effect.QUERY,
    "setDateTime": Effect.SET,
}


@dataclass(frozen=True)
class Task:
    """One call of `processJson`. `fields` without `type`; None in them = left out."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def effect(self) -> Effect:
        """KeyError: nobody has thought about what this task changes."""
        return EFFECTS[self.name]

    def text(self) -> str:
        """What the driver gets."""
        return written({"type": self.name, **self.fields})


def written(value: object) -> str:
    """JSON text; a Decimal becomes the number it is. TypeError for a float: no money goes through one."""
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)}: {written(one)}" for key, one in value.items() if one is not None)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ", ".join(written(one) for one in value) + "]"
    if value is None or isinstance(value, str | int):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"no JSON of ours: {value!r}")


def read(text: str) -> dict[str, Any]:
    """The driver's answer; "" and null are an empty one. ValueError: not a JSON object."""
    value = json.loads(text, parse_float=Decimal) if text.strip() else {}
    if value is not None and not isinstance(value, dict):
        raise ValueError("the driver's answer is not a JSON object")
    return value or {}


def roubles(kop: int) -> Decimal:
    """12345 -> 123.45"""
    return (Decimal(kop) / KOP).quantize(Decimal("0.01"))


def kopecks(value: object) -> int:
    """Roubles as a number or its text -> kopecks. ValueError: no whole number of kopecks."""
    try:
        exact = Decimal(str(value)) * KOP
    except InvalidOperation as error:
        raise ValueError(f"not a sum in roubles: {value!r}") from error
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise ValueError(f"not a sum in roubles: {value!r}")
    return int(exact)


def units(micro: int) -> Decimal:
    """1500000 -> 1.5"""
    whole, rest = divmod(micro, int(MICRO))
    return Decimal(f"{whole}.{rest:06d}".rstrip("0").rstrip("."))
