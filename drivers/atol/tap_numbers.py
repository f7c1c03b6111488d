"""Packet and task ids of the agent's own on a line whose till counts through all of them.

No id is reserved for us, and the till's are not rewritten. So ours are taken far from where the till counts: a packet
of ours can then be no repetition of one of the till's, which the register would answer without acting, and the other
way round, and no task of ours has a number the till is about to use. Why so: docs/adr/0005.
Source: protocol notes, sections 2.1 and 2.2.
"""

from __future__ import annotations

from collections import deque

from drivers.atol.packet import Buffer, Packet, following

CIRCLE = 0xE0  # 00h..DFh, the widest range of any client
CLEAR = 48  # how far from the till's latest id, in both directions
REMEMBERED = 64  # of its latest ids: a till that does not count


class Wheel:
    """One kind of id."""

    def __init__(self) -> None:
        self._latest: deque[int] = deque(maxlen=REMEMBERED)

    def used(self, number: int) -> None:
        """The till has used this one."""
        self._latest.append(number)

    def free(self, number: int) -> bool:
        """May be ours now."""
        latest = tuple(self._latest)
        if not latest:
            return True
        ahead = (number - latest[-1]) % CIRCLE
        return number not in latest and CLEAR <= ahead <= CIRCLE - CLEAR


class Numbers:
    """What the till uses, and what is left for us. Written while the till's bytes pass, read while ours may."""

    def __init__(self) -> None:
        self._packets, self._tasks = Wheel(), Wheel()
        self._kept: set[int] = set()  # tasks of the till that may be in the register still

    def till_said(self, packet: Packet) -> None:
        """A packet of the till goes to the register."""
        self._packets.used(packet.number)
        data = packet.data
        if data[:1] == bytes((Buffer.ADD,)) and len(data) > 2:
            self._add(data[2])
        elif data[:1] == bytes((Buffer.ACK_ADD,)) and len(data) > 3:
            self._kept.discard(data[1])
            self._add(data[3])
        elif data[:1] == bytes((Buffer.ACK,)) and len(data) > 1:
            self._kept.discard(data[1])
        elif data[:1] == bytes((Buffer.ABORT,)):
            self._kept.clear()

    def packet(self, wanted: int) -> int:
        """`wanted` or the next id after it that is free."""
        for _ in range(CIRCLE):
            if self._packets.free(wanted):
                break
            wanted = following(wanted)
        return wanted

    def task(self, wanted: int) -> int:
        """The same for a task."""
        for _ in range(CIRCLE):
            if self.task_is_free(wanted):
                break
            wanted = following(wanted)
        return wanted

    def task_is_free(self, number: int) -> bool:
        """The till has not used it lately, is not about to, and has nothing of that number in the register."""
        return self._tasks.free(number) and number not in self._kept

    def task_is_tills(self, number: int) -> bool:
        """The till has a task of that number in the register, as far as we heard."""
        return number in self._kept

    def _add(self, tid: int) -> None:
        self._tasks.used(tid)
        self._kept.add(tid)
