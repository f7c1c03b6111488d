"""One register in this process that sells through every face: own API, ATOL's tasks, KkmServer, the private socket."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from kit import plain_http
from kit.http_agent import HttpAgent
from kit.waiting import until
from pos_agent.api.faces import servers
from pos_agent.api.service import Service, application
from pos_agent.api.table import OPERATIONS
from pos_agent.clock import SystemClock
from pos_agent.config import Config


class EveryFace(HttpAgent):
    """`send(face, path, body)` gives the answer as it is; bodies are bytes, so that they can be anything."""

    def start(self) -> None:
        super().start()
        faces = {"listen": "", "kkmserver_listen": "127.0.0.1:0", "atol_listen": "127.0.0.1:0", "quote_ms": 5000}
        config = Config(
            agent={"data_dir": self.folder, "socket": self.folder / "s"},
            printer={"port": "/dev/none"},
            http=faces,
            gateway={"vat": "vat20"},
        )
        real = replace(self.parts, config=config, clock=SystemClock())  # a worker that waits would turn the virtual one
        self.kkm, self.atol = servers(real, OPERATIONS)
        self.service = Service(application(self.parts, OPERATIONS), Path(self.parts.config.agent.socket))
        for face in (self.kkm, self.atol, self.service):
            face.start()
        self.bare = plain_http.client(timeout=30)
        self.local = plain_http.over_socket(self.service.path, timeout=30)
        until(self._all_answer)

    def _all_answer(self) -> bool:
        try:
            for face, path in (("kkm", "/Execute"), ("atol", "/api/v2/requests"), ("socket", "/private/rules.show")):
                self.send(face, path, b"{}")
        except httpx.TransportError:
            return False
        return True

    def send(self, face: str, path: str, body: bytes, method: str = "POST") -> httpx.Response:
        """`face`: own, atol, kkm, socket."""
        if face == "own":
            headers = {"Content-Type": "application/json"}
            return self.client("owner").request(method, path, content=body, headers=headers)
        if face == "socket":
            return self.local.request(method, f"http://agent{path}", content=body)
        port = (self.kkm if face == "kkm" else self.atol).port
        return self.bare.request(method, f"http://127.0.0.1:{port}{path}", content=body)

    def results(self, uuid: str) -> list[dict[str, Any]]:
        """Of ATOL's tasks, once they are over."""

        def over() -> list[dict[str, Any]] | None:
            found = self.send("atol", f"/api/v2/requests/{quote(uuid, safe='')}", b"", "GET").json()["results"]
            return found if all(one["status"] not in ("wait", "inProgress") for one in found) else None

        return until(over)

    def stop(self) -> None:
        for client in (self.bare, self.local):
            client.close()
        for face in (self.kkm, self.atol, self.service):
            face.stop()
        super().stop()
