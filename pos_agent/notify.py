"""Readiness and watchdog for systemd: a few datagrams, and who must be alive before the watchdog is fed.

pulse = Pulse(clock.monotonic)               given to the driver as its clock: each look at the time is a beat
liveness = Liveness(clock.monotonic)
liveness.watch("printer", lambda: max(actor.last_beat, pulse.last), PRINTER_SILENCE_S)
notifier = Notifier(os.environ, clock.monotonic)
notifier.ready(); … notifier.feed(liveness.frozen); … notifier.stopping()

Outside systemd all of it does nothing. Source: sd_notify(3), sd_watchdog_enabled(3).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_agent.logs import logger

SEND_S = 1.0  # a service manager that does not read its socket must not stop the main loop
STATUS_LIMIT = 200  # characters
PRINTER_SILENCE_S = 135.0  # the longest command of any driver (120 s: open shift, Z report) and a margin
WRITER_SILENCE_S = 60.0  # a write transaction takes milliseconds; others wait for their turn for 30 s


class Pulse:
    """A monotonic clock that remembers when it was last read.

    A driver reads its clock before every wait, and no wait is longer than the command's time-out. So a thread that is
    inside a command whose deadline has not passed counts as alive, however long a slip or a backfill takes as a whole.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.last = monotonic()

    def __call__(self) -> float:
        self.last = self._monotonic()
        return self.last


@dataclass(frozen=True)
class Watched:
    """`last_beat`: monotonic seconds of the last sign of life, None while there is nothing to be late with."""

    name: str
    last_beat: Callable[[], float | None]
    allowed_s: float


class Liveness:
    """Who must show signs of life, and how long each may be silent."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._watched: list[Watched] = []

    def watch(self, name: str, last_beat: Callable[[], float | None], allowed_s: float) -> None:
        """Watch one more. `last_beat` must return at once: the main loop calls it."""
        self._watched.append(Watched(name, last_beat, allowed_s))

    def frozen(self) -> str:
        """The name of the first that was silent for longer than it may be; "" when all are alive."""
        now = self._monotonic()
        for watched in self._watched:
            last = watched.last_beat()
            if last is not None and now - last > watched.allowed_s:
                return watched.name
        return ""


class Notifier:
    """Tells the service manager named by `NOTIFY_SOCKET`; owned by the main thread. Never raises, never waits long.

    `watchdog_s`: seconds in which the service manager wants to be fed (`WATCHDOG_USEC`), None when it does not want to.
    """

    def __init__(self, environment: Mapping[str, str], monotonic: Callable[[], float], pid: int | None = None) -> None:
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._monotonic = monotonic
        self.watchdog_s = _watchdog_s(environment, os.getpid() if pid is None else pid) if self._address else None
        self._due = monotonic()
        self._frozen = ""
        self._status = ""
        self._failing = False
        self._log = logger("notify")

    def ready(self, text: str = "") -> None:
        """The start is over: the socket answers. `text` as in `status`."""
        self._status = _one_line(text)
        self._send(f"READY=1\nSTATUS={self._status}" if text else "READY=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; sent only when it has changed."""
        line = _one_line(text)
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def feed(self, frozen: Callable[[], str]) -> None:
        """Call in every turn of the main loop: feeds the watchdog at half its interval unless `frozen` names somebody.

        While somebody is frozen nothing is sent and the question is asked again in the next turn, so one that comes
        back in time saves the service; otherwise the service manager ends and restarts it.
        """
        if self.watchdog_s is None or self._monotonic() < self._due:
            return
        name = frozen()
        if name != self._frozen:
            self._tell_change(name)
        if not name:
            self._due = self._monotonic() + self.watchdog_s / 2
            self._send("WATCHDOG=1")

    def pause_s(self, at_most: float) -> float:
        """How long the main loop may sleep so that a short watchdog is fed in time."""
        return at_most if self.watchdog_s is None else min(at_most, self.watchdog_s / 4)

    def _tell_change(self, name: str) -> None:
        if name:
            self._log.error("frozen, the watchdog is not fed", why=name)
            self.status(f"frozen: {name}")
        else:
            self._log.warning("moves again, the watchdog is fed", why=self._frozen)
            self.status("")
        self._frozen = name

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(SEND_S)
                sender.sendto(message.encode("utf-8"), self._address)
        except OSError as error:
            if not self._failing:  # once, not every few seconds for as long as it lasts
                self._log.warning("the service manager does not listen", why=error.strerror or str(error))
            self._failing = True
        else:
            self._failing = False


def _address(name: str) -> str | None:
    """A path, or "@name" of the abstract namespace, whose first byte is zero; other kinds of socket are not ours."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None


def _watchdog_s(environment: Mapping[str, str], pid: int) -> float | None:
    """None unless the service manager asks this very process to feed it."""
    wanted, whose = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or int(wanted) == 0 or (whose and whose != str(pid)):
        return None
    return int(wanted) / 1_000_000


def _one_line(text: str) -> str:
    """A new line would begin another assignment of the protocol."""
    return "".join(char if char.isprintable() else " " for char in text)[:STATUS_LIMIT]
