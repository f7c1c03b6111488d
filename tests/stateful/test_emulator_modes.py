"""Any order of commands on the wire against an oracle of fifty lines: modes, error codes, numbers (notes, 2 and 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from kit.examples import examples

from emulator.shtrih.bench import build
from emulator.till_orders import close, item

OK, FN_STATE, CLOSED, TOO_LITTLE, OPENED, OVER, NONE, DOCUMENT, MODE, EMPTY, DATE = (
    0x00, 0x02, 0x3D, 0x45, 0x4A, 0x4E, 0x55, 0x5E, 0x73, 0x8E, 0xC0,
)  # fmt: skip
PRICE = 10_000


STARTS = {0xFF41: 0x02, 0xFF42: 0x08, 0xFF37: 0x17}
ENDS = {0xFF0B: 0x02, 0xFF43: 0x08, 0xFF38: 0x17}
WANTS_SHIFT = {0xE0: False, 0xFF41: False, 0xFF0B: False, 0x41: True, 0xFF42: True, 0xFF43: True, 0x8D: True}


class Oracle:
    """What a register must answer and be. `begun`: code of a half-made FN document, 0 for none."""

    def __init__(self):
        self.fd, self.shift, self.hours, self.lines, self.begun = 1, 0, 0, 0, 0
        self.open = self.receipt = self.dating = False

    def mode(self):
        if self.dating or self.receipt:
            return 6 if self.dating else 8
        return 4 if not self.open else 3 if self.hours >= 24 else 2

    def why_not(self, code):
        if code == 0x23 or (self.dating and code != 0x22):
            return (OK if self.dating else MODE) if code == 0x23 else DATE
        if code == 0x22:
            return MODE if self.open else OK
        if code in (0xFF46, 0xFF45, 0x88) and not self.receipt:
            return NONE
        if code in (0xFF46, 0x88):
            return OK
        if code == 0xFF45:
            return EMPTY if not self.lines else OVER if self.hours >= 24 else OK
        if code == 0xFF08:
            return OK if self.begun or self.receipt else FN_STATE
        if code in ENDS and self.begun not in (0, ENDS[code]):
            return FN_STATE
        if self.begun and code in (0xE0, 0x41, 0x8D, *STARTS):
            return DOCUMENT
        if self.receipt:
            return OPENED
        if WANTS_SHIFT.get(code, self.open) is not self.open:
            return MODE if self.open else CLOSED
        return OVER if code == 0x8D and self.hours >= 24 else OK

    def ask(self, code):
        result = self.why_not(code)
        if result == OK:
            self.fd += int(code in (0xE0, 0x41, 0xFF45, *ENDS))
            self.dating = self.dating if code not in (0x22, 0x23) else code == 0x22
            if code in (0xE0, 0xFF0B):
                self.open, self.hours, self.shift = True, 0, self.shift + 1
            self.open = self.open and code not in (0x41, 0xFF43)
            self.lines = 0 if code == 0x8D else self.lines + int(code == 0xFF46)
            gone = code in (0xFF45, 0x88) or (code == 0xFF08 and not self.begun)
            self.receipt = (self.receipt or code == 0x8D) and not gone
            self.begun = STARTS.get(code, 0 if code in (0xFF08, *ENDS) else self.begun)
        return result


BODIES = {0x8D: b"\0", 0xFF46: item(price_kop=PRICE)}
CODES = (0xE0, 0x40, 0x41, 0x8D, 0xFF46, 0xFF46, 0xFF45, 0x88, 0xFF41, 0xFF0B, 0xFF42, 0xFF43, 0xFF37, 0xFF38, 0xFF08)


class Modes(RuleBasedStateMachine):
    @initialize()
    def start(self):
        self.bench = build(datetime(2026, 11, 21, 0, 30))  # noqa: DTZ001 - local time of a register
        self.oracle = Oracle()

    def order(self, code, body=b""):
        assert self.bench.code(code, body) == self.oracle.ask(code), f"{code:02X}h"

    @rule(code=st.sampled_from(CODES))
    def any_command(self, code):
        paid = close({1: PRICE * max(self.oracle.lines, 1)})
        self.order(code, paid if code == 0xFF45 else BODIES.get(code, b""))

    @rule()
    def a_whole_sale(self):
        for code in (0xE0, 0x8D, 0xFF46, 0xFF45):
            self.any_command(code)

    @rule()
    def too_little_money(self):
        if self.oracle.receipt and self.oracle.lines and not self.oracle.dating:
            assert self.bench.code(0xFF45, close({1: PRICE * self.oracle.lines - 1})) == TOO_LITTLE

    @rule()
    def the_date_is_set(self):
        today = self.bench.device.now()
        body = bytes((today.day, today.month, today.year - 2000))
        self.order(0x22, body)
        if self.oracle.dating:
            assert self.bench.code(0x23, b"\1\1\x20") == 0x7C
        self.any_command(0x40)
        self.order(0x23, body)

    @rule(hours=st.sampled_from([1, 7, 24]))
    def time_passes(self, hours):
        self.bench.clocks.wall += timedelta(hours=hours)
        self.oracle.hours += hours
        self.bench.device.ofd_deliver()

    @rule()
    def the_mains_blink(self):
        """Half-made documents and a date to confirm are memory; the receipt and the shift are kept."""
        self.bench.device.power_off()
        self.bench.machine.power_lost()
        self.bench.device.power_on()
        self.oracle.begun, self.oracle.dating = 0, False

    @invariant()
    def the_register_is_as_foreseen(self):
        status = self.bench.ok(0x10)
        assert status[3] & 0x0F == self.oracle.mode()
        if not self.oracle.dating:
            shift = self.bench.ok(0xFF40)
            assert (shift[0], int.from_bytes(shift[1:3], "little")) == (self.oracle.open, self.oracle.shift)
        fn = self.bench.ok(0xFF01)
        assert int.from_bytes(fn[26:30], "little") == self.oracle.fd
        assert fn[1] == (self.oracle.begun or (0x04 if self.oracle.receipt else 0))


TestModes = Modes.TestCase
TestModes.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
