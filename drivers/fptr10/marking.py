"""Marked goods, FFD 1.2: the marking part of `drivers.service.ServicePrinter`.

The members of `imcParams` have two sources; `params` around them and the shape of the answers (`ready`,
`offlineValidation`, `onlineValidation`, `itemInfoCheckResult`) were seen in several public programs, not in the notes,
and are read tolerantly. Source: protocol notes, sections 9.3 and 9.4; JSON tasks notes, section 3.2.
"""

from __future__ import annotations

from typing import Any

from drivers.api import Done, LinkFault, Outcome, OutcomeUnknown, Refused
from drivers.fiscal.members import decimal, whole
from drivers.fiscal.tlv import decode
from drivers.fptr10.draft import imc
from drivers.fptr10.errors import DOCUMENT_CLOSED, refused
from drivers.fptr10.readings import Told
from drivers.fptr10.seller import NO_DRAFT, Fptr10Seller
from drivers.fptr10.session import plain
from drivers.fptr10.till import NOT_CONNECTED
from drivers.fptr10.words import CHECKS, MARK_KINDS
from drivers.selling import LONGEST_MARK
from drivers.service import MarkVerdict

POLLS, POLL_S = 80, 0.5  # 40 s, as a check may take
REASONS = {"checked": 0, "typeIncorrect": 1, "noKeys": 2}  # of the storage's own check; other words are OTHER_REASON
OTHER_REASON = 255
UNKNOWN_KIND = 0


class Fptr10Marking(Fptr10Seller):
    """`drivers.marking.MarkChecker`, and binding a code to the item registered last."""

    def mark_clear(self) -> Outcome[None]:
        """cancelMarkingCodeValidation, then clearMarkingCodeValidationResult.

        A check that an earlier connection began may still be on, so it is cancelled unasked; refused: none was on.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        stopped = plain(self._run("cancelMarkingCodeValidation"))
        if not isinstance(stopped, Done | Refused):
            return stopped
        outcome = plain(self._run("clearMarkingCodeValidationResult"))
        if isinstance(outcome, Done):
            till.checking = None
            till.planned.clear()
            till.verdicts.clear()
        return outcome

    def mark_check(self, code: bytes, planned: int, tlv: bytes = b"") -> Outcome[MarkVerdict]:
        """beginMarkingCodeValidation, then getMarkingCodeValidationStatus until it is ready.

        `tlv`: 1023 and 2108 for a part of a pack. OutcomeUnknown SILENT: not ready after 40 s, the check is cancelled.
        """
        if not 1 <= len(code) <= LONGEST_MARK:
            raise ValueError(f"a marking code has 1..{LONGEST_MARK} bytes")
        tags = decode(tlv)
        params = {**imc(code, planned), "itemQuantity": decimal(tags, 1023), "itemUnits": whole(tags, 2108)}
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        begun = self._run("beginMarkingCodeValidation", params=params)
        if not isinstance(begun, Done):
            return begun
        till.checking = code
        till.planned[code] = planned
        for _ in range(POLLS):
            state = self._run("getMarkingCodeValidationStatus")
            if not isinstance(state, Done):
                return state
            if state.reply.get("ready") is True:
                return Done(_verdict(begun.reply, state.reply))
            self.wait(POLL_S)
        self._run("cancelMarkingCodeValidation")
        return OutcomeUnknown(LinkFault.SILENT, "getMarkingCodeValidationStatus", "not ready after 40 s")

    def mark_accept(self, accept: bool) -> Outcome[int]:
        """acceptMarkingCode: tag 2106 for the sale; declineMarkingCode: 0."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        outcome = self._run("acceptMarkingCode" if accept else "declineMarkingCode")
        if not isinstance(outcome, Done):
            return outcome
        code, till.checking = till.checking, None
        if code is None:
            return Done(0)
        if not accept:
            till.planned.pop(code, None)
            return Done(0)
        bits = _bits(outcome.reply.get("itemInfoCheckResult")) or 0
        till.verdicts[code] = bits
        return Done(bits)

    def mark_bind(self, code: bytes, bulk: bool = False) -> Outcome[None]:
        """Into the draft; the result of the code's check goes with it. Unchecked: the driver checks it at the close."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if till.draft is None:
            return refused(DOCUMENT_CLOSED, "mark_bind", NO_DRAFT)
        till.draft.mark(code, bulk, till.verdicts.get(code), till.planned.get(code))
        return plain(Done(None))


def _verdict(begun: Told, state: Told) -> MarkVerdict:
    local: Any = begun.get("offlineValidation") or {}
    online: Any = state.get("onlineValidation") or {}
    checked = bool(local.get("fmCheck")) | bool(local.get("fmCheckResult")) << 1
    word = str(local.get("fmCheckErrorReason", ""))
    kind = MARK_KINDS.get(str(online.get("imcType")), UNKNOWN_KIND)
    return MarkVerdict(checked, REASONS.get(word, OTHER_REASON), kind, _bits(online.get("itemInfoCheckResult")))


def _bits(told: object) -> int | None:
    """Five booleans -> tag 2106; None: the server did not answer."""
    if not isinstance(told, dict):
        return None
    return sum(1 << at for at, name in enumerate(CHECKS) if told.get(name))
