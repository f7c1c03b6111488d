"""The watching half of the driver over both protocols, on canned answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from drivers.api import (
    Capabilities,
    Done,
    LinkFault,
    NotSent,
    OutcomeUnknown,
    Paper,
    Refused,
    Shift,
    ShortDocument,
    StoredDocument,
)
from drivers.atol.printer import AtolPrinter

RECEIPT = bytes.fromhex("1204 0400 AC0D0000 0A04 0100 01")


def test_connect_tells_who_it_is(register: Any) -> None:
    printer = register.printer()
    outcome = printer.connect()
    assert isinstance(outcome, Done), outcome
    identity = outcome.reply
    assert (identity.vendor, identity.model, identity.serial) == ("atol", "АТОЛ 91Ф", "106700012345")
    assert (identity.firmware, identity.inn, identity.rnm) == ("5.7 6910", "7700000000", "0000000001012345")
    assert printer.capabilities() == Capabilities(42, 21, native_qr=True, graphics_dots=384, cutter=True)
    assert printer.protocol == register.protocol
    assert register.buffer[:1] == (["C4"] if register.protocol == "v3" else [])


def test_v2_is_found_after_v3(v2: Any) -> None:
    printer = v2.printer(protocol="auto")
    assert isinstance(printer.connect(), Done)
    assert printer.protocol == "v2"
    assert v2.now < 3.0


def test_nobody_answers_names_the_other_backend(v3: Any) -> None:
    v3.mute = True
    outcome = v3.printer(protocol="auto").connect()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.SILENT
    assert "platform 5" in outcome.detail
    assert "fptr10" in outcome.detail
    assert v3.now < 10.0


def test_before_connect_everything_says_so(v3: Any) -> None:
    printer: AtolPrinter = v3.printer()
    printer.disconnect()
    for ask in (printer.status, printer.clock, printer.storage, printer.passport, printer.continue_print):
        assert ask() == NotSent(LinkFault.LOST, "not connected")
    assert printer.find_document(1) == printer.read_document(1) == printer.print_slip([])
    assert printer.receipt_cancel() == printer.shift_open() == NotSent(LinkFault.LOST, "not connected")


def test_status_of_an_open_shift(register: Any) -> None:
    outcome = register.connected().status()
    assert isinstance(outcome, Done)
    status = outcome.reply
    assert (status.shift, status.paper, status.cover_open, status.receipt_open) == (
        Shift.OPEN,
        Paper.PRESENT,
        False,
        False,
    )
    assert (status.printing, status.last_closed_shift) == (False, 2)
    assert status.device_time == datetime(2026, 11, 21, 17, 35)  # noqa: DTZ001 - local


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"91 12": "55 00 01 21 11 26 17 35 00"}, {"shift": Shift.OVER_24H}),
        ({"91 12": "55 6C 00"}, {"shift": Shift.OPEN}),
        ({"45": "55 00 01"}, {"paper": Paper.OUT}),
        ({"45": "55 23 00"}, {"printing": True}),
        ({"45": "55 17 00"}, {"printing": True}),
        ({"45": "55 11 00"}, {"printing": False}),
    ],
)
def test_status_of_other_states(register: Any, answers: dict[str, str], expected: dict[str, object]) -> None:
    printer = register.connected()
    register.answers |= answers
    outcome = printer.status()
    assert isinstance(outcome, Done)
    assert {name: getattr(outcome.reply, name) for name in expected} == expected


def test_flags_of_the_full_status(v3: Any) -> None:
    printer = v3.connected()
    bare = bytearray.fromhex(v3.answers["3F"])
    bare[9], bare[22] = 0x21, 0x01  # cover open, no paper, shift closed; a sale is open
    v3.answers["3F"] = bare.hex(" ")
    v3.answers["45"] = "55 7A 00"
    outcome = printer.status()
    assert isinstance(outcome, Done)
    status = outcome.reply
    assert (status.shift, status.cover_open, status.receipt_open) == (Shift.CLOSED, True, True)


def test_storage_and_passport(register: Any) -> None:
    printer = register.connected()
    outcome = printer.storage()
    assert isinstance(outcome, Done)
    storage = outcome.reply
    assert (storage.fn_serial, storage.last_fd) == ("9999078900001234", 3500)
    assert (storage.fiscal, storage.shift_open, storage.document_open) == (True, True, False)
    assert storage.warnings == {"expiring"}
    assert storage.last_document_at == datetime(2026, 11, 21, 17, 36)  # noqa: DTZ001 - local
    passport = printer.passport()
    assert isinstance(passport, Done)
    assert (passport.reply.expires, passport.reply.version) == (date(2028, 2, 29), "fn_v_1_1")
    assert (passport.reply.production, passport.reply.registrations_left) == (True, 28)


def test_the_unreliable_warning_can_be_switched_off(v3: Any) -> None:
    v3.answers["A4 30"] = v3.answers["A4 30"].replace("01 02 1A", "01 08 1A")
    assert v3.connected().storage().reply.warnings == {"ofd_timeout"}
    assert v3.connected(switches={"ofd_warning": False}).storage().reply.warnings == set()


def test_find_document(register: Any) -> None:
    printer = register.connected()
    at = datetime(2026, 11, 21, 17, 36)  # noqa: DTZ001 - local
    assert printer.find_document(3500) == Done(ShortDocument(3, 3500, 12345678, at, True, 1, 95900))
    assert isinstance(printer.find_document(7), NotSent), "another document than asked for"
    register.answers["A4 40"] = "55 DA 00"
    assert printer.find_document(3500) == Done(None)


def test_read_document_in_pieces(register: Any) -> None:
    printer = register.connected()
    register.answers |= {
        "A4 45": "55 00 03 00 0D 00",
        "A4 46": ["55 00 " + RECEIPT[:8].hex(), "55 00 " + RECEIPT[8:].hex(), "55 DA 00"],
    }
    assert printer.read_document(3500) == Done(StoredDocument(3, 3500, RECEIPT))
    assert register.seen == ["A4 45 AC 0D 00 00", "A4 46", "A4 46"]


def test_read_document_that_is_gone(register: Any) -> None:
    printer = register.connected()
    register.answers["A4 45"] = "55 DA 00"
    assert printer.read_document(3500) == Done(None)


def test_another_length_is_accepted_when_it_stays(v3: Any) -> None:
    printer = v3.connected()
    v3.answers |= {"A4 45": "55 00 03 00 20 00", "A4 46": ["55 00 " + RECEIPT.hex(), "55 DA 00"] * 2}
    assert printer.read_document(3500) == Done(StoredDocument(3, 3500, RECEIPT))
    assert v3.seen.count("A4 45 AC 0D 00 00") == 2
    strict = v3.connected(switches={"trust_length": True})
    v3.answers["A4 46"] = ["55 00 " + RECEIPT.hex(), "55 EE 00"] * 9
    assert isinstance(strict.read_document(3500), NotSent)


def test_a_torn_piece_is_read_again(v3: Any) -> None:
    printer = v3.connected()
    whole = ["55 00 " + RECEIPT.hex(), "55 DA 00"]
    v3.answers |= {"A4 45": "55 00 03 00 0D 00", "A4 46": ["55 00 " + RECEIPT[:9].hex(), "55 DA 00", *whole]}
    assert printer.read_document(3500) == Done(StoredDocument(3, 3500, RECEIPT))


def test_a_reading_position_that_went_with_the_power_is_no_missing_document(v3: Any) -> None:
    printer = v3.connected()
    v3.answers |= {"A4 45": "55 00 03 00 0D 00", "A4 46": ["55 DA 00", "55 00 " + RECEIPT.hex(), "55 DA 00"]}
    assert printer.read_document(3500) == Done(StoredDocument(3, 3500, RECEIPT))
    v3.answers["A4 46"] = ["55 DA 00"] * 2
    assert printer.read_document(3500) == Done(None)


def test_an_outer_header_is_taken_off(v3: Any) -> None:
    printer = v3.connected()
    v3.answers |= {"A4 45": "55 00 03 00 11 00", "A4 46": ["55 00 03 00 0D 00 " + RECEIPT.hex(), "55 DA 00"]}
    assert printer.read_document(3500) == Done(StoredDocument(3, 3500, RECEIPT))


def test_continue_print_asks_for_paper(v3: Any) -> None:
    printer = v3.connected()
    assert printer.continue_print() == Done(None)
    v3.answers["45"] = "55 00 01"
    assert printer.continue_print() == Refused(0x67, "45h")


def test_a_silent_register_is_not_sent_for_questions(register: Any) -> None:
    printer = register.connected()
    register.mute = True
    outcome = printer.storage()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.SILENT


def test_an_unreadable_answer_is_unknown_for_a_commit(register: Any) -> None:
    printer = register.connected()
    register.answers["49"] = "12 34 56"
    outcome = printer.cash_in(100)
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.fault is LinkFault.GARBAGE
