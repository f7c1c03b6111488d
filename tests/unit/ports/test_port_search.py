"""The search beside a running agent: whom it never touches, whom it asks, when it ends, what it forgets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from kit.waiting import until
from unit.discover.front_stream import FrontStream

from drivers.api import LinkFault
from drivers.discover.shtrih import ShtrihProber
from drivers.streams.byte_stream import StreamError
from drivers.streams.port_list import ListedPort
from drivers.streams.usb_finding import UsbDevice
from emulator.shtrih.bench import Bench, build
from pos_agent.config import Config
from pos_agent.errors import AgentError
from pos_agent.port_search import SEARCH_S, SETTLE_S, Around, PortSearch
from pos_agent.port_words import PortsNow

OURS, SECOND, FREE, LATER = (f"/dev/ttyACM{number}" for number in range(4))


class BenchClock:
    """The time of the emulated bench: waiting moves it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def monotonic(self) -> float:
        return self._bench.clocks.monotonic

    def now(self) -> datetime:
        return datetime.fromisoformat("2026-11-21T18:05:00+00:00")

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self._bench.clocks.monotonic += seconds
        return event.wait(0.001)


class Desk:
    """`around` is what is plugged in; `opened` are the ports that were opened; a register answers on `printers`."""

    def __init__(self, **printer: Any) -> None:
        self.bench = build(datetime.fromisoformat("2026-11-21T18:05"))
        self.clock = BenchClock(self.bench)
        self.ports: list[ListedPort] = []
        self.devices: list[UsbDevice] = []
        self.opened: list[str] = []
        self.printers: set[str] = {FREE}
        self.refuse: dict[str, StreamError] = {}
        self.at_opening: Callable[[], None] = lambda: None
        self.config(**printer)

    def config(self, **printer: Any) -> None:
        parts = {"printer": [{"part": "ip", "tax_system": 2, "port": printer.pop("part")}]} if "part" in printer else {}
        config = Config(agent={"data_dir": Path("/none")}, printer={"port": OURS, **printer}, parts=parts)
        around = lambda: Around([*self.ports], [*self.devices])  # noqa: E731 - one line
        self.search = PortSearch(config, self.clock, around, self._opener, lambda: (ShtrihProber(),))

    def _opener(self, address: Any, baud: int) -> FrontStream:
        self.opened.append(str(address))
        self.at_opening()
        answers = str(address) in self.printers
        return FrontStream(self.bench, bytes if answers else lambda said: b"", self.refuse.get(str(address)))

    def plug(self, *paths: str, place: str = "") -> None:
        self.ports += [ListedPort(path, "0403:6001", place or f"1-{path[-1]}") for path in paths]

    def ended(self) -> PortsNow:
        until(lambda: self.search.now().left_s == 0.0)
        return self.search.now()

    def states(self) -> dict[str, str]:
        return {str(one.candidate.address): one.state for one in self.search.now().ports}


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.search.stop()


def test_our_own_printer_and_its_devices_other_port_are_never_opened(desk: Desk) -> None:
    desk.config(part=LATER)
    desk.plug(OURS, SECOND, place="1-2.3")
    desk.plug(FREE, LATER)
    assert desk.states() == {OURS: "held", SECOND: "beside", FREE: "new", LATER: "held"}
    desk.search.search()
    desk.ended()
    assert set(desk.opened) == {FREE}
    for port in (OURS, SECOND, LATER, "/dev/ttyS7"):
        with pytest.raises(AgentError, match="INS-19"):
            desk.search.search(port)
    assert set(desk.opened) == {FREE}


def test_a_link_to_our_port_is_our_port(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "tty").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "tty")
    desk.config(port=str(tmp_path / "by-id"))
    desk.ports = [ListedPort(str(tmp_path / "tty"), "1FC9:0083", "1-1")]
    assert desk.states() == {str(tmp_path / "tty"): "held"}


