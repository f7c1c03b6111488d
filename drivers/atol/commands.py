"""All declared commands in one table, by code and sub-command."""

from __future__ import annotations

from typing import Any

from drivers.atol import commands_print, commands_receipt, commands_settings, commands_status, commands_storage
from drivers.atol.command import Command

ALL: tuple[Command[Any, Any], ...] = (
    *commands_status.COMMANDS,
    *commands_receipt.COMMANDS,
    *commands_settings.COMMANDS,
    *commands_print.COMMANDS,
    *commands_storage.COMMANDS,
)

BY_NAME: dict[str, Command[Any, Any]] = {command.name: command for command in ALL}
