"""A store in a folder of its own, with a clock and ids that tests set."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import DocumentState, StoredDocument
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

FN = "9999078902001234"


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 15, 5, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def now(self) -> datetime:
        return self.moment

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.is_set()

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class CountingIds:
    """Ids that never repeat and are the same in every run."""

    def __init__(self) -> None:
        self.count = 0

    def token(self, alphabet: str, length: int) -> str:
        self.count += 1
        noise = hashlib.shake_256(str(self.count).encode()).digest(length)
        return "".join(alphabet[byte % len(alphabet)] for byte in noise)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def keys() -> Keys:
    return Keys.derive(bytes(range(32)), "test key")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
def reopen(path: Path, keys: Keys, clock: HandClock, ids: CountingIds) -> Callable[[], Store]:
    return lambda: Store.open(path, keys, clock, ids)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database to copy: tests that are not about making one need not wait for it."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    Store.open(path, Keys.derive(bytes(range(32))), HandClock(), CountingIds()).close()
    return path


@pytest.fixture
def store(reopen: Callable[[], Store], path: Path, template: Path) -> Iterator[Store]:
    path.parent.mkdir(mode=0o700)
    shutil.copy(template, path)
    with reopen() as opened:
        yield opened


@pytest.fixture
def gift() -> Callable[..., LedgerEvent]:
    def build(event_id: str = "gift:1", customer: str = "c-1", amount_pt: int = 500, entry: str = "") -> LedgerEvent:
        return LedgerEvent(
            id=event_id,
            kind=EventKind.GIFT,
            register="till-1",
            at="2026-11-21T18:05:00+03:00",
            business_date="2026-11-21",
            customer=customer,
            entries=(Entry(entry or f"{event_id}:GIFT", EntryKind.GIFT, "main", amount_pt, earned="2026-11-21"),),
        )

    return build


@pytest.fixture
def document() -> Callable[..., StoredDocument]:
    def build(fd_number: int = 102, fn_serial: str = FN, raw: bytes = b"\x03\x00TLV") -> StoredDocument:
        return StoredDocument(
            id=DocumentId(fn_serial, fd_number),
            state=DocumentState.WHOLE,
            form=3,
            fpd=3522207165,
            at="2026-11-21T18:05:00",
            operation=1,
            total_kop=12345,
            raw=raw,
            decoded={"form": 3, "tags": []},
        )

    return build