@pytest.mark.parametrize("own", ["usb:1FC9:0083", "usb:1FC9:0083:A1"])
def test_the_tty_of_our_usb_device_is_not_asked_either(desk: Desk, own: str) -> None:
    desk.config(port=own)
    desk.devices = [UsbDevice(0x1FC9, 0x0083, "A1", "1-2.3", True), UsbDevice(0x1FC9, 0x0083, "B2", "1-4", True)]
    desk.plug(SECOND, place="1-2.3")
    states = desk.states()
    assert states[SECOND] == "beside"
    assert states["usb:1FC9:0083:B2"] == ("new" if own.endswith("A1") else "held"), "without a serial it may be ours"


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        ("tcp:192.168.137.111:7778", False),
        ("tcp:printer.local:7778", False),
        ("tcp:192.168.1.60:7778", True),
        ("tcp:192.168.137.111:5555", True),
    ],
)
def test_a_printer_in_the_network_that_may_be_ours_is_not_asked(desk: Desk, own: str, asked: bool) -> None:
    desk.config(port=own, vendor="shtrih")
    desk.devices = [UsbDevice(0x18D1, 0x4EE4, "", "1-1", False)]
    desk.search.search()
    desk.ended()
    assert desk.opened[:1] == (["tcp:192.168.137.111:7778"] if asked else [])
    held = [row["port"] for row in desk.search.shown("ru")["ports"] if row["state"] == "held"]
    assert held == [own if asked else "tcp:192.168.137.111:7778"]


def test_a_printer_is_found_with_the_lines_for_the_settings(desk: Desk) -> None:
    desk.plug(OURS, FREE, LATER)
    desk.search.search(FREE)
    desk.ended()
    rows = {row["port"]: row for row in desk.search.shown("ru")["ports"]}
    assert desk.opened[0] == FREE
    assert rows[FREE]["settings"] == ["[printer]", 'vendor = "shtrih"', f'port = "{FREE}"', "baud = 115200"]
    assert (rows[FREE]["state"], rows[FREE]["verdict"], rows[FREE]["speed"]) == ("asked", "ready", "115200")
    assert "ШТРИХ-М-01Ф" in rows[FREE]["answer"]
    assert rows[LATER]["state"] == "new", "only the named one is asked"
    assert rows[OURS]["settings"] == []


def test_what_stands_in_the_way_is_told_with_its_code(desk: Desk) -> None:
    desk.plug(FREE, LATER, SECOND)
    desk.refuse = {
        FREE: StreamError(LinkFault.BUSY, "held"),
        LATER: StreamError(LinkFault.NO_PERMISSION, "no"),
    }
    desk.printers.clear()
    desk.search.search()
    until(lambda: set(desk.states().values()) == {"asked", "held"})
    told = {row["port"]: (row["told"] or {}).get("code") for row in desk.search.shown("ru")["ports"]}
    assert told == {OURS: None, FREE: "PRN-04", LATER: "INS-02", SECOND: None}
    words = {row["port"]: row["answer"] for row in desk.search.shown("en")["ports"]}
    assert words == {OURS: "", FREE: "held by another program", LATER: "no permission", SECOND: "silence"}


def test_a_port_that_comes_meanwhile_is_asked_when_it_has_settled_and_forgotten_when_it_goes(desk: Desk) -> None:
    desk.search.search()
    until(lambda: desk.search.now().left_s < SEARCH_S - 1)
    came = desk.clock.monotonic()
    first: list[float] = []
    desk.at_opening = lambda: first.append(desk.clock.monotonic())
    desk.plug(FREE)
    until(lambda: desk.states().get(FREE) == "asked")
    assert first[0] - came >= SETTLE_S
    desk.ports.clear()
    assert FREE not in desk.states()
    desk.ended()
    desk.plug(FREE)
    assert desk.states()[FREE] == "new", "another device may be in that socket now"


def test_the_time_ends_a_search_and_what_was_cut_short_is_not_told_as_silence(desk: Desk) -> None:
    desk.plug(FREE)
    desk.printers.clear()

    def late() -> None:
        desk.bench.clocks.monotonic += SEARCH_S

    desk.at_opening = late
    desk.search.search()
    assert {str(one.candidate.address): one.state for one in desk.ended().ports}[FREE] == "new"
    before = len(desk.opened)
    assert before == 1, "no further speed is tried after the time"
    desk.at_opening = lambda: None
    desk.search.search()
    until(lambda: desk.states()[FREE] == "asked")
    assert len(desk.opened) > before, "a search after the first one has a thread of its own"


def test_stopping_ends_it_at_once(desk: Desk) -> None:
    desk.plug(FREE)
    desk.printers.clear()
    desk.search.search()
    desk.search.stop()
    assert desk.search.now().left_s == 0.0
    assert not [one for one in threading.enumerate() if one.name == "port-search"]
