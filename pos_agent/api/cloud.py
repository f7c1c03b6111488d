"""The link with the cloud: how it stands, and do it now."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from pos_agent.api.operation import Json, Parts
from pos_agent.errors import UsageError
from pos_agent.sync.worker import SyncState


def now(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """Send and fetch whatever was planned; how it stands then. UsageError NET-03: no cloud is set up."""
    if parts.cloud is None:
        raise UsageError("NET-03")
    asked, told = parts.cloud.hurry(), Future[Json]()

    def tell(done: Future[SyncState]) -> None:
        if done.cancelled():
            told.cancel()
        elif (error := done.exception()) is not None:
            told.set_exception(error)
        else:
            told.set_result(standing(done.result()))

    asked.add_done_callback(tell)
    return told


def standing(state: SyncState) -> Json:
    """`{"settled", "sent", "acked", "head", "waiting", "parked", "last_success", "cause"}`."""
    where = state.standing
    return {
        "settled": state.settled,
        "head": where.head_seq,
        "acked": where.acked_seq,
        "waiting": where.waiting,
        "parked": where.parked,
        "last_success": state.last_success,
        "cause": state.cause,
    }
