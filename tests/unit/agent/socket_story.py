"""An agent's socket over a few operations of the test's own, served by the real server in a short folder."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
from kit import plain_http
from kit.waiting import until

from pos_agent.api.operation import Operation, Parts, number, text
from pos_agent.api.service import Service, application
from pos_agent.clock import SystemClock
from pos_agent.config import load
from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError
from pos_agent.store.store import StoreReader


class CountedIds:
    """Tokens that a test can foresee: 00000001, 00000002, ..."""

    def __init__(self) -> None:
        self.given = 0

    def token(self, alphabet: str, length: int) -> str:
        self.given += 1
        return f"{self.given:0{length}d}"


def echo(parts: Parts, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"args": dict(args)}


def checked(parts: Parts, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": text(args, "text"), "number": number(args, "number", 5, 1, 9)}


def broken(parts: Parts, args: Mapping[str, Any]) -> dict[str, Any]:
    raise ZeroDivisionError("+79161234417")


def refused(parts: Parts, args: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {1: AgentError, 2: UsageError, 3: PrinterError, 5: DamagedError}
    raise kinds[args["exit"]]("DOC-02", document=Path("/x"), count=3, lines=("one", "two"))


def no_json(parts: Parts, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"set": {1, 2}}


def on_the_printer(parts: Parts, args: Mapping[str, Any]) -> Future[dict[str, Any]]:
    """A future that another thread settles: `then` says how."""
    later: Future[dict[str, Any]] = Future()

    def settle() -> None:
        if args["then"] == "done":
            later.set_result({"done": True})
        elif args["then"] == "refused":
            later.set_exception(PrinterError("PRN-01"))
        elif args["then"] == "cancelled":
            later.cancel()
        else:
            later.set_exception(KeyError("no"))

    threading.Timer(0.02, settle).start()
    return later


OPERATIONS = {
    "echo": Operation(echo),
    "checked": Operation(checked),
    "broken": Operation(broken),
    "refused": Operation(refused),
    "no.json": Operation(no_json),
    "printer": Operation(on_the_printer, printer=True),
}


@contextmanager
def short_folder() -> Iterator[Path]:
    """A Unix socket's path may not be longer than about 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        yield Path(folder)


@contextmanager
def serving(folder: Path) -> Iterator[Path]:
    """The path of the socket while the server runs."""
    settings = folder / "agent.toml"
    settings.write_text('[printer]\nport = "/dev/null"\n', encoding="utf-8")
    parts = Parts(load(settings), cast(StoreReader, None), SystemClock(), CountedIds())
    service = Service(application(parts, OPERATIONS), folder / "s")
    service.start()
    try:
        until(lambda: _answers(service.path))
        yield service.path
    finally:
        service.stop()


def client(path: Path) -> httpx.Client:
    return plain_http.over_socket(path, base_url="http://agent", timeout=10)


def _answers(path: Path) -> bool:
    with client(path) as asking:
        try:
            return asking.post("/private/echo").status_code == 200
        except httpx.ConnectError:
            return False
