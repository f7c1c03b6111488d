"""Every command of the emulated device. Importing the modules fills the table."""

from __future__ import annotations

from emulator.atol.commands import (
    barcodes,
    documents,
    fn_status,
    item,
    payments,
    printing,
    receipt,
    registers,
    requisites,
    service,
    settings,
    shift,
    status,
)
from emulator.atol.registry import COMMANDS

__all__ = [
    "COMMANDS",
    "barcodes",
    "documents",
    "fn_status",
    "item",
    "payments",
    "printing",
    "receipt",
    "registers",
    "requisites",
    "service",
    "settings",
    "shift",
    "status",
]
