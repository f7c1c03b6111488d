"""Addresses about the devices, their settings and their state now. Source: task reference, section 2.7."""

from __future__ import annotations

import platform

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.beside import Beside
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, StoppedError, UncertainError
from pos_agent.api.atol_tasks.device import Devices, mapping, no_such
from pos_agent.api.atol_tasks.faults import NOT_SUPPORTED, WEB, TaskError, fault
from pos_agent.api.atol_tasks.paths import BASE
from pos_agent.api.atol_tasks.routes import Handler, json, refused
from pos_agent.api.atol_tasks.worker import Worker
from pos_agent.errors import AgentError

OPEN = tuple(f"{BASE}/{name}" for name in ("serverInfo", "utils/mapping", "utils/deviceParametersStruct"))
OPEN_PATHS = (*OPEN, *(f"{path}/" for path in OPEN))  # clients send trailing slashes; there is nothing below
ASK_S = 30.0  # then 408
SERVER_VERSION = "1.0.4.0"  # of the server whose behaviour this one has
DRIVER_VERSION = "10.10.0.0"
SYSTEMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
PAGE = '<!doctype html><meta charset="utf-8"><title>pos-agent</title><p>pos-agent: ATOL web server tasks at /api/v2'


class DeviceRoutes:
    """What is not the queue."""

    def __init__(self, calls: DeskCalls, beside: Beside, devices: Devices, worker: Worker) -> None:
        self._calls, self._beside, self._devices, self._worker = calls, beside, devices, worker
        self._lang = calls.lang

    def routes(self) -> list[Route]:
        """All of them."""
        ways: list[tuple[str, str, Handler]] = [
            ("GET", "serverInfo", self.server_info),
            ("GET", "settings", self.settings),
            ("PUT", "settings", self.change),
            ("GET", "devices", self.devices),
            ("POST", "devices", self.fixed),
            ("GET", "devices/{id:path}", self.one),
            ("PUT", "devices/{id:path}", self.fixed),
            ("DELETE", "devices/{id:path}", self.fixed),
            ("POST", "setDefaultDevice", self.set_default),
            ("POST", "activateDevice", self.activate),
            ("POST", "deactivateDevice", self.deactivate),
            ("GET", "utils/mapping", self.mapping),
            ("GET", "utils/deviceParametersStruct", self.empty),
            ("POST", "operations/{name}", self.operation),
        ]
        made = [Route(f"{BASE}/{path}", way, methods=[method]) for method, path, way in ways]
        return [Route("/", self.page, methods=["GET"]), *made]

    async def page(self, asked: HttpRequest) -> Response:
        """The probe of a client that only asks whether somebody is there."""
        return HTMLResponse(PAGE)

    async def server_info(self, asked: HttpRequest) -> Response:
        """Versions and the time here."""
        parts = self._calls.parts
        now = parts.clock.now().astimezone(parts.config.zone).isoformat(timespec="seconds")
        told = {"serverVersion": SERVER_VERSION, "driverVersion": DRIVER_VERSION}
        return json({**told, "os": SYSTEMS.get(platform.system(), "linux"), "currentDateTime": now})

    async def settings(self, asked: HttpRequest) -> Response:
        """All settings."""
        return json(self._devices.settings())

    async def change(self, asked: HttpRequest) -> Response:
        """The given keys."""
        try:
            return json(self._devices.change(await _body(asked), self._lang))
        except ValueError:
            return refused(fault(WEB, "no_json", self._lang), 400)
        except TaskError as refusal:
            return refused(refusal, 400)

    async def devices(self, asked: HttpRequest) -> Response:
        """The register's own printer, then the further ones of its counter."""
        return json([self._devices.shown(one, bool(self._worker.block.uuid)) for one in self._devices.all])

    async def one(self, asked: HttpRequest) -> Response:
        """By id, or `default`."""
        return json(self._devices.shown(self._devices.of(asked.path_params["id"]), bool(self._worker.block.uuid)))

    async def fixed(self, asked: HttpRequest) -> Response:
        """Devices are set up in the agent's own settings."""
        self._devices.of(asked.path_params.get("id"))
        return refused(no_such(self._lang), 409)

    async def set_default(self, asked: HttpRequest) -> Response:
        """The register's own printer is it; 409: another one cannot be."""
        wanted = self._devices.of(await _named(asked, "id"))
        return refused(no_such(self._lang), 409) if wanted.part else json({})

    async def activate(self, asked: HttpRequest) -> Response:
        """It takes tasks."""
        self._devices.activate(self._devices.of(await _named(asked, "deviceID")), on=True)
        return json({})

    async def deactivate(self, asked: HttpRequest) -> Response:
        """It takes none until it is activated, or until the agent starts again."""
        self._devices.activate(self._devices.of(await _named(asked, "deviceID")), on=False)
        return json({})

    async def mapping(self, asked: HttpRequest) -> Response:
        """Words of device settings."""
        return json(mapping())

    async def empty(self, asked: HttpRequest) -> Response:
        """An empty device object."""
        return json(self._devices.empty())

    async def operation(self, asked: HttpRequest) -> Response:
        """A status question answered at once; 408 when the printer does not come to it in time."""
        device, name = self._devices.of(asked.query_params.get("deviceID")), asked.path_params["name"]
        status = self._beside.on(device.part).status
        kind = status.operations.get(name)
        if kind is None:
            return refused(fault(NOT_SUPPORTED, "not_supported", self._lang, what=name[:60]), 404)
        if not self._devices.active(device):
            return refused(fault(WEB, "inactive", self._lang), 403)
        try:
            return json(await run_in_threadpool(status.ask, kind, ASK_S))
        except (UncertainError, StoppedError):
            return refused(fault(WEB, "late", self._lang), 408)
        except TaskError as refusal:
            return refused(refusal, 500)
        except AgentError as error:
            return refused(self._calls.told(error), 500)


async def _body(asked: HttpRequest) -> object:
    """ValueError: no JSON. An empty body says nothing."""
    body = await asked.body()
    return numbers.read(body) if body.strip() else {}


async def _named(asked: HttpRequest, member: str) -> str | None:
    """A device named in the query or in the body."""
    if "deviceID" in asked.query_params:
        return asked.query_params["deviceID"]
    try:
        body = await _body(asked)
    except ValueError:
        return None
    value = body.get(member) if isinstance(body, dict) else None
    return value if isinstance(value, str) else None
