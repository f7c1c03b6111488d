"""Marking codes of FFD 1.2, one at a time (notes on JSON, sections 3 and 3.2).

The notes name the tasks and `imcParams`; how an answer looks they do not tell. Here: begin tells what the FN knows by
itself, getStatus is ready at once without a server's word, accept gives the five flags that `imcParams` repeats. [U]
"""

from __future__ import annotations

from typing import Any

from standin.standin_item import decoded
from standin.standin_numbers import NOT_SUPPORTED, DriverError
from standin.standin_ports import Port
from standin.standin_task import Node
from standin.standin_words import MARK_CHECKS, MARK_STATUSES, MARK_TYPES

UNCHECKED = 0
OFFLINE_REASON = 1


def begin(port: Port, task: Node) -> dict[str, Any]:
    """A code comes in; a second one before accept, decline or cancel is refused."""
    _modern(port)
    params = task.need("params")
    code = decoded(params.need("imc"))
    params.need("imcType").choice(MARK_TYPES)
    params.need("itemEstimatedStatus").choice(MARK_STATUSES)
    if port.mark_checked is not None:
        raise DriverError(port.habits.mark_code, "проверка другого кода не закончена")
    port.mark_checked = (code, UNCHECKED)
    return {"offlineValidation": {"fmCheck": False, "fmCheckResult": False, "fmCheckErrorReason": OFFLINE_REASON}}


def status(port: Port, _task: Node) -> dict[str, Any]:
    """No server is asked: ready, and nothing more known."""
    bits = _checked(port)[1]
    told = {"itemInfoCheckResult": _flags(bits)}
    return {"ready": True, "sentImcRequest": False, "onlineValidation": told}


def accept(port: Port, _task: Node) -> dict[str, Any]:
    """The code may go into a receipt."""
    code, bits = _checked(port)
    port.marks_accepted[code], port.mark_checked = bits, None
    return {"itemInfoCheckResult": _flags(bits)}


def decline(port: Port, _task: Node) -> dict[str, Any]:
    """The code is not sold."""
    _checked(port)
    port.mark_checked = None
    return {}


def cancel(port: Port, _task: Node) -> dict[str, Any]:
    """Stop checking, whether or not something is being checked."""
    _modern(port)
    port.mark_checked = None
    return {}


def clear(port: Port, _task: Node) -> dict[str, Any]:
    """Forget all accepted codes."""
    _modern(port)
    port.mark_checked, port.marks_accepted = None, {}
    return {}


def _modern(port: Port) -> None:
    if port.device.profile.ffd != "1.2":
        raise DriverError(NOT_SUPPORTED, "маркировка работает с ФФД 1.2")


def _checked(port: Port) -> tuple[bytes, int]:
    _modern(port)
    if port.mark_checked is None:
        raise DriverError(port.habits.mark_code, "нет кода на проверке")
    return port.mark_checked


def _flags(bits: int) -> dict[str, bool]:
    return {name: bool(bits >> bit & 1) for bit, name in enumerate(MARK_CHECKS)}
