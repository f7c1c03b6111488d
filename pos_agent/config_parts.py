"""Settings of parts of a basket: further printers at the register's counter, and which lines of a till go where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pos_agent.config_printer import PrinterSection, Section, from_environment

TaxSystem = Annotated[Literal[1, 2, 4, 16, 32], BeforeValidator(from_environment)]
TAX_WORDS = ("osn", "usn_income", "usn_income_expense", "eshn", "patent")  # parts of the register's own printer
KEYS: Mapping[str, Callable[[str], bool]] = {  # of the tables that sort a till's lines
    "departments": lambda key: key.isascii() and key.isdigit() and key[0] != "0" and int(key) <= 255,
    "tax_systems": lambda key: key in TAX_WORDS,
    "suppliers": lambda key: key.isascii() and key.isdigit() and len(key) in (10, 12),
}


class PartPrinterSection(PrinterSection):
    """A printer as in `[printer]`. `part`: the word by which lines of a basket name it."""

    part: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$")
    tax_system: TaxSystem  # one bit of tag 1055: of this printer's receipts


class PartsSection(Section):
    """Printers beside the register's own, `[[parts.printer]]` each; and parts of lines that a till does not name.

    A part: the word of such a printer, a word of `TAX_WORDS` (the register's own printer), "" (its usual receipt).
    """

    printer: tuple[PartPrinterSection, ...] = ()
    departments: dict[str, str] = Field(default_factory=dict)  # department of a line, 1 to 255 -> part
    tax_systems: dict[str, str] = Field(default_factory=dict)  # word of `TAX_WORDS` -> part
    suppliers: dict[str, str] = Field(default_factory=dict)  # INN of the goods' owner -> part

    @property
    def used(self) -> bool:
        """Is there any? Else tills are read as if there were no parts."""
        return bool(self.printer or self.departments or self.tax_systems or self.suppliers)


def clashes(own: PrinterSection, parts: PartsSection) -> Iterator[Mapping[str, Any]]:
    """What each key alone cannot show: two printers under one word or on one port, a part that nobody has. As the
    checker's errors."""
    words: set[str] = set()
    ports = {own.port}
    for place, one in enumerate(parts.printer):
        if one.part in words:
            yield _problem(place, "part", one.part, "part_twice")
        if one.port in ports:
            yield _problem(place, "port", one.port, "port_twice")
        words.add(one.part)
        ports.add(one.port)
    for name, right in KEYS.items():
        for key, part in getattr(parts, name).items():
            if not right(key):
                yield _wrong(("parts", name), key, f"part_{name}")
            elif part not in ("", *TAX_WORDS, *words):
                yield _wrong(("parts", name), part, "part_unknown")


def _problem(place: int, key: str, given: str, why: str) -> Mapping[str, Any]:
    return _wrong(("parts", "printer", place, key), given, why)


def _wrong(where: tuple[str | int, ...], given: str, why: str) -> Mapping[str, Any]:
    """`why`: a key of texts/reasons.toml."""
    return {"type": "value_error", "loc": where, "input": given, "ctx": {"error": why}}
