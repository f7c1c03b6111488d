"""Brings a database to the schema of this agent, and says which schema a file has.

`application_id` is the letters POSA, `user_version` the number of the last revision; both are written by the migrations
in their own transactions, so a stop between two revisions leaves the earlier schema, whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

APPLICATION_ID = 0x504F5341  # "POSA"
SCHEMA_VERSION = 15

CommitHook = Callable[[str], None]


def no_hook(point: str) -> None:
    """Nobody wants to know."""


def upgrade(engine: sa.Engine, target: str = "head", reached: CommitHook = no_hook) -> None:
    """Run what is missing up to `target`. `reached("before:migrate-0002")` is called before that revision's commit."""

    def report(step: Any, **_: object) -> None:  # noqa: ANN401 - Alembic's MigrationInfo
        reached(f"before:migrate-{step.up_revision_id}")

    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == SCHEMA_VERSION:
            return  # the usual start: nothing to load, nothing to write
    from alembic import command  # loaded late: half a second that the usual start does without
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes.update(connection=connection, on_version_apply=report)
        command.upgrade(config, target)
