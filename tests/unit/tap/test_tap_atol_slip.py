"""Slips and modes in tap mode on ATOL: a till that comes in between, and the mode it keeps the register in."""

import pytest
from kit.atol_tap_world import (
    CANCEL,
    ENTER,
    LEAVE,
    OPEN_SHIFT,
    SALE,
    connected,
)

from drivers.api import Cut, Done, NotSent, OutcomeUnknown, Refused, Text
from drivers.selling import ReceiptKind
from emulator.atol.errors import CommandError
from emulator.atol.variant import Variant

SLIP = [Text(f"line {n}") for n in range(12)] + [Cut()]
BOTH = pytest.mark.parametrize("protocol", ["v2", "v3"])


@BOTH
def test_a_slip_leaves_the_mode_the_till_keeps(protocol: str) -> None:
    world = connected(protocol, [ENTER, OPEN_SHIFT])
    before = len(world.to_device)
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip(SLIP) == Done(None)
    assert world.bench.machine.modes.mode == 1
    assert b"\0\0\x48" not in world.to_device[before:]
    assert b"\0\0\x56" not in world.to_device[before:]
    world.till.commands = list(SALE)
    world.finish()
    assert {answer[1] for answer in world.till.answers} == {0}


@BOTH
def test_the_agents_own_shift_command_leaves_the_mode_as_it_was(protocol: str) -> None:
    world = connected(protocol)
    assert isinstance(world.printer.shift_open(), Done)
    assert world.bench.machine.modes.mode == 0
    world.till.commands = [ENTER]
    world.finish()
    world.run(0.5)
    assert isinstance(world.printer.cash_in(100), Done)
    assert world.bench.machine.modes.mode == 1, "found in mode 1, left in mode 1"
    refused = world.printer.shift_close()
    assert isinstance(refused, Refused)
    assert refused.code == 0x66
    assert world.bench.machine.modes.mode == 1


@BOTH
def test_the_agent_does_not_leave_a_mode_that_the_till_took_over(protocol: str) -> None:
    world = connected(protocol)
    assert isinstance(world.printer.shift_open(), Done)
    assert isinstance(world.printer.receipt_open(ReceiptKind.SALE), Done)
    world.till.commands = [LEAVE, CANCEL, LEAVE, ENTER]
    world.finish()
    world.run(1.5)
    assert isinstance(world.printer.cash_in(100), Done)
    assert world.bench.machine.modes.mode == 1


@BOTH
def test_a_till_that_comes_into_a_slip_waits_and_then_sells(protocol: str) -> None:
    slow = Variant(seconds={0x4C: 0.1})
    world = connected(protocol, [ENTER, OPEN_SHIFT], slow)
    world.till.commands, world.till.next_at = list(SALE), world.now + 0.1
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip(SLIP[:8]) == Done(None)
    world.finish()
    assert {answer[1] for answer in world.till.answers} == {0}
    assert world.router.refused > 0
    assert world.bench.device.receipt is None
    assert world.printer.storage().reply.last_fd == 3


@BOTH
def test_a_slip_gives_way_to_a_till_that_waits_too_long(protocol: str) -> None:
    """The till is served before it takes the register for dead; of the slip nothing more comes out."""
    slow = Variant(seconds={0x4C: 0.4})
    world = connected(protocol, [ENTER, OPEN_SHIFT], slow)
    world.till.commands, world.till.next_at, asked = list(SALE), world.now + 0.1, world.now + 0.1
    with world.block() as ours:
        assert ours
        outcome = world.printer.print_slip([Text("x") for _ in range(60)])
        assert isinstance(outcome, OutcomeUnknown), outcome
        assert world.now - asked < 6.0
        assert isinstance(world.printer.status(), NotSent), "torn: not even between the till's commands"
    world.finish()
    assert {answer[1] for answer in world.till.answers} == {0}


@BOTH
def test_a_slip_that_the_tills_mode_forbids_changes_nothing(protocol: str) -> None:
    """4Ch is not refused by the emulator in any mode; a register that does gets no 48h from us, the slip waits."""
    world = connected(protocol, [ENTER])
    run, lines = world.bench.machine._check_state, []

    def refuses(command) -> None:
        if command.code == 0x4C:
            lines.append(command)
            raise CommandError(0x66)
        run(command)

    world.bench.machine._check_state = refuses
    with world.block() as ours:
        assert ours
        outcome = world.printer.print_slip(SLIP)
    assert isinstance(outcome, Refused)
    assert outcome.code == 0x66
    assert len(lines) == 1
    assert world.bench.machine.modes.mode == 1


@BOTH
def test_a_sale_of_ours_is_not_cut_short_for_a_till_that_waits(protocol: str) -> None:
    world = connected(protocol, [ENTER, OPEN_SHIFT], Variant(seconds={0x92: 3.0, 0x59: 1.0}))
    world.till.commands, world.till.next_at = list(SALE), world.now + 2.0
    with world.block(gives_way=False) as ours:
        assert ours
        assert isinstance(world.printer.receipt_open(ReceiptKind.SALE), Done)
        assert isinstance(world.printer.receipt_cancel(), Done)
        assert not world.router.torn
    world.finish()
    assert {answer[1] for answer in world.till.answers} == {0}
