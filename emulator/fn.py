"""The fiscal storage (FN): numbers, checks, counters and the archive of documents.

Its state is a function of the documents it wrote: `apply` folds one in, and loading is applying them again. `prepare`
checks and composes without changing anything, so the caller can make the document durable between the two.
Rules: protocol notes on 54-FZ, sections 1, 2.9, 2.11; life phase and warnings: Shtrih-M FN commands, FF01h.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from emulator import fn_document
from emulator.counters import Counters
from emulator.fn_document import RECEIPT_FORMS, Document, Identity
from emulator.terms import Queue, Reason, Refusal, ShortForm
from emulator.tlv import Tlv, encode, make, number

SHIFT_HOURS = timedelta(hours=24)
BACK_AT_SHIFT_OPENING = timedelta(hours=1)
QUEUE_LIFE = timedelta(days=30)
OFD_OVERDUE = timedelta(days=5)  # from memory: the sign 1053 is raised some days before the storage blocks
LIMITS = {3: 32768, 4: 32768, 31: 32768, 41: 32768, 1: 6144, 11: 6144}
OTHER_LIMIT = 4096
REGISTRATIONS = 12
NO_TIME = datetime(1970, 1, 1)  # noqa: DTZ001 - tag 1098 with nothing unsent: the order does not define it [uncertain]


@dataclass(frozen=True)
class Life:
    """Limits of a storage: days from registration, documents, days of full texts (0 = for ever)."""

    days: int
    capacity: int
    full_store_days: int = 0


@dataclass
class FiscalStorage:
    """One fiscal storage. Refuses with a `Refusal`; nothing is changed by a refused call."""

    identity: Identity
    version: str
    ffd: str
    life: Life
    current_document: int = 0  # code of FF01h, set while a receipt is being formed
    last_fd: int = 0
    last_at: datetime = NO_TIME
    registered_at: datetime | None = None
    registrations: int = 0
    shift_open: bool = False
    shift_number: int = 0
    shift_opened_at: datetime | None = None
    shift_documents: int = 0
    receipt_in_shift: int = 0
    delivered_fd: int = 0
    shift_counters: Counters = field(default_factory=Counters)
    all_counters: Counters = field(default_factory=Counters)
    documents: dict[int, Document] = field(default_factory=dict)
    damaged: dict[int, bytes] = field(default_factory=dict)  # what a reader gets instead of the body
    failed: bool = False  # writes and reads nothing: a broken or blocked storage

    @property
    def serial(self) -> str:
        """Sixteen characters, tag 1041."""
        return self.identity.serial

    @property
    def phase(self) -> int:
        """Life phase bits: 1 configured, 3 fiscal mode open."""
        return 1 if self.registered_at is None else 3

    @property
    def expires(self) -> date:
        """The last day of service; before registration the day counted from the last known time."""
        return ((self.registered_at or self.last_at) + timedelta(days=self.life.days)).date()

    @property
    def registrations_left(self) -> int:
        """How many registration reports are still possible."""
        return REGISTRATIONS - self.registrations

    def days_left(self, now: datetime) -> int:
        """Tag 1213: whole days of the keys' life, today excluded, not below zero."""
        return max(0, (self.expires - now.date()).days)

    def warnings(self, now: datetime) -> int:
        """Bits: 1 replace within 3 days, 2 within 30 days, 4 memory 90 % full, 8 the OFD is silent for too long."""
        left = self.days_left(now)
        first = self.ofd_queue().first_at
        full = self.last_fd * 10 >= self.life.capacity * 9
        overdue = first is not None and now - first > OFD_OVERDUE
        return (left <= 3) | (left <= 30) << 1 | full << 2 | overdue << 3

    def shift_over(self, now: datetime) -> bool:
        """The open shift is older than 24 hours."""
        return self.shift_open and self.shift_opened_at is not None and now - self.shift_opened_at >= SHIFT_HOURS

    # --- writing

    def prepare(self, form: int, now: datetime, own: list[Tlv], given: list[Tlv]) -> Document:
        """Check and compose the next document; `own`: command arguments (1054, 1020), `given`: the register's tags."""
        at = now.replace(second=0, microsecond=0)
        self.check(form, now)
        given_size = len(encode(given))
        if given_size > LIMITS.get(form, OTHER_LIMIT):
            raise Refusal(Reason.TLV_TOO_LONG, f"{given_size} bytes in a document of form {form}")
        tags = [*self._numbers(form), *own, *self._report(form, at)]
        return fn_document.compose(self.identity, form, self.last_fd + 1, at, tags, given)

    def check(self, form: int, now: datetime) -> None:
        """Refuse what the storage would not write now: order of forms, 24 hours, its life, the OFD queue, the clock."""
        if self.failed:
            raise Refusal(Reason.FN_ERROR, "the storage has failed")
        if (form == 1) == (self.registered_at is not None):
            raise Refusal(Reason.FN_ERROR, f"form {form} in life phase {self.phase}")
        if form == 2 and self.shift_open:
            raise Refusal(Reason.SHIFT_OPEN)
        if form in (5, *RECEIPT_FORMS) and not self.shift_open:
            raise Refusal(Reason.SHIFT_CLOSED)
        if form == 2 or form in RECEIPT_FORMS:
            self._check_life(now)
        if form in RECEIPT_FORMS and self.shift_over(now):
            raise Refusal(Reason.SHIFT_OVER_24H)
        earliest = self.last_at - (BACK_AT_SHIFT_OPENING if form == 2 else timedelta(0))
        if now.replace(second=0, microsecond=0) < earliest:
            raise Refusal(Reason.BAD_TIME, f"{now} is before the last document, {self.last_at}")

    def _check_life(self, now: datetime) -> None:
        if now.date() > self.expires:
            raise Refusal(Reason.FN_EXPIRED, f"service ended on {self.expires}")
        if self.last_fd >= self.life.capacity:
            raise Refusal(Reason.FN_FULL)
        first = self.ofd_queue().first_at
        if first is not None and now - first > QUEUE_LIFE:
            raise Refusal(Reason.FN_QUEUE_TOO_OLD, f"unsent since {first}")

    def _numbers(self, form: int) -> list[Tlv]:
        if form == 2:
            return [make(1038, self.shift_number + 1)]
        if form in RECEIPT_FORMS:
            return [make(1038, self.shift_number), make(1042, self.receipt_in_shift + 1)]
        if form == 5 or (form == 21 and self.shift_open):
            return [make(1038, self.shift_number)]
        return []

    def _report(self, form: int, at: datetime) -> list[Tlv]:
        if form not in (5, 21):
            return []
        queue = self.ofd_queue()
        first_day = queue.first_at.replace(hour=0, minute=0) if queue.first_at else NO_TIME
        unsent = [make(1097, queue.count), make(1098, first_day)]
        shift = [make(1118, self.shift_counters.count), make(1111, self.shift_documents + 1)]
        modern, counted = self.ffd == "1.2", self.ffd != "1.05"
        head = [make(1209, 4)] if modern and form == 5 else []
        tail = [make(1213, self.days_left(at))] if modern or (counted and form == 5) else []
        whole = make(1157, self.all_counters.tree())
        if form == 5:
            totals = [make(1194, self.shift_counters.tree()), whole]
            return [*head, *shift, *unsent, *tail, *(totals if counted else [])]
        totals = [whole, make(1158, self._unsent_counters().unsent_tree())]
        return [make(1116, queue.first_fd), *unsent, *tail, *(totals if counted else [])]

    def apply(self, document: Document) -> None:
        """Fold a written document into the state."""
        tags = document.tags
        self.documents[document.fd] = document
        self.last_fd, self.last_at = document.fd, document.at
        if document.form == 1:
            self.registered_at, self.registrations = document.at, self.registrations + 1
        if document.form == 2:
            self._start_shift(number(tags, 1038), document.at)
        self.shift_documents += 1
        if document.form in RECEIPT_FORMS:
            self.receipt_in_shift = number(tags, 1042)
        self.shift_counters.add(document.form, tags)
        self.all_counters.add(document.form, tags)
        if document.form == 5:
            self.shift_open = False

    def _start_shift(self, shift: int, at: datetime) -> None:
        self.shift_open, self.shift_number, self.shift_opened_at = True, shift, at
        self.shift_documents = self.receipt_in_shift = 0
        self.shift_counters = Counters()

    # --- reading

    def document(self, fd: int) -> Document:
        """A document by number. Refuses NO_DOCUMENT, FN_ERROR."""
        if self.failed:
            raise Refusal(Reason.FN_ERROR, "the storage has failed")
        found = self.documents.get(fd)
        if found is None:
            raise Refusal(Reason.NO_DOCUMENT, f"document {fd}")
        return found

    def find(self, fd: int) -> ShortForm:
        """Short form of a document. Refuses NO_DOCUMENT."""
        return self.document(fd).short(fd <= self.delivered_fd)

    def body(self, fd: int) -> tuple[int, bytes]:
        """Form code and the TLVs without outer header. Refuses NO_DOCUMENT, also when the full text is too old."""
        document = self.document(fd)
        days = self.life.full_store_days
        if days and fd <= self.delivered_fd and self.last_at - document.at > timedelta(days=days):
            raise Refusal(Reason.NO_DOCUMENT, f"the full text of document {fd} is no longer kept")
        return document.form, self.damaged.get(fd, document.body)

    def ofd_queue(self) -> Queue:
        """Documents the OFD has not confirmed."""
        first = self.documents.get(self.delivered_fd + 1)
        if first is None:
            return Queue(0, 0, None)
        return Queue(self.last_fd - self.delivered_fd, first.fd, first.at)

    def ofd_receipt(self, fd: int) -> bytes:
        """The OFD's confirmation (form 7) of a document. Refuses NO_DOCUMENT when there is none."""
        document = self.document(fd)
        if fd > self.delivered_fd:
            raise Refusal(Reason.NO_DOCUMENT, f"the OFD has not confirmed document {fd}")
        seal = fn_document.fiscal_sign(self.identity, 7, fd, document.body).to_bytes(4, "big") * 4
        members = [make(1041, self.serial), make(1012, document.at), make(1040, fd), make(1078, seal)]
        return make(7, members).whole

    def _unsent_counters(self) -> Counters:
        counters = Counters()
        for fd in range(self.delivered_fd + 1, self.last_fd + 1):
            counters.add(self.documents[fd].form, self.documents[fd].tags)
        return counters
