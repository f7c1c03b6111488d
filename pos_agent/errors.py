"""Errors for people: a stable code and the words that fill its sentences. The sentences are in `texts/messages.toml`.

AgentError            anything a person is told, with a code like PRN-01
├── UsageError        exit 2: wrong input, nothing was done
├── PrinterError      exit 3: the printer or its cable
└── DamagedError      exit 5: stored data does not agree with itself
"""

from __future__ import annotations


class AgentError(Exception):
    """Something a person must know. `params` fill the `{words}` of the sentence; `lines` are shown under it."""

    exit_code = 1

    params: dict[str, object]

    def __init__(self, code: str, *, lines: tuple[str, ...] = (), **params: object) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params
        self.lines = lines


class UsageError(AgentError):
    """The caller's input cannot be used; nothing was changed."""

    exit_code = 2


class PrinterError(AgentError):
    """The printer cannot do it now."""

    exit_code = 3


class DamagedError(AgentError):
    """Stored data is damaged or contradicts itself."""

    exit_code = 5
