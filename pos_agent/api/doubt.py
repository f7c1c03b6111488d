"""Both sides of a sale in doubt, for the person who decides: ours as it was planned, theirs as the device has them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.perform import Performer, StillWorkingError
from pos_agent.api.sales import show
from pos_agent.checkout.doubt import Newer, newer
from pos_agent.checkout.part_printers import in_doubt
from pos_agent.errors import PrinterError

PATIENCE_S = 5.0  # the printer may be busy looking for the sale itself


async def both_sides(performer: Performer, sale_id: str) -> Json:
    """As `sale.show` of the receipt in doubt. `read`: the device told `documents` just now."""
    told = await performer.call(_ours, performer.parts, sale_id)
    if not told.get("unsettled") or "parts" in told:
        return told
    try:
        found = await performer.run(_theirs, {"sale": told["sale"]}, PATIENCE_S)
    except (StillWorkingError, PrinterError):
        found = {"read": False}
    return {**told, **found}


def _ours(parts: Parts, sale_id: str) -> Json:
    """Of a sale in parts the part that is in doubt."""
    with parts.views.reading() as view:
        intent = in_doubt(view, parts.config.stations, sale_id)
    part = intent is not None and intent.sale_id.partition("/")[0] == sale_id
    return show(parts, {"sale": intent.sale_id if part and intent else sale_id})


def _theirs(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    with parts.views.reading() as view:
        intent = view.intents.get(text(args, "sale"))
    if parts.desk is None or parts.actor is None or intent is None:
        raise PrinterError("PRN-03")
    other, asked = parts.desk.part_printers.of_register(intent.register), intent
    settler = other.desk.settler if other is not None else parts.desk.settler

    def look() -> Json:
        found = newer(settler, asked)
        return {"read": False} if found is None else {"read": True, "documents": [_told(one) for one in found]}

    thread = other.thread if other is not None else parts.actor
    return thread.ask(lambda watch: look())


def _told(one: Newer) -> Json:
    paid = {"cash_kop": one.cash_kop, "cashless_kop": one.cashless_kop}
    facts = {name: value for name, value in asdict(one).items() if name not in ("cash_kop", "cashless_kop")}
    return {**facts, "document": str(one.document), "paid": paid}
