"""The note to the owner: how long the fiscal storage lasts, what has not gone to the data operator."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, datetime
from typing import cast

from drivers.api import Done
from drivers.service import ServicePrinter
from pos_agent.api.operation import Json, Parts
from pos_agent.errors import PrinterError
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.line import Line
from pos_agent.printing.watch import Watch


def storage_note(parts: Parts, local: str, queue: Callable[[SlipFacts], Json]) -> Future[Json]:
    """Ask the printer, then `queue` the note. `local`: local ISO time. PrinterError PRN-03; PRN-04: a till has it."""
    if parts.actor is None:
        raise PrinterError("PRN-03")

    def on_printer_thread(watch: Watch) -> Json:
        line = watch.line
        if not line.connected:
            line.connect()
        if not line.connected:
            raise line.trouble()
        with line.hold(gives_way=True) as ours:
            if not ours:
                raise PrinterError("PRN-04")
            told = _asked(line, date.fromisoformat(local[:10]))
        note = {"register": parts.config.agent.register_name, **told}
        return queue(SlipFacts(SlipKind.NOTE, at=local, note=note))

    return parts.actor.ask(on_printer_thread)


def _asked(line: Line, today: date) -> Json:
    """`{days, until, unsent, oldest_days}`; what the device does not tell is left out."""
    told: Json = {}
    passport = line.asked(line.printer.passport())
    if passport is not None:
        told |= {"days": max(0, (passport.expires - today).days), "until": passport.expires.isoformat()}
    ofd = cast(ServicePrinter, line.printer).ofd_state()
    if isinstance(ofd, Done) and ofd.reply.unconfirmed:
        told["unsent"] = ofd.reply.unconfirmed
        if isinstance(ofd.reply.first_at, datetime):
            told["oldest_days"] = max(0, (today - ofd.reply.first_at.date()).days)
    return told
