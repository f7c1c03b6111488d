"""What every part of the driver's face shares: one connected device, one way to run a command."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeVar

from drivers.api import Capabilities, Done, LinkFault, NotSent, Outcome
from drivers.shtrih.command import Command
from drivers.shtrih.patience import Patience
from drivers.shtrih.quirks import Profile

Q = TypeVar("Q")
A = TypeVar("A")

_DONE = Done(None)
NOT_CONNECTED = NotSent(LinkFault.LOST, "not connected")


@dataclass(frozen=True)
class Till:
    """A connected device. `native_qr` is None when the probe did not tell."""

    patience: Patience
    profile: Profile
    capabilities: Capabilities
    native_qr: bool | None


class Connected(ABC):
    """Base of the parts of `ShtrihPrinter`. ValueError, before a byte is sent: no device could take the request."""

    @abstractmethod
    def _till(self) -> Till | None:
        """None: not connected."""

    def _command(self, command: Command[Q, A], request: Q) -> Outcome[A]:
        till = self._till()
        return NOT_CONNECTED if till is None else till.patience.run(command, request)

    def _plain(self, command: Command[Q, A], request: Q) -> Outcome[None]:
        """The same when the answer tells nothing but "done"."""
        return plain(self._command(command, request))


def plain(outcome: Outcome[A]) -> Outcome[None]:
    """`Done` without what the device said."""
    return _DONE if isinstance(outcome, Done) else outcome
