"""Protocol 2.0 of the host against a model of the device, on virtual time, with bytes lost, damaged and the power cut.

The model is written from the rules of the protocol notes, section 1.8: a frame is executed only when its number is the
last one plus one; to any other frame the last answer is repeated with the last number. It knows what was executed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st
from kit.examples import examples

from drivers.exchange import Answer, Finished, LinkResult, NotSentResult, Send, UnknownResult
from drivers.shtrih.link import Timing
from drivers.shtrih.link2 import ShtrihLink2

SALE = bytes.fromhex("FF46 1E000000 01 40420F000000 1027000000")
STATUS = bytes.fromhex("10 1E000000")
DEVICE_TYPE = b"\xfc"


def check(body: bytes) -> bytes:
    value = 0xFFFF
    for byte in body:
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return body + value.to_bytes(2, "little")


def framed(body: bytes) -> bytes:
    return b"\x8f" + check(body).replace(b"\x9f", b"\x9f\x83").replace(b"\x8f", b"\x9f\x81")


def unframed(frame: bytes) -> bytes | None:
    """Body of a frame without its checksum; None when it is damaged."""
    raw, at = bytearray(), 0
    while at < len(frame):
        if frame[at] == 0x9F:
            pair = frame[at : at + 2]
            if pair not in (b"\x9f\x81", b"\x9f\x83"):
                return None
            raw.append(0x8F if pair == b"\x9f\x81" else 0x9F)
            at += 1
        else:
            raw.append(frame[at])
        at += 1
    body = bytes(raw[:-2])
    if len(body) < 2 or int.from_bytes(body[:2], "little") != len(body) - 2 or check(body) != bytes(raw):
        return None
    return body


@dataclass
class ModelDevice:
    """`power_cut`: at the first numbered frame, before or after it is executed; the number may survive it or not."""

    last: int = 41
    answer: bytes = b"\x1e\x00"
    power_cut: str = ""
    keeps_number: bool = False
    executed: list[bytes] = field(default_factory=list)
    off: bool = False

    def commands(self) -> list[bytes]:
        """What was executed beside the link's own question."""
        return [command for command in self.executed if command != DEVICE_TYPE]

    def hear(self, written: bytes) -> bytes:
        out = b""
        for piece in written.split(b"\x8f")[1:]:
            body = unframed(piece)
            if body is not None and not self.off:
                out += self._frame(body[2:])
        return out

    def _frame(self, content: bytes) -> bytes:
        number = int.from_bytes(content[:2], "little") if len(content) > 2 else None
        if number == (self.last + 1) % 0x10000:
            if self.power_cut == "before":
                return self._die()
            self.executed.append(content[2:])
            if self.power_cut == "after":
                self.last = number if self.keeps_number else self.last
                return self._die()
            code = content[2:4] if content[2] == 0xFF else content[2:3]
            self.last, self.answer = number, code + b"\x00\x1e"
        body = self.last.to_bytes(2, "little") + self.answer
        return framed(len(body).to_bytes(2, "little") + body)

    def _die(self) -> bytes:
        self.power_cut, self.answer, self.off = "", b"", True
        self.last = self.last if self.keeps_number else 0
        return b""


Fault = tuple[str, int]
Faults = dict[int, Fault]


@dataclass
class Wire:
    """One direction: bytes by number are lost, doubled, preceded by noise or damaged; whole writes are late."""

    faults: Faults
    count: int = 0

    def carry(self, piece: bytes) -> bytes:
        out = bytearray()
        for byte in piece:
            kind, value = self.faults.get(self.count, ("pass", 0))
            self.count += 1
            if kind == "noise":
                out.append(value)
            if kind != "drop":
                out.append(byte ^ value if kind == "flip" else byte)
            if kind == "double":
                out.append(byte)
        return bytes(out)


@dataclass
class Bench:
    """Host link, device, wires and delays on one virtual clock. `delays`: seconds each answer takes, in turn."""

    device: ModelDevice
    to_device: Wire
    to_host: Wire
    delays: list[float] = field(default_factory=list)
    now: float = 0.0
    numbered: int = 0
    arriving: list[tuple[float, bytes]] = field(default_factory=list)

    def run(self, link: ShtrihLink2, payload: bytes, timeout_s: float = 3.0) -> LinkResult:
        link.begin(payload, timeout_s, self.now)
        self.arriving = [
            piece for piece in self.arriving if piece[0] > self.now
        ]  # what came is drained, as by exchange
        for _ in range(5_000):
            action = link.poll(self.now)
            if isinstance(action, Finished):
                return action.result
            if isinstance(action, Send):
                self.numbered += payload in action.payload  # nothing in it is stuffed
                answer = self.to_host.carry(self.device.hear(self.to_device.carry(action.payload)))
                if answer:
                    earliest = max([self.now, *(at for at, _ in self.arriving)])  # a wire keeps the order
                    self.arriving.append((max(earliest, self.now + self._delay()), answer))
                continue
            if self.arriving and self.arriving[0][0] <= action.until:
                at, piece = self.arriving.pop(0)
                self.now = max(self.now, at)
                link.receive(piece, self.now)
            else:
                self.now = action.until
                self.device.off = False
        raise AssertionError("the exchange does not end")

    def _delay(self) -> float:
        return self.delays.pop(0) if self.delays else 0.02


