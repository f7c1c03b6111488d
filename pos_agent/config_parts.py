"""Settings of further printers at the register's counter: each sells the lines of its own part of a basket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pos_agent.config_printer import PrinterSection, Section, from_environment

TaxSystem = Annotated[Literal[1, 2, 4, 16, 32], BeforeValidator(from_environment)]


class PartPrinterSection(PrinterSection):
    """A printer as in `[printer]`. `part`: the word by which lines of a basket name it."""

    part: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$")
    tax_system: TaxSystem  # one bit of tag 1055: of this printer's receipts


class PartsSection(Section):
    """Printers beside the register's own, `[[parts.printer]]` each."""

    printer: tuple[PartPrinterSection, ...] = ()


def clashes(own: PrinterSection, parts: PartsSection) -> Iterator[Mapping[str, Any]]:
    """What each printer's own keys cannot show: two printers under one word or on one port. As the checker's errors."""
    words: set[str] = set()
    ports = {own.port}
    for place, one in enumerate(parts.printer):
        if one.part in words:
            yield _problem(place, "part", one.part, "part_twice")
        if one.port in ports:
            yield _problem(place, "port", one.port, "port_twice")
        words.add(one.part)
        ports.add(one.port)


def _problem(place: int, key: str, given: str, why: str) -> Mapping[str, Any]:
    """`why`: a key of texts/reasons.toml."""
    return {"type": "value_error", "loc": ("parts", "printer", place, key), "input": given, "ctx": {"error": why}}
