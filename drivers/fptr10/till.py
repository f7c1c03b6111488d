"""What every part of the backend's face shares: one connection, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from drivers.api import Capabilities, Done, Effect, LinkFault, NotSent, Outcome
from drivers.fptr10.draft import Draft
from drivers.fptr10.readings import Told
from drivers.fptr10.registering import Registering
from drivers.fptr10.session import Session
from drivers.fptr10.switches import Switches
from drivers.fptr10.task import Task

A = TypeVar("A")
NOT_CONNECTED = NotSent(LinkFault.LOST, "not connected")


@dataclass
class Till:
    """A connected register. `verdicts`: tag 2106 of marking codes checked since the last receipt."""

    session: Session
    registering: Registering
    capabilities: Capabilities
    ffd_12: bool
    draft: Draft | None = None
    checking: bytes | None = None  # the code whose check was begun last
    planned: dict[bytes, int] = field(default_factory=dict)
    verdicts: dict[bytes, int] = field(default_factory=dict)


class Connected(ABC):
    """Base of the parts of `Fptr10Printer`."""

    switches: Switches
    operator: dict[str, str]
    wait: Callable[[float], None]

    @abstractmethod
    def _till(self) -> Till | None:
        """None: not connected."""

    def _run(self, name: str, **fields: object) -> Outcome[Told]:
        till = self._till()
        return NOT_CONNECTED if till is None else till.session.run(Task(name, fields))

    def _ask(self, name: str, reading: Callable[[Told], A], **fields: object) -> Outcome[A]:
        """A question; an answer that lacks what matters is NotSent GARBAGE."""
        outcome = self._run(name, **fields)
        return read_as(name, outcome, reading)


def read_as(name: str, outcome: Outcome[Told], reading: Callable[[Told], A]) -> Outcome[A]:
    """What `reading` makes of the answer to a question."""
    if not isinstance(outcome, Done):
        return outcome
    try:
        return Done(reading(outcome.reply))
    except (ValueError, TypeError, LookupError) as error:
        return NotSent(LinkFault.GARBAGE, f"{name}: {type(error).__name__}: {error}")


def receipt_open(session: Session, ask: bool) -> Outcome[bool]:
    """Does the device hold an open receipt? queryData with DT_RECEIPT_STATE.

    False also when nobody can tell: `ask` False, or a wrapper without these constants.
    """
    names = ("PARAM_DATA_TYPE", "DT_RECEIPT_STATE", "PARAM_RECEIPT_TYPE", "RT_CLOSED")
    kind_at, state, receipt_type, closed = (session.optional(name) for name in names)
    if not ask or kind_at is None or receipt_type is None or closed is None:
        return Done(False)
    fptr = session.fptr
    fptr.setParam(kind_at, state)
    outcome = session.call(fptr.queryData, "queryData", Effect.QUERY)
    if not isinstance(outcome, Done):
        return outcome
    return Done(fptr.getParamInt(receipt_type) != closed)
