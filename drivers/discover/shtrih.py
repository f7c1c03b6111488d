"""How a Shtrih-M register is greeted: ENQ, then who are you, then its status. Protocol notes, 1.1, 1.4 and 11.1.

Only QUERY commands. A stored answer of an earlier owner of the same port is read away, as any client would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.api import Done, Refused
from drivers.discover.look import Answer, Hearing, Verdict
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_status import DEVICE_TYPE, FULL_STATUS
from drivers.shtrih.commands_storage import STORAGE_EXPIRY
from drivers.shtrih.frame import ACK, ENQ, NAK
from drivers.shtrih.identify import SERIAL_NOT_SET
from drivers.shtrih.link import ShtrihLink, Timing
from drivers.shtrih.session import Session
from drivers.streams.byte_stream import ByteStream

BAUDS = (115200, 4800, 57600, 38400, 19200, 9600, 2400, 230400, 460800, 921600)  # pitfall 11: these two first
GREETINGS = 2
GREETING_S = 0.4  # a device waits out its byte time-out of 50..100 ms before it answers
WRONG_PASSWORD = 0x4F
PPP_START = bytes.fromhex("7E FF 7D 23")  # HDLC flag, address and escaped control of a PPP frame (RFC 1662)
PATIENCE = Timing(enq_s=0.6, ask_s=1.5, recover_s=1.0, enq_tries=2, reject_tries=2)


class ShtrihProber:
    """`password`: of the system administrator, 30 as delivered."""

    bauds: Sequence[int] = BAUDS

    def __init__(self, password: int = 30) -> None:
        self._password = password

    def probe(self, stream: ByteStream, monotonic: Callable[[], float]) -> Hearing:
        heard = b""
        for _ in range(GREETINGS):
            heard += _listen(stream, monotonic)
            if NAK in heard or ACK in heard:
                return self._meet(stream, monotonic)
        if PPP_START in heard:
            return Hearing(Verdict.PPP)
        return Hearing(Verdict.GARBAGE if heard else Verdict.SILENT)

    def _meet(self, stream: ByteStream, monotonic: Callable[[], float]) -> Hearing:
        session = Session(stream, monotonic, ShtrihLink(PATIENCE), self._password, self._password)
        kind = session.run(DEVICE_TYPE, Nothing())
        if not isinstance(kind, Done):
            return Hearing(Verdict.GARBAGE)  # a byte like an answer, from something else or at a wrong speed
        answer = Answer("shtrih", f"Штрих-М {kind.reply.protocol}.{kind.reply.subprotocol}", kind.reply.name)
        status = session.run(FULL_STATUS, Nothing())
        if isinstance(status, Refused) and status.code == WRONG_PASSWORD:
            return Hearing(Verdict.PASSWORD, answer)
        if not isinstance(status, Done):
            return Hearing(Verdict.GARBAGE)
        told = status.reply
        serial = "" if told.serial == SERIAL_NOT_SET else str(told.serial)
        expiry = session.run(STORAGE_EXPIRY, Nothing())
        until = expiry.reply.expires if isinstance(expiry, Done) else None
        firmware = f"{'.'.join(told.firmware)} {told.build}"
        named = Answer(
            answer.vendor, answer.protocol, answer.model, firmware, serial, until.isoformat() if until else ""
        )
        return Hearing(Verdict.READY, named)


def _listen(stream: ByteStream, monotonic: Callable[[], float]) -> bytes:
    """Send ENQ and take what comes until the time for it is over or an answer is among it."""
    stream.write(bytes((ENQ,)))
    deadline = monotonic() + GREETING_S
    heard = bytearray()
    while (left := deadline - monotonic()) > 0 and len(heard) < 4096:
        heard += stream.read(4096, left)
        if NAK in heard or ACK in heard:
            break
    return bytes(heard)
