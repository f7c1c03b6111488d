"""Which part of a basket a line of a till belongs to, by what the till says of it and the settings. Pure.

Tills know no parts. They name departments, taxation systems, the owner of goods sold for somebody; one that can names
the part itself. Without parts in the settings nothing of it is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_agent.checkout.split_plan import TAX_SYSTEMS

WORD_OF = {system: word for word, system in TAX_SYSTEMS.items()}
OWN = ""


class PartError(Exception):
    """`field` of the line does not fit the settings: a part that nobody has, a taxation that the part does not have."""

    def __init__(self, field: str, part: str = "") -> None:
        super().__init__(field)
        self.field, self.part = field, part


PART, TAX_SYSTEM = "part", "tax_system"  # fields of `PartError`


@dataclass(frozen=True)
class Said:
    """Of a line, or of the whole receipt. `part` None: not said; `tax_system`: bit of tag 1055, 0 = not said."""

    part: str | None = None
    department: int = 0
    supplier: str = ""
    tax_system: int = 0


NOTHING = Said()


@dataclass(frozen=True)
class PartWords:
    """`systems`: part -> taxation system, all parts that there are; `own`: of the register's usual receipt.

    `departments`, `tax_systems` (by bit), `suppliers` (by INN): -> part.
    """

    systems: Mapping[str, int] = field(default_factory=dict)
    own: int = 1
    departments: Mapping[int, str] = field(default_factory=dict)
    tax_systems: Mapping[int, str] = field(default_factory=dict)
    suppliers: Mapping[str, str] = field(default_factory=dict)
    used: bool = False

    def part(self, line: Said, receipt: Said = NOTHING) -> str:
        """The part named; else by department, supplier, taxation; "" = the register's usual receipt. PartError."""
        if not self.used:
            return OWN
        found = self._found(line, receipt)
        if found not in (OWN, *self.systems):
            raise PartError(PART, found)
        if line.tax_system and line.tax_system != self.system(found, receipt.tax_system):
            raise PartError(TAX_SYSTEM, found)
        return found

    def sells_as_owner(self, line: Said, receipt: Said = NOTHING) -> bool:
        """The goods' owner has a part here: he sells them himself, nobody is his agent."""
        return self.used and (line.supplier or receipt.supplier) in self.suppliers

    def system(self, part: str, said: int = 0) -> int:
        """Taxation system of a part; `said`: what the till names for the register's usual receipt."""
        return self.systems.get(part, said or self.own)

    def _found(self, line: Said, receipt: Said) -> str:
        named = receipt.part if line.part is None else line.part
        if named is not None:
            return named
        if line.department in self.departments:
            return self.departments[line.department]
        if self.sells_as_owner(line, receipt):
            return self.suppliers[line.supplier or receipt.supplier]
        wanted = line.tax_system or receipt.tax_system
        if wanted in self.tax_systems:
            return self.tax_systems[wanted]
        if not line.tax_system or line.tax_system == self.system(OWN, receipt.tax_system):
            return OWN
        return WORD_OF.get(line.tax_system, OWN)


NO_PARTS = PartWords()
