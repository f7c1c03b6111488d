"""Confirmation codes of customers and the PINs of seniors; what a till says of how the customer was named."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from drivers.api import Done
from pos_agent import texts
from pos_agent.api.customers import ID_ALPHABET, find_one
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.api.points import active_rules
from pos_agent.checkout.at_register import AtRegister
from pos_agent.errors import AgentError, UsageError
from pos_agent.money import points
from pos_agent.printing.slip_note import told
from pos_agent.printing.watch import Watch
from pos_agent.rules.limit_terms import FILE, SLIP, Limits

DIGITS = "0123456789"
MOST_PT = 10**12
CODES_FILE = "confirmation-codes.txt"
PIN_DIGITS = (4, 12)


class Sender(Protocol):
    """Brings a code to the customer. A messenger's sender would know where from `customer`."""

    def send(self, customer: str, lines: tuple[str, ...]) -> None:
        """AgentError COD-03 when it cannot be sent. Never logs the lines."""


class FileSender:
    """Writes into a file that only the agent's user reads: for demonstrations and tests of a till."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, customer: str, lines: tuple[str, ...]) -> None:
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(f"{customer}\t{' '.join(lines)}\n")
        except OSError as error:
            raise AgentError("COD-03") from error


class SlipSender:
    """Prints the code on the printer's paper: for a demonstration without a messenger. Only on the printer's thread."""

    def __init__(self, watch: Watch, heading: str = "", mark: str = "") -> None:
        self._watch, self._heading, self._mark = watch, heading, mark

    def send(self, customer: str, lines: tuple[str, ...]) -> None:
        line = self._watch.line
        if not line.connected:
            line.connect()
        paper = told(self._heading, lines, line.printer.capabilities(), self._mark) if line.connected else []
        printed = line.printer.print_slip(paper) if line.connected else None
        if not isinstance(printed, Done):
            raise AgentError("COD-03")


def send(parts: Parts, args: Mapping[str, Any]) -> Json | Future[Json]:
    """`{customer, amount_pt}` -> `{"customer", "amount_pt", "minutes", "tries"}`: make a code and send it.

    A new code makes the customer's older ones on this register void. CUS-01, CUS-07, RUL-03; COD-03: not sent.
    """
    amount_pt = number(args, "amount_pt", MOST_PT, 0, MOST_PT)
    with parts.views.reading() as view:
        rules, customer = active_rules(view), find_one(view, text(args, "customer")).id
    if rules is None:
        raise AgentError("RUL-03")
    limits = rules.limits
    if limits.sender == FILE:
        return _sent(parts, limits, customer, amount_pt, FileSender(parts.config.agent.data_dir / CODES_FILE))
    if limits.sender != SLIP or parts.actor is None:
        raise AgentError("COD-03")
    loyalty, lang = parts.config.loyalty, parts.config.agent.language
    mark = texts.phrase("slip", "training", lang) if loyalty.training else ""
    return parts.actor.ask(
        lambda watch: _sent(parts, limits, customer, amount_pt, SlipSender(watch, loyalty.heading, mark))
    )


def _sent(parts: Parts, limits: Limits, customer: str, amount_pt: int, sender: Sender) -> Json:
    code, register = parts.ids.token(DIGITS, limits.digits), parts.config.agent.register_name
    with parts.store.writing("confirmation made") as txn:
        made = txn.confirmations.make("conf-" + parts.ids.token(ID_ALPHABET, 16), customer, register, amount_pt, code)
    language = parts.config.agent.language
    told = points(amount_pt) if amount_pt < MOST_PT else ""
    lines = (
        texts.phrase("slip", "not_fiscal", language),
        texts.phrase("confirmation", "code", language, code=code),
        texts.phrase("confirmation", "amount", language, n=told) if told else "",
        texts.phrase("confirmation", "minutes", language),
    )
    sender.send(customer, tuple(one for one in lines if one))
    return {"customer": customer, "amount_pt": amount_pt, "expires_at": made.expires_at, "tries": made.tries}


def set_senior(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{name, pin}`: a senior with this PIN, 4 to 12 digits; `pin` "" takes the senior away. API-01."""
    name, pin = text(args, "name", limit=64), text(args, "pin", "", limit=PIN_DIGITS[1])
    if not name or not name.isprintable():
        raise UsageError("API-01", field="name")
    if pin and not (pin.isascii() and pin.isdigit() and len(pin) >= PIN_DIGITS[0]):
        raise UsageError("API-01", field="pin")
    with parts.store.writing("senior") as txn:
        if pin:
            txn.confirmations.set_senior(name, pin)
        elif not txn.confirmations.drop_senior(name):
            raise UsageError("API-01", field="name")
        return {"seniors": list(txn.confirmations.seniors())}


def at_register(args: Mapping[str, Any]) -> AtRegister:
    """`{cashier, manual, late, code, senior, pin}` of a sale. API-01."""
    cashier = text(args, "cashier", "", limit=40)
    if not cashier.isprintable():
        raise UsageError("API-01", field="cashier")
    flags = {name: args.get(name, False) for name in ("manual", "late")}
    for name, said in flags.items():
        if not isinstance(said, bool):
            raise UsageError("API-01", field=name)
    code = "".join(text(args, "code", "", limit=12).split())
    senior, pin = text(args, "senior", "", limit=64), text(args, "pin", "", limit=12)
    return AtRegister(cashier, flags["manual"], flags["late"], code, senior, pin)
