"""What every part of the driver's face shares: one connected register, one way to run a command."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeVar

from drivers.api import Done, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.atol.command import Command
from drivers.atol.errors import NOT_SUPPORTED
from drivers.atol.identify import Device
from drivers.atol.patience import Patience
from drivers.atol.switches import Switches

Q = TypeVar("Q")
A = TypeVar("A")

NOT_CONNECTED = NotSent(LinkFault.LOST, "not connected")


@dataclass(frozen=True)
class Till:
    """A connected register."""

    patience: Patience
    device: Device
    switches: Switches


class Connected(ABC):
    """Base of the parts of `AtolPrinter`. ValueError, before a byte is sent: no register could take the request."""

    @abstractmethod
    def _till(self) -> Till | None:
        """None: not connected."""

    def _command(self, command: Command[Q, A], request: Q) -> Outcome[A]:
        till = self._till()
        return NOT_CONNECTED if till is None else till.patience.run(command, request)

    def _plain(self, command: Command[Q, A], request: Q) -> Outcome[None]:
        """The same when the answer tells nothing but "done"."""
        return plain(self._command(command, request))


def cannot(command: str, words: str) -> Refused:
    """What no low-level source knows how to do: told without a byte sent, as the register's own "not supported"."""
    return Refused(NOT_SUPPORTED, command, words)


def plain(outcome: Outcome[A]) -> Outcome[None]:
    """`Done` without what the register said."""
    return Done(None) if isinstance(outcome, Done) else outcome


def begun(outcome: Outcome[A]) -> Outcome[A]:
    """A later command of several: the ones before are in the register, so NotSent would promise too much."""
    if isinstance(outcome, NotSent):
        return OutcomeUnknown(outcome.fault, detail=outcome.detail)
    return outcome
