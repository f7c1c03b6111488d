"""Tap mode on ATOL: however the till's bytes are cut and whenever the agent speaks, the till sees the register itself.

The same commands are run on the register's own port first; the bytes the till reads must be the same. Where it was
told to wait (a slip took longer than the hold) its answers must be.
"""

from hypothesis import given
from hypothesis import strategies as st
from kit.atol_tap_world import (
    CANCEL,
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
    direct,
    till_for,
)

from drivers.api import Cut, Done, NotSent, OutcomeUnknown, Text
from emulator.atol.variant import AddAnswer, Variant

PARTS = [[TYPE], [STATUS], [STATE, STORAGE], SALE, [*SALE[:3], CANCEL], [SELECT, PIECE, PIECE], [WRONG], [LEAVE, ENTER]]
PROTOCOLS = st.sampled_from(["v2", "v3"])
SCRIPTS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(
    lambda parts: [ENTER, OPEN_SHIFT, *(command for part in parts for command in part)]
)
WISHES = st.lists(st.tuples(st.floats(0.0, 0.4), st.sampled_from(["ask", "read", "slip"])), max_size=6)
CUTS = st.lists(st.integers(1, 40), max_size=8)
DELAYS = st.sampled_from([{}, {0x4C: 0.02, 0xA4: 0.01}, {0x4C: 0.15, 0xA4: 0.05, 0x3F: 0.05}])


@given(
    protocol=PROTOCOLS,
    commands=SCRIPTS,
    wishes=WISHES,
    cut=CUTS,
    seconds=DELAYS,
    pause_s=st.sampled_from([0.0, 0.01, 0.08, 0.5]),
    add_answer=st.sampled_from(list(AddAnswer)),
    first=st.sampled_from([0x00, 0x5A, 0x7E, 0xC0, 0xDD]),
    flags=st.sampled_from([1, 3]),
)
def test_the_till_sees_what_it_would_see_direct(
    protocol, commands, wishes, cut, seconds, pause_s, add_answer, first, flags
) -> None:
    variant = Variant(seconds=seconds, add_answer=add_answer)
    how = {"pause_s": pause_s, "number": first, "tid": (first * 3) % 0xE0, "flags": flags}
    alone = direct(protocol, till_for(protocol, commands, **how), variant)
    world = AtolTapWorld(protocol, till_for(protocol, commands, **how), variant)
    world.cut = cut
    for after_s, wish in wishes:
        world.run(after_s)
        _speak(world, wish)
    world.finish(200.0)
    assert world.till.answers == alone.answers
    if world.router.refused == 0:
        assert bytes(world.till.seen) == bytes(alone.seen)
    assert world.bench.device.receipt is None
    world.run(3.0)
    assert isinstance(world.printer.connect(), Done)
    assert world.printer.storage().reply.last_fd == alone_last_fd(commands)


def alone_last_fd(commands: list[bytes]) -> int:
    """Registration, shift, and a document for each closed receipt."""
    return 2 + commands.count(CLOSE)


def _speak(world: AtolTapWorld, wish: str) -> None:
    """One piece of the agent's work; whatever comes of it, it is no fault of the till's."""
    if world.printer.protocol == "" or not isinstance(world.printer.storage(), Done):
        world.printer.connect()
        return
    if wish == "ask":
        assert isinstance(world.printer.status(), Done | NotSent)
    elif wish == "read":
        assert isinstance(world.printer.read_document(1), Done | NotSent | OutcomeUnknown)
    else:
        with world.block() as ours:
            if ours:
                assert not isinstance(world.printer.print_slip([Text("x"), Text("y"), Cut()]), NotSent)
