"""Calendar jobs: posted from the calendar's thread, and not lost when the wall clock jumps."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pos_agent.schedule import JUMP_S, Schedule

MOSCOW = ZoneInfo("Europe/Moscow")


class FakeClock:
    """Stands still until it is told otherwise; wall and monotonic time move apart when the wall clock is set."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall = datetime(2026, 11, 21, 15, 5, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.pass_by(seconds)
        return event.is_set()

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def posted() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def schedule(clock: FakeClock, posted: queue.Queue[str]) -> Iterator[Schedule]:
    made = Schedule(MOSCOW, clock, posted.put)
    made.daily("points expiry", 0, 5)
    made.daily("backup", 3, 30)
    yield made
    made.stop()


def all_of(posted: queue.Queue[str]) -> list[str]:
    return sorted(posted.get_nowait() for _ in range(posted.qsize()))


def planned(schedule: Schedule, name: str) -> datetime:
    found = schedule._scheduler.get_job(name)
    assert found is not None
    when: datetime = found.next_run_time
    return when


def test_time_that_passes_is_no_jump(schedule: Schedule, clock: FakeClock, posted: queue.Queue[str]) -> None:
    for seconds in (5.0, 3600.0, 86400.0):
        clock.pass_by(seconds)
        assert schedule.look_for_jump() is False
    assert all_of(posted) == []


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0, -86400.0 * 365, JUMP_S + 1, -JUMP_S - 1])
def test_after_a_jump_every_job_is_posted_once(
    schedule: Schedule, clock: FakeClock, posted: queue.Queue[str], seconds: float
) -> None:
    clock.pass_by(5)
    clock.jump(seconds)
    assert schedule.look_for_jump() is True
    assert all_of(posted) == ["backup", "points expiry"]
    assert schedule.look_for_jump() is False
    assert all_of(posted) == []


@pytest.mark.parametrize("seconds", [1.0, -1.0, JUMP_S - 1, 1 - JUMP_S])
def test_small_corrections_are_no_jump(
    schedule: Schedule, clock: FakeClock, posted: queue.Queue[str], seconds: float
) -> None:
    for _ in range(5):
        clock.jump(seconds)
        assert schedule.look_for_jump() is False
    assert all_of(posted) == []


def test_after_a_jump_jobs_are_planned_anew(schedule: Schedule, clock: FakeClock) -> None:
    """A plan made by a wrong clock, years ahead, would silence the job."""
    schedule.start()
    right = planned(schedule, "points expiry")
    assert (right.astimezone(MOSCOW).hour, right.astimezone(MOSCOW).minute) == (0, 5)
    schedule._scheduler.modify_job("points expiry", next_run_time=right + timedelta(days=3650))
    clock.jump(-3600)
    assert schedule.look_for_jump() is True
    assert abs(planned(schedule, "points expiry") - right) <= timedelta(days=1)


def test_a_due_job_only_posts_its_name(schedule: Schedule, posted: queue.Queue[str]) -> None:
    schedule.start()
    schedule._scheduler.modify_job("backup", next_run_time=datetime.now(UTC) - timedelta(hours=1))
    assert posted.get(timeout=10) == "backup"


def test_stopping_twice_or_before_the_start_is_fine(schedule: Schedule) -> None:
    schedule.stop()
    schedule.start()
    schedule.stop()
    schedule.stop()