fault = st.one_of(
    st.just(("drop", 0)),
    st.just(("double", 0)),
    st.tuples(st.just("noise"), st.sampled_from([0x00, 0x05, 0x06, 0x8F, 0x9F, 0xFF])),
    st.tuples(st.just("flip"), st.sampled_from([0x01, 0x10, 0x80, 0xFF])),
)
faults = st.dictionaries(st.integers(0, 60), fault, max_size=6)
delays = st.lists(st.sampled_from([0.0, 0.02, 0.9, 1.1, 2.5, 3.5, 7.0]), max_size=6)


@settings(max_examples=examples(500), deadline=None)
@given(
    to_device=faults,
    to_host=faults,
    late=delays,
    power=st.sampled_from(["", "", "before", "after"]),
    keeps=st.booleans(),
    last=st.sampled_from([41, 0, 0xFFFF, 0x8E]),
)
@example(to_device={}, to_host={12: ("drop", 0)}, late=[], power="", keeps=False, last=41)  # the answer is lost
@example(to_device={8: ("drop", 0)}, to_host={}, late=[], power="", keeps=False, last=41)  # the frame is lost
@example(to_device={}, to_host={}, late=[], power="after", keeps=True, last=41)
@example(to_device={}, to_host={}, late=[], power="after", keeps=False, last=0)
@example(
    to_device={}, to_host={}, late=[1.1, 1.1, 7.0, 7.0], power="", keeps=False, last=41
)  # doubled question, late answers
def test_a_command_is_sent_once_and_told_truly(
    to_device: Faults, to_host: Faults, late: list[float], power: str, keeps: bool, last: int
) -> None:
    device = ModelDevice(last=last, power_cut=power, keeps_number=keeps)
    bench = Bench(device, Wire(to_device), Wire(to_host), late)
    link = ShtrihLink2()
    result = bench.run(link, SALE)
    done = device.commands()
    assume(all(command == SALE for command in done))  # damage that keeps the CRC right
    assert bench.numbered <= 1, "silence sends no frame again"
    assert len(done) <= 1
    event(type(result).__name__)
    if isinstance(result, Answer):
        assert done == [SALE]
        assert result.payload == b"\xff\x46\x00\x1e"
    if isinstance(result, NotSentResult):
        assert done == []
    timing = Timing()
    assert bench.now <= timing.ask_s * 2 + 3.0 + timing.recover_s + 1.0


@settings(max_examples=examples(1000), deadline=None)
@given(first=faults, back=faults, late=delays, count=st.integers(1, 4))
@example(first={}, back={}, late=[3.5, 0.0, 0.0, 7.0], count=3)  # an old number comes late, both commands have one code
def test_several_commands_each_at_most_once(first: Faults, back: Faults, late: list[float], count: int) -> None:
    """One link, commands in a row, answers that come in the next exchange: nothing is taken for what it is not."""
    device = ModelDevice()
    bench = Bench(device, Wire(first), Wire(back), late)
    link = ShtrihLink2()
    for step in range(count):
        command = SALE + bytes((step,))
        result = bench.run(link, command)
        done = device.commands().count(command)
        assume(all(seen[:2] == SALE[:2] for seen in device.commands()))
        assert done <= 1
        if isinstance(result, NotSentResult):
            assert done == 0
        if isinstance(result, Answer):
            assert done == 1, "not the answer of the command before: that one had another number"


def test_after_a_bad_exchange_the_number_is_asked_for_again() -> None:
    device = ModelDevice()
    link = ShtrihLink2()
    bench = Bench(device, Wire({}), Wire({13: ("drop", 0), 24: ("drop", 0), 25: ("drop", 0), 36: ("drop", 0)}))
    bench.run(link, SALE)
    bench.to_host = Wire({})
    assert bench.run(link, STATUS) == Answer(b"\x10\x00\x1e")
    device.last = 500  # somebody else used the device
    assert isinstance(bench.run(link, STATUS), UnknownResult)
    assert bench.run(link, STATUS) == Answer(b"\x10\x00\x1e"), "in step again"


def test_an_answer_to_another_command_is_never_trusted() -> None:
    """A public report: the host used a number twice and took the answer of 1Eh for its 11h."""
    device = ModelDevice()
    link = ShtrihLink2()
    bench = Bench(device, Wire({}), Wire({}))
    assert isinstance(bench.run(link, STATUS), Answer)
    device.last, device.answer = 43, b"\x1e\x00"  # 43 is the next number of our link
    result = bench.run(link, SALE)
    assert isinstance(result, UnknownResult)
    assert device.commands() == [STATUS]


def test_a_lost_frame_is_told_as_not_sent() -> None:
    """Proof: the device is still at the number before, and has an answer in it."""
    device = ModelDevice()
    link = ShtrihLink2()
    bench = Bench(device, Wire({}), Wire({}))
    bench.run(link, STATUS)
    bench.to_device = Wire({3: ("flip", 1)})
    assert isinstance(bench.run(link, SALE), NotSentResult)
    assert device.commands() == [STATUS]
    restarted = ModelDevice(answer=b"")  # it has no answer: the same number proves nothing
    bench = Bench(restarted, Wire({8: ("flip", 1)}), Wire({}))  # byte 8: after the question for the number
    assert isinstance(bench.run(ShtrihLink2(), SALE), UnknownResult)
    assert restarted.commands() == []
