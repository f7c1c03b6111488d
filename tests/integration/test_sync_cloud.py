"""A register and the cloud over real HTTP, with everything that can happen between them."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import chaos as trouble
from kit import cloud_world as cw
from kit.chaos import FAULTS, ChaosServer

from pos_agent.store.backup import back_up, restore


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[cw.CloudServer]:
    server = cw.CloudServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def chaos(cloud: cw.CloudServer) -> Iterator[ChaosServer]:
    server = ChaosServer(cloud.endpoint)
    yield server
    server.close()


@pytest.fixture
def world(cloud: cw.CloudServer, chaos: ChaosServer) -> Iterator[cw.World]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        made = cw.World(Path(folder), chaos.endpoint, cloud.token)
        yield made
        made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[cw.World, cw.CloudServer, ChaosServer]]:
    """For tests that leave everything whole: one register whose ledger only grows."""
    folder = tmp_path_factory.mktemp("shared")
    cloud = cw.CloudServer(folder)
    chaos = ChaosServer(cloud.endpoint)
    world = cw.World(folder, chaos.endpoint, cloud.token)
    yield world, cloud, chaos
    world.close()
    chaos.close()
    cloud.close()


def whole(world: cw.World, cloud: cw.CloudServer) -> None:
    """The cloud has every row once, in order, without a gap, and every event once."""
    ours = world.chain()
    assert cloud.chain(world.epoch()) == ours
    assert [seq for seq, _, _ in ours] == list(range(1, len(ours) + 1))
    (stored,) = cloud.rows("SELECT count(*) FROM ledger_event")
    assert stored == (len(ours),)
    assert cloud.rows("SELECT count(*), count(DISTINCT event_id) FROM event_place") == [(len(ours), len(ours))]


def test_five_thousand_entries_after_a_week_each_request_twice_with_a_restart(world, cloud, chaos) -> None:
    world.fill_many(5_000)
    chaos.always = trouble.twice
    for _ in range(8):
        world.tick()
    halfway = world.push.standing()
    assert 0 < halfway.acked_seq < 5_000
    world.reopen()
    assert world.push.standing() == halfway
    world.settle()
    whole(world, cloud)
    assert chaos.requests <= 2 + 20 + 2 * 1, "a batch of 500 per request, and nothing more than once from our side"
    assert world.worker.state.problems == ()
    assert all(len(body) <= 300_000 for body in chaos.bodies)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_answer_keeps_everything_and_is_told(fault, shared) -> None:
    world, cloud, chaos = shared
    known = world.push.standing().head_seq
    world.fill(known + 1, known + 3)
    world.settle()
    world.wire(world.url, deadline_s=0.4)
    world.fill(known + 4, known + 6)
    world.tick()
    chaos.plan.append(FAULTS[fault])
    started = time.monotonic()
    wait_s = world.worker.tick(world.clock.monotonic())
    assert time.monotonic() - started < 2.0, "the deadline is for the whole request"
    assert not chaos.plan
    assert world.push.standing().acked_seq == known + 3
    (problem,) = world.worker.state.problems
    assert problem.code == "NET-01"
    assert problem.params["t"]
    assert problem.params["cause"]
    assert 1.0 <= wait_s <= 300.0
    assert wait_s >= 89.999 or fault != "429"
    world.clock.seconds += wait_s
    world.settle()
    whole(world, cloud)
    assert world.worker.state.problems == ()


@pytest.mark.parametrize("code", [401, 403, 404])
def test_not_being_admitted_is_a_problem_for_people_and_nothing_is_parked(code, shared) -> None:
    world, cloud, chaos = shared
    known = world.push.standing().head_seq
    world.wire(world.url)
    world.fill(known + 1, known + 3)
    chaos.always = trouble.status(code)
    for _ in range(6):
        world.tick()
    chaos.always = None
    assert [problem.params["cause"] for problem in world.worker.state.problems] == [f"status {code}"]
    assert world.push.standing().parked == ()
    world.settle()
    whole(world, cloud)


def test_a_wrong_token_is_told_and_a_right_one_heals(world, cloud) -> None:
    world.fill(1, 3)
    right, world.token = world.token, "x" * 43
    world.tick()
    world.tick()
    assert world.worker.state.problems[0].params["cause"] == "status 401"
    world.token = right
    world.settle()
    whole(world, cloud)


def test_chaos_of_many_seeds_ends_with_every_entry_once(world, cloud, chaos) -> None:
    quick = [act for name, act in FAULTS.items() if not name.startswith("slow") and name != "oversized"]
    for seed in range(4):
        chance = random.Random(seed)
        world.wire(world.url, max_rows=chance.choice([1, 3, 7, 50]))
        first = seed * 20 + 1
        world.fill(first, first + 19)
        chaos.always = lambda handler, chance=chance: (
            chance.choice([*quick, trouble.twice])(handler)
            if chance.random() < 0.5
            else handler.answer(*_reordered(handler.passed_on()))
        )
        for _ in range(chance.randrange(4, 16)):
            world.tick()
    chaos.always = None
    world.settle()
    whole(world, cloud)
    assert world.push.standing().parked == ()


def _reordered(answered):
    code, headers, content = answered
    return code, content, headers


def test_known_id_with_other_content_is_an_alarm_and_is_parked(world, cloud, chaos) -> None:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        other = cw.World(Path(folder), cloud.endpoint, cloud.token, seed="other")
        other.fill(7, 7, amount_pt=900)
        other.settle()
        other.close()
    world.fill(1, 20)
    world.settle()
    (parked,) = world.push.standing().parked
    assert (parked.seq, parked.event_id, parked.reason) == (7, "gift:7", "other_content")
    assert [(p.code, p.params["id"]) for p in world.worker.state.problems] == [("NET-02", "gift:7")]
    chain = cloud.chain(world.epoch())
    assert [(seq, row_hash) for seq, _, row_hash in chain] == [(seq, row_hash) for seq, _, row_hash in world.chain()]
    assert [event_id for seq, event_id, _ in chain if seq == 7] == [None]
    ((reason, content),) = cloud.rows("SELECT reason, content FROM alarm")
    assert reason == "other_content"
    assert json.loads(content)["entries"][0]["amount_pt"] == 500
    ((kept,),) = cloud.rows("SELECT body FROM ledger_event WHERE event_id = 'gift:7'")
    assert json.loads(kept)["entries"][0]["amount_pt"] == 900, "never merged"


@pytest.mark.parametrize(("code", "requests"), [(422, 45), (500, 52)])
def test_a_poison_entry_is_isolated_parked_and_taken_when_the_cloud_can(code, requests, world, cloud, chaos) -> None:
    world.fill(1, 40)
    with world.store.writing("poison") as txn:
        txn.ledger.append(cw.event(41, note="poison"))
    world.fill(42, 300)

    def picky(handler) -> None:
        if b"poison" in handler.body:
            handler.answer(code, b"{}")
        else:
            handler.answer(*_reordered(handler.passed_on()))

    chaos.always = picky
    world.settle()
    assert [(row.seq, row.event_id) for row in world.push.standing().parked] == [(41, "gift:41")]
    assert [problem.code for problem in world.worker.state.problems] == ["NET-02"]
    assert len(cloud.chain(world.epoch())) == 300
    assert chaos.requests < requests
    world.clock.seconds += 7 * 3600
    world.tick()
    assert len(world.push.standing().parked) == 1, "still refused, still parked"
    chaos.always = None
    world.clock.seconds += 7 * 3600
    for _ in range(3):
        world.tick()
    assert world.push.standing().parked == ()
    whole(world, cloud)


@pytest.mark.parametrize("code", [400, 500])
def test_a_cloud_that_refuses_everything_parks_nothing_for_good(code, world, cloud, chaos) -> None:
    world.fill(1, 30)
    chaos.always = trouble.status(code)
    for _ in range(40):
        world.tick()
    assert max(world.tick() for _ in range(8)) > 3.0, "the backoff grows although searching is at once"
    assert world.push.standing().acked_seq == 0
    assert len(world.push.standing().parked) <= 1
    assert "NET-01" in [problem.code for problem in world.worker.state.problems]
    chaos.always = None
    world.settle()
    world.worker.hurry(lambda: True)
    assert world.push.standing().parked == ()
    whole(world, cloud)


def test_a_restored_copy_counts_in_a_new_epoch_and_nothing_is_doubled(world, cloud) -> None:
    world.fill(1, 30)
    copy = world.path.with_name("copy.db")
    back_up(world.path, copy)
    world.fill(31, 40)
    world.settle()
    first = world.epoch()
    world.client.close()
    world.store.close()
    restore(copy, world.path, cw.KEYS, world.clock, world.ids)
    world.reopen()
    assert world.epoch() != first
    assert (world.push.standing().acked_seq, world.push.standing().waiting) == (0, 30)
    world.fill(41, 45)
    world.settle()
    assert cloud.chain(world.epoch()) == world.chain()
    assert len(cloud.chain(first)) == 40
    assert cloud.rows("SELECT count(*) FROM ledger_event") == [(45,)]
    assert world.push.standing().parked == ()


def test_a_cloud_that_lost_its_database_is_an_alarm_not_a_resend(world, cloud, chaos, tmp_path) -> None:
    world.fill(1, 10)
    world.settle()
    (tmp_path / "fresh").mkdir()
    fresh = cw.CloudServer(tmp_path / "fresh")
    world.token = fresh.token
    world.wire(fresh.endpoint)
    world.fill(11, 12)
    world.tick()
    world.tick()
    assert "backwards" in world.worker.state.problems[0].params["cause"]
    assert world.push.standing().acked_seq == 10
    assert fresh.chain(world.epoch()) == []
    fresh.close()


def test_rules_come_down_whole_and_valid_or_not_at_all(world, cloud, chaos) -> None:
    def in_force() -> str | None:
        world.worker.hurry(lambda: True)
        with world.store.reading() as view:
            active = view.rules.active()
        return active and active.content

    assert in_force() is None
    cloud.publish_unchecked("[program]\nid = 5")
    assert in_force() is None
    assert [problem.code for problem in world.worker.state.problems] == ["RUL-01"]
    cloud.publish_unchecked(cw.RULES)
    chaos.plan.append(trouble.lying(lambda told: told.update(content=told["content"][:-9])))
    assert in_force() is None
    assert world.worker.state.problems[0].code == "NET-01"
    assert in_force() == cw.RULES
    assert world.worker.state.problems == ()
    cloud.publish_unchecked("[program")
    assert in_force() == cw.RULES, "the old ones stay"
    assert [problem.code for problem in world.worker.state.problems] == ["RUL-02"]
    cloud.publish_unchecked(cw.RULES.replace("500", "700"))
    chaos.plan.append(trouble.lying(lambda told: told.update(version=1)))
    assert in_force() == cw.RULES
    assert "older publication" in world.worker.state.cause
    assert in_force() == cw.RULES.replace("500", "700")
    with world.store.writing("imported here") as txn:
        txn.rules.activate(txn.rules.add(cw.RULES, "by hand", "toml").version)
    assert in_force() == cw.RULES, "a publication is taken once"
    assert world.worker.state.rules_version == 4
