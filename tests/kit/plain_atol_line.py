"""A plain ATOL till on a real port: a pseudo terminal or TCP, its own thread of reads and writes, real time."""

import os
import select
import socket
import time
import tty

from kit.plain_atol_till import FrameTill, PacketTill, PlainTill

READ_S = 0.005
ENTER, OPEN_SHIFT, LEAVE, STATUS = bytes.fromhex("56 01 00 00 00 30"), b"\x9a\x00", b"\x48", b"\x3f"
ENTER_Z, Z_REPORT = bytes.fromhex("56 03 00 00 00 30"), b"\x5a"


def packed(value: int, size: int) -> bytes:
    return bytes.fromhex(f"{value:0{size * 2}d}")


def sale(kop: int, name: str, contact: str = "") -> list[bytes]:
    """One line, one piece, cash, the buyer's contact when given (1008 goes before the first item)."""
    tag = b"\xe8\x01\x01\x00" + (1008).to_bytes(2, "little") + len(contact).to_bytes(2, "little") + contact.encode()
    end = b"\xeb\x00" + packed(kop, 7) + packed(1000, 5) + packed(kop, 7) + b"\x06" + bytes(7) + b"\0\x01\x04"
    return [
        b"\x92\x00\x01",
        *([tag] if contact else []),
        b"\xea\x00\x01\x00",
        end + bytes(10) + name.encode("cp866"),
        b"\x4a\x00\x01" + bytes(5),
    ]


class PlainLine:
    """A till program with its port open. `address`: `pty:PATH` or `tcp:HOST:PORT`; `cut`: bytes written at once."""

    def __init__(self, address: str, protocol: str, cut: int = 4096) -> None:
        self.till: PlainTill = PacketTill([]) if protocol == "v3" else FrameTill([])
        self._cut = cut
        kind, _, where = address.partition(":")
        self._socket: socket.socket | None = None
        if kind == "tcp":
            host, _, port = where.rpartition(":")
            self._socket = socket.create_connection((host, int(port)))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.fileno()
        else:
            self._file = os.open(where, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(self._file)

    def run(self, *commands: bytes, within_s: float = 60.0) -> list[bytes]:
        """All commands, one after the other; their answers. AssertionError: one was refused, or nothing came."""
        before = len(self.till.answers)
        self.till.commands += commands
        until = time.monotonic() + within_s
        while not self.till.done:
            assert time.monotonic() < until, (self.till.phase, self.till.commands[:1])
            ready, _, _ = select.select([self._file], [], [], READ_S)
            came = os.read(self._file, 4096) if ready else b""
            written = self.till.step(came, time.monotonic())
            for at in range(0, len(written), self._cut):
                os.write(self._file, written[at : at + self._cut])
        answers = self.till.answers[before:]
        assert all(one[0] == 0x44 or one[1] == 0 for one in answers), [one.hex() for one in answers]
        return answers

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._file)
