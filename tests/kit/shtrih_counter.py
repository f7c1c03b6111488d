"""A counter of a shop in memory: the driver, the emulated register, a wire between them that may lose answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from drivers.api import Done, StoredDocument
from drivers.fiscal import build, read_body
from drivers.fiscal import encode as tlv
from drivers.fiscal.findings import Context, check
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender
from drivers.shtrih.commands_receipt import WRITE_CELL, WriteCell
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.memory import answering_stream
from emulator.device import Device
from emulator.paper import Tape
from emulator.profile import load
from emulator.shtrih.front import ShtrihFront
from emulator.shtrih.machine import Machine

NOON = datetime.fromisoformat("2026-11-21T12:00:00")
PROFILES = {"1.05": "shtrih-m-01f", "1.2": "shtrih-m-01f-ffd12"}


class Counter:
    """An emulated register and a driver on it. `deliver` stands between them and may lose the register's bytes.

    `model` names a shipped profile, in place of the one for `ffd`.
    """

    def __init__(self, ffd: str = "1.05", old_operations: bool = False, model: str = "", **changes: Any) -> None:
        self.seconds = 1000.0
        self.frames: list[str] = []
        self.deliver: Callable[[str, bytes], bytes] = lambda code, answer: answer
        profile = replace(load(model or PROFILES[ffd]), **changes)
        tape = Tape(profile.columns, profile.dots)
        self.device = Device.open(profile, tape, None, self.local, 0, self.monotonic)
        self.front = ShtrihFront(Machine(self.device), 2)
        stream = answering_stream(self._peer, self.wait)
        self.printer = ShtrihPrinter(stream, self.monotonic, self.wait, old_operations=old_operations)
        assert isinstance(self.printer.connect(), Done)

    def _peer(self, asked: bytes) -> bytes:
        at = asked.find(b"\x02")
        if at < 0:
            return self.front.receive(asked, self.seconds)
        code = asked[at + 2 : at + 4].hex().upper() if asked[at + 2] == 0xFF else f"{asked[at + 2]:02X}"
        self.frames.append(code)
        return self.deliver(code, self.front.receive(asked, self.seconds))

    def monotonic(self) -> float:
        return self.seconds

    def local(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - 1000.0)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def keep_rates(self) -> None:
        """Table 17 field 71 = 2: 20 % stays 20 %."""
        cell = WriteCell(17, 1, 71, b"\x02")
        assert isinstance(self.printer._session.run(WRITE_CELL, cell), Done)

    def last_fd(self) -> int:
        storage = self.printer.storage()
        assert isinstance(storage, Done)
        return storage.reply.last_fd

    def document(self, fd_number: int) -> Any:
        """Read through the driver; a document with an error in it fails the test."""
        stored = self.printer.read_document(fd_number)
        assert isinstance(stored, Done)
        assert isinstance(stored.reply, StoredDocument)
        document = read_body(stored.reply.form, stored.reply.tlv)
        context = Context(now=self.local(), kkt_serial=self.device.profile.serial)
        assert [one for one in check(document, context) if one.severity == "E"] == []
        return document

    def sell(self, kind: ReceiptKind, items: list[FiscalItem], tender: Tender, extra: bytes = b"") -> Registered:
        """Each step must be Done; the subtotal must be the sum of the items."""
        printer = self.printer
        assert printer.receipt_open(kind) == Done(None)
        for item in items:
            assert printer.receipt_item(kind, item) == Done(None)
        assert printer.receipt_tlv(extra) == Done(None)
        assert printer.receipt_subtotal() == Done(sum(item.sum_kop for item in items))
        outcome = printer.receipt_close(tender, 1)
        assert isinstance(outcome, Done), outcome
        return outcome.reply


def coffee(ffd: str, vat: int = 11) -> FiscalItem:
    """FFD 1.2 wants a measure, 1.05 must not have one; the agent's tags are the same."""
    supplier = [build(1171, "+79123456789"), build(1225, 'ООО "Зерно"')]
    tags = [build(1222, 64), build(1224, tuple(supplier)), build(1226, "5010051677  ")]
    return FiscalItem(
        "Кофе «Арабика» № 1", 15055, 2_000_000, 30110, vat, measure=0 if ffd == "1.2" else None, tlv=tlv(tags)
    )


def cheese(ffd: str, vat: int = 2) -> FiscalItem:
    """345 g at 789.90: 272.5155 is 272.52."""
    measure = 11 if ffd == "1.2" else None
    long = tlv([build(1191, "сорт высший, выдержка 12 месяцев, молоко пастеризованное, соль, закваска"[:64])])
    return FiscalItem("Сыр", 78990, 345_000, 27252, vat, subject=1, department=3, measure=measure, tlv=long)
