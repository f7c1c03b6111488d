"""The receipts after a sale in doubt, read from the device for a person who compares. Only questions are sent.

They are not recorded while one of them may be ours, so the ledger cannot tell them. Runs on the printer's thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.api import Done, Refused, StoredDocument
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.reading import content_of, read
from pos_agent.checkout.settle import Settler
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.ports import UnreadableDocumentError
from pos_agent.store.intents import Intent

MOST = 50  # documents that are looked through, as the settler does
CASHLESS = 1  # place of tag 1081 among the payments


@dataclass(frozen=True)
class Newer:
    """One receipt. `at`: by the printer's clock, "" and the sums 0 when it cannot be read. `equal` to our sale in
    operation, total and payments; `claimed`: another sale of ours has it."""

    document: DocumentId
    at: str = ""
    total_kop: int = 0
    cash_kop: int = 0
    cashless_kop: int = 0
    items: int = 0
    equal: bool = False
    claimed: bool = False
    unreadable: bool = False


def newer(settler: Settler, intent: Intent) -> list[Newer] | None:
    """Those that may be ours come first. None: the device cannot be asked now."""
    line = settler.watch.line
    if not line.connected:
        line.connect()
    storage = line.asked(settler.printer.storage()) if line.connected else None
    if storage is None:
        return None
    if storage.fn_serial != intent.fn_serial:
        return []
    found: list[Newer] = []
    for fd in range(intent.fd_before + 1, min(storage.last_fd, intent.fd_before + MOST) + 1):
        outcome = settler.printer.read_document(fd)
        if not isinstance(outcome, Done | Refused):
            line.asked(outcome)
            return None
        number = DocumentId(storage.fn_serial, fd)
        one = _told(settler, intent, number, outcome.reply if isinstance(outcome, Done) else None)
        found += [one] if one is not None else []
    return sorted(found, key=lambda one: (one.claimed, not one.equal, not one.unreadable))


def _told(settler: Settler, intent: Intent, number: DocumentId, stored: StoredDocument | None) -> Newer | None:
    """None: no receipt."""
    with settler.journal.store.reading() as view:
        owner = view.intents.by_document(number)
    claimed = owner is not None and owner.sale_id != intent.sale_id
    if stored is None:
        return Newer(number, claimed=claimed, unreadable=True)
    try:
        content = content_of(number.fn_serial, stored)
        document = read(number.fn_serial, stored).document
    except UnreadableDocumentError:
        return Newer(number, claimed=claimed, unreadable=True)
    if content is None or document.receipt is None:
        return None
    return Newer(
        number,
        at=document.at.isoformat(timespec="seconds"),
        total_kop=content.total_kop,
        cash_kop=content.payments_kop[0],
        cashless_kop=content.payments_kop[CASHLESS],
        items=len(document.receipt.lines),
        equal=content == Plan.from_json(intent.plan).content,
        claimed=claimed,
    )
