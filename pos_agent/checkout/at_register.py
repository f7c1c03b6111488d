"""How the customer was named at the register, and who says yes to what the program holds for too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AtRegister:
    """`cashier`: the till's number of the cashier ("" = one nameless cashier). `manual`: typed in, not scanned.

    `late`: named after the sum was known. `code`: the customer's confirmation code; `senior` and `pin`: a supervisor.
    Nothing here is part of what the sale is: a repeat without it gets the same stored answer.
    """

    cashier: str = ""
    manual: bool = False
    late: bool = False
    code: str = ""
    senior: str = ""
    pin: str = ""

    def facts(self, named: bool = True) -> dict[str, Any]:
        """What the event keeps; absent = usual. No code, no PIN. `named`: is there a customer?"""
        said = {"cashier": self.cashier, "manual": named and self.manual, "late": named and self.late}
        return {name: value for name, value in said.items() if value}


UNSAID = AtRegister()


def cashier_of(facts: Mapping[str, Any]) -> str:
    """Of an event."""
    return str(facts.get("at_register", {}).get("cashier", ""))


def manual_of(facts: Mapping[str, Any]) -> bool:
    """Of an event."""
    return bool(facts.get("at_register", {}).get("manual"))
