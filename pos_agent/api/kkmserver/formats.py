"""The format of fiscal documents of a printer: where the buyer stands in a receipt depends on it."""

from __future__ import annotations

from drivers.api import Done, StoredDocument
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from pos_agent.api.device import FIRST_REPORT, held
from pos_agent.api.operation import Parts
from pos_agent.api.printers import Named, of_printer
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.part_words import OWN
from pos_agent.errors import AgentError

FFD_12 = 4  # tag 1209
ASK_S = 10.0  # for the storage's first report, before the agent has any document of that printer


def format_of(parts: Parts, part: str = "") -> int | None:
    """Tag 1209 of the printer of that part, as its newest document has it, else its registration.

    None: neither tells now. Not to be called on the printer's thread.
    """
    other = parts.desk.part_printers.of_part(part) if part and parts.desk is not None else None
    recorded = _recorded(parts, other.register if other is not None else parts.config.agent.register_name)
    if recorded is not None:
        return recorded
    return _registered(of_printer(parts, Named("", part if other is not None else OWN)))


def _recorded(parts: Parts, station: str) -> int | None:
    with parts.views.reading() as view:
        series = view.series.active(station)
        newest = view.documents.recent(1, series.fn_serial) if series is not None else ()
    if not newest or not newest[0].raw or newest[0].form is None:
        return None
    return _format(newest[0].form, newest[0].raw)


def _registered(at: Parts) -> int | None:
    try:
        found = held(at, _first_report).result(ASK_S)
    except (AgentError, TimeoutError):
        return None
    return None if found is None else _format(found.form, found.tlv)


def _first_report(desk: Desk) -> StoredDocument | None:
    desk.station.connected()
    found = desk.printer.read_document(FIRST_REPORT)
    return found.reply if isinstance(found, Done) else None


def _format(form: int, body: bytes) -> int | None:
    try:
        return read_body(form, body).ffd
    except TlvError:
        return None
