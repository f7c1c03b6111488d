"""One port: every speed, every prober, and everything that can stand in the way."""

import errno
from datetime import datetime

import pytest
from unit.discover.front_stream import FrontStream

from drivers.api import LinkFault
from drivers.discover.address import SerialAddress, TcpAddress, UsbAddress
from drivers.discover.look import Answer, Candidate, Hearing, Verdict, look
from drivers.discover.ports import candidate_for
from drivers.discover.questions import WITH_PASSWORD, WITHOUT_PASSWORD
from drivers.discover.shtrih import BAUDS, ShtrihProber
from drivers.streams.byte_stream import StreamError
from drivers.streams.usb_library import NoLibraryError
from emulator.shtrih.bench import build

AT = datetime.fromisoformat("2026-11-21T18:05")
HERE = candidate_for(SerialAddress("/nowhere/tty"))


@pytest.fixture
def stream() -> FrontStream:
    return FrontStream(build(AT))


def found(stream: FrontStream, speed: int = 115200, candidate: Candidate = HERE, password: int = 30):
    tried = []

    def opener(address, baud: int) -> FrontStream:
        tried.append(baud)
        stream.soil = bytes if baud == speed else lambda said: b"\x8f" * len(said)
        return stream

    return look(candidate, [ShtrihProber(password)], opener, stream.monotonic), tried


@pytest.mark.parametrize("speed", BAUDS)
def test_a_register_is_found_at_any_speed(stream: FrontStream, speed: int) -> None:
    finding, tried = found(stream, speed)
    assert finding.verdict is Verdict.READY
    assert finding.baud == speed
    assert tried == list(BAUDS[: BAUDS.index(speed) + 1]), "and no speed after it"
    assert finding.answer.vendor == "shtrih"
    assert finding.answer.model == "ШТРИХ-М-01Ф"
    assert finding.answer.fn_until


def test_speed_means_nothing_on_the_network_and_over_usb(stream: FrontStream) -> None:
    for address in (TcpAddress("localhost", 7778), UsbAddress(0x1FC9, 0x0083)):
        finding, tried = found(stream, candidate=candidate_for(address))
        assert (finding.verdict, finding.baud, tried) == (Verdict.READY, None, [115200])


def test_only_questions_are_sent(stream: FrontStream) -> None:
    found(stream)
    frames = [sent for sent in stream.sent if sent[0] == 2]
    codes = {int.from_bytes(frame[2:4], "big") if frame[2] == 0xFF else frame[2] for frame in frames}
    assert codes == {0xFC, 0x11, 0xFF03}
    assert codes <= WITH_PASSWORD | WITHOUT_PASSWORD


def test_a_refused_password_is_told_apart(stream: FrontStream) -> None:
    finding, _ = found(stream, password=4711)
    assert finding.verdict is Verdict.PASSWORD
    assert finding.answer.model == "ШТРИХ-М-01Ф"


def test_silence_is_tried_at_every_speed(stream: FrontStream) -> None:
    before = stream.monotonic()
    finding = look(HERE, [ShtrihProber()], lambda *_: _mute(stream), stream.monotonic)
    assert (finding.verdict, finding.speeds) == (Verdict.SILENT, len(BAUDS))
    assert stream.monotonic() - before < 10.0
    assert all(sent == b"\x05" for sent in stream.sent), "what does not answer ENQ gets nothing more"


def _mute(stream: FrontStream) -> FrontStream:
    stream.soil = lambda said: b""
    return stream


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (b"OK\r\n", Verdict.GARBAGE),
        (b"\x15", Verdict.GARBAGE),  # like a NAK, but nothing follows
        (b"\x06\x06", Verdict.GARBAGE),
        (bytes.fromhex("7EFF7D23C0217D21"), Verdict.PPP),
    ],
)
def test_other_things_than_registers(stream: FrontStream, said: bytes, verdict: Verdict) -> None:
    def opener(address, baud: int) -> FrontStream:
        stream.soil = lambda heard: said if heard else b""
        return stream

    assert look(HERE, [ShtrihProber()], opener, stream.monotonic).verdict is verdict


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (StreamError(LinkFault.NO_PERMISSION), Verdict.FORBIDDEN),
        (StreamError(LinkFault.BUSY), Verdict.BUSY),
        (StreamError(LinkFault.NO_PORT), Verdict.ABSENT),
        (NoLibraryError(), Verdict.NO_LIBRARY),
    ],
)
def test_a_port_that_does_not_open(stream: FrontStream, error: StreamError, verdict: Verdict) -> None:
    stream.refuse = error
    finding, tried = found(stream)
    assert finding.verdict is verdict
    assert len(tried) == 1


def test_a_closed_tcp_port_and_an_empty_address(stream: FrontStream) -> None:
    network = candidate_for(TcpAddress("h", 1))
    for number, verdict in ((errno.ECONNREFUSED, Verdict.CLOSED), (errno.EHOSTUNREACH, Verdict.UNREACHABLE)):
        stream.refuse = StreamError(LinkFault.NO_PORT)
        stream.refuse.__cause__ = OSError(number, "")
        assert found(stream, candidate=network)[0].verdict is verdict
    stream.refuse = StreamError(LinkFault.SILENT)
    assert found(stream, candidate=network)[0].verdict is Verdict.UNREACHABLE


def test_a_port_that_dies_in_the_middle_is_no_traceback(stream: FrontStream) -> None:
    def write(payload: bytes) -> None:
        raise StreamError(LinkFault.LOST, "unplugged")

    stream.write = write
    assert found(stream)[0].verdict is Verdict.ABSENT


def test_another_vendor_is_one_more_prober(stream: FrontStream) -> None:
    class Other:
        bauds = (57600, 115200)

        def probe(self, stream, monotonic) -> Hearing:
            return Hearing(Verdict.READY, Answer("other", "v3", "30"))

    class Deaf:
        bauds = (115200, 9600)

        def probe(self, stream, monotonic) -> Hearing:
            return Hearing(Verdict.SILENT)

    speeds = []
    finding = look(HERE, [Deaf(), Other()], lambda _, baud: speeds.append(baud) or stream, stream.monotonic)
    assert finding.answer == Answer("other", "v3", "30")
    assert speeds == [115200]
    finding = look(HERE, [Deaf(), Deaf()], lambda _, baud: speeds.append(baud) or stream, stream.monotonic)
    assert (finding.verdict, finding.speeds) == (Verdict.SILENT, 2), "each speed once, whoever asks for it"
