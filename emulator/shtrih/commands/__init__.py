"""Every command of the emulated device. Importing the modules fills the table."""

from __future__ import annotations

from emulator.shtrih.commands import (
    buffer,
    documents,
    fn_reports,
    fn_service,
    fn_status,
    graphics,
    marking,
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
    "buffer",
    "documents",
    "fn_reports",
    "fn_service",
    "fn_status",
    "graphics",
    "marking",
    "printing",
    "receipt",
    "receipt_old",
    "registers",
    "settings",
    "shift",
    "status",
]
