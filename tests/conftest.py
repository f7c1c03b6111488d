"""Hypothesis profiles: `quick` by default, `ci` derandomized so that red means a change, `long` for nights."""

import gc
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=30, **COMMON)
settings.register_profile("ci", max_examples=30, derandomize=True, **COMMON)
settings.register_profile("long", max_examples=5000, **COMMON)


gc.disable()  # while the tests are found


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded stays to the end: no collection has to look through all of it again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """A command that ran in this process has set up logging for itself: not for the test after it."""
    yield
    structlog.reset_defaults()


settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
