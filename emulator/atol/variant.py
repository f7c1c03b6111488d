"""Switches of the front end: where real devices differ, the sources disagree or only one tells (protocol notes)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any


class Contention(Enum):
    """What the second port gets while a command of the first runs; the notes say nothing of it."""

    WAIT = "wait"
    """Its command waits for its turn."""
    BUSY = "busy"
    """Layer 2 answers ENQ with NAK, transport 3 lets the task fail with 76h."""


class AddAnswer(Enum):
    """How a task that can start at once is acknowledged (section 2.5)."""

    IN_PROGRESS = "in_progress"
    """A2 now, the result in an F0h packet."""
    PENDING = "pending"
    """A1 now, the result in an F0h packet."""
    RESULT = "result"
    """A3 or A4 with the answer when the command has run, no F0h packet."""


@dataclass(frozen=True)
class Timers:
    """Layer 2, seconds (section 1.4); device-side use of them is not shown by any client [U]."""

    t1: float = 0.5
    t2: float = 2.0
    t3: float = 0.5
    t4: float = 0.5
    t6: float = 0.5
    t8: float = 1.0
    enq_tries: int = 5
    frame_tries: int = 10


@dataclass(frozen=True)
class Variant:
    """How this device answers where real ones differ. A profile sets fields in its section ``[atol]``.

    Link and transport: ``frame_limit`` longest data of layer 2 (255, one source); ``packet_limit`` of transport 3
    [U]; ``masked_crc``: CRC-8 over masked data, as one client of six computes it; ``asks_repeat``: a packet with a
    wrong CRC is answered by an empty one (one source), else by silence; ``timers`` of layer 2; ``baud`` of a line;
    ``add_answer``; ``ack_tells_error``: Ack of
    a failed task is answered A4, not A3; ``stopped_tells_tid``: A5 carries the task's id (one source);
    ``abort_tells_tid``: the byte after A2 in the answer to Abort is the running task's id [U], else 0;
    ``keeps_unasked``: results of tasks without NeedResult are sent and kept too [U]; ``buffer_size`` tasks [U].

    Timing: ``seconds`` a command (by code) holds the device before its answer; ``z_seconds``, ``x_seconds`` the
    report prints after the answer, ``clear_seconds`` registers are cleared after Z (state 7.1), ``after_z_mode`` 3
    or 0 follows; ``reboot_seconds`` of deafness after CEh 41h; ``contention`` of two ports.

    Answers: ``ext_everywhere``: a second byte also where 3.1..3.7 list ``55 err`` alone; ``ascii_firmware``: two
    ASCII digits in 3Fh, else BCD [conflict]; ``version_shift`` bytes before the version of 9Dh: 0, or 1 by another
    source [conflict]; ``battery_flag`` bit 7 of 3Fh [conflict]; ``mode_flags`` of A5h; ``serial_interface`` what
    3Fh tells on a serial line (1 RS-232, 4 USB; one source); ``register_34h``: that register is there [U].

    Commands: ``access_password`` of every request; ``expired_blocks_mode``: 56h into mode 1 gives 88h after 24 h;
    ``implicit_shift``: 92h, 49h, 4Fh open a shift; ``mode_survives_power``; ``correction_buy`` type of 92h, 9 or 8
    [conflict]; ``pre_fn``: 52h, 57h and E6h register instead of F6h; ``cut_04`` is a full cut [conflict];
    ``barcode_scale``: C1h has the scale byte [conflict]; ``qr``: the device prints symbols, else 7Ah;
    ``archive_mode`` for ABh, None for any (inferred); ``repeats_95h``: 95h copies the last document [conflict];
    ``table_mode``: 46h and 50h want mode 4 (one source); ``internal_tables``: table texts in the internal code page
    [U]; ``high_first``: two-byte numbers of 8Dh and 8Eh [U]; ``auto_continue``: an interrupted print goes on by
    itself with new paper [U]; ``paper_out_fails``: a registered close whose print ran out of paper answers 67h;
    ``discount_percent``: 43h takes type 0 [U].

    Storage: ``whole_tlvs``: 46h of A4h never mixes TLVs in a piece (one source); ``piece`` longest piece, bytes [U];
    ``reading_dropped``: any other command ends a reading [U]; ``sum_bytes`` of 40h, 5, or 4 in old storages [U];
    ``unified_taxes``: tax numbers of firmware from 3689 on, None takes the profile's build.
    """

    frame_limit: int = 255
    packet_limit: int = 0x3FFF
    timers: Timers = field(default_factory=Timers)
    masked_crc: bool = False
    asks_repeat: bool = True
    add_answer: AddAnswer = AddAnswer.IN_PROGRESS
    ack_tells_error: bool = False
    stopped_tells_tid: bool = True
    abort_tells_tid: bool = True
    keeps_unasked: bool = False
    buffer_size: int = 32
    seconds: Mapping[int, float] = field(default_factory=dict)
    z_seconds: float = 1.0
    x_seconds: float = 0.5
    clear_seconds: float = 0.3
    after_z_mode: int = 3
    reboot_seconds: float = 20.0
    contention: Contention = Contention.WAIT
    ext_everywhere: bool = False
    ascii_firmware: bool = True
    version_shift: int = 0
    battery_flag: bool = False
    mode_flags: int = 0x1000
    serial_interface: int = 4
    register_34h: bool = True
    access_password: int = 0
    expired_blocks_mode: bool = True
    implicit_shift: bool = True
    mode_survives_power: bool = False
    correction_buy: int = 9
    pre_fn: bool = False
    cut_04: bool = True
    barcode_scale: bool = True
    qr: bool = True
    archive_mode: int | None = 6
    repeats_95h: bool = True
    table_mode: bool = True
    internal_tables: bool = False
    high_first: bool = True
    auto_continue: bool = True
    paper_out_fails: bool = True
    discount_percent: bool = True
    whole_tlvs: bool = True
    piece: int = 240
    reading_dropped: bool = False
    sum_bytes: int = 5
    unified_taxes: bool | None = None
    baud: int = 115200


def from_profile(table: Mapping[str, object], base: Variant | None = None) -> Variant:
    """The section ``[atol]`` of a profile: names of switches, ``seconds`` by hex code. ValueError for a wrong one."""
    base = base or Variant()
    known = {one.name for one in fields(Variant)}
    strange = sorted(set(table) - known)
    if strange:
        raise ValueError(f"[atol]: unknown keys {', '.join(strange)}; there are {', '.join(sorted(known))}")
    return replace(base, **{name: _read(name, value, getattr(base, name)) for name, value in table.items()})


def _read(name: str, value: object, default: object) -> Any:  # noqa: ANN401 - the type follows the field
    if isinstance(default, Enum):
        return type(default)(value)
    if name == "timers" and isinstance(value, dict):
        return Timers(**value)
    if name == "seconds" and isinstance(value, dict):
        return {int(str(code), 16): float(seconds) for code, seconds in value.items()}
    optional = name in ("archive_mode", "unified_taxes")
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not optional and type(value) is not type(default):
        raise ValueError(f"[atol] {name}: {value!r} is not a {type(default).__name__}")
    return value


def from_words(words: Sequence[str], base: Variant | None = None) -> Variant:
    """Switches as a command line gives them: ``name=value``, value true, false, a number or a word. ValueError."""
    table: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} is not name=value")
        table[name] = _plain(value)
    return from_profile(table, base)


def _plain(value: str) -> object:
    if value in ("true", "false"):
        return value == "true"
    for number in (int, float):
        try:
            return number(value)
        except ValueError:
            continue
    return value
