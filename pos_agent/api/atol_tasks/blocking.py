"""The queue that stands while the outcome of a document is not known. Source: task reference, section 2.6."""

from __future__ import annotations

from dataclasses import dataclass

CONNECTION, STORAGE, PAPER = "connectionError", "fnError", "paperError"


@dataclass(frozen=True)
class Block:
    """Which request the queue waits for, and why; the empty one when it does not."""

    uuid: str = ""
    reason: str = ""

    @property
    def json(self) -> dict[str, object]:
        """The members that answers share."""
        return {"isBlocked": bool(self.uuid), "blockedUUID": self.uuid, "blockReason": self.reason}
