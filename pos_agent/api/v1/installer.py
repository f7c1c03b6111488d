"""For the installer: devices, log, exchange with the printer, what is in the way, one file to send when stuck.

No names, phones, cards, passwords or tokens leave this way.
"""

from __future__ import annotations

import io
import json
import platform
import zipfile
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pos_agent.api.device_look import DeviceLook
from pos_agent.api.operation import Json, Parts
from pos_agent.api.perform import Performer, StillWorkingError, finished
from pos_agent.api.receipts import recent
from pos_agent.api.v1 import shapes
from pos_agent.api.v1.roles import INSTALLING
from pos_agent.api.v1.standing import whole
from pos_agent.api.v1.strict import StrictRoute
from pos_agent.errors import PrinterError
from pos_agent.logs import RECENT

LOOK_S = 20.0
SHOWN_BYTES = 8  # of a frame: enough to know the command, too little for a phone
EXCHANGE_LINES = 200
HIDDEN = {"printer": ("password",), "cloud": ("token_file",)}


def devices(parts: Parts, device: DeviceLook) -> Json:
    """The printer as it is known, the till's port, the cloud."""
    now = whole(parts, device)
    return {name: now[name] for name in ("printer", "storage", "device", "tap", "sync", "mode")}


def problems(parts: Parts, device: DeviceLook) -> Json:
    """`{"problems": [{code, what, action, safe, severity}]}`: `blocks` what stops selling or points, else `warns`."""
    now = whole(parts, device)
    found = [(one, "blocks") for one in now["messages"]] + [(one, "warns") for one in now["warnings"]]
    return {"problems": [{**one, "severity": how} for one, how in found]}


def exchange(parts: Parts, hexed: bool) -> Json:
    """`{"recording", "lines": [{at_s, direction, bytes, begins}]}`: the end of the trace, when one is written."""
    path = parts.config.printer.trace_file
    if path is None or not path.is_file():
        return {"recording": False, "lines": []}
    return {"recording": True, "lines": [_event(line, hexed) for line in _tail(path, EXCHANGE_LINES)]}


def _tail(path: Path, count: int) -> list[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        return list(deque(file, maxlen=count))


def _event(line: str, hexed: bool) -> Json:
    at, _, rest = line.strip().partition(" ")
    direction, _, told = rest.strip().partition(" ")
    if direction not in ("<", ">"):
        return {"at_s": at, "direction": direction, "bytes": 0, "begins": told[:80]}
    frame = told.split()
    begins = " ".join(islice(frame, SHOWN_BYTES)) if hexed else ""
    return {"at_s": at, "direction": direction, "bytes": len(frame), "begins": begins}


def bundle(parts: Parts, device: DeviceLook) -> bytes:
    """A ZIP for those who help: how it is, the settings without secrets, the log, the last documents' numbers."""
    settings = json.loads(parts.config.model_dump_json(by_alias=True))
    for section, names in HIDDEN.items():
        settings[section] = {name: one for name, one in settings[section].items() if name not in names}
    documents = [
        {name: one[name] for name in ("document", "state", "form", "at", "operation", "total_kop")}
        for one in recent(parts, {"limit": 100})["documents"]
    ]
    files = {
        "status.json": whole(parts, device),
        "settings.json": settings,
        "documents.json": documents,
        "exchange.json": exchange(parts, False),
        "system.json": {"python": platform.python_version(), "system": platform.platform()},
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content, ensure_ascii=False, indent=1, default=str))
        archive.writestr("log.jsonl", "\n".join(json.dumps(one, ensure_ascii=False, default=str) for one in [*RECENT]))
    return written.getvalue()


def router(performer: Performer, device: DeviceLook) -> APIRouter:
    """`/v1/devices`, `/v1/log`, `/v1/exchange`, `/v1/config/problems`, `/v1/bundle`."""
    made = APIRouter(route_class=StrictRoute, tags=["installer"], dependencies=[INSTALLING])
    parts = performer.parts

    @made.get("/v1/devices", summary="Printer, till's port, cloud")
    async def listed() -> dict[str, Any]:
        return await performer.call(devices, parts, device)

    @made.post("/v1/devices/check", summary="Ask the printer now; nothing is printed")
    async def check(asked: shapes.Nothing) -> dict[str, Any]:
        try:
            await finished(device.look(), LOOK_S)
        except StillWorkingError:
            raise PrinterError("PRN-03") from None
        return await performer.call(devices, parts, device)

    @made.get("/v1/log", summary="The last lines of the log")
    async def log(lines: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
        return {"lines": [*RECENT][-lines:]}

    @made.get("/v1/exchange", summary="The last exchange with the printer, if it is recorded")
    async def last_exchange(hexed: Annotated[bool, Query(alias="hex")] = False) -> dict[str, Any]:
        return await performer.call(exchange, parts, hexed)

    @made.get("/v1/config/problems", summary="What is in the way")
    async def in_the_way() -> dict[str, Any]:
        return await performer.call(problems, parts, device)

    @made.get("/v1/bundle", summary="One file for those who help", response_class=Response)
    async def packed() -> Response:
        content = await performer.call(bundle, parts, device)
        named = {"Content-Disposition": 'attachment; filename="pos-agent-bundle.zip"'}
        return Response(content, media_type="application/zip", headers=named)

    return made
