"""What the store refuses, each with its type and its code for people.

AgentError
├── UsageError       AlreadyTaken (CUS-06), InvalidContact (CUS-07), KeyFileUnusable (STO-08)
├── DamagedError     StoreDamaged (STO-02), EventConflict and DocumentConflict (STO-04)
├── DataDirectoryBusy (AGT-02), DataDirectoryUnusable (AGT-03)
├── WrongKey (STO-03), ForeignStore (STO-05)
└── StoreFull (STO-01), SettingsRefused (STO-06), StoreRefused (STO-07), StoreBusy (STO-09)
"""

# ruff: noqa: N818 - the names say what happened, as callers read them in `except`

from __future__ import annotations

from pathlib import Path

from pos_agent.errors import AgentError, DamagedError, UsageError


class DataDirectoryBusy(AgentError):
    """Another process holds the data directory."""

    def __init__(self, path: Path) -> None:
        super().__init__("AGT-02", path=path)


class DataDirectoryUnusable(AgentError):
    """The data directory is missing or may not be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("AGT-03", path=path, why=why)


class StoreFull(AgentError):
    """The disk is full. The transaction was rolled back."""

    def __init__(self) -> None:
        super().__init__("STO-01")


class StoreDamaged(DamagedError):
    """The database file is damaged. `moved_to`: the folder it was set aside to, None when found while running."""

    def __init__(self, why: str, moved_to: Path | None = None) -> None:
        super().__init__("STO-02", why=why, moved_to=moved_to)
        self.why = why
        self.moved_to = moved_to


class WrongKey(AgentError):
    """The key does not open what this database keeps sealed."""

    def __init__(self, path: Path | str) -> None:
        super().__init__("STO-03", path=path)


class EventConflict(DamagedError):
    """An event or entry id is taken by other content. The refused event is kept in the quarantine."""

    def __init__(self, event_id: str, body: str, reason: str) -> None:
        super().__init__("STO-04", id=event_id)
        self.event_id = event_id
        self.body = body
        self.reason = reason


class DocumentConflict(DamagedError):
    """A whole fiscal document is stored already and differs from the one offered."""

    def __init__(self, document: str) -> None:
        super().__init__("STO-04", id=document)


class ForeignStore(AgentError):
    """The file is a healthy database, but of another program or of a newer agent. It is left where it is."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("STO-05", path=path, why=why)


class SettingsRefused(AgentError):
    """SQLite did not take a setting that safety rests on (for example the file system has no WAL)."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("STO-06", path=path, why=why)


class StoreRefused(AgentError):
    """The database refused a write or a read (a constraint, a trigger, an I/O error). Rolled back."""

    def __init__(self, why: str) -> None:
        super().__init__("STO-07", why=why)


class StoreBusy(AgentError):
    """The one writing connection was not free in time."""

    def __init__(self, why: str) -> None:
        super().__init__("STO-09", why=why)


class KeyFileUnusable(UsageError):
    """The key file is missing, of a wrong length, or readable by others."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("STO-08", path=path, why=why)


class AlreadyTaken(UsageError):
    """`what` (`phone`, `email`, `card`, `id`) belongs to another customer already."""

    def __init__(self, what: str) -> None:
        super().__init__("CUS-06", what=what)
        self.what = what


class InvalidContact(UsageError):
    """`what` (`phone`, `email`, `card`) is not written as one. The value itself is not in the error: it is personal."""

    def __init__(self, what: str) -> None:
        super().__init__("CUS-07", what=what)
        self.what = what
