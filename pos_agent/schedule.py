"""Calendar jobs by APScheduler, the only importer of it. A job does nothing itself: it posts a message and returns.

APScheduler reckons in wall time, so a clock set back an hour would silence a job for that hour. `look_for_jump`
compares wall and monotonic time; after a jump every job is planned anew and posted once (all may run twice harmlessly).
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from pos_agent.clock import Clock
from pos_agent.logs import logger

MISFIRE_GRACE_S = 12 * 3600  # a register switched on in the morning still does the night's work
JUMP_S = 60.0

Post = Callable[[str], None]


class Schedule:
    """Daily jobs in store time. `post(name)` puts the job's name into the main loop's inbox."""

    def __init__(self, zone: ZoneInfo, clock: Clock, post: Post) -> None:
        self._zone = zone
        self._clock = clock
        self._post = post
        self._daily: dict[str, tuple[int, int]] = {}
        self._offset = self._wall_minus_monotonic()
        self._log = logger("schedule")
        self._scheduler = BackgroundScheduler(
            timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_S}
        )

    def daily(self, name: str, hour: int, minute: int) -> None:
        """Post `name` every day at that store time. Call before `start`."""
        self._daily[name] = (hour, minute)
        self._plan(name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def look_for_jump(self) -> bool:
        """Call every few seconds from the main loop. True: the wall clock had jumped, the jobs are planned anew."""
        offset = self._wall_minus_monotonic()
        jumped = abs(offset - self._offset) > JUMP_S
        self._offset = offset
        if jumped:
            self._log.warning("the wall clock jumped, jobs are planned anew", count=len(self._daily))
            for name in self._daily:
                self._plan(name)
                self._post(name)
        return jumped

    def _plan(self, name: str) -> None:
        hour, minute = self._daily[name]
        trigger = CronTrigger(hour=hour, minute=minute, timezone=self._zone)
        self._scheduler.add_job(self._post, trigger, args=[name], id=name, replace_existing=True)

    def _wall_minus_monotonic(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
