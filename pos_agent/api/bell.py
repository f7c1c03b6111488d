"""Something changed: rung from any thread, waited for on a server's loop."""

from __future__ import annotations

import asyncio
import threading


class Bell:
    """Who waits looks again when it is rung, and when its time is over; what changed it finds out itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.rung = 0

    def ring(self) -> None:
        """Wake everybody. Never blocks, whatever the loops are doing."""
        with self._lock:
            self.rung += 1
            for loop, event in self._waiting:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    async def after(self, seen: int, seconds: float) -> int:
        """Wait until it was rung more often than `seen`, `seconds` at most; how often it was rung by now."""
        mine = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self.rung != seen:
                return self.rung
            self._waiting.add(mine)
        try:
            async with asyncio.timeout(seconds):
                await mine[1].wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(mine)
        return self.rung
