"""The agent's Unix socket: `POST /private/<operation>` with a JSON object, answered with one.

Only local users of the socket's group reach it (mode 0660), so it has no tokens. Errors come back as
`{"error": {code, params, lines, exit}}` with status 422; anything unforeseen as AGT-04 with a number for the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from pos_agent.api.operation import Operation, Parts
from pos_agent.errors import AgentError, UsageError
from pos_agent.logs import logger
from pos_agent.model.strict_json import TwinKeyError, UnwritableError, must_be_writable, read
from pos_agent.rules.problems import plain

BODY_LIMIT = 1_048_576  # bytes: a rules file is the largest thing that comes this way
BODY_DEADLINE_S = 10.0
PRINTER_DEADLINE_S = 150.0  # a whole sale, its resolve included
CONNECTIONS = 16


def application(parts: Parts, operations: Mapping[str, Operation]) -> FastAPI:
    """The ASGI application over these operations."""
    app = FastAPI(title="pos-agent private socket", docs_url=None, redoc_url=None, openapi_url=None)
    log = logger("api")

    @app.post("/private/{name}")
    async def private(name: str, request: Request) -> JSONResponse:
        try:
            operation = operations.get(name)
            if operation is None:
                raise UsageError("API-01", field=name)
            args = await _body(request)
            answer = await run_in_threadpool(operation.run, parts, args)
            if isinstance(answer, Future):
                answer = await asyncio.wait_for(asyncio.wrap_future(answer), PRINTER_DEADLINE_S)
            return JSONResponse(answer)
        except AgentError as error:
            return _refusal(error)
        except TimeoutError:
            return _refusal(AgentError("PRN-03"))
        except asyncio.CancelledError:  # the printer's thread is ending and will not do it
            return _refusal(AgentError("AGT-01"))
        except Exception:
            trace = parts.ids.token("0123456789abcdef", 8)
            log.exception("operation failed", operation_name=name, trace_id=trace)
            return _refusal(AgentError("AGT-04", trace=trace))

    return app


async def _body(request: Request) -> Mapping[str, Any]:
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise UsageError("API-01", field="body too large")
    except TimeoutError:
        raise UsageError("API-01", field="body too slow") from None
    try:
        args = read(bytes(content) or b"{}")
        must_be_writable(args)
    except TwinKeyError as error:
        raise UsageError("API-01", field=f"{plain(error.key)} (x2)") from None
    except UnwritableError as error:
        raise UsageError("API-01", field=plain(error.path)) from None
    except (ValueError, RecursionError):
        raise UsageError("API-01", field="body") from None
    if not isinstance(args, dict):
        raise UsageError("API-01", field="body")
    return args


def _refusal(error: AgentError) -> JSONResponse:
    told = {name: value if isinstance(value, int | str) else str(value) for name, value in error.params.items()}
    content = {"code": error.code, "params": told, "lines": list(error.lines), "exit": error.exit_code}
    return JSONResponse({"error": content}, status_code=422)


class Service:
    """The server's thread on one Unix socket."""

    def __init__(self, app: FastAPI, path: Path) -> None:
        self.path = path
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Bind and serve. AgentError AGT-03 when the socket cannot be made.

        The data directory's lock is already held, so a socket file found here is left over from a killed process.
        """
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            listener.bind(str(self.path))
            self.path.chmod(0o660)
            listener.listen(CONNECTIONS)  # who finds the socket from now on is answered, if only in a moment
        except OSError as error:
            listener.close()
            raise AgentError("AGT-03", path=self.path, why=error.strerror or str(error)) from error
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="api", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish requests under way (3 s at most) and remove the socket."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(5)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
