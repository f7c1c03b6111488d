"""Tap mode on protocol 3 of ATOL: one task buffer and one circle of ids for two."""

import pytest
from kit.atol_tap_world import (
    CANCEL,
    ENTER,
    OPEN_SHIFT,
    SALE,
    STATE,
    STATUS,
    STORAGE,
    WRONG,
    AtolTapWorld,
    connected,
    till_for,
)
from kit.plain_atol_till import packet

from drivers.api import Cut, Done, NotSent, Text
from drivers.atol.packet import Packet
from drivers.atol.tap_numbers import Numbers, Wheel
from drivers.atol.tap_overheard import Overheard
from drivers.atol.tap_v3 import PacketEar
from emulator.atol.variant import AddAnswer, Variant

SLIP = [Text(f"line {n}") for n in range(12)] + [Cut()]


def test_questions_pass_between_two_lines_of_a_slip_on_protocol_3() -> None:
    slow = Variant(seconds={0x4C: 0.1})
    world = connected("v3", [ENTER, OPEN_SHIFT], slow)
    world.till.commands, world.till.next_at, world.till.connects = [STATUS, STORAGE], world.now + 0.05, True
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip(SLIP[:6]) == Done(None)
        assert len(world.till.answers) == 4, "answered before the slip ended"
    assert world.router.refused == 0


@pytest.mark.parametrize("add_answer", list(AddAnswer))
@pytest.mark.parametrize("polls", [False, True])
def test_a_queued_tasks_result_comes_by_itself_whatever_the_register_answers(add_answer, polls: bool) -> None:
    slow = Variant(seconds={0x4C: 0.1}, add_answer=add_answer)
    world = connected("v3", [ENTER, OPEN_SHIFT], slow, polls=polls)
    world.till.commands, world.till.next_at, world.till.reply_s = [SALE[0], CANCEL], world.now + 0.05, 0.5
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip(SLIP) == Done(None)
    world.finish()
    assert [answer[:2] for answer in world.till.answers[2:]] == [b"\x55\0", b"\x55\0"]
    assert world.router.refused == 1


def test_the_tills_abort_does_not_touch_our_work_nor_ours_its_results() -> None:
    """Between two lines of a slip the buffer holds nothing of ours; we never send one."""
    slow = Variant(seconds={0x4C: 0.05})
    world = connected("v3", variant=slow)
    before = len(world.to_device)
    world.till.connects, world.till.commands = True, [STATUS]
    with world.block() as ours:
        assert ours
        assert world.printer.print_slip(SLIP) == Done(None)
    assert world.till.done
    assert world.to_device[before:].count(b"\xfe\x01\x00") == 1, "one Abort, the till's"


def test_while_the_tills_queue_stands_still_we_add_nothing() -> None:
    world = connected("v3")
    world.till.commands, world.till.flags = [WRONG], 1
    while world.till.phase != "clear":
        world.step()
    world.till.step = lambda came, now: b""  # it does not get to its Abort
    world.till_wrote.clear()
    world.run(30.0)
    assert not world.router.free(world.now) or world.bench.front.link.tasks._stopped is False


def test_a_queue_that_stood_still_before_we_came_is_left_to_the_till() -> None:
    world = AtolTapWorld("v3", till_for("v3", []))
    world.run(0.5)
    tasks = world.bench.front.link.tasks
    tasks.add(1, 0x05, b"\0\0" + WRONG)
    tasks.start()
    tasks.finish(b"\x55\x6c\0", True, None)
    assert isinstance(world.printer.connect(), NotSent)
    held = len(tasks._tasks)
    assert isinstance(world.printer.connect(), NotSent)
    assert len(tasks._tasks) == held, "no second task is left in a queue that stands"
    world.till.connects = True
    world.run(1.0)
    assert isinstance(world.printer.connect(), Done)


