"""Every command of the emulated device. Importing the modules fills the table."""

from __future__ import annotations

from emulator.shtrih.commands import (
    documents,
    fn_reports,
    fn_status,
    graphics,
    printing,
    receipt,
    receipt_old,
    registers,
    settings,
    shift,
    status,
)
from emulator.shtrih.registry import COMMANDS

__all__ = [
    "COMMANDS",
    "documents",
    "fn_reports",
    "fn_status",
    "graphics",
    "printing",
    "receipt",
    "receipt_old",
    "registers",
    "settings",
    "shift",
    "status",
]
