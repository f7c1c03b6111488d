"""A register's store that talks to an address, and a real cloud on loopback."""

from __future__ import annotations

import hashlib
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cloud import access
from cloud.app import application
from cloud.clock import system_now
from cloud.database import Database
from cloud.rules import current
from cloud.schema import rules_version
from cloud.serving import Address, Serving
from pos_agent.ledger.canonical import event_to_json
from pos_agent.ledger.chain import GENESIS, link
from pos_agent.model.canonical import sha256_hex
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.keys import Keys
from pos_agent.store.ledger import event_columns
from pos_agent.store.schema import ledger_event
from pos_agent.store.store import Store
from pos_agent.sync.client import CloudClient
from pos_agent.sync.pull import Pull
from pos_agent.sync.push import Push
from pos_agent.sync.worker import SyncWorker

KEYS = Keys.derive(bytes(range(32)), "test key")
REGISTER = "till-1"
RULES = '[program]\nid = "coffee"\nname = "Кофейные баллы"\n\n[accrue]\nbp = 500\n'


class VirtualClock:
    """Backoffs of an hour cost a test nothing; requests themselves run in real time."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.seconds += seconds
        return event.is_set()


class SeededIds:
    def __init__(self, seed: str = "") -> None:
        self.seed, self.count = seed, 0

    def token(self, alphabet: str, length: int) -> str:
        self.count += 1
        noise = hashlib.shake_256(f"{self.seed}/{self.count}".encode()).digest(length)
        return "".join(alphabet[byte % len(alphabet)] for byte in noise)


def event(number: int, amount_pt: int = 500, note: str = "") -> LedgerEvent:
    event_id = f"gift:{number}"
    return LedgerEvent(
        id=event_id,
        kind=EventKind.GIFT,
        register=REGISTER,
        at="2026-11-21T18:05:00+03:00",
        business_date="2026-11-21",
        customer=f"c-{number % 7}",
        entries=(Entry(f"{event_id}:GIFT", EntryKind.GIFT, "main", amount_pt, earned="2026-11-21"),),
        facts={"note": note} if note else {},
    )


def shift(number: int) -> LedgerEvent:
    return LedgerEvent(
        id=f"shift_open:9999078902001234/{number}",
        kind=EventKind.SHIFT_OPEN,
        register=REGISTER,
        at="2026-11-21T08:00:00+03:00",
        business_date="2026-11-21",
        document=DocumentId("9999078902001234", number),
        fpd=3522207165,
        facts={"shift": number},
    )


class World:
    """One register and how it talks to an address."""

    def __init__(self, folder: Path, url: str, token: str, seed: str = "") -> None:
        self.path, self.url, self.token = folder / "agent.db", url, token
        self.clock, self.ids = VirtualClock(), SeededIds(seed)
        self.store = Store.open(self.path, KEYS, self.clock, self.ids)
        self.wire(url)

    def wire(self, url: str, deadline_s: float = 5.0, max_rows: int = 500, **client: object) -> None:
        self.client = CloudClient(url, REGISTER, lambda: self.token, time.monotonic, deadline_s=deadline_s, **client)
        self.push = Push(self.store, self.client, max_rows)
        pull = Pull(self.store, self.client)
        self.worker = SyncWorker(self.push, pull, self.clock, self.ids, push_s=2.0, pull_s=1e9)

    def fill_many(self, count: int) -> None:
        """An empty ledger gets `count` shifts, written the quick way."""
        rows, head = [], GENESIS
        for seq in range(1, count + 1):
            row = link(head, seq, shift(seq))
            head = row.hash
            rows.append(event_columns(row) | {"body": event_to_json(row.event)})
        with self.store.writing("fill") as txn:
            txn.session.connection.execute(ledger_event.insert(), rows)

    def reopen(self) -> None:
        """The process ends and starts again."""
        self.client.close()
        self.store.close()
        self.store = Store.open(self.path, KEYS, self.clock, self.ids)
        self.wire(self.url)

    def fill(self, first: int, last: int, **facts: object) -> None:
        with self.store.writing("fill") as txn:
            for number in range(first, last + 1):
                txn.ledger.append(event(number, **facts))

    def tick(self) -> float:
        """One tick; the clock then moves on to the next."""
        wait_s = self.worker.tick(self.clock.monotonic())
        self.clock.seconds += wait_s
        return wait_s

    def settle(self, ticks: int = 400) -> None:
        """Tick until all is with the cloud; the cursor never moves back."""
        acked = -1
        for _ in range(ticks):
            self.tick()
            now = self.push.standing()
            assert now.acked_seq >= acked
            acked = now.acked_seq
            if self.worker.state.settled and now.waiting == 0:
                return
        raise AssertionError(f"not settled: {self.worker.state}")

    def chain(self) -> list[tuple[int, str, str]]:
        with self.store.reading() as view:
            return [(row.seq, row.event.id, row.hash) for row in view.ledger.range()]

    def epoch(self) -> str:
        with self.store.reading() as view:
            return view.meta.epoch()

    def close(self) -> None:
        self.client.close()
        self.store.close()


class CloudServer:
    """`pos-cloud serve` in a thread."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'cloud.db'}"
        self.database = Database.open(self.url)
        with self.database.writing() as connection:
            self.token = access.create(connection, "main", REGISTER, system_now)
            self.owner = access.create(connection, "main", "", system_now)
        self.serving = Serving(application(self.database), Address("127.0.0.1", 0))
        self.endpoint = self.serving.endpoint
        ready = threading.Event()
        self._thread = threading.Thread(target=self.serving.run, args=[ready.set], daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def rows(self, query: str, *args: object) -> list[tuple]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query, args)]

    def chain(self, epoch: str) -> list[tuple[int, str, str]]:
        return self.rows("SELECT seq, event_id, hash FROM chain_row WHERE epoch = ? ORDER BY seq", epoch)

    def publish_unchecked(self, content: str) -> None:
        """The next publication, whatever it is: a cloud that does not look."""
        with self.database.writing() as connection:
            last = current(connection, "main")
            row = {"tenant_id": "main", "version": last.version + 1 if last else 1, "format": "toml", "source": "test"}
            row |= {"content": content, "hash": sha256_hex(content), "published_at": "2026"}
            connection.execute(rules_version.insert().values(row))

    def close(self) -> None:
        self.serving.stop()
        self._thread.join(10)
        self.database.close()
