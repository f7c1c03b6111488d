"""Which part of the basket a line belongs to: what `RegisterCheck` says of it (`kkmserver.md`, section 5.1).

Members `Part` and, of a line, `TaxVariant` are ours; the original leaves them unread (docs/tills-kkmserver.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.checkout.part_words import NO_PARTS, NOTHING, OWN, TAX_SYSTEM, PartError, PartWords, Said

TAX_SYSTEMS = {0: 1, 1: 2, 2: 4, 3: 8, 4: 16, 5: 32}  # TaxVariant -> bit of tag 1055


@dataclass(frozen=True)
class Parting:
    """Of one receipt: `whole` is what it says of all its lines; `device`: the part whose printer it names."""

    words: PartWords = NO_PARTS
    whole: Said = NOTHING
    device: str = OWN

    def of(self, register: Fields, number: int, department: int) -> str:
        """WrongFieldError: a part that is none, another taxation system than the part's, another device."""
        if not self.words.used:
            return OWN
        said = _said(register, department)
        try:
            part = self.words.part(said, self.whole)
        except PartError as error:
            if error.field == TAX_SYSTEM:
                raise WrongFieldError(f"Строка {number}: TaxVariant не тот, что у части {error.part or '-'}") from error
            raise WrongFieldError(f"Строка {number}: нет такой части: {error.part[:20]}") from error
        if self.device and part != self.device:
            raise WrongFieldError(f"Строка {number}: часть {part or '-'} пробивает другое устройство")
        return part

    def sells_as_owner(self, register: Fields) -> bool:
        """The goods' owner has a part here: nobody is his agent."""
        return self.words.used and self.words.sells_as_owner(_said(register, 0), self.whole)


NO_PARTING = Parting()


def parting(receipt: Fields, words: PartWords, device: str) -> Parting:
    """`device`: the part of the further printer that the request names, "" = the register's own."""
    if not words.used:
        return NO_PARTING
    whole = _said(receipt, 0)
    return Parting(words, Said(device, 0, whole.supplier, whole.tax_system) if device else whole, device)


def _said(given: Fields, department: int) -> Said:
    supplier = given.block("PurveyorData")
    vatin = supplier.text("PurveyorVATIN").strip() if supplier is not None else ""
    variant = given.whole("TaxVariant")
    if variant is not None and variant not in TAX_SYSTEMS:
        raise WrongFieldError(f"Нет такой системы налогообложения: TaxVariant = {variant}")
    part = given.text("Part").strip() if given.has("Part") else None
    return Said(part, department, vatin, 0 if variant is None else TAX_SYSTEMS[variant])
