"""What was read from the fiscal storage, written down: one document, one transaction.

A document row, its event with entries, the balance, the armed card, the slip and the cursor are committed together or
not at all, so a kill at any instant leaves exactly one event set per document. Reading a document twice is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from drivers.api import Capabilities, ShortDocument, StoredDocument
from pos_agent.checkout import claim, donation, gateway, outcome, recording, referral, returning, sale_codes
from pos_agent.checkout.accounts_told import accounts_told, accounts_touched
from pos_agent.checkout.evidence import armed_for, armed_when_unread, identify, original_event, use_armed
from pos_agent.checkout.figures import balance_on
from pos_agent.checkout.list_price import list_rules
from pos_agent.checkout.own import OwnSale, own_sale
from pos_agent.checkout.reading import ReadDocument, read
from pos_agent.checkout.recording import Place, Recording
from pos_agent.checkout.returns_of_nobody import of_nobodys_sale
from pos_agent.checkout.without_rules import Names, moves_no_points
from pos_agent.clock import Clock
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import RECEIPT_FORMS, DocumentId, FiscalDocument, Operation
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.ports import Claim, SlipJob, UnreadableDocumentError
from pos_agent.printing.slip import SlipStyle, lay_out
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.store import slips as slip_store
from pos_agent.store.balances import CachedBalance
from pos_agent.store.documents import DocumentState
from pos_agent.store.documents import StoredDocument as DocumentRow
from pos_agent.store.errors import DocumentConflict, EventConflict, StoreRefused
from pos_agent.store.repositories import Txn, View
from pos_agent.store.session import stamp
from pos_agent.store.store import Store

MAX_ATTEMPTS = 5  # of one slip while the device says that it is idle


@dataclass(frozen=True)
class Habits:
    """How customers are recognised and which slips are printed (settings, section loyalty)."""

    card_requisite: str
    original_requisite: str
    slip_max_age: timedelta
    invitation: bool
    style: SlipStyle
    from_fd: int | None = None  # first contact starts here instead of after the last document


class StoreJournal:
    """The `Journal` of the printer's thread over the store."""

    def __init__(self, store: Store, clock: Clock, place: Place, habits: Habits) -> None:
        self.store = store
        self.clock = clock
        self.place = place
        self.habits = habits
        self._rules: tuple[str, Rules] | None = None
        self._log = logger("journal")
        with store.writing("slips after restart") as txn:
            txn.slips.requeue_after_restart(MAX_ATTEMPTS)

    # ------------------------------------------------------------------ documents

    def cursor(self, fn_serial: str) -> int | None:
        """Last document recorded; None also when the storage came back after another one had replaced it."""
        with self.store.reading() as view:
            series = view.series.get(fn_serial)
        return series.cursor_fd if series is not None and series.active else None

    def first_contact(self, fn_serial: str, last_fd: int) -> int:
        """Start the series; gives the cursor."""
        with self.store.writing("first contact") as txn:
            wanted = self.habits.from_fd
            first = wanted if wanted is not None and 1 <= wanted <= last_fd + 1 else None
            return txn.series.contact(self.place.station, fn_serial, last_fd, first).cursor_fd

    def record(
        self,
        fn_serial: str,
        document: StoredDocument,
        device_time: datetime | None,
        backfill: bool,
        claim: Claim | None = None,
    ) -> None:
        """Decode and record. UnreadableDocumentError; AgentError RUL-03 or RUL-01: it moves points, by what rules?"""
        got = read(fn_serial, document)
        raw = DocumentRow(
            id=got.document.id,
            state=DocumentState.WHOLE,
            form=got.document.form,
            fpd=got.document.fpd,
            at=got.document.at.isoformat(),
            operation=int(got.document.receipt.operation) if got.document.receipt else None,
            total_kop=got.document.receipt.total_kop if got.document.receipt else None,
            raw=document.tlv,
            decoded=got.decoded,
        )
        try:
            with self.store.writing("document") as txn:
                txn.documents.put(raw)
                known = txn.ledger.by_document(raw.id)
                if claim is not None:
                    answer = {**claim.answer, "fpd": raw.fpd}
                    outcome.registered(txn, txn.intents.register_as(claim.sale_id, raw.id, raw.fpd, answer))
                if all(chained.event.kind is EventKind.UNREADABLE for chained in known):
                    self._write(txn, got, device_time, backfill)
                if not backfill:
                    txn.series.advance(fn_serial, document.fd_number)
        except (DocumentConflict, EventConflict) as conflict:
            self._pass_over(raw.id, conflict, backfill)
        except StoreRefused as refusal:  # a poison document must not hold up the ones after it
            raise UnreadableDocumentError(str(refusal)) from refusal

    def _pass_over(self, number: DocumentId, conflict: AgentError, backfill: bool) -> None:
        """What is here already stays, the other content is set aside, and the documents after it are not held up."""
        self._log.error(
            "document differs from the one recorded", code=conflict.code, fn=number.fn_serial, fd=number.fd_number
        )
        if not backfill:
            with self.store.writing("document passed over") as txn:
                txn.series.advance(number.fn_serial, number.fd_number)

    def record_unreadable(
        self, fn_serial: str, fd: int, short: ShortDocument | None, body: bytes, why: str, backfill: bool
    ) -> None:
        """The document exists: keep what is known of it and go on; its points wait for a better reading."""
        number = DocumentId(fn_serial, fd)
        row = DocumentRow(
            id=number,
            state=DocumentState.SHORT if short and not body else DocumentState.DAMAGED,
            form=short.form if short else None,
            fpd=short.fpd if short else None,
            at=short.at.isoformat() if short else "",
            operation=short.operation if short else None,
            total_kop=short.total_kop if short else None,
            raw=body or None,
        )
        facts: dict[str, Any] = {
            "why": why,
            "form": row.form,
            "operation": row.operation,
            "total_kop": row.total_kop,
            "fpd": row.fpd,
        }
        seen = short.at if short else self.clock.now()
        with self.store.writing("unreadable document") as txn:
            txn.documents.put(row)
            if short is not None and short.form in RECEIPT_FORMS and short.operation == Operation.SALE and not backfill:
                # The armed card was meant for this sale: it must not go to the next one.
                facts["armed"] = use_armed(txn, number, short.at, self.place.register)
            if not txn.ledger.by_document(number):
                txn.ledger.append(recording.unreadable(number, self.place, seen, facts))
            if not backfill:
                txn.series.advance(fn_serial, fd)

    def _write(self, txn: Txn, got: ReadDocument, device_time: datetime | None, backfill: bool) -> None:
        document = got.document
        own = own_sale(txn, document.id)
        rules = self._rules_of(txn, document, own)
        made = self._decide(txn, document, own, rules, backfill)
        made = accounts_told(txn, of_nobodys_sale(txn, made, document, self.habits.original_requisite), document)
        made = recording.of_merchant(made, self.place.merchant)
        made = recording.by_cashier(made, txn.documents.cashier_code(document.cashier))
        txn.ledger.append(made.event)
        accounts_touched(txn, made.event)
        sale_codes.returned(txn, made.event)
        if own is not None and own.whole:
            sale_codes.issue_coupons(txn, document.id, own.customer, own.plan, self.place.register)
            outcome.recorded(txn, own.sale_id)
        referral.follow(txn, rules, made.event, self.place.merchant)
        claim.returned(txn, rules, made.event)
        donation.follow(txn, rules, made.event, self.place.merchant)
        if made.event.customer is not None:
            self._cache_balance(txn, made.event, rules)
        if made.slip is not None and not backfill and self._fresh(txn, document, device_time):
            slip = donation.on_slip(txn, rules, made.slip)
            self._queue(txn, document.id, referral.on_slip(txn, rules, slip))
        self._log.info(
            "document recorded",
            fn=document.id.fn_serial,
            fd=document.id.fd_number,
            form=document.form,
            customer_id=made.event.customer,
            event_id=made.event.id,
        )

    def _decide(
        self, txn: Txn, document: FiscalDocument, own: OwnSale | None, rules: Rules, backfill: bool
    ) -> Recording:
        if document.receipt is None or not (recording.is_sale(document) or recording.is_return(document)):
            return Recording(recording.bare_event(document, self.place))
        if own is not None:
            history = [chained.event for chained in txn.ledger.by_customer(own.customer)] if own.customer else []
            return gateway.recording(document, own, history, rules, self.place)
        habits = self.habits
        original = original_event(txn, document, habits.original_requisite) if recording.is_return(document) else None
        armed = armed_when_unread(txn, document.id)
        if armed is None and not backfill:
            armed = armed_for(txn, document, self.place.register)
        who = identify(txn, document.receipt, habits.card_requisite, armed, original)
        if who is None:
            wanted = habits.invitation and recording.is_sale(document) and rules is not list_rules()
            return recording.invitation(document, rules, self.place, wanted)
        history = [chained.event for chained in txn.ledger.by_customer(who.customer)]
        if recording.is_sale(document):
            return recording.sale(document, who, history, rules, self.place)
        return returning.sale_return(document, who, original, history, rules, self.place)

    def _cache_balance(self, txn: Txn, event: LedgerEvent, rules: Rules) -> None:
        customer = event.customer or ""
        history = [chained.event for chained in txn.ledger.by_customer(customer)]
        as_of = max(one.business_date for one in history)
        now = balance_on(history, datetime.fromisoformat(as_of).date(), rules)
        program, head = rules.program.id, txn.ledger.head().seq
        txn.balances.put(CachedBalance(customer, program, now, as_of=as_of, through_seq=head))

    def _rules_of(self, txn: Txn, document: FiscalDocument, own: OwnSale | None) -> Rules:
        """Those in force; without them a document that moves nobody's points is recorded all the same."""
        try:
            return self.rules(txn)
        except AgentError as error:
            names = Names(self.habits.card_requisite, self.habits.original_requisite, self.place.register)
            if error.code not in ("RUL-01", "RUL-03") or not moves_no_points(txn, document, own, names):
                raise
            return list_rules()

    def rules(self, view: View) -> Rules:
        """The rules in force, parsed once per version. AgentError RUL-03: none; RUL-01: they do not parse."""
        known = self._rules
        if known is not None and known[0] == view.rules.active_hash():
            return known[1]
        active = view.rules.active()
        if active is None:
            raise AgentError("RUL-03")
        try:
            # The stored text's hash names the version in events, so that they lead back to the text itself.
            rules = replace(parse(active.content, active.format), hash=active.hash)
        except RulesError as error:
            raise AgentError("RUL-01") from error
        self._rules = (active.hash, rules)
        return rules

    # ------------------------------------------------------------------ slips

    def _fresh(self, txn: Txn, document: FiscalDocument, device_time: datetime | None) -> bool:
        """Young enough for a slip by the printer's own clock, and registered after first contact."""
        series = txn.series.get(document.id.fn_serial)
        if series is not None and document.id.fd_number <= series.quiet_fd:
            return False
        return device_time is None or device_time - document.at <= self.habits.slip_max_age

    def _queue(self, txn: Txn, document: DocumentId, facts: SlipFacts) -> None:
        job = slip_store.SlipJob(
            id=f"slip:{facts.kind}:{document}",
            kind=facts.kind,
            document=document,
            customer_id=facts.customer or None,
            facts=facts.to_json(),
        )
        txn.slips.add(job)

    def slip_due(self) -> bool:
        with self.store.reading() as view:
            return bool(view.slips.waiting())

    def claim_slip(self, device: Capabilities) -> SlipJob | None:
        with self.store.writing("slip claimed") as txn:
            txn.slips.expire_before(stamp(self.clock.now() - self.habits.slip_max_age))
            job = txn.slips.claim()
            if job is None:
                return None
            facts = SlipFacts.from_json({key: value for key, value in job.facts.items() if key != "copy_at"})
            customer = txn.customers.get(job.customer_id) if job.customer_id else None
        copy_at = str(job.facts.get("copy_at", ""))
        return SlipJob(job.id, tuple(lay_out(facts, customer, self.habits.style, device, copy_at)))

    def slip_printed(self, job: SlipJob) -> None:
        with self.store.writing("slip printed") as txn:
            txn.slips.finish(job.id, slip_store.SlipState.PRINTED)

    def slip_waits(self, job: SlipJob, code: str) -> None:
        """Back to the queue; a device that refuses the same slip again and again is not asked for ever."""
        with self.store.writing("slip waits") as txn:
            stored = txn.slips.get(job.id)
            if stored is not None and stored.attempts >= MAX_ATTEMPTS and code == "SLP-01":
                txn.slips.finish(job.id, slip_store.SlipState.FAILED, code)
            else:
                txn.slips.put_back(job.id, code)
