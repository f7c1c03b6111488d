"""Console faults: answers that go missing, mains that go off while the FN writes."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from kit.waiting import until

from emulator.appliance import Appliance, Order
from emulator.console import Console
from emulator.shtrih.bench import Bench, Clocks
from emulator.shtrih.frame import ACK, ENQ, NAK, pack
from emulator.shtrih.front import ShtrihFront
from emulator.till_orders import close, item

SERIAL = 2
STATUS = pack(b"\x10\x1e\0\0\0")
SHIFT = b"\xe0\x1e\0\0\0"
CLOSE = b"\xff\x45\x1e\0\0\0" + close({1: 10_000})
ONLY_ACK = bytes((ACK,))
ONLY_NAK = bytes((NAK,))
ASK = bytes((ENQ,))


@pytest.fixture
def appliance() -> Iterator[Appliance]:
    made = Appliance(Order([]))
    yield made
    made.stop()


@pytest.fixture
def console(appliance: Appliance) -> Console:
    return Console(appliance)


@pytest.fixture
def host(appliance: Appliance) -> Bench:
    """A host on a port of the appliance; its device is the console's."""
    bench = Bench(ShtrihFront(appliance.machine, SERIAL), appliance.device, Clocks(appliance.device.now()))
    bench.wake()
    return bench


@pytest.fixture
def ready(host: Bench) -> Bench:
    """A receipt of 100.00 is open and waits to be closed."""
    host.ok(0xE0)
    host.ok(0x8D, b"\0")
    host.ok(0xFF46, item())
    return host


def test_a_lost_answer_was_executed_and_enq_gets_nak(console: Console, ready: Bench):
    before = ready.device.fn.last_fd
    assert console.run("lose answer FF45")["answers"] == {"FF45": "lose 1"}
    assert ready.send(pack(CLOSE)) == ONLY_ACK
    assert ready.send(ASK) == ONLY_NAK
    assert ready.device.fn.last_fd == before + 1
    assert ready.device.receipt is None
    assert console.run("status")["answers"] == {}
    assert ready.code(0x10) == 0


def test_a_muted_answer_is_fetched_by_enq(console: Console, ready: Bench):
    assert console.run("mute ff45h")["answers"] == {"FF45": "mute 1"}
    assert ready.send(pack(CLOSE)) == ONLY_ACK
    out = ready.send(ASK)
    assert out[:1] == ONLY_ACK
    assert out[3:6] == b"\xff\x45\0"
    assert int.from_bytes(out[11:15], "little") == ready.device.fn.last_fd
    assert ready.send(ONLY_ACK) == b""
    assert ready.send(ASK) == ONLY_NAK


def test_so_many_answers_of_this_command_alone(console: Console, host: Bench):
    console.run("lose answer 10 2")
    assert host.code(0x11) == 0
    for left in ({"10": "lose 1"}, {}):
        assert host.send(STATUS) == ONLY_ACK
        assert host.send(ASK) == ONLY_NAK
        assert console.run("status")["answers"] == left
    assert host.code(0x10) == 0


def test_the_last_word_counts_and_zero_takes_it_back(console: Console, host: Bench):
    console.run("lose answer 10 5")
    assert console.run("mute 10 2")["answers"] == {"10": "mute 2"}
    assert console.run("mute 10 0")["answers"] == {}
    assert host.code(0x10) == 0


def test_refusals_go_missing_too(console: Console, host: Bench):
    console.run("mute FF45")
    assert host.send(pack(CLOSE)) == ONLY_ACK
    assert host.send(ASK)[3:5] == b"\xff\x45"


def test_other_ports_lose_their_answers_as_well(console: Console, host: Bench):
    other = host.another(3)
    console.run("lose answer 10")
    assert other.send(STATUS) == ONLY_ACK
    assert host.code(0x10) == 0


@pytest.mark.parametrize(("side", "written"), [("before", 0), ("after", 1)])
def test_mains_off_around_the_write(console: Console, ready: Bench, side: str, written: int):
    last = ready.device.fn.last_fd
    assert console.run(f"cut power {side}") == {"ok": True, "command": f"cut power {side}", "cut": side}
    assert ready.send(pack(CLOSE)) == ONLY_ACK
    assert console.run("status")["powered"] is False
    assert ready.device.fn.last_fd == last + written
    assert (ready.device.receipt is None) is bool(written)
    ready.front.power_off()  # an appliance without endpoints has none to do it
    console.run("power on")
    ready.wake()
    assert ready.device.fn.last_fd == last + written
    if written:
        assert ready.ok(0x10)[4] == 3  # submode: the print waits for the order to continue
        ready.ok(0xB0)
    else:
        ready.ok(0x88)
    assert ready.code(0x8D, b"\0") == 0


def test_a_cut_happens_once_and_can_be_taken_back(console: Console, host: Bench):
    console.run("cut power before")
    console.run("cut power never")
    host.ok(0xE0)
    console.run("cut power after")
    assert host.send(pack(b"\x41\x1e\0\0\0")) == ONLY_ACK
    host.front.power_off()
    console.run("power on")
    host.wake()
    host.ok(0xB0)
    assert host.code(0xE0) == 0
    assert console.run("status")["powered"] is True


def test_a_real_port_goes_silent_and_comes_back():
    """The cut comes from the endpoint's own command thread, which must not wait for itself."""
    appliance = Appliance(Order(["tcp:127.0.0.1:0"]))
    try:
        console = Console(appliance)
        address, _, number = appliance.addresses[0].removeprefix("tcp:").rpartition(":")
        with socket.create_connection((address, int(number)), timeout=5) as line:
            line.sendall(ASK)
            assert line.recv(1) == ONLY_NAK
            console.run("cut power after")
            line.sendall(pack(SHIFT))
            assert line.recv(1) == ONLY_ACK
            until(lambda: not console.run("status")["powered"])
            line.sendall(ASK)
            console.run("power on")
            line.sendall(ASK)
            assert line.recv(1) == ONLY_NAK
        assert appliance.device.fn.shift_open
    finally:
        appliance.stop()


@pytest.mark.parametrize(
    "line",
    ["lose", "lose FF45", "lose answer", "lose answer ZZ", "lose answer FFEE", "lose answer 10 -1",
     "lose answer 10 1 1", "mute", "mute answer 10", "mute 10 x", "cut", "cut power", "cut power now",
     "cut cable before"],
)  # fmt: skip
def test_wrong_lines_change_nothing(console: Console, line: str):
    before = console.run("status")
    answer = console.run(line)
    assert answer["ok"] is False
    assert answer["error"].startswith("usage: ")
    assert console.run("status") == before
