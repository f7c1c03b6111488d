"""All declared commands in one table, by code."""

from __future__ import annotations

from typing import Any

from drivers.shtrih import commands_print, commands_receipt, commands_status, commands_storage
from drivers.shtrih.command import Command

ALL: tuple[Command[Any, Any], ...] = (
    *commands_status.COMMANDS,
    *commands_print.COMMANDS,
    *commands_storage.COMMANDS,
    *commands_receipt.COMMANDS,
)

BY_CODE: dict[int, Command[Any, Any]] = {command.code: command for command in ALL}
