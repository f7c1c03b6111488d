"""A receipt in memory: the step-wise face of `drivers.selling` collected into the one task that registers it.

Nothing of a draft is in the device. Source: JSON tasks notes, sections 3.1 to 3.8.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.fptr10.requisites import Fields, checks, item_fields, receipt_fields
from drivers.fptr10.task import Task, roubles, units
from drivers.fptr10.words import KINDS, MEASURES, METHODS, PLANNED, SUBJECTS, TAX_SYSTEMS, VAT
from drivers.marking import item_tlv
from drivers.selling import LONGEST_MARK, FiscalItem, ReceiptKind, Tender

SAME_MARK = "the same marking code twice in one receipt"
RETURNS = frozenset({ReceiptKind.SALE_RETURN, ReceiptKind.PURCHASE_RETURN})


@dataclass
class Draft:
    """What was asked for so far. ValueError: no device could take it."""

    kind: ReceiptKind
    correction: bool = False
    fields: Fields = field(default_factory=dict)
    total_kop: int = 0
    marks: set[bytes] = field(default_factory=set)

    def add(self, item: FiscalItem, unit_codes: bool = True, verdict: int | None = None) -> None:
        """`unit_codes`: FFD 1.2, `measure` goes as its number; before it the unit is text, tag 1197.

        `verdict`: tag 2106 of the check of `item.mark`, None = not checked.
        """
        if item.mark is not None and item.mark.code in self.marks:
            raise ValueError(SAME_MARK)
        position, marking = item_fields(item_tlv(item))
        position = {**_position(item, unit_codes), **position}
        if marking:
            position["imcParams"] = marking
        self._items.append(position)
        self.total_kop += item.sum_kop
        if item.mark is not None:
            self.mark(item.mark.code, item.mark.measured, verdict, item.mark.planned)

    def requisites(self, tlv: bytes) -> None:
        """Whole TLVs of the receipt; all of them or none."""
        trial: Fields = {}
        receipt_fields(tlv, trial)
        for name in ("clientInfo", "operator"):
            if name in trial:
                trial[name] = {**self.fields.get(name, {}), **trial[name]}
        for name in ("items", "industryInfo"):
            if name in trial:
                trial[name] = [*self.fields.get(name, []), *trial[name]]
        self.fields.update(trial)

    def mark(self, code: bytes, bulk: bool, verdict: int | None, planned: int | None) -> None:
        """Bind a marking code to the position added last. `verdict`: tag 2106 of its check, None = not checked."""
        position = next((one for one in reversed(self._items) if one["type"] == "position"), None)
        if position is None:
            raise ValueError("a marking code belongs to an item, and there is none")
        if not 1 <= len(code) <= LONGEST_MARK:
            raise ValueError(f"a marking code has 1..{LONGEST_MARK} bytes")
        if code in self.marks:
            raise ValueError(SAME_MARK)
        self.marks.add(code)
        given = position.get("imcParams", {})
        guess = (2 if bulk else 1) + (2 if self.kind in RETURNS else 0)
        params = imc(code, guess if planned is None else planned)
        if verdict is not None:
            params["itemInfoCheckResult"] = checks(verdict)
        position["imcParams"] = {**params, **given}

    def task(self, tender: Tender, tax_system: int, operator: Fields, validate_marks: bool) -> Task:
        """The task that registers the receipt."""
        if tax_system and tax_system not in TAX_SYSTEMS:
            raise ValueError(f"tax system {tax_system:#x} is not one bit of 1..20h")
        unchecked = any("itemInfoCheckResult" not in one["imcParams"] for one in self._items if "imcParams" in one)
        fields = {
            "taxationType": TAX_SYSTEMS.get(tax_system),
            **self.fields,
            "items": self.fields.get("items") or None,
            "operator": {**operator, **self.fields.get("operator", {})} or None,
            "validateMarkingCodes": True if unchecked and validate_marks else None,
            "payments": _payments(tender, self.total_kop),
            "total": roubles(self.total_kop),
        }
        return Task(KINDS[self.kind] + ("Correction" if self.correction else ""), fields)

    @property
    def _items(self) -> list[Fields]:
        items: list[Fields] = self.fields.setdefault("items", [])
        return items


def imc(code: bytes, planned: int) -> Fields:
    """The members of a marking code that its check and its sale share. `planned`: tag 2003."""
    if planned not in PLANNED:
        raise ValueError(f"planned status {planned} is none of {sorted(PLANNED)}")
    return {
        "imcType": "auto",
        "imc": base64.b64encode(code).decode("ascii"),
        "itemEstimatedStatus": PLANNED[planned],
        "imcModeProcessing": 0,
    }


def change_kop(tender: Tender, total_kop: int) -> int:
    """What the cashier gives back: the answer does not tell it."""
    return max(0, _paid(tender) - total_kop)


def _position(item: FiscalItem, unit_codes: bool) -> Fields:
    for name, value, known in (("VAT", item.vat, VAT), ("method", item.method, METHODS)):
        if value not in known:
            raise ValueError(f"{name} {value} has no word in the driver's tasks")
    if item.subject not in SUBJECTS or (item.measure is not None and item.measure not in MEASURES):
        raise ValueError(f"subject {item.subject} or measure {item.measure} is not in the lists of 1212 and 2108")
    if min(item.price_kop, item.sum_kop, item.quantity_micro, item.department) < 0 or not item.name:
        raise ValueError("an item has a name, and numbers from 0")
    return {
        "type": "position",
        "name": item.name,
        "price": roubles(item.price_kop),
        "quantity": units(item.quantity_micro),
        "amount": roubles(item.sum_kop),
        "department": item.department or None,
        "measurementUnit": item.measure if unit_codes else None,
        "paymentMethod": METHODS[item.method],
        "paymentObject": item.subject,
        "tax": {"type": VAT[item.vat]},
    }


def _paid(tender: Tender) -> int:
    return sum(kop for _, kop in _sums(tender))


def _sums(tender: Tender) -> Iterable[tuple[str, int]]:
    """Non-cash first, cash last: the order in which the driver registers them."""
    return (
        ("electronically", tender.cashless_kop),
        ("prepaid", tender.advance_kop),
        ("credit", tender.credit_kop),
        ("other", tender.provision_kop),
        ("cash", tender.cash_kop),
    )


def _payments(tender: Tender, total_kop: int) -> list[Fields]:
    sums = list(_sums(tender))
    if min(kop for _, kop in sums) < 0 or _paid(tender) - tender.cash_kop > total_kop:
        raise ValueError(f"only cash may exceed the total of {total_kop} kopecks, and no payment is below 0")
    payments = [{"type": word, "sum": roubles(kop)} for word, kop in sums if kop]
    return payments or [{"type": "cash", "sum": roubles(0)}]
