"""The printer's face over a small register: what is asked, in which order, and what becomes of refusals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from drivers.api import (
    Done,
    FiscalPrinter,
    LinkFault,
    NotSent,
    Paper,
    Refused,
    Shift,
    ShortDocument,
    StoredDocument,
    Text,
)
from drivers.shtrih.printer import ShtrihPrinter

STATUS = "00 1E {flags} {mode} {submode} 00 9D D7 00 00 00 00 00 00"


def short_status(mode: str = "02", submode: str = "00", flags: str = "92 02") -> str:
    return STATUS.format(mode=mode, submode=submode, flags=flags)


def test_it_is_a_fiscal_printer(printer: ShtrihPrinter) -> None:
    face: FiscalPrinter = printer
    assert face.capabilities().columns == 32


def test_connect_identifies(printer: ShtrihPrinter, register: Any) -> None:
    register.answers["1F"] = [
        "00 30 30 30 30 31 32 33 34 35 00 00",
        "00 30 30 30 31 20 20 00",
        "00 37 37 30 30 30 30 30 30 30 30 20 20 00",
    ]
    outcome = printer.connect()
    assert isinstance(outcome, Done)
    identity = outcome.reply
    assert (identity.vendor, identity.model, identity.serial) == ("shtrih-m", "РИТЕЙЛ-01Ф", "000012345")
    assert (identity.firmware, identity.rnm, identity.inn) == ("C.1 54219", "0001", "7700000000")
    capabilities = printer.capabilities()
    assert (capabilities.columns, capabilities.native_qr, capabilities.cutter) == (42, True, True)
    assert register.codes()[:3] == ["FC", "F7", "11"]
    assert "1F 12010001" in register.seen
    assert "1F 12010003" in register.seen


def test_connect_with_bare_firmware_falls_back(printer: ShtrihPrinter, register: Any) -> None:
    register.answers |= {
        "F7": "37",
        "26": "37",
        "DD": "37",
        "FF09": "00 12 06 15 06 25" + "37" * 12 + "31" * 20 + "0101",
    }
    outcome = printer.connect()
    assert isinstance(outcome, Done)
    assert outcome.reply.serial == "12345", "low half of the number from 11h"
    assert (outcome.reply.inn, outcome.reply.rnm) == ("7" * 12, "1" * 20)
    assert (printer.capabilities().columns, printer.capabilities().double_columns) == (42, 21)
    assert printer.capabilities().native_qr is False


def test_connect_to_silence(printer: ShtrihPrinter, register: Any) -> None:
    register.deaf_to = {"FC"}
    outcome = printer.connect()
    assert isinstance(outcome, NotSent)
    assert isinstance(printer.status(), NotSent), "the port is closed again"


def test_wrong_password_is_not_hammered(printer: ShtrihPrinter, register: Any) -> None:
    register.answers["11"] = "4F"
    assert printer.connect() == Refused(0x4F, "11h")
    assert register.codes().count("11") == 1


@pytest.mark.parametrize(
    ("mode", "submode", "flags", "shift", "paper", "receipt_open", "printing"),
    [
        ("02", "00", "92 02", Shift.OPEN, Paper.PRESENT, False, False),
        ("03", "00", "92 02", Shift.OVER_24H, Paper.PRESENT, False, False),
        ("04", "05", "92 02", Shift.CLOSED, Paper.PRESENT, False, True),
        ("02", "01", "12 02", Shift.OPEN, Paper.OUT, False, False),
        ("02", "02", "12 02", Shift.OPEN, Paper.OUT_WHILE_PRINTING, False, False),
        ("02", "03", "92 02", Shift.OPEN, Paper.BACK, False, False),
        ("08", "00", "92 02", Shift.OPEN, Paper.PRESENT, True, False),
        ("28", "00", "92 02", Shift.OPEN, Paper.PRESENT, True, False),
        ("0C", "04", "92 02", Shift.OPEN, Paper.PRESENT, False, True),
        ("02", "00", "12 02", Shift.OPEN, Paper.OUT, False, False),
    ],
)
def test_status(
    connected: ShtrihPrinter, register: Any, mode: str, submode: str, flags: str, shift: Shift, paper: Paper,
    receipt_open: bool, printing: bool,
) -> None:  # fmt: skip
    register.answers |= {"10": short_status(mode, submode, flags), "FF40": "00 01 34 01 05 00"}
    outcome = connected.status()
    assert isinstance(outcome, Done)
    status = outcome.reply
    assert (status.shift, status.paper) == (shift, paper)
    assert (status.receipt_open, status.printing, status.cover_open) == (receipt_open, printing, False)


def test_cover_open(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["10"] = short_status(flags="92 06")
    outcome = connected.status()
    assert isinstance(outcome, Done)
    assert outcome.reply.cover_open
    assert not outcome.reply.idle


def test_clock_and_storage_and_passport(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF03": "00 1C 03 0F 05 01", "FF04": "00 66 6E 20 76 20 31 2E 30 20 20 20 20 20 20 20 20 01"}
    assert connected.clock() == Done(datetime(2018, 10, 25, 7, 45, 23))  # noqa: DTZ001 - device time
    storage = connected.storage()
    assert isinstance(storage, Done)
    assert (storage.reply.fn_serial, storage.reply.last_fd) == ("9289000100055632", 45817)
    assert (storage.reply.fiscal, storage.reply.shift_open, storage.reply.document_open) == (True, True, False)
    passport = connected.passport()
    assert isinstance(passport, Done)
    assert (passport.reply.expires, passport.reply.version) == (date(2028, 3, 15), "fn v 1.0")
    assert (passport.reply.production, passport.reply.registrations_left) == (True, 5)


def test_storage_warnings_and_open_document(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["FF01"] = "00 03 04 01 01 0F 13 01 0D 15 31" + "39" * 16 + "16 00 00 00"
    storage = connected.storage()
    assert isinstance(storage, Done)
    assert storage.reply.warnings == {"replace_now", "expiring", "memory_full", "ofd_timeout"}
    assert storage.reply.document_open


def test_find_document(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["FF0A"] = "00 03 01 12 06 15 06 25 F9 B2 00 00 79 58 50 F5 01 F0 49 02 00 00"
    at = datetime(2018, 6, 21, 6, 37)  # noqa: DTZ001 - device time
    assert connected.find_document(45817) == Done(ShortDocument(3, 45817, 4115683449, at, True, 1, 150000))
    assert register.seen == ["FF0A F9B20000"]
    assert isinstance(connected.find_document(45818), NotSent), "the answer is about another document"
    register.answers["FF0A"] = "08"
    assert connected.find_document(1) == Done(None)


TAGS = ["10 04 04 00 1E 01 00 00", "0E 04 04 00 0C 00 00 00", "F4 03 04 00 10 F2 CB 5E"]
WHOLE = bytes.fromhex("".join(TAGS))


def test_read_document_stops_at_its_length(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF3A": "00 03 00 18 00", "FF3B": [*(f"00 {tag}" for tag in TAGS), "33"]}
    assert connected.read_document(286) == Done(StoredDocument(3, 286, WHOLE))
    assert register.codes() == ["FF3A", "FF3B", "FF3B", "FF3B"]


@pytest.mark.parametrize("end", ["08", "00"])
def test_document_shorter_than_promised_is_never_whole(connected: ShtrihPrinter, register: Any, end: str) -> None:
    """Another program's command drops the reading position; what was read so far may lack the last lines."""
    register.answers |= {"FF3A": "00 03 00 FF 00", "FF3B": [*(f"00 {tag}" for tag in TAGS), end]}
    outcome = connected.read_document(286)
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.BUSY
    assert register.codes().count("FF3A") > 1


