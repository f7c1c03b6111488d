"""What the printer says of itself, for screens: asked now and then, never while a till has the line."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from drivers.api import Done, Shift
from pos_agent.api.operation import Json, Parts
from pos_agent.errors import PrinterError
from pos_agent.printing.watch import Watch

OFTEN_S = 5.0
PASSPORT_S = 3600.0
SHIFT_FORMS = (2, 5)  # opened, closed
OPENED = 2


class DeviceLook:
    """The last look at the device. Any thread may ask; the printer's thread answers when it has time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._passport_at: float | None = None
        self._pending: Future[Json] | None = None
        self._last: Json = {}

    def facts(self) -> Json:
        """`{paper, cover_open, shift_open, shift_since, fn_expires, fn_days, training}`; None where not known yet."""
        self._refresh()
        known = dict.fromkeys(("paper", "cover_open", "shift_open", "fn_expires", "fn_days", "training"))
        return {**known, **self._last, "shift_since": self._shift_since()}

    def look(self) -> Future[Json]:
        """Look now. PrinterError PRN-03, PRN-04."""
        if self._parts.actor is None:
            raise PrinterError("PRN-03")
        return self._parts.actor.ask(self._on_printer_thread)

    def _refresh(self) -> None:
        actor = self._parts.actor
        with self._lock:
            now = self._parts.clock.monotonic()
            busy = self._pending is not None and not self._pending.done()
            if actor is None or busy or (self._asked_at is not None and now - self._asked_at < OFTEN_S):
                return
            if not actor.watch.line.connected or not actor.watch.line.free():
                return
            self._asked_at = now
            try:
                self._pending = actor.ask(self._on_printer_thread)
            except PrinterError:
                return

    def _on_printer_thread(self, watch: Watch) -> Json:
        line = watch.line
        if not line.connected:
            line.connect()
        with line.hold(gives_way=True) as ours:
            if not ours:
                raise PrinterError("PRN-04")
            status = line.asked(line.printer.status()) if line.connected else None
            if status is None:
                raise line.trouble()
            found: Json = {
                "paper": status.paper.name.lower(),
                "cover_open": status.cover_open,
                "shift_open": status.shift is not Shift.CLOSED,
            }
            now = self._parts.clock.monotonic()
            if self._passport_at is None or now - self._passport_at >= PASSPORT_S:
                passport = line.printer.passport()
                if isinstance(passport, Done):
                    self._passport_at = now
                    days = (passport.reply.expires - self._parts.clock.now().date()).days
                    found |= {"fn_expires": passport.reply.expires.isoformat(), "fn_days": days}
                    found["training"] = not passport.reply.production
        self._last = {**self._last, **found}
        return self._last

    def _shift_since(self) -> str | None:
        """When the open shift was opened, by the printer's clock; None: closed, or opened before we came."""
        parts = self._parts
        with parts.views.reading() as view:
            series = view.series.active(parts.config.agent.register_name)
            newest = view.documents.newest(series.fn_serial, SHIFT_FORMS) if series else None
        return newest.at if newest is not None and newest.form == OPENED else None
