"""Registers, the X report and cash put into or taken out of the drawer."""

from __future__ import annotations

from emulator import forms
from emulator.counters import Counters
from emulator.device_print import PrintingDevice
from emulator.marks import Mark
from emulator.terms import DeviceMode, Reason, Refusal

KINDS = {1: "sale", 2: "sale_return", 3: "purchase", 4: "purchase_return"}
SUMS = {
    1201: "kop",
    1136: "cash_kop",
    1138: "electronic_kop",
    1218: "advance_kop",
    1219: "credit_kop",
    1220: "other_kop",
}
TAXES = {
    1139: "НДС 20%", 1140: "НДС 10%", 1141: "НДС 20/120", 1142: "НДС 10/110", 1143: "НДС 0%", 1183: "БЕЗ НДС",
}  # fmt: skip


class CashDevice(PrintingDevice):
    """Prints that are no fiscal documents but count as documents of the device."""

    @property
    def registers(self) -> dict[str, int]:
        """Sums and counts by name; corrections are left out of the kinds.

        `cash_kop` (drawer), `cash_in_kop`, `cash_in_count`, `cash_out_kop`, `cash_out_count` of the shift; for each of
        sale, sale_return, purchase, purchase_return `_count`, `_kop`, `_cash_kop`, `_electronic_kop`, `_advance_kop`,
        `_credit_kop`, `_other_kop` of the shift and `total_<kind>_count`, `total_<kind>_kop` of the whole FN.
        """
        shift = self.fn.shift_counters if self.fn.shift_open else Counters()
        registers = {**self._money, "shift": self.fn.shift_number, "last_fd": self.fn.last_fd}
        for kind, name in KINDS.items():
            registers[f"{name}_count"] = shift.receipts[kind][1135]
            registers |= {f"{name}_{word}": shift.receipts[kind][tag] for tag, word in SUMS.items()}
            registers[f"total_{name}_count"] = self.fn.all_counters.receipts[kind][1135]
            registers[f"total_{name}_kop"] = self.fn.all_counters.receipts[kind][1201]
        return registers

    def x_report(self, operator: int) -> None:
        """Print the registers; not a fiscal document. Refuses RECEIPT_OPEN and paper reasons."""
        self._ready()
        name, _inn = self.profile.cashier(operator)
        heading = (self.profile.user, self.profile.place)
        marks = forms.x_report(
            self.registers,
            self.profile.columns,
            at=self.now(),
            cashier=name,
            heading=heading,
            serial=self.profile.serial,
        )
        self._money["x_count"] += 1
        self._count_document(operator)
        self._print_document(marks, report=True)

    def section_report(self, operator: int) -> None:
        """Print the shift's sums by department. Refuses RECEIPT_OPEN and paper reasons."""
        self._extra_report(operator, "ОТЧЕТ ПО ОТДЕЛАМ", self._section_rows())

    def tax_report(self, operator: int) -> None:
        """Print the shift's VAT by kind of receipt. Refuses RECEIPT_OPEN and paper reasons."""
        self._extra_report(operator, "ОТЧЕТ ПО НАЛОГАМ", self._tax_rows())

    def _extra_report(self, operator: int, title: str, rows: list[tuple[str, int]]) -> None:
        self._ready()
        name, _inn = self.profile.cashier(operator)
        marks = forms.sums_report(title, rows, self.profile.columns, at=self.now(), cashier=name)
        self._count_document(operator)
        self._print_document(marks, report=True)

    def _section_rows(self) -> list[tuple[str, int]]:
        return [
            (f"ОТДЕЛ {section} {forms.KINDS[name]}", sums[kind - 1])
            for section, sums in sorted(self._sections.items(), key=lambda one: int(one[0]))
            for kind, name in KINDS.items()
            if sums[kind - 1]
        ]

    def _tax_rows(self) -> list[tuple[str, int]]:
        shift = self.fn.shift_counters if self.fn.shift_open else Counters()
        return [
            (f"{forms.KINDS[name]} {word}", shift.receipts[kind][tag])
            for kind, name in KINDS.items()
            for tag, word in TAXES.items()
            if shift.receipts[kind][tag]
        ]

    def cash_in(self, operator: int, kop: int) -> int:
        """Put money into the drawer; returns the running document number."""
        return self._move_cash(operator, kop, incoming=True)

    def cash_out(self, operator: int, kop: int) -> int:
        """Take money out of the drawer. Refuses NOT_ENOUGH_CASH."""
        return self._move_cash(operator, kop, incoming=False)

    def _move_cash(self, operator: int, kop: int, incoming: bool) -> int:
        self._ready()
        if self.mode is DeviceMode.SHIFT_OVER:
            raise Refusal(Reason.SHIFT_OVER_24H)
        if kop <= 0:
            raise Refusal(Reason.BAD_PARAMETER, f"{kop} kopecks")
        if not incoming and kop > self._money["cash_kop"]:
            raise Refusal(Reason.NOT_ENOUGH_CASH, f"{kop} of {self._money['cash_kop']}")
        word = "cash_in" if incoming else "cash_out"
        self._money["cash_kop"] += kop if incoming else -kop
        self._money[f"{word}_kop"] += kop
        self._money[f"{word}_count"] += 1
        self._count_document(operator)
        name, _inn = self.profile.cashier(operator)
        heading, document = (self.profile.user,), self.running_document_number
        columns = self.profile.columns
        marks = forms.cash_movement(
            incoming, kop, columns, at=self.now(), cashier=name, heading=heading, number=document
        )
        self._print_document(marks)
        return document

    def _ready(self) -> None:
        self.head.check()
        if self.receipt is not None:
            raise Refusal(Reason.RECEIPT_OPEN)

    def _count_document(self, operator: int) -> None:
        self.operator = operator
        self.running_document_number = (self.running_document_number + 1) & 0xFFFF

    def _print_document(self, marks: list[Mark], report: bool = False) -> None:
        """Durable first, so that a print cut short by a power loss can be continued."""
        if self.prints(report):
            self.head.pending += [*marks, *self.ending()]
        self._keep()
        self.head.run(self.profile.print_seconds)
        self._keep(sync=False)
