"""Comparing the archive can wait: sales, slips and a quiet till come first, and it survives what happens meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kit.memory_register import MemoryRegister
from kit.reconciling import CARD, COFFEE, PHONE, RULES, attach, kinds, numbers, reconciled, slips

from drivers.api import FiscalPrinter, LinkFault, NotSent, Outcome, ShortDocument
from pos_agent.checkout.reconcile import PIECE, TRIES


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MemoryRegister]:
    made = MemoryRegister(tmp_path, RULES)
    made.customer = made.add_customer(PHONE, CARD)
    attach(made)
    made.step(3)
    yield made
    made.store.close()


def test_a_sale_in_doubt_holds_it_up(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    in_doubt = True
    register.watch.in_doubt = lambda: in_doubt
    register.reconciler.start()
    register.step(60)
    assert register.reconciler.runs == 0
    in_doubt = False
    register.step()
    assert register.reconciler.runs == 1


def test_an_open_receipt_holds_it_up(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.step()
    register.device.open_receipt(1, 30)
    register.reconciler.start()
    register.step(60)
    assert register.reconciler.runs == 0
    register.device.cancel_receipt(30)
    register.step()
    assert register.reconciler.runs == 1


def test_it_waits_until_the_till_has_been_quiet(register: MemoryRegister) -> None:
    register.watch.quiet_s = 7.0
    register.sell(COFFEE)  # the shift is open
    register.step(20)
    register.device.open_receipt(1, 30)
    register.step(3)
    register.device.cancel_receipt(30)
    quiet_since = register.clock.seconds
    register.reconciler.start()
    while register.reconciler._run is None:
        register.clock.advance(max(register.watch.tick(), 0.01))
    assert register.clock.seconds - quiet_since >= 7.0


def test_new_documents_and_slips_come_first(register: MemoryRegister) -> None:
    for _ in range(4 * PIECE):
        register.sell(COFFEE)
    register.step(120)
    register.reconciler.start()
    while register.reconciler._run is None or register.reconciler._run.checked == 0:
        register.clock.advance(max(register.watch.tick(), 0.01))
    assert register.reconciler._run.checked == PIECE  # one tick, one piece
    fd = register.sell(COFFEE, contact=PHONE)
    register.watch.tick()
    assert kinds(register)[fd] == ["receipt"]  # recorded by the very next tick
    ticks = 0
    while slips(register) == 0:
        assert register.reconciler._run.checked <= PIECE
        register.clock.advance(max(register.watch.tick(), 0.01))
        ticks += 1
        assert ticks < 50
    assert register.reconciler._run.checked == PIECE
    register.step(60)
    assert numbers(register.reconciler.last) == (4 * PIECE + 2, 0, 0, 0)


def test_a_power_cut_in_the_middle_of_a_piece_is_gone_on_from(register: MemoryRegister) -> None:
    for _ in range(3 * PIECE):
        register.sell(COFFEE)
    register.step(120)
    register.reconciler.start()
    while register.reconciler._run is None:
        register.clock.advance(max(register.watch.tick(), 0.01))
    register.between = power_cut_after(register, 12)  # messages: some short forms of the next piece are there
    register.step(60)
    register.between = None
    assert register.reconciler.runs == 0
    assert PIECE < register.reconciler._run.checked < 2 * PIECE
    register.device.power_on()
    register.step(120)
    assert numbers(register.reconciler.last) == (3 * PIECE + 2, 0, 0, 0)


def power_cut_after(register: MemoryRegister, messages: int) -> Callable[[], None]:
    left = iter(range(messages))

    def count() -> None:
        if next(left, None) is None and register.device.powered:
            register.device.power_off()
            register.machine.power_lost()

    return count


class OddDevice:
    """A printer that never tells one short form properly; all else is the real driver."""

    def __init__(self, inner: FiscalPrinter, fd: int) -> None:
        self.inner, self.fd, self.asked = inner, fd, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def find_document(self, fd_number: int) -> Outcome[ShortDocument | None]:
        if fd_number != self.fd:
            return self.inner.find_document(fd_number)
        self.asked += 1
        return NotSent(LinkFault.GARBAGE, "no valid date")


def test_a_document_that_breaks_the_line_each_time_is_left_out(register: MemoryRegister) -> None:
    for _ in range(3):
        register.sell(COFFEE)
    register.step()
    odd = register.watch.line.printer = OddDevice(register.watch.line.printer, 4)
    assert numbers(reconciled(register)) == (4, 0, 0, 0)
    assert odd.asked == TRIES


def test_another_storage_in_the_middle_begins_anew(register: MemoryRegister) -> None:
    for _ in range(3 * PIECE):
        register.sell(COFFEE)
    register.step(120)
    register.reconciler.start()
    while register.reconciler._run is None or register.reconciler._run.checked == 0:
        register.clock.advance(max(register.watch.tick(), 0.01))
    kept = register.reconciler._run
    register.replace_storage("9999078902009999")
    register.sell(COFFEE)
    register.reopen()
    attach(register)
    register.reconciler._run, register.reconciler.wanted = kept, True
    register.step(60)
    assert numbers(register.reconciler.last) == (3, 0, 0, 0)
