"""Readiness, watchdog and liveness against a real datagram socket and a virtual clock."""

import itertools
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.tree import ROOT

from drivers.shtrih.command import Nothing
from drivers.shtrih.commands import ALL
from drivers.shtrih.commands_receipt import Z_REPORT
from drivers.shtrih.frame import ACK, ENQ, NAK
from drivers.shtrih.link import ShtrihLink
from drivers.shtrih.session import Session
from drivers.streams.memory import answering_stream
from pos_agent.config_printer import PrinterSection
from pos_agent.notify import PRINTER_SILENCE_S, WRITER_SILENCE_S, Liveness, Notifier, Pulse
from pos_agent.printing.line import BACKOFF_S
from pos_agent.store.store import WRITING_WAIT_SECONDS

WATCHDOG_S = 10.0


class VirtualTime:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self._socket.settimeout(5)

    def environment(self, **more: str) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.name, **more}

    def one(self) -> str:
        return self._socket.recv(4096).decode("utf-8")

    def all(self) -> list[str]:
        """What has come so far. A local datagram is there when `sendto` returns: no waiting."""
        found: list[str] = []
        self._socket.setblocking(False)
        try:
            while True:
                found.append(self._socket.recv(4096).decode("utf-8"))
        except BlockingIOError:
            return found
        finally:
            self._socket.settimeout(5)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.close()


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


def fill(flood: socket.socket, name: str) -> None:
    """Send until the other end's queue is full."""
    while True:
        try:
            flood.sendto(b"X", name)
        except BlockingIOError:
            return


def watched(manager: Manager, time: VirtualTime, **more: str) -> Notifier:
    return Notifier(manager.environment(WATCHDOG_USEC=str(int(WATCHDOG_S * 1e6)), **more), time)


# ------------------------------------------------------------------ readiness


def test_tells_ready_and_stopping(manager: Manager, time: VirtualTime) -> None:
    notifier = Notifier(manager.environment(), time)
    notifier.ready("касса till-1")
    assert manager.one() == "READY=1\nSTATUS=касса till-1"
    notifier.stopping()
    assert manager.one() == "STOPPING=1"


def test_reaches_an_abstract_socket(tmp_path: Path, time: VirtualTime) -> None:
    manager = Manager(f"@pos-agent-test/{tmp_path.name}/{id(time)}")
    Notifier(manager.environment(), time).ready()
    assert manager.one() == "READY=1"
    manager.close()


def test_status_is_one_line_and_only_news(manager: Manager, time: VirtualTime) -> None:
    notifier = Notifier(manager.environment(), time)
    notifier.status("paper\nWATCHDOG=trigger\x00")
    notifier.status("paper\nWATCHDOG=trigger\x00")
    notifier.status("x" * 5000)
    first, second = manager.all()
    assert first == "STATUS=paper WATCHDOG=trigger "
    assert second == "STATUS=" + "x" * 200


@pytest.mark.parametrize("name", ["", "vsock:2:1234", "relative/path"])
def test_does_nothing_outside_systemd(name: str, time: VirtualTime) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000000"}, time)
    asked: list[str] = []
    notifier.ready()
    notifier.feed(lambda: asked.append("asked") or "")
    notifier.stopping()
    assert notifier.watchdog_s is None
    assert asked == []
    assert notifier.pause_s(5.0) == 5.0


@pytest.mark.parametrize("path", ["{tmp}/nobody", "{tmp}/" + "long" * 40])
def test_a_manager_that_went_away_stops_nothing(path: str, tmp_path: Path, time: VirtualTime, capsys) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": path.format(tmp=tmp_path), "WATCHDOG_USEC": "1000000"}, time)
    notifier.ready()
    notifier.feed(lambda: "")
    notifier.stopping()
    said = capsys.readouterr()
    assert (said.out + said.err).count("does not listen") == 1


def test_a_manager_that_does_not_read_holds_nobody_up(manager: Manager, time: VirtualTime) -> None:
    notifier = Notifier(manager.environment(), time)
    flood = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    flood.setblocking(False)
    fill(flood, manager.name)
    sent = threading.Thread(target=notifier.ready, daemon=True)
    sent.start()
    sent.join(10)
    assert not sent.is_alive()
    flood.close()


# ------------------------------------------------------------------ watchdog


def test_feeds_at_half_the_interval(manager: Manager, time: VirtualTime) -> None:
    notifier = watched(manager, time)
    fed_at: list[float] = []
    for _ in range(400):
        notifier.feed(lambda: "")
        fed_at += [time.now] * len(manager.all())
        time.now += 0.1
    gaps = [later - earlier for earlier, later in itertools.pairwise(fed_at)]
    assert len(fed_at) == 8
    assert all(WATCHDOG_S / 2 <= gap <= WATCHDOG_S / 2 + 0.11 for gap in gaps), gaps


