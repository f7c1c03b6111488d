"""Any order of commands against a small oracle: shift, receipt, numbers, counters, drawer, restarts."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from kit.examples import examples

from emulator.device import CorrectionInput, Device, DeviceMode, ItemInput, PaperState, Reason, Refusal
from emulator.paper import Tape
from emulator.profile import load
from emulator.tlv import decode, members, number

KINDS = ("sale", "sale_return", "purchase", "purchase_return")


class Oracle:
    """What a register must remember, in the plainest way."""

    def __init__(self) -> None:
        self.fd, self.shift, self.receipt, self.cash = 1, 0, 0, 0
        self.opened: datetime | None = None
        self.kind, self.total, self.lines = 0, 0, 0
        self.in_shift = {kind: [0, 0] for kind in KINDS}
        self.for_ever = {kind: [0, 0] for kind in KINDS}
        self.corrections = self.documents = 0

    def over(self, now: datetime) -> bool:
        return self.opened is not None and now - self.opened >= timedelta(hours=24)

    def mode(self, now: datetime) -> DeviceMode:
        if self.kind:
            return DeviceMode.RECEIPT_OPEN
        if self.opened is None:
            return DeviceMode.SHIFT_CLOSED
        return DeviceMode.SHIFT_OVER if self.over(now) else DeviceMode.SHIFT_OPEN

    def why_no_receipt(self, now: datetime) -> Reason | None:
        reasons = {DeviceMode.RECEIPT_OPEN: Reason.RECEIPT_OPEN, DeviceMode.SHIFT_CLOSED: Reason.SHIFT_CLOSED}
        return (reasons | {DeviceMode.SHIFT_OVER: Reason.SHIFT_OVER_24H}).get(self.mode(now))

    def why_no_close(self, now: datetime, paid_kop: int) -> Reason | None:
        if not self.kind:
            return Reason.NO_RECEIPT
        if not self.lines:
            return Reason.EMPTY_RECEIPT
        if paid_kop < self.total:
            return Reason.NOT_ENOUGH_PAYMENT
        if self.kind in (2, 3) and self.total > self.cash:
            return Reason.NOT_ENOUGH_CASH
        return Reason.SHIFT_OVER_24H if self.over(now) else None

    def open_shift(self, now: datetime) -> None:
        self.fd, self.shift, self.receipt, self.opened = self.fd + 1, self.shift + 1, 0, now
        self.in_shift = {kind: [0, 0] for kind in KINDS}
        self.corrections, self.documents = 0, 1

    def register(self) -> None:
        self.fd, self.receipt, self.documents = self.fd + 1, self.receipt + 1, self.documents + 1
        self.cash += -self.total if self.kind in (2, 3) else self.total
        for sums in (self.in_shift, self.for_ever):
            count, total = sums[KINDS[self.kind - 1]]
            sums[KINDS[self.kind - 1]] = [count + 1, total + self.total]
        self.kind = self.total = self.lines = 0


class Register(RuleBasedStateMachine):
    @initialize(ffd=st.sampled_from(["shtrih-m-01f", "shtrih-m-01f-ffd12"]))
    def start(self, ffd: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.profile = load(ffd)
        self.at = datetime(2026, 11, 21, 9, 0)  # noqa: DTZ001 - wall clock
        self.oracle = Oracle()
        self.power()

    def power(self) -> None:
        path = Path(self.folder.name) / "state"
        self.device = Device.open(self.profile, Tape(), path, lambda: self.at, monotonic=lambda: 0.0)

    def expect(self, reason: Reason | None, refused: Refusal | None) -> bool:
        """The device did what the oracle foresaw; True when it was done."""
        assert (refused.reason if refused else None) is reason
        return refused is None

    @rule(minutes=st.sampled_from([1, 30, 600]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.device.ofd_deliver()

    @rule()
    def restart(self) -> None:
        self.device.close()
        self.power()

    @rule()
    def open_shift(self) -> None:
        reasons = {DeviceMode.SHIFT_CLOSED: None, DeviceMode.RECEIPT_OPEN: Reason.RECEIPT_OPEN}
        if self.expect(reasons.get(self.oracle.mode(self.at), Reason.SHIFT_OPEN), attempt(self.device.open_shift, 1)):
            self.oracle.open_shift(self.at)

    @rule()
    def close_shift(self) -> None:
        reasons = {DeviceMode.SHIFT_CLOSED: Reason.SHIFT_CLOSED, DeviceMode.RECEIPT_OPEN: Reason.RECEIPT_OPEN}
        if not self.expect(reasons.get(self.oracle.mode(self.at)), attempt(self.device.close_shift, 1)):
            return
        self.oracle.fd, self.oracle.opened = self.oracle.fd + 1, None
        tags = decode(self.device.fn.body(self.oracle.fd)[1])
        sold = sum(count for count, _ in self.oracle.in_shift.values())
        assert number(tags, 1118) == sold + self.oracle.corrections
        assert number(tags, 1111) == self.oracle.documents + 1
        if self.profile.ffd == "1.2":
            for structure, kind in zip((1129, 1130, 1131, 1132), KINDS, strict=True):
                for counters, sums in ((1194, self.oracle.in_shift), (1157, self.oracle.for_ever)):
                    found = members(members(tags, counters), structure)
                    assert [number(found, 1135), number(found, 1201)] == sums[kind]

    @rule(kind=st.integers(1, 4))
    def open_receipt(self, kind: int) -> None:
        if self.expect(self.oracle.why_no_receipt(self.at), attempt(self.device.open_receipt, kind, 1)):
            self.oracle.kind = kind

    @rule(price_kop=st.integers(0, 10**6), micro=st.integers(1, 5 * 10**6))
    def add_item(self, price_kop: int, micro: int) -> None:
        item = ItemInput(self.oracle.kind or 1, micro, price_kop, None, None, 1, 1, 4, 1, "Хлеб")
        reason = None if self.oracle.kind else Reason.NO_RECEIPT
        if self.expect(reason, attempt(self.device.add_item, item)):
            self.oracle.total += (price_kop * micro + 500_000) // 1_000_000
            self.oracle.lines += 1

    @rule(more_kop=st.sampled_from([-1, 0, 50000]))
    def close_receipt(self, more_kop: int) -> None:
        paid = max(0, self.oracle.total + more_kop)
        reason = self.oracle.why_no_close(self.at, paid)
        if self.expect(reason, attempt(self.device.close_receipt, [paid] + [0] * 15, 0, 0, 1)):
            self.oracle.register()

    @rule(kind=st.sampled_from([1, 1, 2, 3, 4]), price_kop=st.integers(0, 10**5))
    def sell(self, kind: int, price_kop: int) -> None:
        """A whole receipt, opening the shift when needed: single commands seldom make one by chance."""
        if self.oracle.mode(self.at) is DeviceMode.SHIFT_CLOSED:
            self.open_shift()
        self.open_receipt(kind)
        self.add_item(price_kop, 1_500_000)
        self.close_receipt(0)

    @rule()
    def end_the_day(self) -> None:
        self.cancel()
        self.close_shift()

    @rule()
    def cancel(self) -> None:
        reason = None if self.oracle.kind else Reason.NO_RECEIPT
        if self.expect(reason, attempt(self.device.cancel_receipt, 1)):
            self.oracle.kind = self.oracle.total = self.oracle.lines = 0

    @rule(kop=st.integers(1, 10**6))
    def cash_in(self, kop: int) -> None:
        reasons = {DeviceMode.RECEIPT_OPEN: Reason.RECEIPT_OPEN, DeviceMode.SHIFT_OVER: Reason.SHIFT_OVER_24H}
        if self.expect(reasons.get(self.oracle.mode(self.at)), attempt(self.device.cash_in, 1, kop)):
            self.oracle.cash += kop

    @rule(kop=st.integers(1, 10**6))
    def correct(self, kop: int) -> None:
        reason = self.oracle.why_no_receipt(self.at)
        if self.profile.ffd == "1.2" and reason is not Reason.RECEIPT_OPEN:
            reason = Reason.UNSUPPORTED
        if self.expect(reason, attempt(self.device.correction, CorrectionInput(1, kop, cash_kop=kop), 1)):
            self.oracle.fd, self.oracle.receipt = self.oracle.fd + 1, self.oracle.receipt + 1
            self.oracle.cash += kop
            self.oracle.corrections += 1
            self.oracle.documents += 1

    @rule()
    def calculation_report(self) -> None:
        reason = Reason.RECEIPT_OPEN if self.oracle.kind else None
        if self.expect(reason, attempt(self.device.calculation_report, 1)):
            self.oracle.fd += 1
            self.oracle.documents += 1

    @rule(lines=st.integers(1, 30))
    def paper_ends_and_is_replaced(self, lines: int) -> None:
        """A copy is printed over the end of the roll; nothing fiscal may change by that."""
        self.device.paper_out(lines)
        attempt(self.device.repeat_document, 1)
        self.device.paper_in()
        if self.device.paper is PaperState.BACK:
            self.device.continue_print()

    @invariant()
    def the_device_is_as_the_oracle_says(self) -> None:
        device, fn, oracle = self.device, self.device.fn, self.oracle
        assert (fn.last_fd, fn.shift_number, fn.receipt_in_shift) == (oracle.fd, oracle.shift, oracle.receipt)
        assert device.mode is oracle.mode(self.at)
        assert (device.receipt_kind or 0, device.operations_in_receipt) == (oracle.kind, oracle.lines)
        assert device.registers["cash_kop"] == oracle.cash
        assert not oracle.kind or device.subtotal() == oracle.total
        for kind in KINDS:
            shift = oracle.in_shift[kind] if oracle.opened else [0, 0]
            assert [device.registers[f"{kind}_count"], device.registers[f"{kind}_kop"]] == shift
            assert device.registers[f"total_{kind}_kop"] == oracle.for_ever[kind][1]

    def teardown(self) -> None:
        if hasattr(self, "device"):
            self.device.close()
            self.folder.cleanup()


def attempt(command: object, *arguments: object) -> Refusal | None:
    """Run a command; return how it was refused."""
    assert callable(command)
    try:
        command(*arguments)
    except Refusal as refusal:
        return refusal
    return None


TestRegister = Register.TestCase
TestRegister.settings = settings(max_examples=examples(25), stateful_step_count=40, deadline=None)
