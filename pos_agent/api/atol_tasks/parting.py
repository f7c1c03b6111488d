"""Which part of the basket a position belongs to: what a task says of it (task reference, sections 3.1 and 3.2).

Members `part` and, of a position, `taxationType` are ours; the original leaves them unread (docs/tills-atol.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.fields import Fields
from pos_agent.api.atol_tasks.words import TAX_SYSTEMS
from pos_agent.checkout.part_words import NOTHING, OWN, PART, TAX_SYSTEM, PartError, PartWords, Said

SOMEBODYS = ("agentInfo", "supplierInfo")  # goods of somebody else


@dataclass(frozen=True)
class Parting:
    """Of one receipt: `whole` is what it says of all its positions; `device`: the part whose printer it was sent to."""

    words: PartWords
    whole: Said = NOTHING
    device: str = OWN

    @property
    def refused(self) -> tuple[str, ...]:
        """Members that nothing can be made of; with parts it depends on what they say."""
        return () if self.words.used else SOMEBODYS

    def of(self, position: Fields, department: int) -> str:
        """TaskError 501: a part or a taxation system that is none, or not the device's; 11: an owner without a part."""
        if not self.words.used:
            return OWN
        said = _said(position, department)
        if not self.words.sells_as_owner(said, self.whole):
            position.unsupported(*SOMEBODYS)
        try:
            part = self.words.part(said, self.whole)
        except PartError as error:
            of_whole = error.field == PART and said.part is None and self.whole.part is not None
            named = Fields({}, position.lang) if of_whole else position
            raise named.wrong("taxationType" if error.field == TAX_SYSTEM else PART) from error
        if self.device and part != self.device:
            raise position.wrong(PART)
        return part


def parting(receipt: Fields, words: PartWords, device: str = OWN) -> Parting:
    """TaskError 11, 501."""
    if not words.used:
        return Parting(words)
    whole = _said(receipt, 0)
    if not words.sells_as_owner(whole):
        receipt.unsupported(*SOMEBODYS)
    if device and whole.part not in (None, device):
        raise receipt.wrong(PART)
    return Parting(words, replace(whole, part=device) if device else whole, device)


def one_part(parts: tuple[str, ...], lang: str) -> str:
    """Of a document that is one receipt whatever it holds. TaskError 501: its positions are of several."""
    if len(parts) > 1:
        raise faults.fault(faults.PARSE, "several_parts", lang, parts=", ".join(one or "-" for one in parts))
    return parts[0]


def _said(given: Fields, department: int) -> Said:
    supplier = given.sub("supplierInfo")
    vatin = supplier.text("vatin", "").strip() if supplier is not None else ""
    part = given.text(PART).strip() if given.given.get(PART) is not None else None
    system = given.word("taxationType", TAX_SYSTEMS) if given.has("taxationType") else 0
    return Said(part, department, vatin, system)
