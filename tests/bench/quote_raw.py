"""The peer of the quote benchmark, a process of its own: a bare asyncio server that reads the same body and prices it.

No checks, no database, no customer looked up: httptools, JSON, `price`, JSON. `python -m bench.quote_raw RULES`.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httptools
import uvloop

from pos_agent.rules import answer
from pos_agent.rules.basket import read
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.values import Rules

PLACE = {"register": "till-1", "channel": "till"}
CHOICES: tuple[dict[str, Any], ...] = ({}, {"spend": "none"}, {"spend": "max"})  # what a quote of a customer prices


def quoted(rules: Rules, body: bytes) -> bytes:
    """`{basket, figures}` -> the answers; a customer's `figures` make them three, as the agent's quote does."""
    asked = json.loads(body)
    basket: dict[str, Any] = {**PLACE, **asked["basket"], "draft": "quote"}
    wanted: tuple[dict[str, Any], ...] = ({},)
    if asked.get("figures"):
        basket, wanted = {**basket, "customer": asked["figures"]}, CHOICES
    found = [answer.to_json(price(rules, read({**basket, **more}))) for more in wanted]
    return json.dumps({"quote": found[0], "choices": [one["totals"] for one in found[1:]]}, ensure_ascii=False).encode()


class Raw(asyncio.Protocol):
    """One connection, one request after another."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._body = rules, b""
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body = b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        told = quoted(self._rules, self._body)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(told)}\r\n\r\n"
        self._transport.write(head.encode() + told)


async def main(rules: Rules) -> None:
    """Serve until killed; the port is printed."""
    server = await asyncio.get_running_loop().create_server(lambda: Raw(rules), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(parse(Path(sys.argv[1]).read_text(encoding="utf-8"), "json")))
