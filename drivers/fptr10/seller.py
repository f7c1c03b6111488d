"""Registering receipts: `drivers.selling.FiscalSeller` through the driver's JSON tasks.

A receipt is one task, so the steps are collected in memory (`draft`) and the device hears of them at `receipt_close`
alone. Until then nothing is open in it: a lost connection before the close loses nothing but the draft.
Source: protocol notes, sections 9.3 to 9.5; JSON tasks notes, sections 3 and 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, OutcomeUnknown, Shift, ShortDocument
from drivers.fptr10.draft import Draft, change_kop
from drivers.fptr10.errors import DOCUMENT_CLOSED, RECEIPT_OPEN, SHIFT_CLOSED, SHIFT_EXPIRED, refused
from drivers.fptr10.readings import Told, member, shift_of
from drivers.fptr10.session import plain
from drivers.fptr10.task import Task, kopecks, roubles
from drivers.fptr10.till import NOT_CONNECTED, Connected, Till, receipt_open
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender

SHIFT_OPENED, SHIFT_ENDED, RECEIPTS, CORRECTIONS = 2, 5, (3, 4), (31, 41)
NO_DRAFT = "no receipt was begun"
NO_MARKING = {
    "ru": "Касса зарегистрирована по ФФД ниже 1.2, маркировку так не продать. Перерегистрируйте её на ФФД 1.2.",
    "en": "The register is registered with an FFD below 1.2, which has no marked goods. Register it anew with FFD 1.2.",
}


class Fptr10Seller(Connected):
    """The selling half of `Fptr10Printer`."""

    def takes(self, items: Sequence[FiscalItem], lang: str = "ru") -> str | None:
        """Every rate has its word here; a driver too old for it refuses at the close. Marked goods need FFD 1.2."""
        till = self._till()
        if till is None or till.ffd_12 or not any(item.mark for item in items):
            return None
        return NO_MARKING[lang]

    def receipt_open(self, kind: ReceiptKind) -> Outcome[None]:
        """Begin a draft, once the device could take a receipt: shift open, younger than 24 h, nobody's receipt open."""
        return self._begin(kind, correction=False)

    def receipt_item(self, kind: ReceiptKind, item: FiscalItem) -> Outcome[None]:
        """Into the draft, a marking code with the result of its check.

        ValueError: a code without a word, a tag without a place, another kind than the receipt's, a mark used twice.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if till.draft is None:
            return refused(DOCUMENT_CLOSED, "receipt_item", NO_DRAFT)
        if kind is not till.draft.kind:
            raise ValueError(f"the receipt was begun as {till.draft.kind.name}, the item is {kind.name}")
        till.draft.add(item, till.ffd_12, till.verdicts.get(item.mark.code) if item.mark else None)
        return Done(None)

    def receipt_tlv(self, tlv: bytes) -> Outcome[None]:
        """Into the draft. ValueError: a tag the task has no place for."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if till.draft is None:
            return refused(DOCUMENT_CLOSED, "receipt_tlv", NO_DRAFT)
        till.draft.requisites(tlv)
        return Done(None)

    def receipt_subtotal(self) -> Outcome[int]:
        """Our own sum: the device has not seen the receipt. A device that counts otherwise refuses the close."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if till.draft is None:
            return refused(DOCUMENT_CLOSED, "receipt_subtotal", NO_DRAFT)
        return Done(till.draft.total_kop)

    def receipt_close(self, tender: Tender, tax_system: int) -> Outcome[Registered]:
        """The one task. Whatever comes of it, the draft is gone; ValueError keeps it.

        NotSent also when the answer was lost and `checkDocumentClosed` together with the storage's last number proves
        that nothing was registered; Done when they prove that it was. `change_kop` is our own reckoning.
        """
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        draft = till.draft
        if draft is None:
            return refused(DOCUMENT_CLOSED, "receipt_close", NO_DRAFT)
        task = draft.task(tender, tax_system, dict(self.operator), self.switches.validate_marks)
        forms = CORRECTIONS if draft.correction else RECEIPTS

        def ours(short: ShortDocument) -> bool:
            same = (short.operation, short.total_kop) == (draft.kind.value, draft.total_kop)
            return same and short.form in forms

        def change(told_kop: int | None) -> int:
            return change_kop(tender, draft.total_kop if told_kop is None else told_kop)

        _forget(till)
        return till.registering.run(task, ours, change)

    def receipt_cancel(self) -> Outcome[None]:
        """Drop the draft; cancel what the device itself has open (`cancelReceipt`)."""
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        checked = bool(till.planned)
        _forget(till)
        now = receipt_open(till.session, self.switches.ask_receipt_state)
        if not isinstance(now, Done):
            return now
        if now.reply:
            cancelled = till.session.call(till.session.fptr.cancelReceipt, "cancelReceipt", Effect.STEP)
            if not isinstance(cancelled, Done):
                return cancelled
        return plain(self._run("clearMarkingCodeValidationResult")) if checked else Done(None)

    def shift_open(self) -> Outcome[Registered | None]:
        """openShift."""
        return self._shift("openShift", SHIFT_OPENED)

    def shift_close(self) -> Outcome[Registered | None]:
        """closeShift."""
        return self._shift("closeShift", SHIFT_ENDED)

    def x_report(self) -> Outcome[None]:
        """reportX."""
        return plain(self._run("reportX", operator=self._operator()))

    def cash_in(self, kop: int) -> Outcome[None]:
        """cashIn. After a lost answer the sum in the drawer decides: it is read before and after."""
        return self._cash("cashIn", kop, kop)

    def cash_out(self, kop: int) -> Outcome[None]:
        """cashOut; 80: so much is not in the drawer."""
        return self._cash("cashOut", kop, -kop)

    def _begin(self, kind: ReceiptKind, correction: bool) -> Outcome[None]:
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        if till.draft is not None:
            return refused(RECEIPT_OPEN, "receipt_open", "a receipt is begun already")
        shift = self._ask("getShiftStatus", lambda told: shift_of(member(told, "shiftStatus").get("state")))
        if not isinstance(shift, Done):
            return shift
        if shift.reply is not Shift.OPEN:
            code = SHIFT_CLOSED if shift.reply is Shift.CLOSED else SHIFT_EXPIRED
            return refused(code, "receipt_open", f"the shift is {shift.reply.value}")
        now = receipt_open(till.session, self.switches.ask_receipt_state)
        if not isinstance(now, Done):
            return now
        if now.reply:
            return refused(RECEIPT_OPEN, "receipt_open", "the device has a receipt open")
        till.draft = Draft(kind, correction)
        return Done(None)

    def _shift(self, name: str, form: int) -> Outcome[Registered | None]:
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        outcome = till.registering.run(Task(name, {"operator": self._operator()}), lambda short: short.form == form)
        return Done(outcome.reply) if isinstance(outcome, Done) else outcome

    def _operator(self) -> dict[str, str] | None:
        return dict(self.operator) or None

    def _cash(self, name: str, kop: int, moved: int) -> Outcome[None]:
        if kop <= 0:
            raise ValueError(f"a sum above 0, not {kop} kopecks")
        till = self._till()
        if till is None:
            return NOT_CONNECTED
        before = self._ask("getCashDrawerStatus", _drawer)
        if not isinstance(before, Done):
            return before
        outcome = self._run(name, cashSum=roubles(kop), operator=self._operator())
        if not isinstance(outcome, OutcomeUnknown):
            return plain(outcome)
        now = self._reopened(till, lambda: self._ask("getCashDrawerStatus", _drawer))
        if isinstance(now, Done) and now.reply == before.reply + moved:
            return Done(None)
        if isinstance(now, Done) and now.reply == before.reply:
            return NotSent(outcome.fault, f"{name}: proven by the drawer: {outcome.detail}")
        return outcome

    def _reopened(self, till: Till, ask: Callable[[], Outcome[int]]) -> Outcome[int]:
        """The answer on a connection opened anew."""
        till.session.close()
        opened = till.session.open()
        return ask() if isinstance(opened, Done) else NotSent(LinkFault.LOST, "not reopened")


def _drawer(told: Told) -> int:
    return kopecks(member(told, "counters")["cashSum"])


def _forget(till: Till) -> None:
    till.draft = till.checking = None
    till.planned.clear()
    till.verdicts.clear()
