"""Arming: the cashier names the customer, the first sale registered after that is theirs, once, for some minutes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import balance_json
from pos_agent.errors import UsageError
from pos_agent.printing.watch import Watch
from pos_agent.store.arming import ArmedCard
from pos_agent.store.session import stamp

ID_ALPHABET = "0123456789abcdef"


def arm(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{text}` (card, phone, last four, id) -> who is armed and until when.

    Done on the printer's thread: the storage's last document at this moment decides which sale is the first after it.
    UsageError CUS-01 (nobody), CUS-02 (the card is blocked), CUS-07 (several).
    """
    wanted = text(args, "text")
    with parts.views.reading() as view:
        if view.customers.card_state(wanted) == "blocked" if _looks_like_card(wanted) else False:
            raise UsageError("CUS-02")
        customer = find_one(view, wanted)
        shown: Json = {"customer": customer.id, "name": customer.masked_name, **balance_json(parts, view, customer.id)}
    armed_id = "arm-" + parts.ids.token(ID_ALPHABET, 16)

    def on_printer_thread(watch: Watch) -> Json:
        serial, last_fd, device_time = watch.storage_now()
        now, life = parts.clock.now(), timedelta(minutes=parts.config.loyalty.arm_minutes)
        local = device_time or now.astimezone(parts.config.zone).replace(tzinfo=None, microsecond=0)
        with parts.store.writing("card armed") as txn:
            txn.arming.arm(
                ArmedCard(
                    id=armed_id,
                    register=parts.config.agent.register_name,
                    customer_id=customer.id,
                    fn_serial=serial,
                    fd_at=last_fd,
                    device_expires_at=(local + life).isoformat(),
                    host_expires_at=stamp(now + life),
                )
            )
        return {
            **shown,
            "armed": armed_id,
            "until": (local + life).isoformat(),
            "after_document": f"{serial}/{last_fd}",
        }

    if parts.actor is None:
        raise UsageError("PRN-03")
    return parts.actor.ask(on_printer_thread)


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Who is armed now: `{"armed": null}` or customer and time left in whole seconds."""
    with parts.views.reading() as view:
        armed = view.arming.current(parts.config.agent.register_name)
        if armed is None or armed.host_expires_at <= stamp(parts.clock.now()):
            return {"armed": None}
        customer = view.customers.get(armed.customer_id)
    name = customer.masked_name if customer else ""
    return {"armed": armed.id, "customer": armed.customer_id, "name": name, "until": armed.device_expires_at}


def cancel(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Take the armed card back: `{"cancelled": id or null}`."""
    with parts.store.writing("card cancelled") as txn:
        armed = txn.arming.current(parts.config.agent.register_name)
        if armed is not None:
            txn.arming.cancel(armed.id)
    return {"cancelled": armed.id if armed else None}


def _looks_like_card(wanted: str) -> bool:
    plain = wanted.replace("-", "").replace(" ", "")
    return plain.isascii() and plain.isalnum() and len(plain) > 4
