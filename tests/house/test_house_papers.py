"""What stands beside the code: help texts, documents, pinned versions, what CI runs."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator

import click
import pytest
import typer
from house.tree import ROOT
from pydantic import BaseModel

import emulator.cli
import pos_agent.cli.main
from pos_agent.config import Config

APPS = {"pos-agent": pos_agent.cli.main.mounted(), "fiscal-emulator": emulator.cli.app}
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.!+]*(?:\s*;.*)?")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def commands(program: str) -> Iterator[tuple[str, click.Command]]:
    """`pos-agent card arm` and the like, groups too."""
    waiting: list[tuple[str, click.Command]] = [(program, typer.main.get_command(APPS[program]))]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        waiting += [(f"{name} {sub}", found) for sub, found in getattr(command, "commands", {}).items()]


COMMANDS = sorted((name for program in APPS for name, _ in commands(program)))


def documents() -> str:
    """All that a reader is given: README and docs."""
    papers = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(paper.read_text(encoding="utf-8") for paper in papers)


@pytest.mark.parametrize("program", sorted(APPS))
def test_every_command_and_option_has_help(program: str) -> None:
    bare = [name for name, command in commands(program) if not (command.help or "").strip()]
    assert not bare, f"write the command's docstring: {bare}"
    silent = [
        f"{name} {parameter.name}"
        for name, command in commands(program)
        for parameter in command.params
        if not (getattr(parameter, "help", "") or "").strip()
    ]
    assert not silent, f"give the option or argument help=...: {silent}"


@pytest.mark.parametrize("name", [name for name in COMMANDS if " " in name])
def test_every_command_is_documented(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", documents()), f"show `{name}` in README.md or docs"


def config_keys() -> Iterator[tuple[str, str]]:
    """Section and key as they are written in the file."""
    for section, field in Config.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, known in model.model_fields.items():
            yield section, known.alias or name


@pytest.mark.parametrize(("section", "key"), sorted(config_keys()))
def test_every_setting_is_documented(section: str, key: str) -> None:
    written = documents()
    assert f"[{section}]" in written, f"describe the section [{section}]"
    assert re.search(rf"(?<![\w.-]){key}(?![\w-])", written), f"describe {section}.{key} in README.md or docs"


def test_the_example_file_shows_every_setting() -> None:
    example = (ROOT / "config" / "pos-agent.toml").read_text(encoding="utf-8")
    missing = [key for _, key in config_keys() if not re.search(rf"^(?:# )?{key} = ", example, re.MULTILINE)]
    assert not missing, f"show it in config/pos-agent.toml, commented out when it has no value: {missing}"


def requirements() -> Iterator[str]:
    project = PROJECT["project"]
    extras = [each for group in project["optional-dependencies"].values() for each in group]
    for requirement in (*PROJECT["build-system"]["requires"], *project["dependencies"], *extras):
        yield plain(re.split(r"[\s<>=!~;\[]", requirement)[0])


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_versions_are_pinned_and_no_index_is_named() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    odd = [line for line in pins if not PIN.fullmatch(line)]
    assert not odd, f"only name==version: no addresses, paths, options or ranges: {odd}"
    known = {plain(line.partition("==")[0]) for line in pins}
    assert not set(requirements()) - known, "pin it in .ci/constraints.txt"


def test_ci_runs_what_a_reader_runs() -> None:
    run = ROOT / ".ci" / "run"
    assert re.search(r"^make test$", run.read_text(encoding="utf-8"), re.MULTILINE)
    assert os.access(run, os.X_OK), "chmod +x .ci/run"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.split("\ntest: ", 1)[1].split("\n\n", 1)[0]
    assert re.search(r"\bunit checks$", recipe, re.MULTILINE)
    assert re.search(r"\bservice$", recipe, re.MULTILINE)
    assert re.search(r"^checks: lint package page$", makefile, re.MULTILINE)
    lint = makefile.split("\nlint:")[1].split("\n\n")[0]
    assert all(tool in lint for tool in ("ruff format --check .", "ruff check .", "mypy", "lint-imports"))


def test_the_licence_is_there() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] in licence
    assert (ROOT / "emulator" / "fonts" / "LICENSE.txt").read_text(encoding="utf-8").strip(), "the font's licence"
