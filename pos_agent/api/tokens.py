"""Tokens of clients: made once, shown once, kept as hashes in a 0600 file beside the keys.

A file and not the database: a token must work while the database is being rebuilt, and must not travel in its backups.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pos_agent.api.gate.access import Client, token_hash
from pos_agent.api.operation import Json, Parts, text
from pos_agent.clock import Clock, IdSource
from pos_agent.errors import AgentError, UsageError

ROLES = ("till", "cashier", "installer", "owner")
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
LENGTH = 43  # of 64 signs: 258 bits
FILE = "tokens.json"
NAME_LIMIT = 40


@dataclass(frozen=True)
class Token:
    """One client's token as it is kept. Times are UTC ISO; `revoked_at` "" = in force."""

    name: str
    role: str
    hash: str
    created_at: str
    revoked_at: str = ""


class TokenBook:
    """All tokens of one register. One process writes it: the one that holds the data directory."""

    def __init__(self, data_dir: Path, clock: Clock, ids: IdSource) -> None:
        self.path = data_dir / "keys" / FILE
        self._clock, self._ids = clock, ids
        self._tokens = self._read()
        self._clients = self._in_force()

    def clients(self) -> Mapping[str, Client]:
        """Hash -> client, of tokens in force; for the gate, at each request."""
        return self._clients

    def create(self, name: str, role: str) -> str:
        """A new token, the only time it is seen. TOK-01: the name is taken. A revoked name may be used again."""
        if name in self._tokens and not self._tokens[name].revoked_at:
            raise UsageError("TOK-01", name=name)
        secret = self._ids.token(ALPHABET, LENGTH)
        made = Token(name, role, token_hash(secret), self._now())
        self._write({**self._tokens, name: made})
        return secret

    def revoke(self, name: str) -> None:
        """From now on it opens nothing. TOK-02: no such token in force."""
        known = self._tokens.get(name)
        if known is None or known.revoked_at:
            raise UsageError("TOK-02", name=name)
        self._write({**self._tokens, name: replace(known, revoked_at=self._now())})

    def all(self) -> list[Token]:
        """By name, revoked ones too."""
        return [self._tokens[name] for name in sorted(self._tokens)]

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    def _in_force(self) -> dict[str, Client]:
        return {one.hash: Client(one.name, one.role) for one in self._tokens.values() if not one.revoked_at}

    def _read(self) -> dict[str, Token]:
        """AgentError TOK-03 when the file is there and unreadable: an empty book would lock the till out in silence."""
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return {row["name"]: Token(**row) for row in rows["tokens"]}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AgentError("TOK-03", path=self.path) from error

    def _write(self, tokens: dict[str, Token]) -> None:
        content = json.dumps({"tokens": [asdict(one) for one in tokens.values()]}, ensure_ascii=False, indent=1)
        fresh = self.path.with_suffix(".new")
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        self._tokens = tokens
        self._clients = self._in_force()


def create(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{name, role}` -> `{name, role, token}`: the token is shown here and never again."""
    name, role = text(args, "name", limit=NAME_LIMIT), text(args, "role", "till")
    if not name or not name.isprintable():
        raise UsageError("API-01", field="name")
    if role not in ROLES:
        raise UsageError("API-01", field="role")
    return {"name": name, "role": role, "token": _book(parts).create(name, role)}


def revoke(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{name}` -> `{name, revoked}`. TOK-02."""
    name = text(args, "name", limit=NAME_LIMIT)
    _book(parts).revoke(name)
    return {"name": name, "revoked": True}


def listed(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{}` -> `{tokens: [{name, role, created_at, revoked_at}]}`; no hashes."""
    rows = [asdict(one) for one in _book(parts).all()]
    return {"tokens": [{key: row[key] for key in ("name", "role", "created_at", "revoked_at")} for row in rows]}


def _book(parts: Parts) -> TokenBook:
    return parts.tokens if parts.tokens is not None else TokenBook(parts.config.agent.data_dir, parts.clock, parts.ids)
