"""Codes of marked goods checked on the printer before anything of the sale is written down or opened.

A check registers nothing. So a lost answer is met by clearing and checking everything afresh, once; and a sale that is
proven not executed is planned, and its codes are checked, anew. Source: fiscal notes, section 2.5 (tag 2106).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from drivers.api import Done, Outcome, Refused
from drivers.marking import MarkChecker, check_tlv
from drivers.selling import FiscalItem, MarkCode
from pos_agent import texts
from pos_agent.checkout.deadline import Deadline
from pos_agent.checkout.plan import Plan
from pos_agent.errors import PrinterError
from pos_agent.logs import logger
from pos_agent.model.receipt import Operation
from pos_agent.printing.line import Line

Reply = TypeVar("Reply")

ATTEMPTS = 2
CHECKS_S = 60  # no check of a receipt's codes begins later: the caller waits, and a sale has 90 s
KEY_CHECKED, KEY_RIGHT, STATUS_KNOWN, STATUS_RIGHT = 1, 2, 4, 8  # bits of tag 2106; the first two are those of 2004
ALLOWED, REFUSED, OFFLINE = "allowed", "refused", "offline"
_log = logger("marks")


@dataclass(frozen=True)
class Marks:
    """The codes of one order by the names its plan gives them; never written down.

    `sell_refused`: a code that did not pass its check is sold all the same (setting `[gateway] mark_refused`).
    """

    codes: Mapping[str, MarkCode] = field(default_factory=dict, repr=False)
    sell_refused: bool = False

    def items(self, plan: Plan) -> list[FiscalItem]:
        """The plan's items with their codes."""
        items = plan.fiscal_items
        for one in plan.marks:
            items[one["item"]] = replace(items[one["item"]], mark=self.codes[one["name"]])
        return items


NO_MARKS = Marks()


def verdict_of(bits: int) -> str:
    """Tag 2106, or tag 2004 while no server was asked, in a word."""
    if why_refused(bits):
        return REFUSED
    return ALLOWED if bits & STATUS_KNOWN else OFFLINE


def why_refused(bits: int) -> str:
    """A key of texts/reasons.toml, "" = nothing speaks against the code."""
    if bits & KEY_CHECKED and not bits & KEY_RIGHT:
        return "mark_key"
    return "mark_status" if bits & STATUS_KNOWN and not bits & STATUS_RIGHT else ""


def checked(plan: Plan, marks: Marks, line: Line, printer: object) -> Plan:
    """The plan with what the checks said; the codes may be bound from now on.

    PrinterError: MRK-02 a code did not pass, MRK-05 the checks take too long, SAL-03 the printer refuses to check,
    PRN-.. it does not answer. A return is never refused for its code: the buyer's right does not hang on a server.
    """
    if not plan.marks:
        return plan
    if not isinstance(printer, MarkChecker):
        raise PrinterError("SAL-03", lines=(texts.phrase("marks", "no_checks"),))
    refuse = plan.operation == Operation.SALE and not marks.sell_refused
    until = Deadline(line.clock, CHECKS_S)
    for attempt in range(1, ATTEMPTS + 1):
        if not line.connected:
            line.connect()
        results = _all(plan, marks, line, printer, refuse, until) if line.connected else None
        if results is not None:
            return _noted(plan, results)
        _log.warning("marking codes not checked", attempt=attempt)
    raise line.trouble()


def _all(plan: Plan, marks: Marks, line: Line, printer: MarkChecker, refuse: bool, until: Deadline) -> list[int] | None:
    """Tag 2106 of every code; None: silence."""
    if _done(line, printer.mark_clear(), texts.phrase("marks", "no_checks")) is None:
        return None
    results = []
    items = marks.items(plan)
    for one in plan.marks:
        if until.nearer_than(0):
            raise PrinterError("MRK-05")
        bits = _one(line, printer, items[one["item"]], plan.lines[one["line"]]["number"], refuse)
        if bits is None:
            return None
        results.append(bits)
    return results


def _one(line: Line, printer: MarkChecker, item: FiscalItem, number: int, refuse: bool) -> int | None:
    assert item.mark is not None, "only marked items are checked"
    said = _done(line, printer.mark_check(item.mark.code, item.mark.planned, check_tlv(item)))
    if said is None:
        return None
    local, server = said.reply.local & (KEY_CHECKED | KEY_RIGHT), said.reply.server
    if refuse and (why := why_refused(local if server is None else server)):
        _done(line, printer.mark_accept(False))
        raise PrinterError("MRK-02", n=number, why=why)
    accepted = _done(line, printer.mark_accept(True))
    if accepted is None:
        return None
    if refuse and (why := why_refused(accepted.reply)):
        raise PrinterError("MRK-02", n=number, why=why)
    return accepted.reply


def _done(line: Line, outcome: Outcome[Reply], *why: str) -> Done[Reply] | None:
    """None: silence. PrinterError SAL-03: the printer refused, `why` and its own words."""
    if isinstance(outcome, Done):
        return outcome
    if isinstance(outcome, Refused):
        told = line.describe(outcome.code)
        raise PrinterError("SAL-03", lines=(*why, told, f"{outcome.command} refused with {outcome.number}"))
    line.asked(outcome)
    return None


def _noted(plan: Plan, results: list[int]) -> Plan:
    lines: list[Mapping[str, Any]] = [*plan.lines]
    for one, bits in zip(plan.marks, results, strict=True):
        known = lines[one["line"]]
        said = {**known["mark"], "result": bits, "verdict": verdict_of(bits)}
        lines[one["line"]] = {**known, "mark": said}
        _log.info("marking code checked", line=known["number"], verdict=said["verdict"], result=bits)
    return replace(plan, lines=lines)
