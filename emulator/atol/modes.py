"""Modes and submodes of the device (protocol notes, section 3.2) and reports that print after their answer (3.3)."""

from __future__ import annotations

from dataclasses import dataclass

CHOICE, REGISTRATION, REPORTS, ZEROING, PROGRAMMING, STORAGE, REQUESTS, EXTRA = range(8)
IDLE, RECEIPT, PRINTING, PAYING = 0, 1, 2, 4
CLEARING = (EXTRA, 1)


@dataclass
class Report:
    """A report that prints on: until ``printed`` in state ``mode.2``, until ``cleared`` in 7.1, then ``after``."""

    mode: int
    printed: float
    cleared: float
    after: int


@dataclass
class Modes:
    """Which mode the device is in, and who entered it (1..30, 0 in mode 0)."""

    mode: int = CHOICE
    operator: int = 0
    report: Report | None = None

    def state(self, now: float, receipt_open: bool, paying: bool) -> tuple[int, int]:
        """Mode and submode at a monotonic reading."""
        report = self.report
        if report is not None and now < report.printed:
            return report.mode, PRINTING
        if report is not None and now < report.cleared:
            return CLEARING
        if report is not None:
            self.report = None
            self.enter(report.after, self.operator)
        if self.mode == REGISTRATION and receipt_open:
            return self.mode, PAYING if paying else RECEIPT
        return self.mode, IDLE

    def enter(self, mode: int, operator: int) -> None:
        """Go into a mode."""
        self.mode, self.operator = mode, operator if mode != CHOICE else 0

    def reporting(self, now: float) -> bool:
        """A report still prints or its registers are being cleared."""
        return self.report is not None and now < self.report.cleared
