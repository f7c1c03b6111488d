"""A till that speaks KkmServer to a real agent on an emulated printer, over real HTTP on loopback."""

import base64
import http.client
import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from kit.register import Register
from kit.waiting import until
from pos_agent.cli.client import NobodyThereError

ATOL = "atol"
PRINTERS = {
    "shtrih": (),
    ATOL: ("--model", "atol", "--protocol", "v3"),
}
VENDOR = {ATOL: 'vendor = "atol"\nprotocol = "v3"\n'}
RATE = {ATOL: "vat10"}  # what both the setting and the device know


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


class KkmTill(Register):
    """`till` is KkmServer's client; the agent's own socket is there as well."""

    def __init__(self, folder: Path, vendor: str = "shtrih") -> None:
        super().__init__(folder, "tcp" if vendor == ATOL else "pty")
        self.vendor = vendor
        self.port = free_port()
        rate = RATE.get(vendor, "vat22")
        self.extra = f'[http]\nkkmserver_listen = "127.0.0.1:{self.port}"\nquote_ms = 5000\n[gateway]\nvat = "{rate}"\n'
        self.accounts = ""

    @property
    def config(self) -> Path:
        path = super().config
        text = path.read_text(encoding="utf-8").replace("[printer]\n", f"[printer]\n{VENDOR.get(self.vendor, '')}")
        path.write_text(text, encoding="utf-8")
        return path

    def with_accounts(self, *lines: str) -> None:
        """`NAME:PASSWORD`."""
        path = self.folder / "kkm.accounts"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(0o600)
        self.extra = self.extra.replace("quote_ms", f'kkmserver_accounts_file = "{path}"\nquote_ms')

    def with_pages(self, *origins: str) -> None:
        self.extra = self.extra.replace("quote_ms", f"origins = {json.dumps(origins)}\nquote_ms")

    def open_shop(self, *printer: str) -> None:
        """Printer on, rules and a customer in, agent up, its port answering."""
        self.start_printer(*PRINTERS[self.vendor], *printer)
        self.prepare()
        self.start_agent()
        self.wait_for_face()

    def wait_for_agent(self) -> None:
        """A busy machine needs its time to start a process."""

        def answers() -> bool:
            assert self.agent.poll() is None, "the agent ended"
            with suppress(NobodyThereError):
                return bool(self.status())
            return False

        until(answers, 60)

    def wait_for_face(self) -> None:
        self.wait_for_agent()
        until(lambda: self.status()["printer"]["connected"], 60)
        until(lambda: self.call({"Command": "List"})[0] == 200, 60)

    def call(self, body: object, path: str = "/Execute", method: str = "POST", **headers: str) -> tuple[int, Any, dict]:
        """(HTTP status, JSON answer or None, headers in small letters)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, raw, given)
            answer = connection.getresponse()
            text = answer.read()
        except ConnectionRefusedError:
            return 0, None, {}
        finally:
            connection.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, json.loads(text) if text else None, told

    def do(self, command: str, **fields: object) -> dict:
        """The answer of a command that is not refused by HTTP."""
        status, answer, _ = self.call({"Command": command, **fields})
        assert status == 200, answer
        return answer

    def receipts(self) -> list[tuple[int, int]]:
        """(operation, total) in the emulated storage: no agent code."""
        found = [{tag["tag"]: tag["value"] for tag in one["tags"]} for one in self.documents() if one["form"] == 3]
        return [(one[1054], one[1020]) for one in found]

    def last_tags(self) -> dict[int, Any]:
        """Tags of the last receipt; the last of several of one number."""
        last = [one for one in self.documents() if one["form"] == 3][-1]
        return {tag["tag"]: tag for tag in last["tags"]}

    def rate(self) -> int:
        """A `Tax` that the device has."""
        return 10 if self.vendor == ATOL else 22


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def line(name: str, price: object, amount: object, quantity: object = 1, **more: object) -> dict:
    return {"Register": {"Name": name, "Price": price, "Amount": amount, "Quantity": quantity, **more}}


def check(*lines: dict, **more: object) -> dict:
    """Members of a fiscal `RegisterCheck`."""
    return {"IsFiscalCheck": True, "TypeCheck": 0, "CheckStrings": [*lines], **more}
