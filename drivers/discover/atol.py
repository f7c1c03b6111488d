"""How an ATOL register is greeted: one question in transport 3, then ENQ for protocol 2. Protocol notes, B.1, 1.2, 2.

Only QUERY commands, and never an Abort: in the register's buffer may be the result of somebody's close. The greeting of
transport 3 is the question A5h itself. Its bytes hold no 02h, 05h, 10h and 15h: a Shtrih-M register or protocol 2 on
the line sees neither a frame nor an ENQ in it. Its numbers change with the clock: a register may remember the last
packets, and would take the same one of an earlier probe for a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.api import Done, LinkFault, NotSent, Refused
from drivers.atol.command import Nothing
from drivers.atol.commands_settings import LONG_SERIAL, Parameters
from drivers.atol.commands_status import DEVICE_TYPE, FULL_STATUS
from drivers.atol.commands_storage import STORAGE_NUMBER, VALIDITY
from drivers.atol.errors import WRONG_PASSWORDS
from drivers.atol.frame_v2 import ACK, DLE, ENQ, NAK, STX
from drivers.atol.link_v2 import LinkV2, TimingV2
from drivers.atol.link_v3 import LinkV3
from drivers.atol.link_v3_table import TimingV3
from drivers.atol.meeting import V2, V3
from drivers.atol.packet import ASYNC_ID, IGNORE_ERROR, NEED_RESULT, Buffer, Packet, PacketReader, State, encode_packet
from drivers.atol.session import AtolLink, Session
from drivers.discover.look import Answer, Hearing, Verdict
from drivers.streams.byte_stream import ByteStream

BAUDS = (115200, 4800, 57600, 38400, 19200, 9600)  # protocol notes, 1.5: the order of a driver used with real units
GREETINGS = 2  # the first one may fall into the end of somebody's half frame
GREETING_S = 0.5  # reply to a packet, and T1
AFTER_ACK_S = 0.1  # a Shtrih-M with an answer stored says ACK too, and its frame follows at once
CONTROLS = frozenset((STX, ENQ, DLE, NAK))
IDS, TIDS = range(0x40, 0x80), range(0xA0, 0xD0)  # far from where programs begin to count
NUMBERS_PER_S = 10
PASSWORD = bytes(2)
TITLES = {V3: "АТОЛ 3", V2: "АТОЛ 2"}
PATIENCE_V2 = TimingV2(ask_s=2.0, frame_tries=2, rounds=2, read_tries=2, read_s=3.0)
PATIENCE_V3 = TimingV3(add_tries=2, other_tries=2, run_s=3.0)
TAKEN = frozenset({State.PENDING, State.IN_PROGRESS, State.WAITING, State.RESULT, State.ERROR})


class AtolProber:
    """`password`: access password, 0 as delivered."""

    bauds: Sequence[int] = BAUDS

    def __init__(self, password: int = 0) -> None:
        self._password = password

    def probe(self, stream: ByteStream, monotonic: Callable[[], float]) -> Hearing:
        heard = b""
        for _ in range(GREETINGS):
            spoken, fresh = _greet(stream, monotonic)
            heard += fresh
            if spoken is not None:
                link, protocol = (spoken, V3) if isinstance(spoken, LinkV3) else (spoken, V2)
                return _meet(Session(stream, monotonic, link, self._password), protocol)
            if not fresh:
                break
        return Hearing(Verdict.GARBAGE if heard else Verdict.SILENT)


@dataclass(frozen=True)
class Greeting:
    """A packet with Add of A5h."""

    packet_id: int
    tid: int
    packet: bytes


def greeting(now: float) -> Greeting:
    """Of this moment; the id goes on until no byte of the packet is one that other protocols know."""
    number = int(now * NUMBERS_PER_S)
    tid = TIDS[number % len(TIDS)]
    task = bytes((Buffer.ADD, NEED_RESULT | IGNORE_ERROR, tid)) + PASSWORD + bytes((DEVICE_TYPE.code,))
    packets = ((packet_id, encode_packet(packet_id, task)) for packet_id in (*IDS[number % len(IDS) :], *IDS))
    packet_id, packet = next(each for each in packets if not CONTROLS & set(each[1]))
    return Greeting(packet_id, tid, packet)


def guest_link(now: float) -> LinkV3:
    """Transport 3 for one who was not asked in: errors stop nobody's queue, and the buffer is never emptied."""
    ours = greeting(now)
    return LinkV3(PATIENCE_V3, ours.packet_id + 1, ours.tid + 1, ignore_error=True, aborts=False)


