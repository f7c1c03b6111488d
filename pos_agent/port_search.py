"""Ports of this computer beside the running agent: which there are, and who answers there when an installer asks.

The agent's own printers are never touched, nor another port of the same device: the till may be on it. The rest gets
state queries alone, from a thread of its own with a time limit, and a port that another program holds is left to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from drivers.api import LinkFault
from drivers.discover.address import Address, SerialAddress, TcpAddress, UsbAddress, parse_address
from drivers.discover.atol import AtolProber
from drivers.discover.look import Candidate, Finding, Opener, Prober, Verdict, look
from drivers.discover.plugged import plugged
from drivers.discover.ports import candidate_for, put_together
from drivers.discover.shtrih import ShtrihProber
from drivers.discover.stream import stream_for
from drivers.streams.byte_stream import ByteStream, StreamError
from drivers.streams.port_list import ListedPort, listed_ports
from drivers.streams.usb_finding import UsbDevice
from pos_agent.clock import Clock
from pos_agent.config import Config
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.port_words import BESIDE, HELD, PortSeen, PortsNow, ports_shown

SEARCH_S = 180.0  # ten silent ports, or a printer that is plugged in while the installer looks
SETTLE_S = 2.0  # a new port is left alone so long: its lasting name, by which our own printer is known, comes later
PAUSE_S = 0.5
CONNECT_S = 3.0
CUT_SHORT = frozenset({Verdict.SILENT, Verdict.ABSENT})  # what a port looks like whose questions were not ended


@dataclass(frozen=True)
class Around:
    """What the system lists, without asking any device."""

    ports: Sequence[ListedPort] = ()
    devices: Sequence[UsbDevice] = ()


@dataclass
class _Search:
    """Who is asked: all ports, also those that come meanwhile, or the named ones alone."""

    until: float = 0.0
    all: bool = False
    named: set[Candidate] = field(default_factory=set)
    asking: Candidate | None = None

    def wants(self, candidate: Candidate) -> bool:
        return self.all or candidate in self.named


def around_here() -> Around:
    """As this computer lists it."""
    return Around(listed_ports(), plugged())


def opened_for_questions(address: Address, baud: int) -> ByteStream:
    return stream_for(address, baud, CONNECT_S)


class PortSearch:
    """Asked from the server's threads; its own thread lives as long as a search does."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        around: Callable[[], Around] = around_here,
        opener: Opener = opened_for_questions,
        probers: Callable[[], Sequence[Prober]] = lambda: (ShtrihProber(), AtolProber()),
    ) -> None:
        self._own = [parse_address(one.port) for one in (config.printer, *config.parts.printer)]
        self._clock, self._around, self._stream, self._probers = clock, around, opener, probers
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._search = _Search()
        self._thread: threading.Thread | None = None
        self._findings: dict[Candidate, Finding] = {}
        self._since: dict[Candidate, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.stop()

    def now(self) -> PortsNow:
        """Every port as it stands. What was found of a port is forgotten when it goes away."""
        around = self._around()
        with self._lock:
            standing = self._standing(around)
            left = max(0.0, self._search.until - self._clock.monotonic())
            seen = [PortSeen(one, self._state(one, whose, left), self._findings.get(one)) for one, whose in standing]
        listed = {one.candidate.address for one in seen}
        unlisted = [own for own in self._own if not any(_same(own, one) for one in listed)]
        apart = [PortSeen(candidate_for(own), HELD) for own in unlisted]
        return PortsNow((*apart, *seen), put_together(around.ports, around.devices).notes, left)

    def shown(self, lang: str) -> dict[str, Any]:
        """`now` in words, see `api.ports`."""
        return ports_shown(self.now(), lang)

    def search(self, port: str = "") -> None:
        """Ask that port, or "" all of them and whatever comes meanwhile. What was found there before is forgotten.

        AgentError INS-19: the port is not on the list or not to be touched.
        """
        around = self._around()
        with self._lock:
            askable = {str(one.address): one for one, whose in self._standing(around) if not whose}
            if port and port not in askable:
                raise AgentError("INS-19", port=port)
            for one in [askable[port]] if port else list(self._findings):
                self._findings.pop(one, None)
            if port:
                self._search.named.add(askable[port])
            self._search.all = self._search.all or not port
            self._search.until = self._clock.monotonic() + SEARCH_S
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="port-search", daemon=True)
                self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """No question is begun any more."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    # ------------------------------------------------------------------ the thread of a search

    def _live(self) -> None:
        log = logger("ports")
        log.info("ports are asked")
        try:
            while self._goes_on():
                candidate = self._turn()
                if candidate is None:
                    self._clock.wait(self._stopping, PAUSE_S)
                    continue
                finding = look(candidate, self._probers(), self._opened, self._clock.monotonic)
                self._keep(finding)
                log.info("port asked", port=str(candidate.address), outcome=finding.verdict.value)
        finally:
            with self._lock:
                if self._thread is threading.current_thread():  # an error ended it
                    self._search, self._thread = _Search(), None
        log.info("ports are asked no more")

    def _goes_on(self) -> bool:
        """False: the search is over, and whoever asks for one from now on begins a new thread."""
        around = self._around()
        with self._lock:
            if not self._over() and (self._search.all or self._left(around)):
                return True
            self._search, self._thread = _Search(), None
            return False

    def _turn(self) -> Candidate | None:
        """The port that is asked now."""
        around = self._around()
        with self._lock:
            now = self._clock.monotonic()
            settled = [one for one in self._left(around) if now - self._since[one] >= SETTLE_S]
            self._search.asking = settled[0] if settled else None
            return self._search.asking

    def _keep(self, finding: Finding) -> None:
        with self._lock:
            self._search.asking = None
            if not self._over() or finding.verdict not in CUT_SHORT:
                self._findings[finding.candidate] = finding

    def _over(self) -> bool:
        return self._stopping.is_set() or self._clock.monotonic() >= self._search.until

    def _opened(self, address: Address, baud: int) -> ByteStream:
        if self._over():
            raise StreamError(LinkFault.LOST, "the search is over")
        return self._stream(address, baud)

    # ------------------------------------------------------------------ under the lock

    def _state(self, candidate: Candidate, whose: str, left_s: float) -> str:
        if whose or candidate in self._findings:
            return whose or "asked"
        if candidate == self._search.asking:
            return "asking"
        return "waiting" if left_s and self._search.wants(candidate) else "new"

    def _left(self, around: Around) -> list[Candidate]:
        standing = self._standing(around)
        return [one for one, whose in standing if not whose and one not in self._findings and self._search.wants(one)]

    def _standing(self, around: Around) -> list[tuple[Candidate, str]]:
        """Ports that there are, each with HELD, BESIDE or "" for one that may be asked."""
        candidates, now = put_together(around.ports, around.devices).candidates, self._clock.monotonic()
        self._since = {one: self._since.get(one, now) for one in candidates}
        self._findings = {one: found for one, found in self._findings.items() if one in self._since}
        places: dict[Address, str] = {SerialAddress(port.path): port.place for port in around.ports}
        places |= {UsbAddress(one.vendor, one.product, one.serial or ""): one.place for one in around.devices}
        ours = {place for address, place in places.items() if place and self._is_own(address)}
        return [(one, self._whose(one.address, places.get(one.address, "") in ours)) for one in candidates]

    def _whose(self, address: Address, beside: bool) -> str:
        if self._is_own(address):
            return HELD
        return BESIDE if beside else ""

    def _is_own(self, address: Address) -> bool:
        return any(_same(own, address) for own in self._own)


def _same(own: Address, other: Address) -> bool:
    """Could this be our printer's port? In doubt it is: a name in the network may mean any address."""
    if isinstance(own, SerialAddress) and isinstance(other, SerialAddress):
        return Path(own.path).resolve() == Path(other.path).resolve()
    if isinstance(own, TcpAddress) and isinstance(other, TcpAddress):
        named = not own.host.replace(".", "").isdigit()
        return own.port == other.port and (named or own.host == other.host)
    if isinstance(own, UsbAddress) and isinstance(other, UsbAddress):
        ids = (own.vendor, own.product) == (other.vendor, other.product)
        return ids and (not own.serial or own.serial == other.serial)
    return False
