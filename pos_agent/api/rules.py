"""Rules of the program: taken whole or not at all; the ones in force stay until the new ones are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_agent import texts
from pos_agent.api.operation import Json, Parts, text
from pos_agent.errors import UsageError
from pos_agent.rules.check import Finding, inspect
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import Problem, RulesError
from pos_agent.rules.values import Rules

FORMATS = ("toml", "json")
SIZE_LIMIT = 900_000  # characters; a body of the private socket holds 1 MiB


def take(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{content, format, source}` -> the version now in force. UsageError RUL-02 with every problem and its line."""
    content, form = text(args, "content", limit=SIZE_LIMIT), text(args, "format", "toml")
    if form not in FORMATS:
        raise UsageError("API-01", field="format")
    rules = checked(content, form, parts.config.agent.language)
    with parts.store.writing("rules imported") as txn:
        version = txn.rules.activate(txn.rules.add(content, text(args, "source", ""), form).version)
    return {"version": version.version, "hash": version.hash, "program": rules.program.id, "name": rules.program.name}


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Versions known, oldest first, the active one marked."""
    with parts.views.reading() as view:
        known = view.rules.all()
    return {
        "versions": [
            {"version": one.version, "active": one.active, "imported_at": one.imported_at, "source": one.source}
            for one in known
        ]
    }


def checked(content: str, form: str, lang: str) -> Rules:
    """Parse, or tell everything that is wrong: UsageError RUL-02."""
    try:
        return parse(content, form)
    except RulesError as error:
        lines = tuple(_line(problem, lang) for problem in error.problems)
        raise UsageError("RUL-02", lines=lines, count=len(lines)) from error


def inspected(content: str, form: str, lang: str, on: date | None) -> tuple[Rules, list[Finding]]:
    """`checked`, and what is strange about the file though it is accepted."""
    checked(content, form, lang)
    return inspect(content, form, on)


def _line(problem: Problem, lang: str) -> str:
    where = f" (строка {problem.line})" if lang == "ru" else f" (line {problem.line})"
    told = problem.message_ru if lang == "ru" else problem.message_en
    if problem.code == "syntax":
        told = texts.reason(told.partition(": ")[2], lang)
    return f"{problem.path or '-'}{where if problem.line else ''}: {told}"
