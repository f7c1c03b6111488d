"""All declared commands in one table, by code."""

from __future__ import annotations

from typing import Any

from drivers.shtrih import (
    commands_correction,
    commands_graphics,
    commands_marking,
    commands_old,
    commands_print,
    commands_receipt,
    commands_settings,
    commands_shift,
    commands_status,
    commands_storage,
    commands_tables,
)
from drivers.shtrih.command import Command

ALL: tuple[Command[Any, Any], ...] = (
    *commands_status.COMMANDS,
    *commands_print.COMMANDS,
    *commands_graphics.COMMANDS,
    *commands_tables.COMMANDS,
    *commands_settings.COMMANDS,
    *commands_shift.COMMANDS,
    *commands_receipt.COMMANDS,
    *commands_old.COMMANDS,
    *commands_correction.COMMANDS,
    *commands_storage.COMMANDS,
    *commands_marking.COMMANDS,
)

BY_CODE: dict[int, Command[Any, Any]] = {command.code: command for command in ALL}