def test_our_ids_keep_clear_of_the_tills_when_it_catches_up() -> None:
    """Both ask the same questions with the same flags, and the till counts faster: where our counter stands it arrives
    with the same Id, tid and content. A packet taken for a repetition would have no result, and the till would wait."""
    world = connected("v3", flags=3)
    world.till.commands = [STATUS]
    world.finish()
    link = world.printer._layers.v3
    link._next_id, link._next_tid = (world.till.number + 20) % 0xE0, (world.till.tid + 10) % 0xE0
    world.till.commands = [STATUS, STATE] * 40
    while not world.till.done:
        world.run(0.11)
        world.printer.status()
    assert {answer[0] for answer in world.till.answers} == {0x44, 0x55}
    assert world.till.busy == 0


@pytest.mark.parametrize("latest", [0x00, 0x01, 0x30, 0x7F, 0xDE, 0xDF])
def test_an_id_of_ours_is_far_from_the_tills_and_none_it_used_lately(latest: int) -> None:
    wheel, numbers = Wheel(), Numbers()
    assert all(wheel.free(number) for number in range(0x01, 0xDF))
    for number in range(latest - 10, latest + 1):
        wheel.used(number % 0xE0)
    free = [number for number in range(0x01, 0xDF) if wheel.free(number)]
    assert len(free) > 100
    assert all(48 <= (number - latest) % 0xE0 <= 0xE0 - 48 for number in free)
    numbers.till_said(Packet(latest, b"\xc1\x01\x50\0\0\x3f"))
    assert not numbers.task_is_free(0x50)
    assert numbers.task_is_tills(0x50)
    numbers.till_said(Packet(latest, b"\xc2\x50"))
    assert not numbers.task_is_tills(0x50)


def test_while_a_task_of_the_till_runs_nothing_is_added() -> None:
    world = connected("v3", [ENTER], Variant(seconds={0x9A: 1.0}))
    sent = len(world.to_device)
    world.till.commands = [OPEN_SHIFT]
    world.run(0.5)
    asked = len(world.to_device)
    assert not world.router.free(world.now)
    assert isinstance(world.printer.storage(), Done), "once it is done"
    assert world.till.done
    assert asked - sent == len(packet(0, b"\xc1\x01\x01\0\0" + OPEN_SHIFT))


def test_a_refusal_of_ours_stops_no_queue_and_sends_no_abort() -> None:
    world = connected("v3")
    sent = len(world.to_device)
    assert world.printer.read_document(99) == Done(None)
    assert world.bench.front.link.tasks._stopped is False
    assert b"\xc4" not in world.to_device[sent:]


def test_the_tills_abort_takes_back_a_task_that_waits_for_the_slip() -> None:
    """It was told "in the queue"; the task must not run after that."""
    world = connected("v3", [ENTER, OPEN_SHIFT], Variant(seconds={0x4C: 0.1}))
    world.till.commands = [SALE[0]]
    with world.block() as ours:
        assert ours
        world.till.asked_at = world.now
        while world.till.phase != "runs":
            world.printer.print_slip([Text("x")])
        world.till.commands, world.till.phase, world.till.connects = [STATUS], "rest", True
        assert world.printer.print_slip(SLIP) == Done(None)
    world.finish()
    assert world.bench.device.receipt is None
    assert world.till.answers[-1][0] == 0x44


def test_a_queue_that_moves_again_without_an_abort_is_believed() -> None:
    """A register that does not stop its queue after an error: the till's next result tells."""
    told, numbers = Overheard(), Numbers()
    ear = PacketEar(told, numbers)
    add = packet(0x01, b"\xc1\x01\x11\0\0\x3f")
    ear.heard(True, add, 1.0)
    ear.heard(False, packet(0xF0, b"\xa7\x11\x55\x6c\0"), 1.1)
    assert ear.queue_stands
    ear.heard(True, packet(0x02, b"\xc1\x01\x12\0\0\x45"), 2.0)
    ear.heard(False, packet(0x02, b"\xa2"), 2.0)
    ear.heard(False, packet(0xF0, b"\xa6\x12\x55\x00\x00"), 2.1)
    assert not ear.queue_stands
