"""How registering may end: refusals, patience, and never a second frame after silence."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import pytest
from kit.shtrih_selling import ACTS, AGENT, ANSWERS, BUN, MAIL, SALE, tlv

from drivers.api import Done, FiscalPrinter, LinkFault, NotSent, OutcomeUnknown, Refused
from drivers.selling import FiscalSeller
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.memory import answering_stream


def test_it_has_both_faces() -> None:
    for face in (FiscalPrinter, FiscalSeller):
        for name, method in inspect.getmembers(face, inspect.isfunction):
            if not name.startswith("_"):
                assert inspect.signature(getattr(ShtrihPrinter, name)) == inspect.signature(method), name


@pytest.mark.parametrize("code", ACTS)
def test_nothing_is_sent_before_connect(printer: ShtrihPrinter, register: Any, code: str) -> None:
    outcome = ACTS[code](printer)
    assert isinstance(outcome, NotSent)
    assert register.seen == []


@pytest.mark.parametrize("code", ACTS)
def test_after_silence_nothing_is_sent_again(till: ShtrihPrinter, register: Any, code: str) -> None:
    """Executed or not, nobody knows: a second frame could be a second document."""
    register.deaf_to = {code}
    outcome = ACTS[code](till)
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.command == f"{code}h"
    assert register.codes() == [code]


@pytest.mark.parametrize("code", ACTS)
def test_nor_after_silence_that_follows_a_refusal(till: ShtrihPrinter, register: Any, code: str) -> None:
    register.answers[code] = ["50", ANSWERS[code]]

    def fall_deaf(seen: str) -> None:
        register.deaf_to = {code} if register.codes().count(code) == 2 else set()

    register.on_request = fall_deaf
    assert isinstance(ACTS[code](till), OutcomeUnknown)
    assert register.codes() == [code, code], "the second one was the first that was taken"


@pytest.mark.parametrize("code", ACTS)
def test_an_answer_nobody_can_read_is_no_reason_to_repeat(till: ShtrihPrinter, register: Any, code: str) -> None:
    if code != "FF45":  # the others have nothing that must be read
        register.answers[code] = "00"
        assert ACTS[code](till) == Done(None)
    else:
        register.answers[code] = "00 00 00"
        assert isinstance(ACTS[code](till), OutcomeUnknown)
    assert register.codes() == [code]


@pytest.mark.parametrize("code", ACTS)
def test_a_lost_answer_that_the_device_keeps_is_ours(register: Any, code: str) -> None:
    """ACK and answer are lost, ENQ brings the stored answer: executed once, sent once, Done."""
    kept: list[bytes] = []

    def peer(asked: bytes) -> bytes:
        if kept and asked[:1] == b"\x05":
            return b"\x06" + kept[0]
        if kept and asked[:1] == b"\x06":
            kept.clear()
            asked = asked[1:]
        answer = bytes(register(asked))
        if register.seen[-1:] and register.codes()[-1] == code and answer[:1] == b"\x06":
            kept.append(answer[1:])
            return b""
        return answer

    register.answers |= ANSWERS
    printer = ShtrihPrinter(answering_stream(peer, register.advance), register.monotonic, register.wait)
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    assert isinstance(ACTS[code](printer), Done)
    assert register.codes() == [code]
    assert isinstance(printer.storage(), Done)
    assert not kept, "the answer was acknowledged"


@pytest.mark.parametrize("code", [*ACTS, "89"])
def test_printing_is_waited_out(till: ShtrihPrinter, register: Any, code: str) -> None:
    register.answers[code] = ["50", "50", ANSWERS[code]]
    act = ACTS.get(code, lambda printer: printer.receipt_subtotal())
    assert isinstance(act(till), Done)
    assert register.codes() == [code] * 3
    assert len(set(register.seen)) == 1, "the same frame each time"
    assert register.waited == [0.3] * 2


@pytest.mark.parametrize("code", ACTS)
def test_continue_printing_and_again(till: ShtrihPrinter, register: Any, code: str) -> None:
    register.answers[code] = ["58", ANSWERS[code]]
    assert isinstance(ACTS[code](till), Done)
    assert register.codes() == [code, "B0", code]


def test_patience_has_an_end(till: ShtrihPrinter, register: Any) -> None:
    register.answers["FF45"] = "50"
    assert ACTS["FF45"](till) == Refused(0x50, "FF45h")
    assert 29.0 < sum(register.waited) < 31.0
    register.seen.clear()
    register.answers["FF45"] = "58"
    assert ACTS["FF45"](till) == Refused(0x58, "FF45h")
    assert register.codes().count("FF45") <= 3


def test_patience_counts_time_not_commands(till: ShtrihPrinter, register: Any) -> None:
    """A device that takes 20 s for each refusal is not asked a hundred times."""
    register.answers["8D"] = "50"
    register.on_request = lambda code: register.advance(20.0)
    assert ACTS["8D"](till) == Refused(0x50, "8Dh")
    assert register.codes() == ["8D"] * 2


@pytest.mark.parametrize("error", ["33", "45", "4A", "4E", "6B", "7B"])
@pytest.mark.parametrize("code", ACTS)
def test_other_refusals_are_told_at_once(till: ShtrihPrinter, register: Any, code: str, error: str) -> None:
    register.answers[code] = error
    assert ACTS[code](till) == Refused(int(error, 16), f"{code}h")
    assert register.codes() == [code]
    assert register.waited == []


def test_a_refused_item_gets_no_tlvs(till: ShtrihPrinter, register: Any) -> None:
    register.answers["FF46"] = "33"
    assert till.receipt_item(SALE, replace(BUN, tlv=AGENT)) == Refused(0x33, "FF46h")
    assert register.codes() == ["FF46"]


def test_a_refused_tlv_names_its_command(till: ShtrihPrinter, register: Any) -> None:
    """The item is in the receipt, its TLVs are not: the caller cancels."""
    register.answers["FF4D"] = "09"
    assert till.receipt_item(SALE, replace(BUN, tlv=AGENT + tlv(1191, 245))) == Refused(0x09, "FF4Dh")
    assert register.codes() == ["FF46", "FF4D"]


def test_not_sent_would_promise_too_much_once_something_was(till: ShtrihPrinter, register: Any) -> None:
    def fall_silent(code: str) -> None:
        register.mute = True  # after this command's answer

    register.on_request = fall_silent
    outcome = till.receipt_item(SALE, replace(BUN, tlv=AGENT))
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.command == "FF4Dh"
    register.mute = False
    outcome = till.receipt_tlv(b"".join([MAIL, tlv(1192, 240)]))
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.command == "FF0Ch"
    register.mute = True
    assert isinstance(till.receipt_tlv(MAIL), NotSent), "nothing of it was sent"


def test_subtotal_is_a_question(till: ShtrihPrinter, register: Any) -> None:
    register.deaf_to = {"89"}
    assert isinstance(till.receipt_subtotal(), NotSent)
    assert register.codes() == ["89"] * 3


@pytest.mark.parametrize(
    ("answer", "shift", "expected"),
    [
        ("00", "01", Done(None)),
        ("00 1E", "01", Done(None)),
        ("14", "00", Refused(0x14, "E0h")),
        ("1E", "00", Refused(0x1E, "E0h")),
        ("1E", "01", OutcomeUnknown(LinkFault.GARBAGE, "E0h", "1Eh: an error, or the operator")),
        ("73", "01", Refused(0x73, "E0h")),
    ],
)
def test_short_answers_to_shift_opening(
    till: ShtrihPrinter, register: Any, answer: str, shift: str, expected: Any
) -> None:
    """Old firmware may answer the operator alone: nobody may take that for "nothing happened"."""
    register.answers |= {"E0": answer, "FF40": f"00 {shift} 34 01 05 00"}
    assert till.shift_open() == expected
    assert register.codes().count("E0") == 1