def _greet(stream: ByteStream, monotonic: Callable[[], float]) -> tuple[AtolLink | None, bytes]:
    """The link of the protocol that was answered in, and what was heard."""
    ours = greeting(monotonic())
    link = guest_link(monotonic())
    stream.write(ours.packet + bytes((ENQ,)))
    heard, reader = b"", PacketReader()
    deadline = monotonic() + GREETING_S
    while (left := deadline - monotonic()) > 0 and len(heard) < 4096:
        fresh = stream.read(4096, left)
        heard += fresh
        for packet in filter(None, map(reader.feed, fresh)):
            if packet.intact and _answers(packet, ours):
                link.unsettled = ours.tid if _was_taken(packet) else None
                return link, heard
        if reader.skipped and heard[-1:] in (bytes((ACK,)), bytes((NAK,))):
            late = stream.read(4096, AFTER_ACK_S)
            if late[:1] != bytes((STX,)):
                return LinkV2(PATIENCE_V2), heard
            heard += late
    return None, heard


def _answers(packet: Packet, ours: Greeting) -> bool:
    announced = packet.number == ASYNC_ID and packet.data[1:2] == bytes((ours.tid,))
    return announced or packet.number == ours.packet_id


def _was_taken(packet: Packet) -> bool:
    """The greeting is a task of ours: its result is to be asked for and dropped."""
    return packet.number == ASYNC_ID or (bool(packet.data) and packet.data[0] in TAKEN)


def _meet(session: Session, protocol: str) -> Hearing:
    """A5h, 3Fh, register 16h, A4h 31h and 32h. Only the first two must be answered."""
    nameless = Answer("atol", TITLES[protocol], "", low_level=protocol)
    kind = session.run(DEVICE_TYPE, Nothing())
    if isinstance(kind, Refused) and kind.code in WRONG_PASSWORDS:
        return Hearing(Verdict.PASSWORD, nameless)
    if isinstance(kind, NotSent) and kind.fault is LinkFault.BUSY and protocol == V3:
        return Hearing(Verdict.READY, nameless)  # a failed task stopped the queue: its owner, or the agent, clears it
    if not isinstance(kind, Done):
        return Hearing(Verdict.GARBAGE)  # bytes like an answer, from something else or at a wrong speed
    status = session.run(FULL_STATUS, Nothing())
    if not isinstance(status, Done):
        return Hearing(Verdict.GARBAGE)
    serial = str(status.reply.serial) if status.reply.serial else ""
    long = session.run(LONG_SERIAL, Parameters())
    if isinstance(long, Done) and long.reply.digits.hex().isdecimal():
        serial = long.reply.digits.hex().lstrip("0") or serial
    storage = session.run(STORAGE_NUMBER, Nothing())
    validity = session.run(VALIDITY, Nothing())
    until = validity.reply.expires if isinstance(validity, Done) else None
    model, version = kind.reply.name or f"model {kind.reply.model}", kind.reply.version.hex()
    named = Answer(
        vendor="atol",
        protocol=TITLES[protocol],
        model=model,
        firmware=f"{int(version[:2], 16):x}.{int(version[2:4], 16):x} {version[6:10].lstrip('0')}",
        serial=serial,
        fn_until=until.isoformat() if until else "",
        fn_serial=storage.reply.serial if isinstance(storage, Done) else "",
        low_level=protocol,
    )
    return Hearing(Verdict.READY, named)
