"""Golden exchanges out of a trace: the format of tests/golden/shtrih/frames.toml, with nothing personal in it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from drivers.shtrih.command import Command, encode_command, split_reply
from drivers.shtrih.frame import code_length, encode_frame
from pos_agent.cli.trace_masking import CannotMaskError, masked_fields
from pos_agent.cli.trace_reading import Exchange, Token, parameters_of

HEADING = """# Golden exchanges made of a recorded trace. Passwords are 30; texts, numbers of the register and contents
# of documents are masked, so that lengths and check bytes are those of real frames and nobody's data is here.
#
# wire      ">" the host sends, "<" the device sends, all bytes of the exchange in order
# command, request, reply, error    the same exchange in the driver's words; "hex:" marks bytes
"""


@dataclass(frozen=True)
class Golden:
    """One exchange that may be shown to anybody. `code` 0 = done, then `reply` is its record."""

    command: Command[Any, Any]
    wire: tuple[tuple[str, bytes], ...]
    request: Any
    code: int
    reply: Any


def golden(exchange: Exchange) -> Golden:
    """Mask one exchange. Raises CannotMaskError for one that is unknown, unfinished or cannot be understood."""
    command = exchange.command
    if command is None:
        raise CannotMaskError("the driver does not know this command")
    if exchange.reply is None:
        raise CannotMaskError("it has no answer")
    if any(token.broken for token in exchange.tokens):
        raise CannotMaskError("bytes in it are no frame")
    request, asked = _request(command, exchange)
    code, fields = split_reply(exchange.reply)
    reply = None
    if code == 0:
        _, reply = masked_fields(command.reply, fields, asked)
    wire = []
    for token in exchange.tokens:
        wire.append((token.side, _masked_token(token, exchange, command, request, asked)))
    return Golden(command, tuple(wire), asked, code, reply)


def _request(command: Command[Any, Any], exchange: Exchange) -> tuple[bytes, Any]:
    """Frame of the masked request, and its record."""
    _, asked = masked_fields(command.request, parameters_of(exchange))
    payload = encode_command(command, asked, 30)
    if len(payload) != len(exchange.request):
        raise CannotMaskError("the request has bytes that the layout does not name")
    return encode_frame(payload), asked


def _masked_token(token: Token, exchange: Exchange, command: Command[Any, Any], request: bytes, asked: object) -> bytes:
    payload = token.payload
    if not payload:
        return token.content
    if token.side == ">":
        if payload != exchange.request:
            raise CannotMaskError("another command is in it")
        return request
    if payload[: code_length(payload)] != exchange.request[: code_length(exchange.request)] and len(payload) > 2:
        raise CannotMaskError("an answer to another command is in it")
    code, fields = split_reply(payload)
    if code:
        if fields:
            raise CannotMaskError("a refusal with bytes after its code")
        return token.content
    clean, _ = masked_fields(command.reply, fields, asked)
    return encode_frame(payload[: len(payload) - len(fields)] + clean)


def golden_text(entries: Iterable[Golden], source: str) -> str:
    """The whole file. `source`: what to say about where it comes from, e.g. the model's name."""
    blocks = [HEADING]
    for number, entry in enumerate(entries, 1):
        lines = [
            "[[exchange]]",
            f'id = "T{number}"',
            f"title = {_value(f'{entry.command.name} {entry.command.title}')}",
            f"origin = {_value(source)}",
            f"meaning = {_value('Done.' if entry.code == 0 else f'Refused with {entry.code:02X}h.')}",
            "wire = [",
            *(f'    "{side} {content.hex(" ").upper()}",' for side, content in entry.wire),
            "]",
            f"command = 0x{entry.command.code:02X}",
            f"request = {_table(entry.request)}",
            f"reply = {_table(entry.reply)}" if entry.code == 0 else f"error = 0x{entry.code:02X}",
            "",
        ]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _table(record: Any) -> str:  # noqa: ANN401 - any record
    pairs = [(field.name, getattr(record, field.name)) for field in dataclasses.fields(record)]
    told = [f"{name} = {_value(value)}" for name, value in pairs if value is not None]
    return "{ " + ", ".join(told) + " }" if told else "{}"


def _value(value: object) -> str:
    if isinstance(value, bytes):
        return f'"hex:{value.hex().upper()}"'
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
