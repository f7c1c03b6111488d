"""How often a command's frame leaves the host, over random scripts of a device that says anything at all.

The rule, checked on the transcript alone and not on the driver's state: a frame may go out a second time only when the
device rejected it with NAK and then said NAK to an ENQ. After silence, garbage, a lost or foreign answer it never does.
A link that breaks the rule must be caught by the same check.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.examples import examples

from drivers.api import Done, Effect, NotSent, OutcomeUnknown, Refused
from drivers.exchange import Link
from drivers.shtrih.command import Command, Nothing, Operator, Password
from drivers.shtrih.link import ShtrihLink
from drivers.shtrih.link2 import ShtrihLink2
from drivers.shtrih.link_table import TABLE, Do, Event, Phase, Rule
from drivers.shtrih.session import Session
from drivers.streams.memory import answering_stream

COMMANDS = {
    effect: Command(0x50 + at, "тест", Nothing, Operator, 2.0, effect, Password.OPERATOR, "test")
    for at, effect in enumerate(Effect)
}
ENQ, ACK, NAK = b"\x05", b"\x06", b"\x15"
ENDS = (Done, NotSent, OutcomeUnknown, Refused)


def framed(payload: bytes) -> bytes:
    check = len(payload)
    for byte in payload:
        check ^= byte
    return bytes([2, len(payload)]) + payload + bytes([check])


@dataclass
class Scripted:
    """Says one piece of the script whenever it is spoken to or waited for; silence passes time."""

    script: list[bytes]
    now: float = 0.0
    transcript: list[tuple[str, bytes]] = field(default_factory=list)

    def peer(self, asked: bytes) -> bytes:
        if asked:
            self.transcript.append((">", asked))
        piece = self.script.pop(0) if self.script else b""
        self.transcript.append(("<", piece))
        return piece

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def run(self, effect: Effect, link: Link) -> object:
        stream = answering_stream(self.peer, self.advance)
        return Session(stream, lambda: self.now, link).run(COMMANDS[effect], Nothing())


def frames_of(transcript: list[tuple[str, bytes]], code: int) -> list[int]:
    """Where in the transcript the host wrote the frame of that command."""
    return [
        at
        for at, (side, piece) in enumerate(transcript)
        if side == ">" and piece[:1] in (b"\x02", b"\x8f") and bytes((code,)) in piece and len(piece) > 5
    ]


def assert_never_again_after_silence(transcript: list[tuple[str, bytes]], code: int) -> None:
    """Between two sendings of the frame: a NAK of the device, an ENQ of ours, NAK again; and nothing else was said.

    A device says NAK to each byte it cannot use, so NAKs that crossed our frame on the wire count too: it is the NAK
    to the ENQ, after the line fell quiet, that proves the device has nothing.
    """
    sent = frames_of(transcript, code)
    for first, second in pairwise(sent):
        between = transcript[first + 1 : second]
        heard = b"".join(piece for side, piece in between if side == "<").replace(b"\xff", b"")
        asked = [piece for side, piece in between if side == ">"]
        assert ENQ in asked, "sent again without asking"
        crossed = transcript[first - 1][1].replace(b"\xff", b"")[1:]
        before = crossed + b"".join(piece for side, piece in between[: between.index((">", ENQ))] if side == "<")
        assert before.replace(b"\xff", b"")[:1] == NAK, f"sent again after {before!r}"
        last = len(between) - between[::-1].index((">", ENQ))
        answered = b"".join(piece for _, piece in between[last:]).replace(b"\xff", b"")
        assert answered[:1] == NAK, f"sent again after {answered!r}"
        assert ACK not in heard, "the device had taken it"


def replies(code: int) -> st.SearchStrategy[bytes]:
    ours, foreign = framed(bytes((code, 0, 1))), framed(b"\x10\x00\x01")
    return st.one_of(
        st.sampled_from([b"", b"", NAK, NAK, ACK, ACK + ours, ours, ours[:-2], ours[:-1] + b"\x00", NAK * 4]),
        st.sampled_from([foreign, ACK + foreign, b"\xff", b"\xff" + NAK, b"\x02", b"\x02\x00", b"\x7e\x15\x06"]),
        st.binary(max_size=4),
    )


@settings(max_examples=examples(800), deadline=None)
@given(effect=st.sampled_from([Effect.STEP, Effect.COMMIT, Effect.PRINT]), enq=st.booleans(), draw=st.data())
def test_a_frame_leaves_again_only_when_the_device_rejected_it(effect: Effect, enq: bool, draw: st.DataObject) -> None:
    code = COMMANDS[effect].code
    scripted = Scripted(draw.draw(st.lists(replies(code), max_size=24)))
    outcome = scripted.run(effect, ShtrihLink(enq=enq))
    assert isinstance(outcome, ENDS)
    assert_never_again_after_silence(scripted.transcript, code)
    if isinstance(outcome, NotSent):
        sent = frames_of(scripted.transcript, code)
        rest = scripted.transcript[sent[-1] + 1 :] if sent else []
        heard = b"".join(piece for side, piece in rest if side == "<").replace(b"\xff", b"")
        crossed = scripted.transcript[sent[-1] - 1][1].replace(b"\xff", b"")[1:] if sent else b""
        assert not sent or (crossed + heard)[:1] == NAK, "a frame that left and was not rejected may have been executed"


@settings(max_examples=examples(200), deadline=None)
@given(effect=st.sampled_from([Effect.STEP, Effect.COMMIT, Effect.PRINT]), draw=st.data())
def test_in_protocol_2_a_frame_leaves_once(effect: Effect, draw: st.DataObject) -> None:
    number = st.sampled_from([0, 1, 2, 0xFFFF])
    code = COMMANDS[effect].code
    answer = st.builds(_answer2, number, st.sampled_from([b"", bytes((code, 0, 1)), b"\x10\x00\x01"]))
    script = draw.draw(st.lists(st.one_of(answer, st.just(b""), st.binary(max_size=6)), max_size=16))
    scripted = Scripted(script)
    assert isinstance(scripted.run(effect, ShtrihLink2()), ENDS)
    assert len(frames_of(scripted.transcript, code)) <= 1


def _answer2(number: int, payload: bytes) -> bytes:
    """A frame of the device, checksum reckoned here."""
    body = (len(payload) + 2).to_bytes(2, "little") + number.to_bytes(2, "little") + payload
    value = 0xFFFF
    for byte in body:
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    whole = body + value.to_bytes(2, "little")
    return b"\x8f" + whole.replace(b"\x9f", b"\x9f\x83").replace(b"\x8f", b"\x9f\x81")


@pytest.mark.parametrize("effect", [Effect.QUERY, Effect.SET])
def test_what_changes_nothing_is_asked_again(effect: Effect) -> None:
    scripted = Scripted([NAK] + [b""] * 200)
    assert isinstance(scripted.run(effect, ShtrihLink()), NotSent | OutcomeUnknown)
    lost = Scripted([part for _ in range(3) for part in (NAK, b"", NAK)])
    lost.run(effect, ShtrihLink())
    assert len(frames_of(lost.transcript, COMMANDS[effect].code)) == 3


def test_a_link_that_sends_again_after_a_lost_ack_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What public drivers do: ENQ, and on NAK the frame once more."""
    lost_ack = [NAK, b"", NAK, ACK + framed(bytes((COMMANDS[Effect.COMMIT].code, 0, 1)))]
    honest = Scripted(list(lost_ack))
    assert isinstance(honest.run(Effect.COMMIT, ShtrihLink()), OutcomeUnknown)
    assert_never_again_after_silence(honest.transcript, COMMANDS[Effect.COMMIT].code)

    mutant = TABLE[Phase.RECOVER] | {Event.NAK: Rule(Do.COMMAND, Phase.COMMAND)}
    monkeypatch.setitem(TABLE, Phase.RECOVER, mutant)
    caught = Scripted(list(lost_ack))
    caught.run(Effect.COMMIT, ShtrihLink())
    with pytest.raises(AssertionError, match="sent again"):
        assert_never_again_after_silence(caught.transcript, COMMANDS[Effect.COMMIT].code)
