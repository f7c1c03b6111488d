"""A frame made while the device answers ENQ: the same bytes, and a request that fits no frame is still never sent."""

from __future__ import annotations

import pytest

from drivers.exchange import Answer, Finished, Send, Wait
from drivers.shtrih.link import ShtrihLink

STATUS = bytes.fromhex("10 1E 00 00 00")
FRAME = bytes.fromhex("02 05 10 1E 00 00 00 0B")
ANSWER = bytes.fromhex("02 10 10 00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00 C6")
ENQ, ACK, NAK = b"\x05", b"\x06", b"\x15"


def test_it_is_made_after_the_question_and_before_its_answer() -> None:
    made: list[str] = []

    def payload() -> bytes:
        made.append("made")
        return STATUS

    link = ShtrihLink()
    link.begin(payload, 3.0, 0.0)
    assert link.poll(0.0) == Send(ENQ)
    assert made == []
    assert link.poll(0.0) == Wait(1.0)
    assert made == ["made"]
    link.receive(NAK, 0.0)
    assert link.poll(0.0) == Send(FRAME)
    link.receive(ACK + ANSWER, 0.0)
    assert link.poll(0.0) == Send(ACK)
    assert link.poll(0.0) == Finished(Answer(ANSWER[2:-1]))
    assert made == ["made"]


def test_without_a_question_it_is_made_at_once() -> None:
    link = ShtrihLink(enq=False)
    link.begin(STATUS, 3.0, 0.0)
    assert link.poll(0.0) == Send(ENQ)  # the exchange before did not end cleanly: there was none
    link.receive(NAK, 0.0)
    assert link.poll(0.0) == Send(FRAME)
    link.receive(ACK + ANSWER, 0.0)
    assert link.poll(0.0) == Send(ACK)
    link.begin(lambda: STATUS, 3.0, 1.0)
    assert link.poll(1.0) == Send(FRAME)


@pytest.mark.parametrize("wrong", [b"", bytes(256)])
def test_one_that_fits_no_frame_ends_before_the_command_and_spoils_nothing(wrong: bytes) -> None:
    link = ShtrihLink()
    link.begin(lambda: wrong, 3.0, 0.0)
    assert link.poll(0.0) == Send(ENQ)
    with pytest.raises(ValueError, match="a frame carries"):
        link.poll(0.0)
    link.begin(STATUS, 3.0, 2.0)
    assert link.poll(2.0) == Send(ENQ)
    link.receive(NAK + NAK, 2.0)  # the answer to the first question came late, with that of the second
    assert link.poll(2.0) == Send(FRAME)
