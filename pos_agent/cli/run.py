"""`pos-agent run`: the daemon."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from pos_agent import config
from pos_agent.cli.output import DEFAULT_CONFIG, ConfigFile


def run(
    config_file: ConfigFile = DEFAULT_CONFIG,
    from_fd: Annotated[
        int | None,
        typer.Option(
            "--from", min=1, metavar="FD", help="При первой встрече с ФН читать с этого документа, без слипов."
        ),
    ] = None,
) -> None:
    """Служба: следит за принтером, начисляет баллы, печатает слипы. / The daemon. Stops on SIGTERM."""
    gc.disable()  # nothing of what a thousand modules make is garbage; to look costs a sixth of the start
    from pos_agent import app  # the daemon's own parts; other commands start without them

    gc.enable()
    app.run(config.load(config_file), from_fd)
