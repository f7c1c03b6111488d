"""What makes the emulated device an ATOL: modes, tables, the receipt under way, command dispatch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from emulator.atol import taxes
from emulator.atol.commands import COMMANDS
from emulator.atol.errors import (
    CODE_OF_REASON,
    NO_PAPER,
    NOT_FINISHED,
    OK,
    UNSUPPORTED,
    WRONG_LENGTH,
    WRONG_MODE,
    WRONG_PASSWORD,
    CommandError,
)
from emulator.atol.fields import Fields, from_bcd
from emulator.atol.modes import Modes, Report
from emulator.atol.registry import Call, Command
from emulator.atol.sale import Sale
from emulator.atol.tables import Sources, Tables
from emulator.atol.variant import Contention, Variant, from_profile
from emulator.device import Device
from emulator.device_core import PowerCutError
from emulator.device_time import DeviceTime
from emulator.marks import Raster
from emulator.shtrih.silence import Silence
from emulator.terms import PaperState, Refusal

ANSWER = 0x55
PASSWORD_SIZE = 2
UNTIL_REBOOT = 1.0
"""Seconds in which the answer of CEh still gets out."""


@dataclass(frozen=True)
class Reply:
    """An answer and whether it tells an error; 45h has no place to tell it by."""

    payload: bytes
    failed: bool = False


@dataclass
class LastError:
    """What B3h and register 37h tell."""

    code: int = OK
    ext: int = 0
    command: int = 0
    extended: int = 0
    tag: int = 0


class AtolMachine:
    """One device with all ATOL state that its ports share. Commands run under the device's lock."""

    def __init__(self, device: Device, variant: Variant | None = None, tables_path: Path | None = None) -> None:
        self.device = device
        self.variant = variant or from_profile(device.profile.atol)
        self.time = DeviceTime(0.0, dict(self.variant.seconds))
        self.silence = Silence()
        self.tables = Tables(self._sources(), tables_path, self.variant.internal_tables)
        unified = self.variant.unified_taxes
        build = device.profile.firmware_build
        self.taxes = taxes.Taxes(self.tables, build >= taxes.UNIFIED_FROM if unified is None else unified)
        self.pictures: dict[int, Raster] = {}
        self.modes = Modes()
        self.last_error = LastError()
        self.starts = 0
        self._turn = Lock()
        self._turn_port: int | None = None
        self._occupied: tuple[int, float] | None = None
        self._reboot_at: float | None = None
        self._stay_off = False
        self._deaf_until = 0.0
        device.prints = lambda _report: not (self.sale and self.sale.paperless)
        self.power_lost()
        self.apply_cashiers()

    # --- time, power and the other port

    @property
    def monotonic(self) -> float:
        """Present reading of the device's own clock, seconds."""
        return self.device.head.monotonic()

    def power_lost(self) -> None:
        """Forget what lives in memory; a command that was taken and still waits for the device will not run."""
        self.starts += 1
        mode, operator = (self.modes.mode, self.modes.operator) if self.variant.mode_survives_power else (0, 0)
        self.modes = Modes(mode, operator)
        self.sale = Sale() if self.device.receipt else None
        self.collected: dict[int, bytes] = {}
        self.shift_tlvs = b""
        self.reading: list[bytes] | None = None
        self.registration_tlvs: list[bytes] | None = None
        self._occupied = self._reboot_at = None

    def reboot_soon(self, stay_off: bool) -> None:
        """CEh: once its answer is out the device starts anew, deaf for some seconds, or goes off."""
        self._reboot_at, self._stay_off = self.monotonic + UNTIL_REBOOT, stay_off

    def deaf(self, now: float) -> bool:
        """Bytes that come now are lost: no power, or starting."""
        if self._reboot_at is not None and now >= self._reboot_at:
            self._deaf_until = self._reboot_at + (0.0 if self._stay_off else self.variant.reboot_seconds)
            with self.device.lock:
                if self._stay_off:
                    self.device.power_off()
                self.power_lost()
        return not self.device.powered or now < self._deaf_until

    def occupy(self, port: int, seconds: float) -> None:
        """A port's command holds the device for so long from now."""
        if seconds:
            self._occupied = (port, self.monotonic + seconds)

    def occupied(self, port: int, now: float) -> float | None:
        """Until when another port's command holds the device, None when none does."""
        if self._occupied is None or self._occupied[0] == port or now >= self._occupied[1]:
            return None
        return self._occupied[1]

    def busy_for(self, port: int, now: float) -> bool:
        """With `Contention.BUSY`: another port's command runs."""
        if self.variant.contention is not Contention.BUSY:
            return False
        return self.occupied(port, now) is not None or self._turn_port not in (None, port)

    # --- commands

    def run(self, request: bytes, port: int, taken_at: int | None = None) -> Reply:
        """Execute a request (password, command, parameters) that came through ``port``.

        ``taken_at``: value of ``starts`` when it arrived; an empty payload and nothing done when power was lost
        since, and an empty payload when the mains go off while the storage writes.
        """
        if self.busy_for(port, self.monotonic) or not self._turn.acquire(
            blocking=self.variant.contention is Contention.WAIT
        ):
            return Reply(bytes((ANSWER, NOT_FINISHED, 0)), failed=True)
        try:
            self._turn_port = port
            with self.device.lock:
                if taken_at is not None and taken_at != self.starts:
                    return Reply(b"")
                return self._reply(request, port)
        finally:
            self._turn_port = None
            self._turn.release()

    def _reply(self, request: bytes, port: int) -> Reply:
        code = request[PASSWORD_SIZE] if len(request) > PASSWORD_SIZE else 0
        try:
            return self._run(request, code, port)
        except Refusal as refusal:
            error = CommandError(CODE_OF_REASON[refusal.reason])
        except CommandError as told:
            error = told
        except PowerCutError:
            return Reply(b"")
        self.last_error = LastError(error.code, error.ext, code, error.extended, error.tag)
        return Reply(bytes((ANSWER, error.code, error.ext)), failed=True)

    def _run(self, request: bytes, code: int, port: int) -> Reply:
        if len(request) <= PASSWORD_SIZE:
            raise CommandError(WRONG_LENGTH)
        if from_bcd(request[:PASSWORD_SIZE]) != self.variant.access_password:
            raise CommandError(WRONG_PASSWORD)
        command = COMMANDS.find(code)
        if command is None:
            raise CommandError(UNSUPPORTED)
        self._check_state(command)
        body = request[PASSWORD_SIZE + 1 :]
        answer = command.handler(Call(self, Fields(command.layout, body), port, body))
        if self.reading is not None and self.variant.reading_dropped and code != 0xA4:
            self.reading = None
        if command.raw:
            return Reply(answer)
        ext = b"\0" if command.ext or (self.variant.ext_everywhere and not answer) else b""
        return Reply(bytes((ANSWER, OK)) + ext + answer)

    def _check_state(self, command: Command) -> None:
        now = self.monotonic
        if self.modes.reporting(now) and not command.while_busy:
            raise CommandError(NOT_FINISHED)
        mode, _submode = self.state(now)
        if command.modes is not None and mode not in command.modes:
            raise CommandError(WRONG_MODE)
        if command.prints:
            self._go_on_printing()

    def _go_on_printing(self) -> None:
        """An interrupted print goes on when paper is there again."""
        head = self.device.head
        if self.variant.auto_continue and head.paper is PaperState.BACK and not head.cover_open and not head.busy:
            self.device.continue_print()

    # --- what commands share

    def state(self, now: float) -> tuple[int, int]:
        """Mode and submode."""
        paying = bool(self.sale and self.sale.paid)
        return self.modes.state(now, self.device.receipt is not None, paying)

    @property
    def operator(self) -> int:
        """Who works: the one whose password opened the mode, else the system administrator."""
        return self.modes.operator or 30

    def report(self, mode: int, seconds: float, clearing: float, after: int) -> None:
        """A report prints on after the answer of its command."""
        now = self.monotonic
        self.modes.report = Report(mode, now + seconds, now + seconds + clearing, after)

    def require_print(self) -> None:
        """Refuse 67h when a document is registered and its print was cut short by the end of the paper."""
        if self.variant.paper_out_fails and self.device.paper is PaperState.OUT_WHILE_PRINTING:
            raise CommandError(NO_PAPER)

    def apply_cashiers(self) -> None:
        """Let the names of table 3 appear in fiscal documents (tag 1021)."""
        profile = self.device.profile
        names = {row: (self.tables.text(3, row, 2), profile.cashier(row)[1]) for row in range(1, 31)}
        self.device.profile = replace(profile, operators=names)

    def _sources(self) -> Sources:
        profile = self.device.profile
        tax_rows = taxes.rows()
        return {
            "columns": lambda _row: profile.columns,
            "rnm": lambda _row: profile.rnm,
            "cashier": lambda row: profile.cashier(row)[0],
            "tax_name": lambda row: tax_rows[row - 1][0],
            "tax_rate": lambda row: tax_rows[row - 1][1],
        }
