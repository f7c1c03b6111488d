"""Hands on a device in memory, for tests and simulations: what was done ends when the given clock says so."""

from __future__ import annotations

from collections.abc import Callable

from emulator.device_core import PowerCutError, no_probe
from emulator.fault_line import FrontEnd
from emulator.shtrih.machine import Machine


class MemoryHands:
    """Implements :class:`emulator.faults.Hands`. ``monotonic`` reads the clock the fronts are driven by.

    ``powered`` and ``plugged`` are for the wire: bytes pass only while both are true. Call :meth:`settle` when time has
    passed. ``front`` is set after the front end was built around these hands.
    """

    def __init__(self, machine: Machine, monotonic: Callable[[], float]) -> None:
        self.machine = machine
        self.front: FrontEnd | None = None
        self.powered = self.plugged = True
        self.name = 1
        self._monotonic = monotonic
        self._later: list[tuple[float, Callable[[], None]]] = []

    def due(self) -> float | None:
        """When :meth:`settle` is wanted."""
        return min((at for at, _ in self._later), default=None)

    def settle(self) -> None:
        """End what has lasted long enough."""
        now = self._monotonic()
        ready = [act for at, act in self._later if at <= now]
        self._later = [each for each in self._later if each[0] > now]
        for act in ready:
            act()

    def cut_power(self, moment: str, seconds: float) -> None:
        """Mains off, now or when the FN writes."""
        if moment == "now":
            self._power_off(seconds)
            return

        def cut(instant: str) -> None:
            if instant == moment:
                self.machine.device.probe = no_probe
                self._power_off(seconds)
                raise PowerCutError(instant)

        self.machine.device.probe = cut

    def pull_cable(self, endpoint: int, seconds: float, renamed: bool) -> None:
        """Cable out; the name counts up when it comes back under another one."""
        self.plugged = False

        def plug() -> None:
            self.plugged = True
            self.name += int(renamed)

        self._after(seconds, plug)

    def end_paper(self, lines: int, seconds: float) -> None:
        """Paper out."""
        self.machine.device.paper_out(lines)
        self._after(seconds, self.machine.device.paper_in)

    def _power_off(self, seconds: float) -> None:
        self.powered = False
        self.machine.device.power_off()
        self.machine.power_lost()
        if self.front is not None:
            self.front.power_off()
        self._after(seconds, self._power_on)

    def _power_on(self) -> None:
        self.machine.device.power_on()
        self.powered = True

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        if seconds:
            self._later.append((self._monotonic() + seconds, act))
