"""What happens to a device from outside: paper, cover, drawer, mains, time, and the fate of its fiscal storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from emulator.device_core import DeviceCore
from emulator.print_head import DOTS_PER_MM, LINE_DOTS


class HandledDevice(DeviceCore):
    """Hands on the device; what they do is durable before the method returns."""

    def paper_out(self, after_lines: int = 0) -> None:
        """The paper ends after so many more lines."""
        self.head.paper_out(after_lines)
        self._keep()

    def paper_in(self, length_mm: int | None = None) -> None:
        """Someone puts a new roll in: endless, or of so many millimetres."""
        self.head.paper_in(None if length_mm is None else length_mm * DOTS_PER_MM // LINE_DOTS)
        self._keep()

    def cover(self, opened: bool) -> None:
        """Someone opens or closes the cover."""
        self.head.cover_open = opened
        self._keep()

    def close_drawer(self) -> None:
        """Someone pushes the drawer in."""
        self.drawer_open = False

    def power_off(self) -> None:
        """The mains are gone; front ends must not answer until `power_on`."""
        self.powered = False
        self.head.power_lost()
        self._keep()

    def power_on(self) -> None:
        """The mains are back: the receipt is still open, an interrupted print waits for the order to continue."""
        self.head.power_lost()
        self.powered = True

    def pass_time(self, hours: float) -> None:
        """The device's clock goes on by so many hours, whatever is open: shift, storage and OFD queue grow older."""
        self._offset += timedelta(hours=hours)
        self._keep()

    def damage_document(self, fd: int) -> None:
        """Flip bytes of a stored document, for tests of readers; its numbers and counters stay. Refuses NO_DOCUMENT."""
        body = bytearray(self.fn.document(fd).body)
        for at in range(2, len(body), 7):
            body[at] ^= 0xFF
        self.fn.damaged[fd] = bytes(body)
        self._keep()

    def ofd_deliver(self, count: int | None = None) -> int:
        """The OFD confirms the oldest `count` documents (None: all); returns how many."""
        queue = self.fn.ofd_queue()
        done = queue.count if count is None else min(count, queue.count)
        self.fn.delivered_fd += done
        self._keep()
        return done

    def storage_left(self, documents: int | None = None, days: int | None = None) -> None:
        """So many documents, or days of service, are left in the storage; 0 documents: full; -1 day: over."""
        life = self.fn.life
        if documents is not None:
            life = replace(life, capacity=self.fn.last_fd + documents)
        if days is not None and self.fn.registered_at is not None:
            life = replace(life, days=(self.now().date() - self.fn.registered_at.date()).days + days)
        self.fn.life = life
        self._keep()

    def storage_failed(self, failed: bool) -> None:
        """The storage stops writing and reading documents (FN error), or comes back."""
        self.fn.failed = failed
        self._keep()
