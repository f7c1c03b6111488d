"""What the cloud stores: contiguous rows, each event once, alarms; and what its database refuses by itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.cloud_world import RULES, event
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from cloud import access, batch, cli
from cloud.database import Database
from cloud.intake import Chain
from pos_agent.errors import DamagedError, UsageError
from pos_agent.ledger.chain import GENESIS, link
from pos_agent.sync.batch import build

EPOCH, OTHER = "ab" * 16, "cd" * 16
NOW = lambda: datetime(2026, 11, 21, tzinfo=UTC)  # noqa: E731


def chain(count: int, amount_pt: int = 500):
    rows, head = [], GENESIS
    for number in range(1, count + 1):
        rows.append(link(head, number, event(number, amount_pt)))
        head = rows[-1].hash
    return rows


ROWS = chain(12)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.open(f"sqlite:///{tmp_path / 'cloud.db'}")
    yield made
    made.close()


def take(database, rows, parked=None, epoch=EPOCH, register="till-1", tenant="main", change=None):
    body = json.loads(build(epoch, rows, parked or {}).body())
    if change:
        change(body)
    with database.writing() as connection:
        taken = batch.parse(json.dumps(body).encode())
        return Chain(connection, tenant, register, epoch, NOW).take(taken)


def count(database, table: str) -> int:
    with database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def test_again_overlapping_and_after_a_gap(database) -> None:
    assert take(database, ROWS[:4]).ack_seq == 4
    again = take(database, ROWS[:4])
    assert (again.ack_seq, again.ack_hash, again.stored, again.alarms) == (4, ROWS[3].hash, 0, [])
    gap = take(database, ROWS[6:9])
    assert (gap.ack_seq, gap.ack_hash, gap.stored) == (4, ROWS[3].hash, 0)
    assert (take(database, ROWS[2:7]).stored, take(database, ROWS).ack_seq) == (3, 12)
    assert (count(database, "chain_row"), count(database, "ledger_event")) == (12, 12)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12)), max_size=12))
def test_any_order_of_batches_keeps_the_chain_whole(tmp_path_factory, orders) -> None:
    made = Database.open("sqlite://")
    acked = 0
    for first, size in orders:
        told = take(made, ROWS[first : first + size])
        acked = max(acked, first + len(ROWS[first : first + size])) if first <= acked else acked
        assert (told.ack_seq, told.alarms) == (acked, [])
    assert take(made, ROWS).ack_seq == 12
    assert count(made, "event_place") == 12
    made.close()


def test_another_epoch_register_and_tenant(database) -> None:
    take(database, ROWS[:5])
    assert take(database, ROWS[:5], epoch=OTHER).stored == 5
    assert take(database, ROWS[:5], register="till-2").alarms == []
    assert (count(database, "chain_row"), count(database, "ledger_event")) == (15, 5)
    assert take(database, chain(5, 900), tenant="another").alarms == []
    assert count(database, "ledger_event") == 10


def test_known_id_with_other_content_stops_there_once_told(database) -> None:
    take(database, ROWS[:3])
    other = chain(3, 900)
    for _ in range(2):
        told = take(database, other, register="till-2")
        assert (told.ack_seq, [(one.seq, one.event_id, one.reason) for one in told.alarms]) == (
            0,
            [(1, "gift:1", "other_content")],
        )
    assert count(database, "alarm") == 1
    parked = take(database, other, {1: "other_content", 2: "x", 3: "x"}, register="till-2")
    assert (parked.ack_seq, parked.alarms) == (3, [])
    again = take(database, other, register="till-2")
    assert [one.seq for one in again.alarms] == [1]
    assert count(database, "ledger_event") == 3


def test_a_forked_chain_is_an_alarm(database) -> None:
    take(database, ROWS[:3])
    fork = take(database, chain(5, 900))
    assert (fork.ack_seq, fork.ack_hash, fork.alarms[0].reason) == (3, ROWS[2].hash, "other_chain")
    tail = take(database, chain(5, 900)[3:])
    assert (tail.ack_seq, tail.alarms[0].reason) == (3, "other_chain")
    assert count(database, "chain_row") == 3


def test_the_content_of_a_parked_row_may_come_later(database) -> None:
    take(database, ROWS[:6], {4: "status 422"})
    assert count(database, "ledger_event") == 5
    told = take(database, ROWS[3:4])
    assert (told.ack_seq, told.alarms) == (6, [])
    assert count(database, "ledger_event") == 6
    assert take(database, ROWS[3:4], {4: "again"}).alarms == []
    assert count(database, "ledger_event") == 6


def broken(seq: int, **values):
    def change(body: dict) -> None:
        body["events"][seq - 1] |= values
        body["head_hash"] = body["events"][-1]["hash"]

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (broken(3, hash="0" * 63 + "1"), "wrong_hash"),
        (broken(3, event=batch.json.dumps({"id": "x"})), "unreadable"),
        (broken(3, event="{"), "unreadable"),
        (broken(3, event="[" * 100_000), "unreadable"),
        (broken(3, event=build(EPOCH, ROWS[3:4], {}).rows[0].wire), "unreadable"),
    ],
)
def test_a_row_that_cannot_be_stops_the_batch_before_it(database, change, reason) -> None:
    told = take(database, ROWS[:5], change=change)
    assert (told.ack_seq, told.ack_hash) == (2, ROWS[1].hash)
    assert [(one.seq, one.reason) for one in told.alarms] == [(3, reason)]
    assert count(database, "alarm") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(epoch="x"),
        lambda body: body.update(first_seq=2),
        lambda body: body.update(first_seq=True),
        lambda body: body.update(first_seq=2**63),
        lambda body: body.update(last_seq=4),
        lambda body: body.update(head_hash="0" * 64),
        lambda body: body.update(prev_hash="a" * 64),
        lambda body: body.update(events=body["events"] * 400),
        lambda body: body["events"][1].update(seq=3),
        lambda body: body["events"][1].update(parked="too"),
        lambda body: body["events"][1].update(event=""),
        lambda body: body["events"][1].update(event="\ud800"),
        lambda body: body["events"][1].update(hash="A" * 64),
        lambda body: body["events"][1].update(event="", parked="x" * 101),
        lambda body: body["events"][1].update(event="", parked="a\x00b"),
    ],
)
def test_a_body_of_another_shape_is_no_batch(database, change) -> None:
    with pytest.raises(batch.BadBatchError):
        take(database, ROWS[:5], change=change)
    assert count(database, "chain_row") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET body = '{}'",
        "DELETE FROM ledger_event",
        "DELETE FROM chain_row WHERE seq = 3",
        "UPDATE chain_row SET hash = 'x' WHERE seq = 1",
        "UPDATE chain_row SET event_id = 'x' WHERE seq = 1",
        "INSERT OR REPLACE INTO event_place SELECT tenant_id, event_id, customer_id, 'x' FROM event_place LIMIT 1",
        "INSERT INTO chain_row SELECT tenant_id, register, epoch, 9, hash, hash, event_id, customer_id, '', '' "
        "FROM chain_row WHERE seq = 3",
        "INSERT INTO chain_row SELECT tenant_id, register, epoch, 4, prev_hash, hash, event_id, customer_id, '', '' "
        "FROM chain_row WHERE seq = 3",
    ],
)
def test_the_database_itself_keeps_rows(database, statement) -> None:
    take(database, ROWS[:3], {2: "parked"})
    with pytest.raises(DBAPIError), database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_a_token_is_kept_as_a_hash_and_can_end(database) -> None:
    with database.writing() as connection:
        made = access.create(connection, "main", "till-1", NOW)
        assert access.caller(connection, made) == access.Caller("main", "register", "till-1")
        assert access.caller(connection, made + "x") is None
        stored = connection.exec_driver_sql("SELECT * FROM token").one()
        assert made not in str(stored)
        assert len(made) == 43
        assert access.revoke(connection, "main", "till-1", NOW) == 1
        assert access.caller(connection, made) is None
        assert access.revoke(connection, "main", "till-1", NOW) == 0


def test_a_database_of_somebody_else_is_left_alone(tmp_path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(DamagedError):
        Database.open(f"sqlite:///{path}")
    for url in ("nonsense", "sqlite:////nowhere/at/all.db", "mysql+nothing://x"):
        with pytest.raises(UsageError):
            Database.open(url)


def test_the_command_line(tmp_path, monkeypatch) -> None:
    run = CliRunner()
    monkeypatch.setenv("POS_CLOUD_DB", f"sqlite:///{tmp_path / 'cloud.db'}")
    made = run.invoke(cli.app, ["token", "create", "--register", "till-1"])
    assert len(made.stdout.strip()) == 43
    assert json.loads(run.invoke(cli.app, ["token", "list", "--json"]).stdout)["tokens"][0]["register"] == "till-1"
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    assert json.loads(run.invoke(cli.app, ["rules", "publish", str(rules), "--json"]).stdout)["version"] == 1
    rules.write_text("[program", encoding="utf-8")
    assert isinstance(run.invoke(cli.app, ["rules", "publish", str(rules)]).exception, UsageError)
    opened = Database.open(f"sqlite:///{tmp_path / 'cloud.db'}")
    take(opened, ROWS[:3], {2: "status 422"})
    opened.close()
    told = json.loads(run.invoke(cli.app, ["ledger", "export", "--json"]).stdout)
    assert [(row["chain"], row["seq"], row.get("id"), row["parked"]) for row in told["events"]] == [
        ("till-1", 1, "gift:1", None),
        ("till-1", 2, None, "status 422"),
        ("till-1", 3, "gift:3", None),
    ]
    assert told["events"][2]["customer"] == "c-3"
    assert len(run.invoke(cli.app, ["ledger", "export"]).stdout.splitlines()) == 3
    assert run.invoke(cli.app, ["token", "revoke", "--register", "till-1"]).exit_code == 0
    assert run.invoke(cli.app, ["token", "revoke", "--register", "till-1"]).exit_code == 1
    assert isinstance(run.invoke(cli.app, ["token", "create"]).exception, UsageError)
