"""Tap mode on an ATOL register: what the agent waits for, and whose bytes are whose."""

import pytest
from kit.atol_tap_world import (
    CLOSE,
    ENTER,
    LEAVE,
    OPEN_SHIFT,
    PIECE,
    SALE,
    SELECT,
    STATE,
    STATUS,
    STORAGE,
    TYPE,
    WRONG,
    AtolTapWorld,
    connected,
    direct,
    till_for,
)

from drivers.api import Done, LinkFault, NotSent
from drivers.tap.router import HOLD_S, LEASE_S, Owner
from emulator.atol.variant import Variant

BOTH = pytest.mark.parametrize("protocol", ["v2", "v3"])


@BOTH
def test_the_till_alone_sees_the_register_itself(protocol: str) -> None:
    wanted = [STATUS, ENTER, OPEN_SHIFT, *SALE, STORAGE, SELECT, PIECE, PIECE, LEAVE, WRONG, STATUS]
    alone = direct(protocol, till_for(protocol, wanted))
    world = AtolTapWorld(protocol, till_for(protocol, wanted))
    world.finish()
    assert world.till.seen == alone.seen
    assert world.router.refused == 0


@BOTH
def test_the_agent_says_nothing_while_a_receipt_is_open(protocol: str) -> None:
    world = connected(protocol, [ENTER, OPEN_SHIFT])
    world.till.commands = SALE[:3]
    world.finish()
    world.run(20.0)
    sent = len(world.to_device)
    assert not world.router.free(world.now)
    assert world.printer.status() == NotSent(LinkFault.BUSY, "3Fh: the till")
    assert len(world.to_device) == sent
    world.till.commands = [CLOSE]
    world.finish()
    world.run(0.2)
    assert isinstance(world.printer.status(), Done)


@BOTH
@pytest.mark.parametrize("question", [STATUS, STATE])
def test_a_receipt_that_was_open_before_is_learned_from_the_registers_answer(protocol: str, question: bytes) -> None:
    world = connected(protocol, [ENTER, OPEN_SHIFT])
    world.bench.ok(SALE[0])
    world.till.commands = [question]
    world.finish()
    world.run(1.0)
    assert not world.router.free(world.now)


@BOTH
def test_a_close_in_paper_trouble_is_asked_about_after_a_while(protocol: str) -> None:
    """67h: the receipt may be registered. The till asks, or in the end the agent does; it is not silent for ever."""
    world = connected(protocol, [ENTER, OPEN_SHIFT])
    world.till.commands = list(SALE[:3])
    world.finish()
    world.bench.device.paper_out()
    world.till.commands = [CLOSE]
    world.finish()
    assert world.till.answers[-1][1] == 0x67
    world.run(2.0)
    assert not world.router.free(world.now)
    world.run(10.0)
    assert world.router.free(world.now)


@BOTH
def test_the_agent_does_not_come_between_a_document_and_its_pieces(protocol: str) -> None:
    world = connected(protocol, [SELECT, PIECE])
    world.till.commands = [SELECT, PIECE]
    world.finish()
    world.run(0.5)
    assert not world.router.free(world.now)
    world.run(2.0)
    assert world.router.free(world.now)


@BOTH
def test_a_document_that_the_till_read_too_is_not_believed(protocol: str) -> None:
    world = connected(protocol, variant=Variant(seconds={0xA4: 0.08}))
    world.till.commands, world.till.next_at = [SELECT, PIECE], world.now + 0.1
    first = world.printer.read_document(1)
    assert first == NotSent(LinkFault.BUSY, "the till has read a document meanwhile")
    world.finish()
    world.run(3.0)
    assert isinstance(world.printer.read_document(1), Done)


@BOTH
def test_after_a_refusal_the_till_may_ask_why_first(protocol: str) -> None:
    world = connected(protocol)
    world.till.commands = [WRONG]
    world.finish()
    world.run(0.6)
    assert not world.router.free(world.now)
    world.run(0.6)
    assert world.router.free(world.now)


