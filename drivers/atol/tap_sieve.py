"""Whose a packet of the register is, on a line of protocol 3 that the till and the agent share.

An answer belongs to whose packet had its Id; an F0 packet to whose task it tells of. A packet is decided by its first
bytes and passes on as it comes, byte by byte: only the header is ever kept back. Source: protocol notes, 2.1 to 2.4.
"""

from __future__ import annotations

from enum import Enum, auto

from drivers.atol.packet import ASYNC_ID, STX, Buffer, Packet, State, encode_packet
from drivers.atol.tap_v3 import QUEUED, Listener, added
from drivers.tap.vendor import Sifted

HEADER = 4  # FEh, two of length, Id
BY_ITSELF: dict[int, State] = {State.RESULT: State.ASYNC_RESULT, State.ERROR: State.ASYNC_ERROR}
KEPT_S = 0.1  # a header that is not gone on with for so long passes as it is


class _Whose(Enum):
    UNKNOWN = auto()
    TILL = auto()
    AGENT = auto()
    PROMISED = auto()  # the register's answer to an Add that was answered A1 in its place


class PacketSieve:
    """`Sieve` for protocol 3. `promised`: see `PacketStandIn`."""

    def __init__(self, promised: dict[int, int]) -> None:
        self._promised = promised
        self._packets: set[int] = set()  # Ids of ours, until the till uses them
        self._tasks: set[int] = set()
        self._till_said, self._agent_said = Listener(), Listener()
        self._by_agent = False
        self._reader = Listener()
        self._kept = bytearray()
        self._kept_since = 0.0
        self._whose = _Whose.UNKNOWN
        self._out = Sifted(b"", b"", b"")

    def said(self, by_agent: bool, data: bytes) -> None:
        self._by_agent = by_agent
        reader = self._agent_said if by_agent else self._till_said
        for byte in data:
            packet = reader.feed(byte)
            if packet is not None and packet.intact:
                self._note(by_agent, packet)

    def sift(self, data: bytes, now: float) -> Sifted:
        for byte in data:
            self._take(byte, now)
        return self._emptied()

    def overdue(self, now: float) -> Sifted:
        if self._kept and self._whose is _Whose.UNKNOWN and now - self._kept_since >= KEPT_S:
            self._settle(self._last_speaker())
        return self._emptied()

    def waits(self) -> bool:
        return bool(self._kept) and self._whose is _Whose.UNKNOWN

    def _note(self, by_agent: bool, packet: Packet) -> None:
        tids = {tid for _, tid, _ in added(packet.data)}
        if by_agent:
            self._packets.add(packet.number)
            self._tasks |= tids
            return
        self._packets.discard(packet.number)
        self._tasks -= tids
        if packet.data[:1] != bytes((Buffer.ADD,)) or self._promised.get(packet.number) not in tids:
            self._promised.pop(packet.number, None)

    # ------------------------------------------------------------------ one packet

    def _take(self, byte: int, now: float) -> None:
        if byte == STX or not self._reader.inside:
            self._settle(self._last_speaker())  # what was kept belongs to no packet
            self._whose, self._kept_since = _Whose.UNKNOWN, now
        packet = self._reader.feed(byte)
        self._kept.append(byte)
        if not self._reader.inside and packet is None:
            self._settle(self._last_speaker() if self._whose is _Whose.UNKNOWN else self._whose)
            return
        if self._whose is _Whose.UNKNOWN:
            self._whose = self._decided(packet)
        if self._whose is _Whose.PROMISED:
            if packet is not None:
                self._keep_promise(packet)
        elif self._whose is not _Whose.UNKNOWN:
            self._settle(self._whose)

    def _decided(self, packet: Packet | None) -> _Whose:
        if len(self._kept) < HEADER:
            return _Whose.UNKNOWN
        number = self._kept[HEADER - 1]
        if number != ASYNC_ID:
            if number in self._packets:
                return _Whose.AGENT
            return _Whose.PROMISED if number in self._promised else _Whose.TILL
        body = packet.data if packet is not None else self._reader.body
        if len(body) < 2:
            return _Whose.TILL if packet is not None else _Whose.UNKNOWN
        return _Whose.AGENT if body[1] in self._tasks else _Whose.TILL

    def _keep_promise(self, packet: Packet) -> None:
        """The till was told A1: its task's result comes by itself. Whatever else there is, it learns by Req."""
        raw, told = bytes(self._kept), b""
        self._kept.clear()
        if not packet.intact or not packet.data:
            told = raw
        elif (tid := self._promised.pop(packet.number)) is not None and packet.data[0] not in QUEUED:
            kind = BY_ITSELF.get(packet.data[0])
            told = encode_packet(ASYNC_ID, bytes((kind, tid)) + packet.data[1:]) if kind else b""
        self._out = Sifted(self._out.till + told, self._out.agent, self._out.heard + raw)

    def _last_speaker(self) -> _Whose:
        return _Whose.AGENT if self._by_agent else _Whose.TILL

    def _settle(self, whose: _Whose) -> None:
        """Hand over what was kept."""
        self._whose = whose
        kept = bytes(self._kept)
        self._kept.clear()
        if whose is _Whose.AGENT:
            self._out = self._out._replace(agent=self._out.agent + kept)
        else:
            self._out = self._out._replace(till=self._out.till + kept, heard=self._out.heard + kept)

    def _emptied(self) -> Sifted:
        out, self._out = self._out, Sifted(b"", b"", b"")
        return out
