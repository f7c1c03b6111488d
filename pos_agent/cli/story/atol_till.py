"""The till of the demonstration on an ATOL register's first port; the emulator's own scripted till speaks Shtrih alone.

A till knows nothing of the agent: its driver object is its own, and the script is the one the other till runs.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from drivers.api import Done, Outcome
from drivers.atol.printer import AtolPrinter
from drivers.fiscal.tlv import build, encode
from drivers.selling import FiscalItem, ReceiptKind, Tender
from drivers.streams.serial_port import SerialPort
from pos_agent.checkout.plan import VAT_CODES
from pos_agent.clock import Clock
from pos_agent.errors import AgentError
from pos_agent.money import MICRO

T = TypeVar("T")


class AtolTill:
    """Runs `open_shift` and `sale` steps of a till script. `protocol`: v3 or v2."""

    def __init__(self, port: Path, clock: Clock, protocol: str = "v3") -> None:
        never = threading.Event()

        def pause(seconds: float) -> None:
            clock.wait(never, seconds)

        self._printer = AtolPrinter(SerialPort(str(port)), clock.monotonic, pause, protocol)

    def run(self, script: Path) -> list[dict[str, Any]]:
        """All steps; what came of each: its name and the last document then. AgentError AGT-04: one was refused."""
        asked = tomllib.loads(script.read_text(encoding="utf-8"))
        _done(self._printer.connect(), "connect")
        try:
            return [self._step(step, asked["tax_system"]) for step in asked["step"]]
        finally:
            self._printer.disconnect()

    def _step(self, step: Mapping[str, Any], tax_system: int) -> dict[str, Any]:
        if step["do"] == "open_shift":
            _done(self._printer.shift_open(), step["name"])
        else:
            self._sale(step, tax_system)
        return {"step": step["name"], "fd": _done(self._printer.storage(), step["name"]).last_fd}

    def _sale(self, step: Mapping[str, Any], tax_system: int) -> None:
        printer, name = self._printer, step["name"]
        _done(printer.receipt_open(ReceiptKind.SALE), name)
        if "contact" in step:
            _done(printer.receipt_tlv(encode([build(1008, step["contact"])])), name)
        for line in step["lines"]:
            kop = line["price_kop"]
            item = FiscalItem(line["name"], kop, MICRO, kop, VAT_CODES[line["vat"]])
            _done(printer.receipt_item(ReceiptKind.SALE, item), name)
        paid = Tender(step.get("cash_kop", 0), step.get("card_kop", 0))
        _done(printer.receipt_close(paid, tax_system), name)


def _done(outcome: Outcome[T], what: str) -> T:
    if not isinstance(outcome, Done):
        raise AgentError("AGT-04", trace=what, lines=(str(outcome),))
    return outcome.reply
