"""A scripted till: plays shifts, sales and returns over a printer's port (protocol notes, section 11.3).

A script is TOML: ``password`` (default 30), ``tax_system`` (bit, default 1) and one ``[[step]]`` per thing to do,
each with ``do`` and an optional ``name``:

* ``open_shift``, ``x_report``, ``close_shift``
* ``cancel`` (the open receipt), ``repeat`` (print the last document again), ``tidy`` (continue a print that waits for
  it, drop a receipt that somebody left open)
* ``cash_in``, ``cash_out``: ``sum_kop``
* ``sale``, ``return``: ``lines`` of {name, price_kop, qty = "1", vat = "vat22", method = 4, subject = 1,
  code_1162 = hex, code_1163 = hex of its members}; ``cash_kop`` or ``card_kop`` (default: the total in cash); and the
  tags ``contact`` (1008), ``card`` = {name, value} (1084 {1085, 1086}), ``note`` (1192)
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from emulator import till_orders
from emulator.till_client import Client, PrinterError, open_line
from emulator.till_orders import le, tlv

VAT_CODES = {
    "vat20": 0x01, "vat10": 0x02, "vat0": 0x04, "none": 0x08, "vat120": 0x10, "vat110": 0x20,
    "vat5": 0x81, "vat7": 0x82, "vat105": 0x84, "vat107": 0x88, "vat22": 0xCB, "vat122": 0xCC,
}  # fmt: skip
"""Rate byte of FF46h; the codes of 22 % are those of models other than NANO-F."""

SALE, SALE_RETURN = 1, 2
RECEIPT_TYPE = {SALE: 0, SALE_RETURN: 2}
IDLE, PAPER_BACK = 0, 3
RECEIPT_MODE = 8
POLL_SECONDS = 0.1
PAPER_SECONDS = 60.0
MICRO = 10**6
MARKING_TAGS = (1162, 1163)

Step = Mapping[str, Any]
Result = dict[str, Any]


class ScriptError(ValueError):
    """The script cannot be read or asks for something a till does not do."""


def run_script(port: str, script: Path, only: str | None = None) -> Iterator[Result]:
    """Play the steps (or the one named ``only``), giving a result for each. Raises ScriptError, PrinterError."""
    table = load_script(script)
    steps = [step for step in table["step"] if only is None or step.get("name") == only]
    if not steps:
        raise ScriptError(f"{script}: there is no step {only!r}")
    line = open_line(port)
    try:
        till = Till(Client(line, table.get("password", 30)), table.get("tax_system", 1))
        for step in steps:
            yield till.play(step)
    finally:
        line.close()


def load_script(script: Path) -> dict[str, Any]:
    """A script as a table; every step is checked for its kind before anything is sent."""
    try:
        table = tomllib.loads(script.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{script}: {error}") from error
    steps = table.get("step")
    if not isinstance(steps, list) or not steps:
        raise ScriptError(f"{script}: there are no steps")
    for number, step in enumerate(steps, 1):
        kind = step.get("do") if isinstance(step, dict) else None
        if kind not in Till.KINDS:
            raise ScriptError(f"{script}: step {number}: do = {kind!r} is none of {', '.join(Till.KINDS)}")
    return table


class Till:
    """Plays one step at a time on one printer."""

    KINDS = (
        "open_shift", "x_report", "close_shift", "cancel", "repeat", "tidy", "cash_in", "cash_out", "sale", "return",
    )  # fmt: skip

    def __init__(self, client: Client, tax_system: int = 1, paper_seconds: float = PAPER_SECONDS) -> None:
        self._client = client
        self._tax_system = tax_system
        self._paper_seconds = paper_seconds
        self._actions: dict[str, Callable[[Step], Result]] = {
            "open_shift": lambda step: self._report(b"\xe0"),
            "x_report": lambda step: self._report(b"\x40"),
            "close_shift": lambda step: self._report(b"\x41"),
            "cancel": lambda step: self._order(b"\x88"),
            "repeat": lambda step: self._order(b"\x8c"),
            "tidy": lambda step: self._tidy(),
            "cash_in": lambda step: self._cash(b"\x50", step),
            "cash_out": lambda step: self._cash(b"\x51", step),
            "sale": lambda step: self._receipt(SALE, step),
            "return": lambda step: self._receipt(SALE_RETURN, step),
        }

    def play(self, step: Step) -> Result:
        """Do one step and wait for its print; returns {"step", "do", "ok", …} as soon as the printer is idle."""
        try:
            result = self._actions[step["do"]](step)
        except KeyError as error:
            raise ScriptError(f"step {step.get('name', step.get('do'))!r} lacks {error}") from error
        self.wait_printed()
        return {"step": step.get("name", step["do"]), "do": step["do"], "ok": True, **result}

    def wait_printed(self) -> None:
        """Poll 10h until the printer is idle; continue after new paper; give up without paper after a while."""
        until = time.monotonic() + self._paper_seconds
        while True:
            submode = self._client.command(b"\x10")[4]
            if submode == IDLE:
                return
            if submode == PAPER_BACK:
                self._client.command(b"\xb0")
            if time.monotonic() > until:
                raise PrinterError("the printer is not ready: no paper, an open cover, or it prints for ever")
            time.sleep(POLL_SECONDS)

    def _report(self, code: bytes) -> Result:
        self._client.command(code)
        return {"fd": self._last_fd(), "shift": self._shift()}

    def _order(self, code: bytes) -> Result:
        self._client.command(code)
        return {}

    def _tidy(self) -> Result:
        self.wait_printed()
        opened = self._client.command(b"\x10")[3] & 0x0F == RECEIPT_MODE
        if opened:
            self._client.command(b"\x88")
        return {"cancelled": opened, "fd": self._last_fd()}

    def _cash(self, code: bytes, step: Step) -> Result:
        answer = self._client.command(code, le(step["sum_kop"], 5))
        return {"sum_kop": step["sum_kop"], "document": int.from_bytes(answer[1:3], "little")}

    def _last_fd(self) -> int:
        return int.from_bytes(self._client.command(b"\xff\x01")[26:30], "little")

    def _shift(self) -> int:
        return int.from_bytes(self._client.command(b"\xff\x40")[1:3], "little")

    def _receipt(self, kind: int, step: Step) -> Result:
        orders = receipt_orders(kind, step)
        self._client.command(b"\x8d", bytes((RECEIPT_TYPE[kind],)))
        try:
            for code, order in orders:
                self._client.command(code, order)
            total = int.from_bytes(self._client.command(b"\x89")[1:6], "little")
            answer = self._client.command(b"\xff\x45", self._payments(step, total))
        except PrinterError as error:
            if error.code is not None:
                self._client.command(b"\x88")
            raise
        return {
            "total_kop": total,
            "change_kop": int.from_bytes(answer[0:5], "little"),
            "fd": int.from_bytes(answer[5:9], "little"),
            "fpd": int.from_bytes(answer[9:13], "little"),
            "shift": self._shift(),
        }

    def _payments(self, step: Step, total: int) -> bytes:
        card = step.get("card_kop", 0)
        cash = step.get("cash_kop", total - card)
        return till_orders.close({1: cash, 2: card}, self._tax_system)


Order = tuple[bytes, bytes]
"""Command and its parameters."""


def receipt_orders(kind: int, step: Step) -> list[Order]:
    """Everything between opening and closing a receipt. Raises ScriptError before anything is sent."""
    try:
        lines = [order for line in step["lines"] for order in line_orders(kind, line)]
        return [*lines, *receipt_tags(step)]
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ScriptError(f"step {step.get('name', step['do'])!r}: {error!r}") from error


def line_orders(kind: int, line: Step) -> list[Order]:
    """FF46h of one line of a script, and FF4Dh for its marking code."""
    codes = [tlv(tag, bytes.fromhex(line[f"code_{tag}"])) for tag in MARKING_TAGS if f"code_{tag}" in line]
    return [(b"\xff\x46", operation(kind, line)), *((b"\xff\x4d", code) for code in codes)]


def operation(kind: int, line: Step) -> bytes:
    """Parameters of FF46h for one line of a script; `qty` is a decimal string."""
    quantity = Decimal(line.get("qty", "1")) * MICRO
    rate = VAT_CODES[line.get("vat", "vat22")]
    return till_orders.item(
        kind,
        int(quantity),
        line["price_kop"],
        rate=rate,
        department=line.get("department", 1),
        method=line.get("method", 4),
        subject=line.get("subject", 1),
        name=line["name"],
    )


def receipt_tags(step: Step) -> list[Order]:
    """Tags of the whole receipt, each for one FF0Ch."""
    tags = []
    if "contact" in step:
        tags.append(tlv(1008, step["contact"].encode("cp866")))
    if "card" in step:
        name, value = step["card"]["name"].encode("cp866"), step["card"]["value"].encode("cp866")
        tags.append(tlv(1084, tlv(1085, name) + tlv(1086, value)))
    if "note" in step:
        tags.append(tlv(1192, step["note"].encode("cp866")))
    return [(b"\xff\x0c", tag) for tag in tags]