def test_the_loop_wakes_often_enough_for_a_short_watchdog(manager: Manager, time: VirtualTime) -> None:
    notifier = watched(manager, time)
    longest, last = 0.0, time.now
    for _ in range(40):
        notifier.feed(lambda: "")
        if manager.all():
            longest, last = max(longest, time.now - last), time.now
        time.now += notifier.pause_s(60.0)
    assert 0 < longest < WATCHDOG_S


def test_a_frozen_actor_starves_the_watchdog_until_it_moves(manager: Manager, time: VirtualTime) -> None:
    notifier, liveness, beat = watched(manager, time), Liveness(time), Pulse(time)
    liveness.watch("printer", lambda: beat.last, 75.0)
    notifier.feed(liveness.frozen)
    assert manager.all() == ["WATCHDOG=1"]
    told: dict[float, list[str]] = {}
    for silent_s in range(5, 200, 5):
        time.now += 5.0
        notifier.feed(liveness.frozen)
        told[silent_s] = manager.all()
    assert [at for at, messages in told.items() if "WATCHDOG=1" in messages] == list(range(5, 80, 5))
    assert {at: messages for at, messages in told.items() if at > 75 and messages} == {80: ["STATUS=frozen: printer"]}
    beat()
    notifier.feed(liveness.frozen)
    assert manager.all() == ["STATUS=", "WATCHDOG=1"]


@pytest.mark.parametrize("usec", ["", "0", "-5", "soon"])
def test_no_watchdog_was_asked_for(usec: str, manager: Manager, time: VirtualTime) -> None:
    notifier = Notifier(manager.environment(WATCHDOG_USEC=usec), time)
    notifier.feed(lambda: "")
    assert notifier.watchdog_s is None
    assert manager.all() == []


def test_a_watchdog_of_another_process_is_not_fed(manager: Manager, time: VirtualTime) -> None:
    environment = manager.environment(WATCHDOG_USEC="10000000", WATCHDOG_PID="4711")
    Notifier(environment, time, pid=4712).feed(lambda: "")
    assert manager.all() == []
    Notifier(environment, time, pid=4711).feed(lambda: "")
    assert manager.all() == ["WATCHDOG=1"]


# ------------------------------------------------------------------ who is alive


def test_names_the_first_that_is_silent_too_long(time: VirtualTime) -> None:
    liveness = Liveness(time)
    beats: dict[str, float | None] = {"printer": time.now, "writer": None}
    liveness.watch("printer", lambda: beats["printer"], 75.0)
    liveness.watch("writer", lambda: beats["writer"], 60.0)
    time.now += 75.0
    assert liveness.frozen() == ""
    time.now += 0.5
    assert liveness.frozen() == "printer"
    beats["printer"], beats["writer"] = time.now, time.now - 61.0
    assert liveness.frozen() == "writer"
    beats["writer"] = None  # nobody writes: nothing to be late with
    assert liveness.frozen() == ""
    time.now += 86_400.0
    assert liveness.frozen() == "printer"


def test_a_pulse_is_the_time_and_remembers_it(time: VirtualTime) -> None:
    pulse = Pulse(time)
    time.now += 5
    assert pulse.last == 1000.0
    assert pulse() == 1005.0
    time.now += 5
    assert pulse.last == 1005.0


def test_a_long_command_counts_as_alive_to_its_deadline(time: VirtualTime) -> None:
    """A register takes the command and says nothing more: between two beats lies the time-out at most."""
    pulse, silences = Pulse(time), [0.0]

    def peer(asked: bytes) -> bytes:
        if asked == bytes([ENQ]):
            return bytes([NAK])
        return bytes([ACK]) if asked else b""

    def advance(seconds: float) -> None:
        time.now += seconds
        silences.append(time.now - pulse.last)

    stream = answering_stream(peer, advance)
    session = Session(stream, pulse, ShtrihLink())
    began = time.now
    session.run(Z_REPORT, Nothing())
    assert time.now - began >= Z_REPORT.timeout_s
    assert Z_REPORT.timeout_s - 1 <= max(silences) <= Z_REPORT.timeout_s + 1 < PRINTER_SILENCE_S


# ------------------------------------------------------------------ the numbers fit each other


def unit_seconds(key: str) -> float:
    text = (ROOT / "systemd" / "pos-agent.service").read_text(encoding="utf-8")
    (value,) = re.findall(rf"^{key}=(\d+)$", text, re.MULTILINE)
    return float(value)


def longest_poll_s() -> float:
    (most,) = [limit.le for limit in PrinterSection.model_fields["poll_s"].metadata if hasattr(limit, "le")]
    return float(most)


def test_allowed_silences_exceed_every_wait() -> None:
    longest = max(command.timeout_s for command in ALL)
    assert longest + 5 <= PRINTER_SILENCE_S < unit_seconds("WatchdogSec")
    assert max(longest_poll_s(), *BACKOFF_S) + WRITING_WAIT_SECONDS < PRINTER_SILENCE_S
    assert WRITING_WAIT_SECONDS < WRITER_SILENCE_S < unit_seconds("WatchdogSec")
