"""Fiscal documents and rules that the checkout tests record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pos_agent.checkout.figures import balance_on
from pos_agent.checkout.identify import BY_CARD, Identified
from pos_agent.checkout.recording import Place
from pos_agent.model.customer import Balance
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation, Receipt, ReceiptLine
from pos_agent.money import line_sum_kop
from pos_agent.rules.parse import parse
from pos_agent.rules.values import Rules

FN = "9999078902001234"
PLACE = Place("till-1", ZoneInfo("Europe/Moscow"))
ANNA = Identified("c-1", BY_CARD)
UNIT = 1_000_000


def program(accrual: str, more: str = "") -> Rules:
    return parse(f'[program]\nid = "p"\nname = "P"\n[accrue]\n{accrual}\n{more}')


def goods(*lines: tuple[str, int, int], gtins: Sequence[str] = ()) -> tuple[ReceiptLine, ...]:
    """(name, price in kopecks, millionths) each; the sum as the fiscal storage has it."""
    made = []
    for number, (name, price, micro) in enumerate(lines, 1):
        gtin = gtins[number - 1] if number <= len(gtins) else ""
        made.append(ReceiptLine(number, name, price, micro, line_sum_kop(price, micro), gtin))
    return tuple(made)


def document(
    fd: int,
    lines: Sequence[ReceiptLine],
    operation: Operation = Operation.SALE,
    at: str = "2026-11-21T18:05:00",
) -> FiscalDocument:
    total = sum(line.sum_kop for line in lines)
    receipt = Receipt(operation, total, tuple(lines), number_in_shift=fd)
    return FiscalDocument(DocumentId(FN, fd), 3, 1000 + fd, datetime.fromisoformat(at), shift=1, receipt=receipt)


def back(fd: int, lines: Sequence[ReceiptLine], at: str = "2026-11-21T18:40:00") -> FiscalDocument:
    return document(fd, lines, Operation.SALE_RETURN, at)


def part(line: ReceiptLine, micro: int) -> ReceiptLine:
    """So much of a sold line, as a return receipt has it."""
    return replace(line, number=1, quantity_micro=micro, sum_kop=line_sum_kop(line.price_kop, micro))


def evening(history: Sequence[LedgerEvent], rules: Rules, day: str = "2026-11-21") -> Balance:
    return balance_on(history, date.fromisoformat(day), rules)
