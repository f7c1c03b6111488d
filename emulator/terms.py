"""The words the emulated device answers with: refusals, states, orders and replies.

Vendor neutral: a front end translates a `Reason` into its protocol's error code and a reply into its bytes.
Money is int kopecks (`_kop`), quantity int millionths (`_micro`), times are naive local wall-clock `datetime`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto


class Reason(Enum):
    """Why the device refused a command; one name per cause a protocol can tell apart."""

    WRONG_STATE = auto()
    SHIFT_CLOSED = auto()
    SHIFT_OPEN = auto()
    SHIFT_OVER_24H = auto()
    NO_PAPER = auto()
    COVER_OPEN = auto()
    PRINTING = auto()
    WAIT_CONTINUE = auto()
    RECEIPT_OPEN = auto()
    NO_RECEIPT = auto()
    EMPTY_RECEIPT = auto()
    BAD_PARAMETER = auto()
    BAD_SUM = auto()
    NOT_ENOUGH_PAYMENT = auto()
    NONCASH_OVER_TOTAL = auto()
    NOT_ENOUGH_CASH = auto()
    NO_DOCUMENT = auto()
    WRONG_OPERATOR = auto()
    FN_ERROR = auto()
    FN_EXPIRED = auto()
    FN_FULL = auto()
    FN_QUEUE_TOO_OLD = auto()
    BAD_TIME = auto()
    TLV_TOO_LONG = auto()
    UNSUPPORTED = auto()
    NOTHING_TO_CONTINUE = auto()
    NOTHING_TO_REPEAT = auto()
    BAD_PASSWORD = auto()
    DISCOUNT_TOO_LARGE = auto()
    NOTHING_TO_UNDO = auto()
    STORNO_TOO_LARGE = auto()


class Refusal(Exception):  # noqa: N818 - the field's word: the device refuses, nothing is broken
    """The device did not do it and its state is as before."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.name}: {detail}" if detail else reason.name)
        self.reason = reason
        self.detail = detail


class DeviceMode(Enum):
    """What the device can do next."""

    SHIFT_OPEN = auto()
    SHIFT_OVER = auto()
    SHIFT_CLOSED = auto()
    RECEIPT_OPEN = auto()


class PaperState(Enum):
    """Paper, as protocol notes (section 3.2) tell the submodes apart."""

    PRESENT = auto()
    OUT = auto()
    OUT_WHILE_PRINTING = auto()
    BACK = auto()


@dataclass(frozen=True)
class FiscalReply:
    """A fiscal document was registered: number, fiscal sign (u32), local time, shift number."""

    fd: int
    sign: int
    at: datetime
    shift: int
    receipt: int = 0  # tag 1042 for receipts and corrections, else 0
    unsent: int = 0  # documents the OFD has not confirmed, the new one included
    first_unsent_at: datetime | None = None


@dataclass(frozen=True)
class Closed:
    """A receipt was registered; `change_kop` is what the cashier hands back from cash."""

    change_kop: int
    fd: int
    sign: int
    at: datetime
    shift: int = 0
    receipt: int = 0


@dataclass(frozen=True)
class ItemInput:
    """One line of a receipt as a host orders it.

    `kind` 1..4 (tag 1054) must be the receipt's own; `sum_kop` None: the device computes price x quantity;
    `tax_kop` is accepted and ignored (the device computes tax); `vat` is the code of tag 1199, 1..12.
    """

    kind: int
    quantity_micro: int
    price_kop: int
    sum_kop: int | None
    tax_kop: int | None
    vat: int
    department: int
    method: int
    subject: int
    name: str


@dataclass(frozen=True)
class CorrectionInput:
    """A correction receipt without lines (FFD 1.05). `operation` is 1 or 3; `order` is the number of a tax order."""

    operation: int
    total_kop: int
    by_order: bool = False
    cash_kop: int = 0
    electronic_kop: int = 0
    advance_kop: int = 0
    credit_kop: int = 0
    other_kop: int = 0
    vat_kop: dict[int, int] = field(default_factory=dict)  # flat total tag 1102..1107 -> kopecks
    tax_system: int = 0
    tlvs: bytes = b""  # 1174 {1178, 1179} and other tags; a default 1174 is made when absent


@dataclass(frozen=True)
class ShortForm:
    """What the FN answers about one document without its full text."""

    form: int
    ofd_receipt: bool
    at: datetime
    fd: int
    sign: int
    shift: int | None = None
    operation: int | None = None
    total_kop: int | None = None


@dataclass(frozen=True)
class Queue:
    """Documents waiting for the OFD."""

    count: int
    first_fd: int
    first_at: datetime | None
