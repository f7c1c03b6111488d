"""Marked goods on a Shtrih-M register: check (FF61h), accept or reject (FF69h), bind to the item (FF67h).

A code that was not checked and accepted is refused by FF67h (ACh), a wrong order by A1h: so codes come before the
receipt and are bound right after their item. No command of the notes clears codes that were accepted: the storage keeps
them until a receipt with marked goods is registered, and a code checked again takes its own old place.
Source: protocol notes, sections 2.8 and 3.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.api import Done, Outcome, Refused
from drivers.selling import FiscalItem
from drivers.service import MarkVerdict
from drivers.shtrih import commands_marking as commands
from drivers.shtrih.till import Connected

LONGEST = 200  # bytes of a code that FF61h takes together with its TLVs
CONTENT_BYTES = 245  # code and TLVs of FF61h: a frame has 255, the command and its four numbers take 10
BULK = 0xFF
WRONG_ORDER = 0xA1
SERVER_RESULT = 1  # of the tail of FF61h: error, tag 2106, TLV


class ShtrihMarking(Connected):
    """`drivers.marking.MarkChecker`, and binding."""

    def mark_clear(self) -> Outcome[None]:
        """FF69h 0: drops the code that waits for a decision; A1h, none waits, is what was asked for."""
        outcome = self._plain(commands.ACCEPT_MARK, commands.MarkVerdict(0))
        return Done(None) if isinstance(outcome, Refused) and outcome.code == WRONG_ORDER else outcome

    def mark_check(self, code: bytes, planned: int, tlv: bytes = b"") -> Outcome[MarkVerdict]:
        """FF61h. `planned`: tag 2003. `tlv`: 2108 and 1023 for a part of a pack."""
        if not 1 <= len(code) <= LONGEST or len(code) + len(tlv) > CONTENT_BYTES:
            raise ValueError(f"a marking code has 1..{LONGEST} bytes")
        outcome = self._command(commands.CHECK_MARK, commands.MarkCheck(planned, 0, len(code), len(tlv), code + tlv))
        if not isinstance(outcome, Done):
            return outcome
        checked = outcome.reply
        tail = checked.rest[: checked.rest_length]
        server = tail[SERVER_RESULT] if len(tail) > SERVER_RESULT else None
        return Done(MarkVerdict(checked.local, checked.reason, checked.kind, server))

    def mark_accept(self, accept: bool) -> Outcome[int]:
        """FF69h."""
        outcome = self._command(commands.ACCEPT_MARK, commands.MarkVerdict(int(accept)))
        return Done(outcome.reply.result) if isinstance(outcome, Done) else outcome

    def mark_bind(self, code: bytes, bulk: bool = False) -> Outcome[None]:
        """FF67h, right after the item; the device makes 1163 of it by itself. `bulk`: sold by measure."""
        if not 1 <= len(code) <= LONGEST:
            raise ValueError(f"a marking code has 1..{LONGEST} bytes")
        return self._plain(commands.BIND_MARK, commands.MarkBinding(code, BULK if bulk else None))


def too_long(items: Sequence[FiscalItem], lang: str) -> str | None:
    """Why a code cannot be sent, a sentence; None: every one can."""
    longest = max((len(item.mark.code) for item in items if item.mark is not None), default=0)
    if longest <= LONGEST:
        return None
    if lang == "en":
        return f"The marking code has {longest} characters, this printer takes {LONGEST}. Scan it once more."
    return f"В коде маркировки {longest} знаков, этот принтер берёт {LONGEST}. Отсканируйте его ещё раз."
