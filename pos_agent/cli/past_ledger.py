"""The agent's database for the commands that reckon over the past: read as it is, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pos_agent import config
from pos_agent.clock import SystemClock, SystemIds
from pos_agent.errors import AgentError
from pos_agent.logs import configure
from pos_agent.past_receipts.ledger import of_ledger
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.simulate.past import Past
from pos_agent.store.keys import load_keys
from pos_agent.store.repositories import View
from pos_agent.store.store import StoreReader

DATABASE = "agent.db"
KEY = Path("keys") / "pii.key"


def events(ledger: Path | None, config_file: Path, opened: ExitStack) -> Iterator[Past]:
    """All that the ledger knows; the database stays open as long as `opened`. AGT-05: there is none."""
    reader, store = database(ledger, config_file)
    return of_ledger(opened.enter_context(reader), store)


def database(ledger: Path | None, config_file: Path) -> tuple[StoreReader, str]:
    """The agent's database, read as it is, or the named one, and the store's name ("" of a named one). AGT-05: none."""
    if ledger is None:
        settings = config.load(config_file)
        path, key, store = settings.agent.data_dir / DATABASE, settings.key_path, settings.agent.store
    else:
        path = ledger / DATABASE if ledger.is_dir() else ledger
        key, store = path.parent / KEY, ""
    if not path.exists():
        raise AgentError("AGT-05", path=path.parent)
    configure(level="error", form="console")
    ids = SystemIds()
    return StoreReader.open_reading(path, load_keys(key, ids, create=False), SystemClock(), ids), store


def rules_in_force(ledger: Path | None, config_file: Path) -> Rules:
    """Those of the agent's database. RUL-03: there are none; RUL-01: they do not parse."""
    reader, _ = database(ledger, config_file)
    with reader, reader.reading() as view:
        rules = rules_of(view)
    if rules is None:
        raise AgentError("RUL-03")
    return rules


def rules_of(view: View) -> Rules | None:
    """The rules in force, None without any. RUL-01: they do not parse."""
    active = view.rules.active()
    try:
        return parse(active.content, active.format) if active is not None else None
    except RulesError as error:
        raise AgentError("RUL-01") from error
