"""The table of the link as a whole, and frames at their edges."""

from __future__ import annotations

import pytest

from drivers.exchange import Answer, Finished, Send
from drivers.shtrih.frame import FrameReader, Reading
from drivers.shtrih.link import ShtrihLink
from drivers.shtrih.link_table import TABLE, Do, Event, Phase


def test_table_is_whole_and_sends_the_command_in_two_places_only() -> None:
    byte_events = {Event.ACK, Event.NAK, Event.STX, Event.FILLER, Event.OTHER, Event.SILENCE}
    for phase in set(Phase) - {Phase.SETTLE, Phase.DONE}:
        assert byte_events <= set(TABLE[phase]), phase
    for phase in (Phase.STORED, Phase.ANSWER):
        assert {Event.OURS, Event.STALE, Event.BROKEN} <= set(TABLE[phase])
    reads = {rule.then for rules in TABLE.values() for rule in rules.values() if rule.do is Do.READ}
    assert reads == {Phase.STORED, Phase.ANSWER}
    sends = {(p, e) for p, rules in TABLE.items() for e, rule in rules.items() if rule.do is Do.COMMAND}
    assert sends == {(Phase.ASK, Event.NAK), (Phase.CONFIRM, Event.NAK)}


@pytest.mark.parametrize("payload", [b"", bytes(256)])
def test_payload_must_fit_a_frame(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"1\.\.255"):
        ShtrihLink().begin(payload, 1.0, 0.0)


def test_unknown_ff_command_may_answer_two_bytes() -> None:
    link = ShtrihLink()
    link.begin(bytes.fromhex("FF 40 1E 00 00 00"), 3.0, 0.0)
    for text in ("", "15", "06 02 02 FF 37 CA"):
        link.receive(bytes.fromhex(text), 0.0)
        while isinstance(link.poll(0.0), Send):
            pass
    assert link.poll(0.0) == Finished(Answer(b"\xff\x37"))


def test_zero_length_frame_is_broken_at_once() -> None:
    reader = FrameReader()
    assert reader.feed(0) is Reading.BROKEN
    assert [FrameReader().feed(length) for length in (1, 255)] == [Reading.MORE] * 2
