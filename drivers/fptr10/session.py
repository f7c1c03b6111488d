"""One open driver: runs a JSON task and says what became of it. Repeats nothing.

    answer >= 0           Done with the decoded JSON; not JSON: the outcome is unknown (a question: NotSent)
    error of the link     a question: NotSent; anything else: OutcomeUnknown
    error "doubt"         of a COMMIT: OutcomeUnknown (`registering` then asks the storage); else Refused
    any other error       Refused with the driver's number

Source: protocol notes, sections 9.2 and 9.3; JSON tasks notes, sections 2.6 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.fptr10.errors import Recovery, explain, refused
from drivers.fptr10.library import Fptr, Library
from drivers.fptr10.task import Task, read

A = TypeVar("A")
Answer = Mapping[str, Any]
CONSTANTS = (  # each with LIBFPTR_ before it
    "PARAM_JSON_DATA",
    "PARAM_DOCUMENT_CLOSED",
    "PARAM_DOCUMENT_PRINTED",
    "PARAM_RECORDS_TYPE",
    "RT_FN_DOCUMENT_TLVS",
    "PARAM_DOCUMENT_NUMBER",
    "PARAM_RECORDS_ID",
    "PARAM_FN_DOCUMENT_TYPE",
    "PARAM_TAG_NUMBER",
    "PARAM_TAG_VALUE",
)
CLOSED = NotSent(LinkFault.LOST, "not connected")


class Session:
    """The loaded driver on its port. `unprinted`: a registered document is not all on paper yet.

    LibraryError: the wrapper lacks a constant of `CONSTANTS`.
    """

    def __init__(self, library: Library, settings: Mapping[str, str]) -> None:
        self._library = library
        self._settings = settings
        self._numbers = {name: library.number(f"LIBFPTR_{name}") for name in CONSTANTS}
        self._json = self.number("PARAM_JSON_DATA")
        self.is_open = False
        self.unprinted = False

    @property
    def fptr(self) -> Fptr:
        """For the few things JSON tasks do not do."""
        return self._library.fptr

    def number(self, name: str) -> int:
        """One of `CONSTANTS`."""
        return self._numbers[name]

    def optional(self, name: str) -> int | None:
        """A constant that can be done without, None = the wrapper lacks it."""
        return self._library.optional(f"LIBFPTR_{name}")

    def open(self) -> Outcome[None]:
        """Set the port, open it."""
        for name, value in self._settings.items():
            self.fptr.setSingleSetting(name, value)
        if self.fptr.applySingleSettings() < 0 or self.fptr.open() < 0:
            code, words = self._trouble()
            fault = explain(code).fault
            return refused(code, "open", words) if fault is None else NotSent(fault, f"open: {code}, {words}")
        self.is_open = True
        return Done(None)

    def close(self) -> None:
        """Safe at any time."""
        if self.is_open:
            self.is_open = False
            self.fptr.close()

    def run(self, task: Task) -> Outcome[Answer]:
        """One task, once."""
        if not self.is_open:
            return CLOSED
        self.fptr.setParam(self._json, task.text())
        if self.fptr.processJson() < 0:
            return self.failure(task.name, task.effect)
        try:
            return Done(read(self.fptr.getParamString(self._json)))
        except ValueError as error:
            return unreadable(task, str(error))

    def call(self, method: Callable[[], int], name: str, effect: Effect) -> Outcome[None]:
        """One method of the parameter API, its parameters set already."""
        if not self.is_open:
            return CLOSED
        return self.failure(name, effect) if method() < 0 else Done(None)

    def failure(self, name: str, effect: Effect) -> NotSent | Refused | OutcomeUnknown:
        """What the driver's last error means for something of this effect."""
        code, words = self._trouble()
        known, detail = explain(code), f"{code}, {words}"
        if known.fault is not None:
            if effect is Effect.QUERY:
                return NotSent(known.fault, f"{name}: {detail}")
            return OutcomeUnknown(known.fault, name, detail)
        if known.recovery is Recovery.DOUBT and effect is Effect.COMMIT:
            return OutcomeUnknown(LinkFault.SILENT, name, detail)
        return refused(code, name, words)

    def _trouble(self) -> tuple[int, str]:
        return int(self.fptr.errorCode()), str(self.fptr.errorDescription())


def unreadable(task: Task, why: str) -> NotSent | OutcomeUnknown:
    """The driver said "done" in a way that cannot be read: no reason to repeat anything but a question."""
    if task.effect is Effect.QUERY:
        return NotSent(LinkFault.GARBAGE, f"{task.name}: {why}")
    return OutcomeUnknown(LinkFault.GARBAGE, task.name, why)


def plain(outcome: Outcome[A]) -> Outcome[None]:
    """`Done` without what the driver said."""
    return Done(None) if isinstance(outcome, Done) else outcome
