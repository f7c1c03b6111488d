"""The face put together: routes over one queue, one worker, one printer."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.book import Book
from pos_agent.api.atol_tasks.desk_calls import DeskCalls
from pos_agent.api.atol_tasks.device import Devices, NoDeviceError
from pos_agent.api.atol_tasks.device_routes import OPEN_PATHS, DeviceRoutes
from pos_agent.api.atol_tasks.faults import WEB, fault
from pos_agent.api.atol_tasks.offer import Offers
from pos_agent.api.atol_tasks.paths import Asgi, cleaned
from pos_agent.api.atol_tasks.routes import QueueRoutes, failed, refused
from pos_agent.api.atol_tasks.running import Runner
from pos_agent.api.atol_tasks.selling import Selling
from pos_agent.api.atol_tasks.worker import Worker
from pos_agent.api.gate.access import Access
from pos_agent.api.gate.listener import AccessKind, Listener
from pos_agent.api.http import HttpServer
from pos_agent.api.operation import Parts
from pos_agent.clock import Clock
from pos_agent.logs import logger

BODY_LIMIT = 1_048_576  # bytes


class TaskServer(HttpServer):
    """The address and the thread behind it: the worker goes on while the address is held by somebody else."""

    def __init__(
        self, listen: str, listener: Listener, made: Face, access: Access, clock: Clock, language: str
    ) -> None:
        super().__init__(listen, listener, made.app, access, clock, language)
        self._face = made

    def start(self) -> None:
        self._face.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._face.stop()


@dataclass
class Face:
    """The application, and the thread behind it."""

    app: Asgi
    worker: Worker
    offers: Offers

    def start(self) -> None:
        """Before the address is served: what a restart left is gone on with."""
        self.offers.warm()
        self.worker.start()

    def stop(self) -> None:
        """After the step at hand; what is left waits for the next start."""
        self.worker.stop()
        self.offers.close()


def server(parts: Parts, accounts: tuple[tuple[str, str], ...], access: Access) -> TaskServer:
    """Not started; `[http] atol_listen` names its address. Bodies of operations come without a content type."""
    settings, lang = parts.config.http, parts.config.agent.language
    listener = Listener(
        "atol",
        0,
        access=AccessKind.ACCOUNTS,
        hosts=settings.hosts,
        origins=settings.origins,
        open_paths=OPEN_PATHS,
        accounts=accounts,
        body_limit=BODY_LIMIT,
        any_content_type=True,
    )
    return TaskServer(settings.atol_listen, listener, face(parts, lang), access, parts.clock, lang)


def face(parts: Parts, lang: str) -> Face:
    """Not started. The agent must have a printer and a desk."""
    calls = DeskCalls(parts, lang)
    archive, book = Archive(calls), Book(parts.store, lang)
    offers = Offers(parts, parts.config.http.quote_ms / 1000)
    runner = Runner(calls, book, Selling(calls, archive, offers), archive)
    worker, devices = Worker(book, runner, parts.clock, lang), Devices(parts.config)
    routes = QueueRoutes(worker, devices, lang).routes()
    routes += DeviceRoutes(calls, runner.beside, devices, worker).routes()

    async def no_such(asked: HttpRequest, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return refused(fault(WEB, "no_path", lang), error.status_code)

    async def no_device(asked: HttpRequest, error: Exception) -> Response:
        return refused(fault(WEB, "no_device", lang), 404)

    async def unforeseen(asked: HttpRequest, error: Exception) -> Response:
        trace = parts.ids.token("0123456789abcdef", 8)
        logger("atol").error("request failed", trace_id=trace, why=type(error).__name__)
        return failed(trace, lang)

    handlers = {HTTPException: no_such, NoDeviceError: no_device, Exception: unforeseen}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Face(cleaned(app), worker, offers)
