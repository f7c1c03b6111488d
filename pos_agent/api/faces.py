"""Which addresses the agent serves, by the settings: its own API, and the faces that tills already know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pos_agent.api.atol_tasks import app as atol_tasks
from pos_agent.api.gate.access import Access
from pos_agent.api.gate.listener import AccessKind, Listener
from pos_agent.api.http import HttpServer
from pos_agent.api.kkmserver import app as kkmserver
from pos_agent.api.kkmserver.logins import spelled
from pos_agent.api.operation import Operation, Parts
from pos_agent.api.v1 import app as v1
from pos_agent.errors import UsageError


def servers(parts: Parts, operations: dict[str, Operation]) -> list[HttpServer]:
    """Not started. UsageError CFG-02: an accounts file that is not as it must be."""
    settings, language = parts.config.http, parts.config.agent.language
    assert parts.tokens is not None, "the daemon has a book of tokens"
    access = Access(parts.tokens.clients, parts.clock.monotonic)
    made: list[HttpServer] = []
    if settings.listen:
        own = Listener("api", 0, hosts=settings.hosts, origins=settings.origins, open_paths=v1.OPEN_PATHS)
        app = v1.application(parts, operations, access)
        made.append(HttpServer(settings.listen, own, app, access, parts.clock, language))
    if settings.kkmserver_listen:
        known = spelled(accounts(settings.kkmserver_accounts_file))
        till = Listener("kkmserver", 0, AccessKind.ACCOUNTS, settings.hosts, settings.origins, accounts=known)
        # Of any content type: the origin check stops pages of strangers.
        till = replace(till, body_limit=kkmserver.BODY_LIMIT, any_content_type=True)
        app = kkmserver.application(parts, operations)
        made.append(HttpServer(settings.kkmserver_listen, till, app, access, parts.clock, language))
    if settings.atol_listen:
        made.append(atol_tasks.server(parts, accounts(settings.atol_accounts_file), access))
    return made


def accounts(path: Path | None) -> tuple[tuple[str, str], ...]:
    """`NAME:PASSWORD` a line, from a file that only its owner can read; none without a file."""
    if path is None:
        return ()
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError("CFG-02", count=1, lines=(f"http: {path}: 0600",))
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("CFG-02", count=1, lines=(f"http: {path}: {error}",)) from error
    pairs = [line.strip().partition(":") for line in lines if line.strip() and not line.startswith("#")]
    if any(not colon or not name for name, colon, _ in pairs):
        raise UsageError("CFG-02", count=1, lines=(f"http: {path}: NAME:PASSWORD",))
    return tuple((name, password) for name, _, password in pairs)
