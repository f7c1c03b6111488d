"""Notifications of sold marked goods, FFD 1.2: how many wait, and their unloading by hand in autonomous mode.

Normally the register sends them to the operator itself. Layouts of FF71h to FF73h: the vendor's JavaPOS driver, one
source; a real device has to confirm them. Source: protocol notes, section 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from drivers.api import Done, LinkFault, NotSent, Outcome, Refused
from drivers.shtrih import commands_marking as commands
from drivers.shtrih.command import Nothing
from drivers.shtrih.errors import NO_DATA, NO_DOCUMENT
from drivers.shtrih.frame2 import crc16
from drivers.shtrih.till import Connected

MOST_BLOCKS = 512  # of 128 bytes: a notification is at most 64 KB


@dataclass(frozen=True)
class NoticeQueue:
    """FF68h. `first_*`: the oldest notification that waits, None = none."""

    state: int
    queue: int
    first_number: int | None
    first_at: datetime | None


@dataclass(frozen=True)
class MarkWork:
    """FF70h: states of checking and of notifying, results kept, codes in the document, notifications in the queue."""

    checking: int
    notifying: int
    flags: int
    kept: int
    in_document: int
    area: int
    notices: int


@dataclass(frozen=True)
class Notice:
    """One notification as the storage keeps it: whole TLVs."""

    number: int
    content: bytes


class ShtrihNotices(Connected):
    """Queue of notifications, state of marking work."""

    def mark_notices(self) -> Outcome[NoticeQueue]:
        """FF68h [QUERY]."""
        outcome = self._command(commands.MARK_NOTICES, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        seen = outcome.reply
        waits = seen.queue > 0
        return Done(NoticeQueue(seen.state, seen.queue, seen.number if waits else None, seen.at if waits else None))

    def mark_work(self) -> Outcome[MarkWork]:
        """FF70h [QUERY]."""
        outcome = self._command(commands.MARK_STATE, Nothing())
        if not isinstance(outcome, Done):
            return outcome
        seen = outcome.reply
        numbers = (seen.check, seen.notification, seen.flags, seen.saved, seen.in_notification, seen.free)
        return Done(MarkWork(*numbers, seen.notifications))

    def first_notice(self) -> Outcome[Notice | None]:
        """FF71h, then FF72h to its end: the oldest notification; Done(None): none waits. It stays in the queue.

        A block lost on the way, or one that does not continue the one before: NotSent, nothing changed, read again.
        """
        head = self._command(commands.START_NOTICES, Nothing())
        if _nothing(head):
            return Done(None)
        if not isinstance(head, Done):
            return head
        if not head.reply.count:
            return Done(None)
        content = bytearray()
        for _ in range(MOST_BLOCKS):
            if len(content) >= head.reply.size:
                break
            piece = self._command(commands.READ_NOTICE, Nothing())
            if not isinstance(piece, Done):
                return piece if isinstance(piece, Refused) else NotSent(piece.fault, piece.detail)
            block = piece.reply
            if (block.number, block.offset) != (head.reply.number, len(content)) or not block.length:
                return NotSent(LinkFault.GARBAGE, f"FF72h: block {block.offset} of {block.number} out of turn")
            content += block.content[: block.length]
        return Done(Notice(head.reply.number, bytes(content)))

    def notice_taken(self, notice: Notice) -> Outcome[None]:
        """FF73h: it was handed over and may go [STEP]. 33h: the check sum is not that of the storage's copy."""
        return self._plain(commands.CONFIRM_NOTICE, commands.NoticeReceived(notice.number, crc16(notice.content)))


def _nothing(outcome: Outcome[commands.NoticesHead]) -> bool:
    return isinstance(outcome, Refused) and outcome.code in (NO_DATA, NO_DOCUMENT)