@BOTH
def test_a_command_during_our_exchange_is_only_late(protocol: str) -> None:
    slow = Variant(seconds={0xA4: 0.2})
    wanted = [STATUS, ENTER, OPEN_SHIFT]
    alone = direct(protocol, till_for(protocol, wanted, connects=False), slow)
    world = connected(protocol, variant=slow)
    world.till.seen.clear()
    world.till.commands, world.till.next_at = list(wanted), world.now + 0.1
    assert isinstance(world.printer.storage(), Done)
    world.finish()
    world.router.poll(world.now)
    assert [answer[:2] for answer in world.till.answers] == [answer[:2] for answer in alone.answers]
    assert world.router.refused == 0
    if protocol == "v2":
        assert world.till.seen == alone.seen


@BOTH
def test_when_the_register_does_not_answer_us_the_till_still_gets_through(protocol: str) -> None:
    world = connected(protocol)
    world.mute = True
    world.till.commands, world.till.next_at = [STATUS], world.now + 0.2
    began = world.now
    outcome = world.printer.storage()
    assert isinstance(outcome, NotSent), outcome
    world.finish()
    assert world.till.answers[-1][0] == 0x44
    assert world.now - began < 16.0


@BOTH
def test_a_dead_agent_loses_its_turn(protocol: str) -> None:
    world = connected(protocol)
    assert world.router.begin_exchange(world.now)
    world.till.commands = [STATUS]
    world.finish(LEASE_S + 3.0)
    assert world.router.owner is Owner.TILL
    assert world.router.from_agent(b"\x05", world.now) is False


@BOTH
def test_what_the_register_still_says_to_us_never_reaches_the_till(protocol: str) -> None:
    """Our exchange was cut off in the middle; the answer comes later, the till begins something of its own."""
    slow = Variant(seconds={0xA4: 7.0})
    world = connected(protocol, variant=slow)
    world.printer._stream.read = _stops(world)
    with pytest.raises(AssertionError, match="stop"):
        world.printer.storage()
    world.run(LEASE_S + 0.5)
    assert world.router.owner is Owner.TILL
    world.run(5.0)
    assert world.till.phase == "rest"
    assert not world.till.inbox
    world.till.commands = [STATUS]
    world.finish()
    assert world.till.answers[-1][0] == 0x44


def _stops(world):
    """The agent's thread dies once its command runs."""

    def read(max_bytes: int, timeout_s: float) -> bytes:
        until = world.now + 0.3
        while world.now < until and not world.router.out.agent:
            world.step()
        piece = bytes(world.router.out.agent)
        world.router.out.agent.clear()
        if not piece:
            world.router.end_exchange = lambda now: None  # nobody lives to end it
            raise AssertionError("stop")
        return piece

    return read


@BOTH
def test_the_hold_is_shorter_than_a_till_waits_for_an_answer(protocol: str) -> None:
    world = connected(protocol)
    assert world.router.begin_exchange(world.now)
    world.till.commands, began = [STATUS], world.now
    while not world.router.refused:
        assert world.now < began + 0.45
        world.router.alive(world.now)
        world.step()
    assert HOLD_S <= world.now - began < 0.45
    world.router.end_exchange(world.now)
    world.move()
    world.finish()


@BOTH
@pytest.mark.parametrize("begins_ms", range(2, 40, 3))
def test_a_till_that_begins_while_we_speak_is_joined_in_the_middle_of_its_bytes(protocol: str, begins_ms: int) -> None:
    world = connected(protocol, variant=Variant(seconds={0xA4: 0.02}))
    world.cut = [1]
    world.till.commands, world.till.next_at = [STATUS, TYPE], world.now + begins_ms / 1000
    assert isinstance(world.printer.storage(), Done)
    world.finish(5.0)
    assert world.router.refused == 0


def test_an_answer_of_ours_that_was_cut_off_is_not_shown_to_a_till_that_rests() -> None:
    """Protocol 2, the turn taken back while our command runs: NAK is for the till, the ENQ of our answer is not."""
    world = connected("v2", variant=Variant(seconds={0xA4: 2.2}))
    world.router._patience_s = 0.7
    world.till.commands, world.till.next_at = [STATUS], world.now + 0.2
    assert isinstance(world.printer.storage(), NotSent | Done)
    world.finish()
    assert world.till.answers[-1][0] == 0x44
