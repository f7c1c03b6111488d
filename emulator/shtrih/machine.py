"""What makes the emulated device a Shtrih: tables, ports, graphics memory, half-made FN documents, command dispatch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from emulator.device import Device
from emulator.device_core import PowerCutError
from emulator.device_time import AT_ONCE
from emulator.shtrih import habits
from emulator.shtrih.commands import COMMANDS
from emulator.shtrih.errors import (
    CODE_OF_REASON,
    CONFIRM_DATE,
    DOCUMENT_IN_PROGRESS,
    NOT_SUPPORTED,
    OK,
    WRONG_LENGTH,
    WRONG_PASSWORD,
    CommandError,
)
from emulator.shtrih.fields import Fields
from emulator.shtrih.marking import Marking
from emulator.shtrih.pictures import Pictures
from emulator.shtrih.ports import Ports
from emulator.shtrih.registry import Call, Command, Password
from emulator.shtrih.silence import Silence
from emulator.shtrih.tables import Tables
from emulator.shtrih.variant import SCALED_320, Variant, from_profile
from emulator.terms import Refusal

ALLOWED_BEFORE_CONFIRMATION = frozenset(
    {0x10, 0x11, 0x15, 0x1A, 0x1B, 0x1F, 0x21, 0x22, 0x23, 0x26, 0x2D, 0x2E, 0x6B, 0xF7, 0xFC, *range(0xFF01, 0xFF05)}
)
"""Commands of mode 6, between 22h and 23h; the others get C0h."""

MARKING_COMMANDS = frozenset({0xFF61, 0xFF67, 0xFF68, 0xFF69, *range(0xFF70, 0xFF74)})
SCALED_GRAPHICS = 0x4F
OPEN_SHIFT = 0xE0


@dataclass
class Started:
    """A document begun by FF35h, FF37h, FF41h or FF42h: its code in FF01h and the TLV collected by FF0Ch."""

    code: int
    tlvs: bytes = b""


class Machine:
    """One device with all Shtrih state that its endpoints share. Commands run under the device's lock."""

    def __init__(self, device: Device, variant: Variant | None = None, tables_path: Path | None = None) -> None:
        self.device = device
        self.variant = variant or from_profile(device.profile.shtrih)
        self.ports = Ports(self.variant.baud, self.variant.byte_timeout_ms)
        self.silence = Silence()
        self.time = AT_ONCE
        self.tables = Tables(habits.bound(device), tables_path, {(2, 2): self._profile_cashier}, self.variant)
        self.starts = 0
        habits.settle(self)
        self.power_lost()
        self.apply_cashiers()

    def power_lost(self) -> None:
        """Forget what lives in memory: graphics, reading position, long TLV, marking codes, a half-made document.

        A command that was taken and still waits for the device will not run any more.
        """
        self.starts += 1
        self.pictures = Pictures()
        self.date_to_confirm: date | None = None
        self.started: Started | None = None
        self.reading: list[bytes] | None = None
        self.buffer = bytearray()
        self.marking = Marking()
        self.last_error = OK

    def apply_cashiers(self) -> None:
        """Let the names of table 2 appear in fiscal documents (tag 1021)."""
        profile = self.device.profile
        names = {row: (self.tables.text(2, row, 2), profile.cashier(row)[1]) for row in range(1, 31)}
        self.device.profile = replace(profile, operators=names)

    def run(self, payload: bytes, port: int, taken_at: int | None = None) -> bytes:
        """Execute one request payload that came through ``port`` (0.. COM, 128 TCP); returns the answer payload.

        ``taken_at``: value of ``starts`` when the request arrived; b"" and nothing done when power was lost since.
        b"" also when the mains go off while the FN writes: whether it wrote is then for the host to find out.
        """
        with self.device.lock:
            if taken_at is not None and taken_at != self.starts:
                return b""
            command = COMMANDS.find(payload)
            if command is None or not self._supports(command.code):
                return self._refused(payload[: 2 if payload[0] == 0xFF else 1], NOT_SUPPORTED)
            if not command.keeps_reading:
                self.reading = None
            try:
                answer = self._answer(command, payload, port)
                bare = command.code == OPEN_SHIFT and self.variant.short_shift_answer
                return command.head + (b"" if bare else bytes((OK,))) + answer
            except Refusal as refusal:
                return self._refused(command.head, CODE_OF_REASON[refusal.reason])
            except CommandError as error:
                return self._refused(command.head, error.code)
            except PowerCutError:
                return b""

    def begin(self, code: int) -> None:
        """A half-made FN document starts; ``code`` is its code in FF01h."""
        self.started = Started(code)

    def require_no_document(self) -> None:
        """Refuse with 5Eh while a half-made FN document exists (pitfall 7: FF08h drops it)."""
        if self.started is not None:
            raise CommandError(DOCUMENT_IN_PROGRESS)

    def _supports(self, code: int) -> bool:
        """Marking is FFD 1.2 (section 2.8); scaled 320-dot graphics is bit 41 of F7h."""
        if code in self.variant.unsupported or (code in MARKING_COMMANDS and self.device.profile.ffd == "1.05"):
            return False
        return code != SCALED_GRAPHICS or self.variant.has(SCALED_320)

    def _answer(self, command: Command, payload: bytes, port: int) -> bytes:
        body = payload[len(command.head) :]
        operator = 0
        if command.password is not Password.NONE:
            if len(body) < 4:
                raise CommandError(WRONG_LENGTH)
            operator = self._operator(command.password, int.from_bytes(body[:4], "little"))
            body = body[4:]
        fields = Fields(command.layout, body)
        if self.date_to_confirm is not None and command.code not in ALLOWED_BEFORE_CONFIRMATION:
            raise CommandError(CONFIRM_DATE)
        answer = command.handler(Call(self, fields, operator, port))
        return bytes((operator,)) + answer if command.tells_operator else answer

    def _operator(self, allowed: Password, password: int) -> int:
        operator = self.tables.operator_of(password)
        if operator is None or operator not in allowed.value:
            raise CommandError(WRONG_PASSWORD)
        return operator

    def _refused(self, head: bytes, code: int) -> bytes:
        self.last_error = code
        return head + bytes((code,))

    def _profile_cashier(self, row: int) -> str:
        return self.device.profile.cashier(row)[0]
