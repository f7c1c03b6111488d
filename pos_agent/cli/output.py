"""How the command line speaks: answers on stdout, complaints and logs on stderr, one JSON document with --json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from pos_agent import texts
from pos_agent.errors import AgentError

ConfigFile = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="POS_AGENT_CONFIG", help="Файл настройки / settings file.", readable=False),
]
DEFAULT_CONFIG = Path("/etc/pos-agent/pos-agent.toml")
AsJson = Annotated[bool, typer.Option("--json", help="Один документ JSON на stdout / one JSON document on stdout.")]


def language() -> str:
    """Language of the terminal: English when POS_AGENT_AGENT__LANGUAGE says so, else Russian."""
    return "en" if os.environ.get("POS_AGENT_AGENT__LANGUAGE") == "en" else "ru"


def emit_json(answer: object) -> None:
    """The one JSON document of a `--json` call."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def emit(lines: Iterable[str]) -> None:
    """Lines for a person."""
    for line in lines:
        typer.echo(line)


def complain(error: AgentError) -> None:
    """What happened, what to do, is the sale safe; then the particulars. On stderr."""
    told = texts.message(error.code, language(), None, **error.params)
    typer.echo(str(told), err=True)
    for line in error.lines:
        typer.echo(f"  {line}", err=True)
