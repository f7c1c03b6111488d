"""Rules on their way down: whole and valid, then switched in one transaction. Until then the old ones stay in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_agent.logs import logger
from pos_agent.model.canonical import sha256_hex
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.store.store import Store
from pos_agent.sync.client import CloudClient
from pos_agent.sync.faults import ProtocolError

FORMATS = ("toml", "json")


class RulesRefusedError(Exception):
    """The published rules do not parse. `count` problems; `any_in_force`: older rules go on."""

    def __init__(self, version: int, count: int, any_in_force: bool) -> None:
        super().__init__(f"rules {version} of the cloud have {count} problems")
        self.version = version
        self.count = count
        self.any_in_force = any_in_force


@dataclass(frozen=True)
class Published:
    """One publication: its number in the cloud and the text as the owner wrote it."""

    version: int
    hash: str
    format: str
    content: str


class Pull:
    """Owned by one thread. A publication is taken once, so rules imported here afterwards stay until a newer one."""

    def __init__(self, store: Store, client: CloudClient) -> None:
        self._store = store
        self._client = client
        self._refused = ""  # entity tag; asked for again only after a restart: it would be as wrong as now
        self._log = logger("sync")

    def step(self) -> int | None:
        """Ask once. The version now taken; None: nothing new. SyncError; RulesRefusedError when it does not parse."""
        with self._store.reading() as view:
            taken = view.sync.rules()
        answer = self._client.rules(self._refused or (entity_tag(taken.version, taken.hash) if taken else ""))
        if answer is None:
            return None
        offered = published(answer)
        if taken is not None and offered.version < taken.version:
            raise ProtocolError(f"rules {offered.version} after {taken.version}: an older publication")
        if taken is not None and offered.version == taken.version:
            if offered.hash != taken.hash:
                raise ProtocolError(f"rules {offered.version} came with another content")
            self._refused = ""
            return None
        self._take(offered)
        return offered.version

    def _take(self, offered: Published) -> None:
        try:
            parse(offered.content, offered.format)
        except RulesError as error:
            self._refused = entity_tag(offered.version, offered.hash)
            with self._store.reading() as view:
                in_force = view.rules.active() is not None
            raise RulesRefusedError(offered.version, len(error.problems), in_force) from error
        with self._store.writing("rules pulled") as txn:
            kept = txn.rules.add(offered.content, f"cloud:{offered.version}", offered.format)
            txn.rules.activate(kept.version)
            txn.sync.take_rules(offered.version, offered.hash)
        self._refused = ""
        self._log.info("rules of the cloud are in force", version=offered.version, rules=offered.hash)


def entity_tag(version: int, content_hash: str) -> str:
    """What names a publication in `ETag` and `If-None-Match` (docs/sync.md)."""
    return f'"{version}-{content_hash}"'


def published(answer: Mapping[str, Any]) -> Published:
    """The cloud's answer, whole: ProtocolError when a part is missing or the hash is not that of the content."""
    version, digest = answer.get("version"), answer.get("hash")
    form, content = answer.get("format"), answer.get("content")
    if type(version) is not int or not 1 <= version < 2**62 or form not in FORMATS or not isinstance(content, str):
        raise ProtocolError("rules without version, format or content")
    try:
        actual = sha256_hex(content)
    except UnicodeEncodeError as error:
        raise ProtocolError("rules that are no text") from error
    if digest != actual:
        raise ProtocolError("rules whose hash is not that of their content: cut short")
    return Published(version, actual, str(form), content)
