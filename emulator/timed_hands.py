"""Hands on a running printer that take back what they did after a while: mains, cable, paper.

They act in threads of their own, so that a fault met inside a command does not wait for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.appliance import Appliance


class TimedHands:
    """Implements :class:`emulator.faults.Hands` for an appliance."""

    def __init__(self, appliance: Appliance) -> None:
        self._appliance = appliance
        self._lock = threading.Lock()
        self._timers: set[threading.Timer] = set()
        self._stopped = False

    def cut_power(self, moment: str, seconds: float) -> None:
        """Mains off: now, or when the FN writes; back after so many seconds."""

        def back() -> None:
            self._after(seconds, lambda: self._appliance.power(True))

        if moment == "now":
            self._appliance.power(False)
            back()
        else:
            self._appliance.cut_power(moment, back)

    def pull_cable(self, endpoint: int, seconds: float, renamed: bool) -> None:
        """Cable of one endpoint (from 0) out and back."""
        chosen = self._appliance.endpoints[endpoint]
        chosen.cable(False)
        self._after(seconds, lambda: chosen.cable(True, renamed))

    def end_paper(self, lines: int, seconds: float) -> None:
        """The paper ends after so many lines; a new roll after so many seconds."""
        device = self._appliance.device
        with device.lock:
            device.paper_out(lines)

        def refill() -> None:
            with device.lock:
                device.paper_in()

        self._after(seconds, refill)

    def stop(self) -> None:
        """Do nothing more."""
        with self._lock:
            self._stopped = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
            timer.join()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        if not seconds:
            return

        def run() -> None:
            act()
            with self._lock:
                self._timers.discard(timer)

        timer = threading.Timer(seconds, run)
        timer.daemon = True
        with self._lock:
            if not self._stopped:
                self._timers.add(timer)
                timer.start()
