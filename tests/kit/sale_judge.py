"""Judges sales by two things only: the documents in the emulated storage and the rows of the database file.

No code of the agent decides anything here. A sale is known in the storage by its total, which no other sale has.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from kit.sale_register import SaleRegister
from kit.sale_troubles import FOREIGN_KOP

IN_DOUBT = ("SAL-01", "SAL-02")  # "being checked": neither sold nor not sold was claimed
OPEN, CLOSE, ITEM = bytes([0x8D]), bytes([0xFF, 0x45]), bytes([0xFF, 0x46])
OK = 0


@dataclass(frozen=True)
class Asked:
    """One sale as its caller knows it: one line, `spend_pt` of it with points, the rest in cash without change."""

    sale_id: str
    customer: str | None
    price_kop: int
    spend_pt: int

    @property
    def total_kop(self) -> int:
        return self.price_kop - self.spend_pt

    @property
    def earned_pt(self) -> int:
        return self.total_kop // 10 if self.customer else 0


@dataclass
class Judge:
    """Looks on while a sale is made (`watch`), and at what is left of it."""

    register: SaleRegister
    sale: Asked
    since_fd: int
    forged_nak: bool = False  # an ACK may reach the agent as NAK: a repeat after power that went too soon is right then
    deceived: bool = False  # the device took a command that noise had changed: its check sum was right all the same
    told: list[str] = field(default_factory=list)  # what the caller was told, in order
    found: list[str] = field(default_factory=list)  # what is wrong
    _in_receipt: dict[bytes, int] = field(default_factory=dict)
    _last_fd: int = 0

    def __post_init__(self) -> None:
        self._last_fd = self.since_fd

    def ran(self, request: bytes, answer: bytes) -> None:
        """The device was given a command of the agent (b"": power went while it did, or just before)."""
        head = request[: 2 if request[0] == 0xFF else 1]
        if answer[len(head)] != OK if answer else self.forged_nak and not self._registered_more():
            return
        self._last_fd = self.register.device.fn.last_fd
        if head == OPEN:
            self._in_receipt = {}
            self._written("intent")
        elif head in (CLOSE, ITEM):
            self._in_receipt[head] = self._in_receipt.get(head, 0) + 1
            if self._in_receipt[head] > 1:
                self.found.append(f"doubled: {head.hex()} executed twice for one receipt")
            if head == CLOSE:
                self._written("closing")

    def _registered_more(self) -> bool:
        """Power goes only while the storage writes: then what it holds tells on which side of it."""
        before, self._last_fd = self._last_fd, self.register.device.fn.last_fd
        return self._last_fd > before

    def _written(self, state: str) -> None:
        """Steps 3 and 4: the row is durable before the device does it."""
        rows = self.register.query(
            "SELECT sale_id, state FROM sale_intent WHERE state IN ('intent', 'closing', 'needs_operator')"
        )
        if [(one["sale_id"], one["state"]) for one in rows] != [(self.sale.sale_id, state)]:
            self.found.append(f"not written before the printer did it: {state}, there is {rows}")

    # ------------------------------------------------------------------ verdicts

    def documents(self) -> list[int]:
        """Ours in the storage, by total."""
        return [fd for fd, operation, kop in self._receipts() if kop == self.sale.total_kop and operation == 1]

    def strangers(self) -> int:
        """Documents that somebody else registered since the sale began."""
        return len([1 for _, _, kop in self._receipts() if kop == FOREIGN_KOP])

    def may_ask(self) -> bool:
        """Is there something that only a person can tell: another's document, or one that noise made of ours?"""
        return self.deceived or self.strangers() > 0

    def arrived(self, way: str, given: bytes, came: bytes) -> None:
        """What the wire made of a message. One byte of XOR does not see two changes in one column."""
        changed = way == "host" and came != given and given[:1] == came[:1] == b"\x02"
        if changed and len(came) == len(given) and not reduce(xor, came[1:]):
            self.deceived = True

    def _receipts(self) -> list[tuple[int, int, int]]:
        return self.register.receipts(self.since_fd)

    def claimed(self, answer: dict | str) -> None:
        """What the caller was told, against what is so."""
        documents = self.documents()
        if isinstance(answer, str):
            self.told.append(answer)
            if answer not in IN_DOUBT and documents:
                self.found.append(f"wrong verdict: told {answer}, but the storage has {documents}")
            if answer == "SAL-02" and not self.may_ask():
                self.found.append("wrong verdict: a person is asked although nobody else sold")
            return
        self.told.append("registered")
        if not documents:
            self.found.append("lost: told registered, but the storage has no such document")
        elif answer["document"] != f"{self.register.device.fn.serial}/{documents[0]}":
            self.found.append(f"wrong verdict: told {answer['document']}, it is {documents}")
        sums = {"total_kop": self.sale.total_kop, "spent_pt": self.sale.spend_pt, "accrued_pt": self.sale.earned_pt}
        if any(answer[name] != value for name, value in sums.items()) or answer["change_kop"]:
            self.found.append(f"wrong verdict: {answer} of {self.sale}")

    def settled(self) -> None:
        """After the calm: what the database says of the sale is what the storage holds."""
        row = self.state()
        documents = self.documents()
        if any(one not in IN_DOUBT for one in self.told if one != "registered") and documents and len(self.told) == 1:
            self.found.append(f"wrong verdict: told {self.told}, registered later as {documents}")
        if (row == "registered") != bool(documents):
            self.found.append(f"wrong verdict: the row says {row}, the storage has {documents}")

    def state(self) -> str:
        rows = self.register.query("SELECT state FROM sale_intent WHERE sale_id = ?", self.sale.sale_id)
        return rows[0]["state"] if rows else ""

    def ended(self, answer: dict | str, first: dict | str) -> None:
        """After the same sale was asked for again."""
        self.claimed(answer)
        documents = self.documents()
        if len(documents) > 1:
            self.found.append(f"doubled: documents {documents}")
        if not documents:
            self.found.append(f"lost: told {self.told}, no document")
        if isinstance(answer, str):
            self.found.append(f"wrong verdict: the repeat was answered {answer}")
        elif isinstance(first, dict) and first != answer:
            self.found.append(f"wrong verdict: the repeat was answered {answer}, at first {first}")
        if self.register.device.receipt is not None:
            self.found.append("wrong verdict: a receipt is left open")


def ledger_wrongs(register: SaleRegister, sales: Iterable[Asked], gifts: dict[str, int]) -> list[str]:
    """One event per document and none besides; each customer has what the sales made of his gift."""
    found = []
    if register.recorded() != sorted(register.device.fn.documents):
        found.append("lost: the ledger's documents are not the storage's")
    due = dict(gifts)
    for sale in sales:
        if sale.customer:
            due[sale.customer] += sale.earned_pt - sale.spend_pt
    signs = "SUM(CASE kind WHEN 'SPEND' THEN -amount_pt ELSE amount_pt END)"
    rows = register.query(f"SELECT customer_id, {signs} AS points FROM ledger_entry GROUP BY customer_id")
    has = {one["customer_id"]: one["points"] for one in rows}
    found += [
        f"wrong points: {who} has {has.get(who)}, due {points}" for who, points in due.items() if has.get(who) != points
    ]
    kinds = register.query("SELECT DISTINCT kind FROM ledger_entry WHERE kind NOT IN ('SPEND', 'ACCRUE', 'GIFT')")
    return found + [f"wrong points: entries of kind {one['kind']}" for one in kinds]
