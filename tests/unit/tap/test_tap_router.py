"""Tap mode: the till's bytes pass, the agent waits for its turn, a till that comes in between is told "busy"."""

import random
from datetime import datetime

import pytest
from kit.tap_world import BUSY, ScriptedTill, TapWorld

from drivers.tap.router import HOLD_S, LEASE_S, Owner
from emulator.shtrih.bench import build

PASSWORD = bytes((30, 0, 0, 0))
STATUS = b"\x10" + PASSWORD
STORAGE = b"\xff\x01" + PASSWORD
OPEN_SHIFT = b"\xe0" + PASSWORD
OPEN = b"\x8d" + PASSWORD + b"\x00"
CANCEL = b"\x88" + PASSWORD
LINE = b"\x17" + PASSWORD + b"\x02" + b"Slip".ljust(40, b"\0")
ITEM = (
    bytes.fromhex("FF46 1E000000 01 40420F000000 401F000000 401F000000 FFFFFFFFFF 08 01 04 01".replace(" ", ""))
    + b"Tea"
)
DOCUMENT, PIECE = b"\xff\x3a" + PASSWORD + (1).to_bytes(4, "little"), b"\xff\x3b" + PASSWORD


@pytest.fixture
def world():
    printer = build(datetime(2026, 11, 21, 18, 0))  # noqa: DTZ001 - local time of a register
    made = TapWorld(printer.front, ScriptedTill([]))
    made.device = printer.device
    made.ask(OPEN_SHIFT)
    return made


def codes(answers):
    return [answer[:2].hex() if answer[0] == 0xFF else answer[:1].hex() for answer in answers]


def test_the_till_alone_sees_the_device_itself(world) -> None:
    world.till.commands = [STATUS, OPEN, ITEM, CANCEL, STORAGE]
    world.run(1.0)
    assert world.till.done
    assert codes(world.till.answers) == ["10", "8d", "ff46", "88", "ff01"]
    assert all(answer[2 if answer[0] == 0xFF else 1] == 0 for answer in world.till.answers)


def test_the_agent_does_not_begin_while_a_receipt_is_open(world) -> None:
    world.till.commands = [OPEN]
    world.run(1.0)
    assert not world.router.free(world.now)
    assert world.ask(STORAGE) is None
    world.till.commands = [CANCEL]
    world.run(1.0)
    assert world.ask(STORAGE)[2] == 0


def test_a_receipt_that_was_open_before_is_learned_from_a_status(world) -> None:
    world.device.open_receipt(1, 30)
    world.till.commands = [STATUS]
    world.run(1.0)
    assert not world.router.free(world.now)


def test_the_agent_does_not_come_between_a_document_and_its_pieces(world) -> None:
    world.till.commands = [DOCUMENT, PIECE]
    world.run(0.5)
    assert not world.router.free(world.now)
    world.till.commands = [PIECE] * 200
    world.run(5.0)
    world.run(2.5)
    assert world.router.free(world.now)


def test_an_answer_that_the_till_did_not_fetch_is_not_touched(world) -> None:
    world.till.commands = [STATUS]
    while world.till._phase != "sent":
        world.step()
    world.till.step = lambda came, now: b""  # the till died before its ACK
    world.run(60.0)
    assert not world.router.free(world.now)


def test_a_command_that_comes_during_our_exchange_is_only_late(world) -> None:
    world.delay_s = 0.1
    world.till.commands, world.till._next_at = [OPEN, CANCEL], world.now + 0.12
    assert world.ask(STORAGE)[2] == 0
    world.run(2.0)
    assert codes(world.till.answers) == ["8d", "88"]
    assert [answer[1] for answer in world.till.answers] == [0, 0]
    assert world.router.refused == 0


def test_during_a_slip_questions_pass_and_the_rest_is_told_busy(world) -> None:
    world.run(1.0)
    assert world.router.begin_block(world.now)
    world.till.commands = [STATUS, OPEN, STATUS]
    for _ in range(40):
        assert world.ask(LINE)[1] == 0
        world.run(0.02)
    world.router.end_block(world.now)
    world.run(1.0)
    assert codes(world.till.answers) == ["10", "8d", "10"]
    assert [answer[1] for answer in world.till.answers] == [0, BUSY, 0]
    assert world.router.refused == 1
    world.till.commands = [OPEN, CANCEL]
    world.run(1.0)
    assert [answer[1] for answer in world.till.answers[3:]] == [0, 0]


def test_busy_is_told_after_the_hold_and_not_before(world) -> None:
    world.run(1.0)
    assert world.router.begin_block(world.now)
    world.till.commands, began = [OPEN], world.now
    while not world.till.answers:
        assert world.now < began + 1
        world.router.begin_exchange(world.now) and world.router.end_exchange(world.now)
        world.step()
    assert HOLD_S <= world.now - began < HOLD_S + 0.05


def test_a_dead_agent_loses_its_turn(world) -> None:
    world.run(1.0)
    assert world.router.begin_exchange(world.now)
    world.till.commands = [STATUS]
    world.run(LEASE_S + 1.0)
    assert world.till.answers
    assert world.router.owner is Owner.TILL
    assert world.router.from_agent(b"\x05", world.now) is False
    world.till.commands = [STATUS]
    world.run(1.0)
    assert world.till.answers[-1][1] == 0


@pytest.mark.parametrize("seed", range(25))
def test_any_mix_of_both_leaves_every_exchange_whole(world, seed: int) -> None:
    chance = random.Random(seed)
    world.delay_s = chance.choice([0.0, 0.005, 0.05])
    sale = [OPEN, ITEM, ITEM, CANCEL]
    wanted = []
    for _ in range(12):
        wanted += chance.choice([[STATUS], [STORAGE], sale, [LINE]])
    world.till.commands, world.till.pause_s = list(wanted), chance.choice([0.0, 0.01, 0.2, 0.6])
    world.till.patient = True
    asked = 0
    until = world.now + 120
    while not world.till.done:
        assert world.now < until, (world.till, world.router.owner)
        if chance.random() < 0.3 and world.router.begin_block(world.now):
            for _ in range(chance.randrange(1, 12)):
                assert world.ask(LINE, 5.0)[1] == 0
                asked += 1
            world.router.end_block(world.now)
        elif chance.random() < 0.5:
            asked += world.ask(STORAGE, 0.2) is not None
        world.run(chance.random() * 0.3)
    assert codes(world.till.answers) == codes(wanted)
    assert {answer[2 if answer[0] == 0xFF else 1] for answer in world.till.answers} == {0}
    assert len(world.ours) == asked + 1
    assert world.device.receipt is None
