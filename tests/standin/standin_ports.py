"""Where devices are plugged in, and what hands do to them between the driver and the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo
from typing import Any

from emulator.device import Device
from emulator.device_core import PowerCutError, no_probe
from emulator.terms import Reason, Refusal
from emulator.tlv import TlvError
from standin.standin_habits import Habits
from standin.standin_numbers import CONNECTION_LOST, INVALID_PARAM, OF_REASON, DriverError, LinkLost

MOSCOW = timezone(timedelta(hours=3))
MOMENTS = ("before", "halfway", "after")
PAUSE_S = 0.1


@dataclass
class Break:
    """A link that will be lost; see `Port.lose_link`."""

    moment: str
    name: str | None
    code: int
    times: int


@dataclass
class Port:
    """A device at an address.

    ``zone`` of the times in answers; ``wait`` is called with seconds while the device prints (None: a busy device
    refuses with 12). ``plugged``: off, the cable is out and the address gone. ``taken``: another program holds the
    port. ``calls``: names of methods and, for `processJson`, types of tasks, in order, also of those that failed.
    ``device`` may be replaced, as when a repaired register comes back with another FN.
    """

    address: str
    device: Device
    habits: Habits = field(default_factory=Habits)
    zone: tzinfo = MOSCOW
    wait: Callable[[float], object] | None = None
    plugged: bool = True
    taken: bool = False
    holder: object | None = None
    calls: list[str] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    mark_checked: tuple[bytes, int] | None = None
    marks_accepted: dict[bytes, int] = field(default_factory=dict)
    begun_after: int | None = None  # last document before the last fiscal task

    # --- hands

    def cut_power(self, moment: str = "now") -> None:
        """The mains go off now, or "before-commit" or "after-commit" of the FN's next write."""
        if moment == "now":
            self.device.power_off()
            return

        def cut(instant: str) -> None:
            if instant == moment:
                self.device.probe = no_probe
                self.device.power_off()
                raise PowerCutError(instant)

        self.device.probe = cut

    def power_on(self) -> None:
        """The mains are back; the marks that were being checked are forgotten."""
        self.mark_checked, self.marks_accepted = None, {}
        self.device.power_on()

    def lose_link(self, moment: str, name: str | None = None, code: int = CONNECTION_LOST, times: int = 1) -> None:
        """The next call (of this name: a method's, or a task's type) fails with ``code``, so many times.

        ``moment``: "before" the device did anything; "halfway": a fiscal document stands open and is not written;
        "after" the device did all of it. The device keeps its power.
        """
        if moment not in MOMENTS:
            raise ValueError(f"moment {moment!r} is not one of {MOMENTS}")
        self.breaks.append(Break(moment, name, code, times))

    # --- for the driver

    @property
    def reachable(self) -> bool:
        """Somebody would answer."""
        return self.plugged and self.device.powered

    def run(self, name: str, work: Callable[[], dict[int, Any]]) -> dict[int, Any]:
        """One call of the driver; returns its output parameters. DriverError, LinkLost."""
        self.calls.append(name)
        trouble = self._trouble(name)
        if trouble and trouble.moment == "before":
            raise LinkLost(trouble.code)
        try:
            with self.device.lock, self._halfway(trouble):
                self._let_print()
                out = work()
        except Refusal as refusal:
            raise self.error_of(refusal) from refusal
        except TlvError as error:
            raise DriverError(INVALID_PARAM, str(error)) from error
        except PowerCutError as cut:
            raise LinkLost(CONNECTION_LOST) from cut
        if trouble:
            raise LinkLost(trouble.code)
        return out

    def error_of(self, refusal: Refusal) -> DriverError:
        """The driver's number for what the device refused."""
        waits = refusal.reason is Reason.WAIT_CONTINUE
        code = self.habits.wait_code if waits else OF_REASON.get(refusal.reason, INVALID_PARAM)
        return DriverError(code, refusal.detail)

    def _let_print(self) -> None:
        while self.wait is not None and self.device.busy:
            self.wait(PAUSE_S)

    def _trouble(self, name: str) -> Break | None:
        found = next((one for one in self.breaks if one.name in (None, name)), None)
        if found is not None:
            found.times -= 1
            self.breaks = [one for one in self.breaks if one.times > 0]
        return found

    @contextmanager
    def _halfway(self, trouble: Break | None) -> Iterator[None]:
        if trouble is None or trouble.moment != "halfway":
            yield
            return
        kept = self.device.probe

        def lose(instant: str) -> None:
            if instant == "before-commit":
                raise LinkLost(trouble.code)

        self.device.probe = lose
        try:
            yield
        finally:
            self.device.probe = kept


@dataclass
class Library:
    """One process has one driver library. ``version`` is what `IFptr.version` tells."""

    version: str = "10.10.7.0"
    ports: dict[str, Port] = field(default_factory=dict)


LIBRARY = Library()


def register(address: str, device: Device, **how: Any) -> Port:
    """Plug a device in: "/dev/..." (Port 0, ComFile), "usb:PATH" (1, UsbDevicePath), "HOST:PORT" (2). See `Port`."""
    LIBRARY.ports[address] = Port(address, device, **how)
    return LIBRARY.ports[address]


def reset() -> None:
    """Unplug everything; the library's version is as it was."""
    LIBRARY.ports.clear()
    LIBRARY.version = Library.version
