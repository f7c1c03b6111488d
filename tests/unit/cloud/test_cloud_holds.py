"""Holds on their way to other registers: numbered once, a register's own left out, a cloud set up anew is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from kit import cloud_world as cw

from cloud import access, holds
from cloud.clock import system_now
from cloud.database import Database
from cloud.schema import SCHEMA_VERSION
from pos_agent.ledger.canonical import event_from_json
from pos_agent.ledger.chain import GENESIS, link
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent
from pos_agent.sync.batch import build


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[cw.CloudServer]:
    server = cw.CloudServer(tmp_path)
    yield server
    server.close()


def hold(number: int, register: str = "till-1", kind: EventKind = EventKind.HOLD, **facts: str) -> LedgerEvent:
    made = cw.event(number)
    entry = replace(made.entries[0], id=f"{kind}:{number}:E", kind=EntryKind[kind.name], earned="")
    return replace(made, id=f"{kind}:{number}", kind=kind, register=register, entries=(entry,), facts=facts)


def sent(cloud: cw.CloudServer, token: str, register: str, *events: LedgerEvent) -> None:
    chained, head = [], GENESIS
    for seq, event in enumerate(events, 1):
        chained.append(link(head, seq, event))
        head = chained[-1].hash
    batch = build(("ab" if register == "till-1" else "cd") * 16, chained, {})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{cloud.endpoint}/v1/ledger/{register}"
    answer = httpx.post(url, headers=headers, content=batch.body(), trust_env=False)
    assert (answer.status_code, answer.json()["alarms"]) == (200, [])


def asked(cloud: cw.CloudServer, token: str, **where: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{cloud.endpoint}/v1/holds", params=where, headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return {**found, "holds": [event_from_json(one).id for one in found["holds"]]}


def other_token(cloud: cw.CloudServer, register: str = "till-2", tenant: str = "main") -> str:
    with cloud.database.writing() as connection:
        return access.create(connection, tenant, register, system_now)


def test_holds_of_others_come_once_in_order_and_own_ones_never(cloud: cw.CloudServer) -> None:
    two, three = other_token(cloud), other_token(cloud, "till-3")
    assert asked(cloud, two) == {"holds": [], "number": 0, "event": "", "more": False}
    events = hold(1), cw.event(2), hold(3), hold(4, kind=EventKind.UNHOLD)
    sent(cloud, cloud.token, "till-1", *events)
    sent(cloud, cloud.token, "till-1", *events)
    sent(cloud, two, "till-2", hold(5, "till-2"))
    assert asked(cloud, two)["holds"] == ["hold:1", "hold:3", "unhold:4"]
    assert asked(cloud, two, after=1, event="hold:1")["holds"] == ["hold:3", "unhold:4"]
    told = asked(cloud, cloud.token)
    assert told == {"holds": ["hold:5"], "number": 4, "event": "hold:5", "more": False}
    assert asked(cloud, cloud.token, after=4, event="hold:5") == {**told, "holds": []}
    assert asked(cloud, three)["holds"] == ["hold:1", "hold:3", "unhold:4", "hold:5"]
    assert asked(cloud, other_token(cloud, "till-1", "another shop"))["holds"] == []


def test_a_cursor_of_another_cloud_begins_from_the_start(cloud: cw.CloudServer) -> None:
    two = other_token(cloud)
    sent(cloud, cloud.token, "till-1", hold(1), hold(2))
    for where in ({"after": 1, "event": "hold:9"}, {"after": 7, "event": "hold:7"}, {"after": 2}):
        assert asked(cloud, two, **where)["holds"] == ["hold:1", "hold:2"]


def test_many_come_by_pages(cloud: cw.CloudServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "PAGE", 2)
    two = other_token(cloud)
    sent(cloud, cloud.token, "till-1", *(hold(number) for number in range(1, 6)))
    found, where = [], {"after": 0, "event": ""}
    while True:
        page = asked(cloud, two, **where)
        found += page["holds"]
        where = {"after": page["number"], "event": page["event"]}
        if not page["more"]:
            break
    assert found == [f"hold:{number}" for number in range(1, 6)]


def test_a_hold_larger_than_an_agent_writes_goes_nowhere(cloud: cw.CloudServer) -> None:
    sent(cloud, cloud.token, "till-1", hold(1, reason="x" * holds.BODY_LIMIT), hold(2))
    assert asked(cloud, other_token(cloud))["holds"] == ["hold:2"]


def test_without_a_token_or_with_a_wrong_number_there_is_nothing(cloud: cw.CloudServer) -> None:
    url = f"{cloud.endpoint}/v1/holds"
    assert httpx.get(url, trust_env=False).status_code == 401
    headers = {"Authorization": f"Bearer {cloud.token}"}
    for number, status in ((-1, 400), (2**63, 400), ("x", 422)):
        answer = httpx.get(url, params={"after": number}, headers=headers, trust_env=False)
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]


def test_a_database_made_before_gets_its_holds_numbered(tmp_path: Path) -> None:
    server = cw.CloudServer(tmp_path)
    sent(server, server.token, "till-1", hold(1), cw.event(2), hold(3, kind=EventKind.UNHOLD))
    server.close()
    old = Database.open(server.url)
    with old.writing() as connection:
        connection.exec_driver_sql("DROP TABLE hold_feed")
        connection.exec_driver_sql("UPDATE cloud_meta SET schema_version = 1")
    old.close()
    again = Database.open(server.url)
    with again.reading() as connection:
        found = holds.after(connection, "main", "till-2", 0, "")
        version = connection.exec_driver_sql("SELECT schema_version FROM cloud_meta").scalar_one()
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    again.close()
    assert [json.loads(one)["id"] for one in found["holds"]] == ["hold:1", "unhold:3"]
    assert version == SCHEMA_VERSION
    assert {"hold_feed_no_update", "hold_feed_no_delete"} <= set(triggers)
