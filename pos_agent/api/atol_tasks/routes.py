"""Addresses of the queue, in both generations. Source: task reference, section 2."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.book import Request
from pos_agent.api.atol_tasks.device import Devices
from pos_agent.api.atol_tasks.envelope import envelope
from pos_agent.api.atol_tasks.faults import WEB, TaskError, fault
from pos_agent.api.atol_tasks.paths import BASE
from pos_agent.api.atol_tasks.results import RUNNING, WAIT, flat
from pos_agent.api.atol_tasks.worker import Worker
from pos_agent.api.printers import Named

HOLD_S = 1.5  # a client that reads once, five seconds after its POST, shall find the result
Handler = Callable[[HttpRequest], Awaitable[Response]]


def json(value: object, status: int = 200) -> Response:
    """A JSON answer, decimals exact."""
    return Response(numbers.write(value), status, media_type="application/json; charset=utf-8")


def refused(fault: TaskError, status: int) -> Response:
    """`{"error": {code, description}}`."""
    return json({"error": fault.json}, status)


class QueueRoutes:
    """`requests`, the state of the queue, and their older spellings."""

    def __init__(self, worker: Worker, devices: Devices, lang: str) -> None:
        self._worker, self._devices, self._lang = worker, devices, lang

    def routes(self) -> list[Route]:
        """Both generations."""
        made = []
        for base in (BASE, ""):
            made += [
                Route(f"{base}/requests", self.add, methods=["POST"]),
                Route(f"{base}/requests/{{uuid:path}}", self._results(old=not base), methods=["GET"]),
                Route(f"{base}/requests/{{uuid:path}}", self.cancel, methods=["DELETE"]),
            ]
        made += [Route(f"{BASE}/getRequestsQueueStatus", self.state, methods=["GET"])]
        return [*made, Route("/stat/requests", self.old_state, methods=["GET"])]

    async def add(self, asked: HttpRequest) -> Response:
        """201 once it is kept; 409 for a uuid that is known, whatever it holds."""
        device = self._device(asked)
        try:
            given = envelope(await asked.body(), self._lang)
        except TaskError as refusal:
            return refused(refusal, 400)
        if not self._devices.active(device):
            return refused(fault(WEB, "inactive", self._lang), 409)
        kept = await run_in_threadpool(self._worker.book.put, given, device.part)
        if kept is None:
            return refused(fault(WEB, "known_uuid", self._lang), 409)
        self._worker.wake()
        return json({"uuid": kept.uuid, "number": kept.number, **self._worker.block.json}, 201)

    def _results(self, *, old: bool) -> Handler:
        async def results(asked: HttpRequest) -> Response:
            """200 with an item for each task; held a moment while they run; 404 for an unknown uuid."""
            seen = self._worker.bell.rung
            found = await self._found(asked)
            if found is not None and self._pending(found):
                found = await self._held(found, seen)
            if found is None:
                return refused(fault(WEB, "no_request_known", self._lang), 404)
            items = self._worker.items(found)
            return json({"results": flat(items) if old else items})

        return results

    async def cancel(self, asked: HttpRequest) -> Response:
        """Only what has not begun."""
        found = await self._found(asked)
        if found is None:
            return refused(fault(WEB, "no_request_known", self._lang), 404)
        if not await run_in_threadpool(self._worker.cancel, found):
            return refused(fault(WEB, "not_waiting", self._lang), 409)
        return json({})

    async def state(self, asked: HttpRequest) -> Response:
        """`getRequestsQueueStatus`: the queue is one for all devices."""
        self._device(asked)
        counts = await run_in_threadpool(self._worker.book.counts)
        told = {"number": counts.unfinished, "ready": counts.finished, "canceled": counts.canceled}
        return json({**told, **self._worker.block.json})

    async def old_state(self, asked: HttpRequest) -> Response:
        """`/stat/requests`."""
        counts, block = await run_in_threadpool(self._worker.book.counts), self._worker.block
        told = {"ready_count": counts.finished, "not_ready_count": counts.unfinished}
        told |= {"canceled_count": counts.canceled}
        return json({**told, "is_blocked": bool(block.uuid), "block_request_uuid": block.uuid})

    def _device(self, asked: HttpRequest) -> Named:
        """NoDeviceError."""
        return self._devices.of(asked.query_params.get("deviceID"))

    async def _found(self, asked: HttpRequest) -> Request | None:
        """The request that the address names, None also when it is another device's. NoDeviceError."""
        device = self._device(asked)
        found = await run_in_threadpool(self._worker.book.get, asked.path_params["uuid"])
        return found if found is not None and found.device == device.part else None

    def _pending(self, found: Request) -> bool:
        return any(one["status"] in (WAIT, RUNNING) for one in self._worker.items(found))

    async def _held(self, found: Request, seen: int) -> Request | None:
        """Until it is over or the moment is."""
        clock, now = self._worker.monotonic, found
        until = clock() + HOLD_S
        while self._pending(now) and (left := until - clock()) > 0:
            seen = await self._worker.bell.after(seen, left)
            again = await run_in_threadpool(self._worker.book.get, found.uuid)
            if again is None:
                return None
            now = again
        return now


def failed(trace: str, lang: str) -> Response:
    """500."""
    return refused(fault(WEB, "failed", lang, trace=trace), 500)
