"""Settings of `drivers.service.ServicePrinter`: clock, tables, registers, ports. Source: notes, sections 2.4 and 4."""

from __future__ import annotations

from datetime import datetime

from drivers.api import Done, NotSent, Outcome, OutcomeUnknown, Refused
from drivers.service import ExchangeParameters, FieldInfo, TableInfo
from drivers.shtrih import commands_settings as settings
from drivers.shtrih import commands_tables as tables
from drivers.shtrih import port_codes
from drivers.shtrih.commands_status import ERROR_TEXT, ErrorNumber
from drivers.shtrih.errors import CONFIRM_CLOCK, NO_TABLE, WRONG_MODE, WRONG_PARAMETERS
from drivers.shtrih.till import Connected

TEXT_FIELD = 1  # kind of a field in 2Eh
ONE_BYTE_REGISTERS = 256
WIDE_REGISTERS = 65536


class ShtrihSettings(Connected):
    """The settings part of the service face."""

    def set_clock(self, at: datetime) -> Outcome[None]:
        """21h, 22h, 23h with the same date. A device that waits for confirmation (mode 6) takes 23h at last.

        73h: close the shift first. Not Done after 22h: the date may be set and not confirmed, `ready` tells.
        """
        if at.tzinfo is not None or not 2000 <= at.year <= 2099:
            raise ValueError("the device's clock takes local time without a zone, years 2000..2099")
        outcome = self._plain(settings.SET_TIME, settings.TimeOfDay(at.time().replace(microsecond=0)))
        if not isinstance(outcome, Done) and not _waits_for_date(outcome):
            return outcome
        day = settings.Day(at.date())
        dated = self._plain(settings.SET_DATE, day)
        if not isinstance(dated, Done) and not _waits_for_date(dated):
            return _begun(dated)
        return _begun(self._plain(settings.CONFIRM_DATE, day))

    def table(self, number: int) -> Outcome[TableInfo | None]:
        """2Dh; 5Dh = no such table."""
        outcome = self._command(tables.TABLE_STRUCTURE, tables.TableNumber(number))
        if isinstance(outcome, Refused) and outcome.code == NO_TABLE:
            return Done(None)
        if not isinstance(outcome, Done):
            return outcome
        found = outcome.reply
        return Done(TableInfo(number, found.name, found.rows, found.fields))

    def field(self, table: int, number: int) -> Outcome[FieldInfo | None]:
        """2Eh; 5Dh or 33h = no such field."""
        outcome = self._command(tables.FIELD_STRUCTURE, tables.FieldNumber(table, number))
        if isinstance(outcome, Refused) and outcome.code in (NO_TABLE, WRONG_PARAMETERS):
            return Done(None)
        if not isinstance(outcome, Done):
            return outcome
        found = outcome.reply
        if found.kind == TEXT_FIELD:
            return Done(FieldInfo(table, number, found.name, True, found.size))
        least = int.from_bytes(found.limits[: found.size], "little")
        most = int.from_bytes(found.limits[found.size : 2 * found.size], "little")
        return Done(FieldInfo(table, number, found.name, False, found.size, least, most))

    def find_field(self, table: int, name: str) -> Outcome[FieldInfo | None]:
        structure = self.table(table)
        if not isinstance(structure, Done):
            return structure
        for number in range(1, structure.reply.fields + 1 if structure.reply else 0):
            outcome = self.field(table, number)
            if not isinstance(outcome, Done):
                return outcome
            if outcome.reply is not None and outcome.reply.name.casefold() == name.casefold():
                return outcome
        return Done(None)

    def read_field(self, table: int, row: int, field: int) -> Outcome[int | str]:
        """2Eh for the type, then 1Fh. 5Dh: no such table, row or field."""
        info = self._known(table, field)
        if not isinstance(info, Done):
            return info
        outcome = self._command(tables.READ_CELL, tables.TableCell(table, row, field))
        if not isinstance(outcome, Done):
            return outcome
        value = outcome.reply.value
        if not info.reply.is_text:
            return Done(int.from_bytes(value[: info.reply.size], "little"))
        return Done(value.split(b"\0", 1)[0].decode("cp1251", "replace").rstrip(" "))

    def write_field(self, table: int, row: int, field: int, value: int | str) -> Outcome[None]:
        """2Eh for the type, then 1Eh in the field's own size."""
        info = self._known(table, field)
        if not isinstance(info, Done):
            return info
        request = tables.WriteCell(table, row, field, _encoded(info.reply, value))
        return self._plain(tables.WRITE_CELL, request)

    def _known(self, table: int, field: int) -> Outcome[FieldInfo]:
        outcome = self.field(table, field)
        if not isinstance(outcome, Done):
            return outcome
        if outcome.reply is None:
            return Refused(NO_TABLE, "2Eh", f"table {table} has no field {field}")
        return Done(outcome.reply)

    def money_register(self, number: int) -> Outcome[int]:
        """1Ah. Useful ones: 193 + 4i + receipt type payment i of the shift, 242 and 243 cash in and out, 244 sales."""
        outcome = self._command(settings.MONEY_REGISTER, settings.Register(self._register(number)))
        return Done(outcome.reply.value_kop) if isinstance(outcome, Done) else outcome

    def operation_register(self, number: int) -> Outcome[int]:
        """1Bh. 144..147 receipts in the shift, 148..151 their running numbers, 153 and 154 cash in and out."""
        if not 0 <= number < ONE_BYTE_REGISTERS:
            raise ValueError(f"operation registers are 0..255, not {number}")
        outcome = self._command(settings.OPERATION_REGISTER, settings.Register(number))
        return Done(outcome.reply.value) if isinstance(outcome, Done) else outcome

    def _register(self, number: int) -> int:
        """Above 255 the number takes two bytes, on cash-core models only (F7h bit 23, two sources in words)."""
        till = self._till()
        most = WIDE_REGISTERS if till is None or till.profile.wide_registers else ONE_BYTE_REGISTERS
        if not 0 <= number < most:
            raise ValueError(f"money registers are 0..{most - 1}, not {number}")
        return number

    def exchange_parameters(self, port: int) -> Outcome[ExchangeParameters]:
        """15h. A speed of 0: the code is none we know."""
        outcome = self._command(settings.READ_EXCHANGE, settings.PortNumber(port))
        if not isinstance(outcome, Done):
            return outcome
        code = outcome.reply.baud_code
        speed = port_codes.tcp_port_of(code) if port == port_codes.TCP_PORT else port_codes.baud_of(code) or 0
        return Done(ExchangeParameters(port, speed, port_codes.byte_timeout_ms(outcome.reply.byte_timeout_code)))

    def set_exchange_parameters(self, parameters: ExchangeParameters) -> Outcome[None]:
        """14h. It also resets the device's choice between protocol 1.0 and 2.0."""
        by_tcp = parameters.port == port_codes.TCP_PORT
        code = (port_codes.tcp_port_code if by_tcp else port_codes.baud_code)(parameters.speed)
        timeout = port_codes.byte_timeout_code(parameters.byte_timeout_ms)
        return self._plain(settings.SET_EXCHANGE, settings.ExchangeSettings(parameters.port, code, timeout))

    def error_text(self, code: int | None = None) -> Outcome[str]:
        """6Bh, F7h bit 36. Firmware that knows one of its two forms only refuses the other."""
        outcome = self._command(ERROR_TEXT, ErrorNumber(code))
        return Done(outcome.reply.text) if isinstance(outcome, Done) else outcome


def _waits_for_date(outcome: Outcome[None]) -> bool:
    return isinstance(outcome, Refused) and outcome.code in (CONFIRM_CLOCK, WRONG_MODE)


def _begun(outcome: Outcome[None]) -> Outcome[None]:
    """The time was set: "nothing was changed" would be untrue."""
    if isinstance(outcome, NotSent):
        return OutcomeUnknown(outcome.fault, "22h", outcome.detail)
    return outcome


def _encoded(info: FieldInfo, value: int | str) -> bytes:
    """The value in the field's size. Raises ValueError when it does not fit."""
    where = f"table {info.table} field {info.number} ({info.name})"
    if isinstance(value, str) != info.is_text:
        raise ValueError(f"{where} holds {'text' if info.is_text else 'a number'}")
    if isinstance(value, str):
        encoded = value.encode("cp1251", errors="replace")
        if len(encoded) > info.size:
            raise ValueError(f"{where}: {len(encoded)} characters, {info.size} fit")
        return encoded.ljust(info.size, b"\0")
    least, most = info.least or 0, info.most if info.most is not None else (1 << 8 * info.size) - 1
    if not least <= value <= most:
        raise ValueError(f"{where}: {value} is not within {least}..{most}")
    return value.to_bytes(info.size, "little")