@pytest.mark.parametrize("end", ["08", "00"])
def test_length_that_is_not_to_be_trusted_is_a_switch(register: Any, end: str) -> None:
    printer = register.printer(trust_length=False)
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    register.answers |= {"FF3A": "00 03 00 FF 00", "FF3B": [*(f"00 {tag}" for tag in TAGS), end]}
    assert printer.read_document(286) == Done(StoredDocument(3, 286, WHOLE))
    assert register.codes() == ["FF3A", "FF3B", "FF3B", "FF3B", "FF3B"]


def test_read_document_that_is_not_kept(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["FF3A"] = "08"
    assert connected.read_document(286) == Done(None)


def test_lost_piece_starts_the_reading_again(connected: ShtrihPrinter, register: Any) -> None:
    """A repeated FF3Bh would leave a hole: after a lost answer the document is requested anew."""
    register.answers |= {"FF3A": "00 03 00 18 00", "FF3B": [f"00 {tag}" for tag in TAGS]}

    def lose_second(code: str) -> None:
        register.deaf_to = {"FF3B"} if register.codes().count("FF3B") == 2 else set()
        if code == "FF3A":
            register.answers["FF3B"] = [f"00 {tag}" for tag in TAGS]

    register.on_request = lose_second
    assert connected.read_document(286) == Done(StoredDocument(3, 286, WHOLE))
    assert register.codes() == ["FF3A", "FF3B", "FF3B", "FF3A", "FF3B", "FF3B", "FF3B"]


def test_a_query_is_asked_three_times_and_ends_as_not_sent(connected: ShtrihPrinter, register: Any) -> None:
    register.deaf_to = {"FF01"}
    outcome = connected.storage()
    assert isinstance(outcome, NotSent)
    assert register.codes() == ["FF01"] * 3


def test_passwords_go_where_they_belong(register: Any) -> None:
    from drivers.streams.memory import answering_stream

    frames: list[bytes] = []

    def spy(asked: bytes) -> bytes:
        frames.append(asked)
        return bytes(register(asked))

    printer = ShtrihPrinter(answering_stream(spy, register.advance), register.monotonic, register.wait, 30, 7)
    printer.connect()
    printer.print_slip([Text("a")])
    sent = {bytes(f[2:4]) if f[2] == 0xFF else bytes(f[2:3]): f for f in frames if f[:1] == b"\x02"}
    assert sent[b"\x17"][3:7] == (7).to_bytes(4, "little")
    assert sent[b"\x1f"][3:7] == (30).to_bytes(4, "little")
    assert sent[b"\xff\x09"][4:8] == (30).to_bytes(4, "little")
