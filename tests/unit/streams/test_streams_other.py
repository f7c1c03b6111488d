"""TCP on the loopback, the memory wire, the trace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers.api import LinkFault
from drivers.shtrih.frame import encode_frame, password_bytes
from drivers.streams.byte_stream import StreamError
from drivers.streams.memory import answering_stream, memory_pair
from drivers.streams.tcp import TcpStream
from drivers.streams.trace import TraceRecord, TraceStream


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def fault_of(action: Callable[[], object]) -> LinkFault:
    with pytest.raises(StreamError) as caught:
        action()
    return caught.value.fault


def test_tcp_moves_bytes_and_drains(server: socket.socket) -> None:
    stream = TcpStream(*server.getsockname())
    stream.open()
    device, _ = server.accept()
    with device:
        stream.write(b"\x05")
        assert device.recv(10) == b"\x05"
        device.sendall(b"\xff\x15old")
        assert stream.read(2, 2.0) == b"\xff\x15"
        assert stream.read(1, 2.0) == b"o"
        stream.drain_input()
        assert stream.read(10, 0.0) == b""
    stream.close()
    stream.close()


def test_tcp_refused_and_unknown_host(server: socket.socket) -> None:
    address = server.getsockname()
    server.close()
    assert fault_of(TcpStream(*address).open) is LinkFault.NO_PORT


def test_tcp_closed_by_the_device_is_lost(server: socket.socket) -> None:
    stream = TcpStream(*server.getsockname())
    stream.open()
    device, _ = server.accept()
    device.close()
    assert fault_of(lambda: stream.read(1, 2.0)) is LinkFault.LOST
    stream.close()
    assert fault_of(lambda: stream.write(b"x")) is LinkFault.LOST


def test_memory_wire_in_two_threads() -> None:
    ours, theirs = memory_pair()
    ours.open()
    theirs.open()
    echo = threading.Thread(target=lambda: theirs.write(theirs.read(10, 5.0)[::-1]))
    echo.start()
    ours.write(b"abc")
    assert ours.read(10, 5.0) == b"cba"
    echo.join()


def test_memory_wire_cut_and_mended() -> None:
    ours, theirs = memory_pair()
    ours.open()
    theirs.open()
    theirs.cut()
    assert fault_of(lambda: ours.read(1, 0.0)) is LinkFault.LOST
    assert fault_of(ours.open) is LinkFault.NO_PORT
    theirs.mend()
    ours.open()
    ours.write(b"nobody listens yet")
    theirs.open()
    assert theirs.read(10, 0.0) == b""


def test_memory_wire_is_bounded() -> None:
    ours, theirs = memory_pair()
    ours.open()
    theirs.open()
    assert fault_of(lambda: ours.write(bytes((1 << 20) + 1))) is LinkFault.LOST


def test_answering_peer_runs_in_our_thread_and_silence_moves_the_clock() -> None:
    slept: list[float] = []
    stream = answering_stream(lambda asked: b"\x15" if asked == b"\x05" else b"", slept.append)
    stream.write(b"\x05")
    assert stream.read(10, 1.0) == b"\x15"
    assert stream.read(10, 1.5) == b""
    assert slept == [1.5]


def test_trace_records_time_direction_and_faults_and_hides_the_password() -> None:
    records: list[TraceRecord] = []
    ticks = iter(range(100))
    inner = answering_stream(lambda asked: b"\x15" if asked else b"")
    trace = TraceStream(inner, records.append, lambda: next(ticks) * 0.5, hidden=password_bytes)
    trace.open()
    trace.write(b"\x05")
    assert trace.read(10, 1.0) == b"\x15"
    trace.write(encode_frame(bytes.fromhex("10 D2040000")))
    trace.write(encode_frame(bytes.fromhex("FF0A D2040000 01000000")))
    trace.write(encode_frame(bytes.fromhex("FC")))
    inner.cut()
    assert fault_of(lambda: trace.read(1, 0.0)) is LinkFault.LOST
    assert [record.text for record in records] == [
        "open",
        "05",
        "15",
        "02 05 10 ** ** ** ** **",
        "02 0A FF 0A ** ** ** ** 01 00 00 00 **",
        "02 01 FC FD",
        "lost the wire is not open",
    ]
    assert [record.at_s for record in records] == [0.5 * n for n in range(7)]
    assert records[1].line() == "    0.500000 > 05"
