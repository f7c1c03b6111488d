"""Text of a rules file -> plain tables, and where in the text each key stands."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import tomli  # the parser of tomllib, compiled: a file of a thousand rules is read three times as fast

from pos_agent.rules.problems import RulesError, problem

MAX_CHARACTERS = 1_000_000
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]\[]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")
_PLAIN = frozenset((str, int, bool, float))
_TOML_PLACE = re.compile(r"at line (\d+)")


def load(text: str, fmt: str) -> tuple[dict[str, Any], Callable[[str], int | None]]:
    """(tables, path -> line number or None). RulesError when the text is not TOML (`toml`) or JSON (`json`)."""
    if len(text) > MAX_CHARACTERS:
        raise RulesError([problem("too_large", "", limit=MAX_CHARACTERS)])
    if fmt == "toml":
        return _toml(text), _locator(text)
    if fmt == "json":
        return _json(text), lambda path: None
    raise ValueError(f"unknown format of rules: {fmt!r}")


def _toml(text: str) -> dict[str, Any]:
    try:
        tables = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        raise _syntax(error, int(place.group(1)) if place else None) from error
    except RecursionError as error:
        raise _syntax("nested too deeply") from error
    _dates_to_text(tables, tables.items())
    return tables


def _json(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        value = json.loads(text, object_pairs_hook=_no_twins)
    except json.JSONDecodeError as error:
        raise _syntax(error, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise _syntax(error) from error
    if not isinstance(value, dict):
        raise _syntax("the top level must be an object")
    return value


def _syntax(detail: object, line: int | None = None) -> RulesError:
    return RulesError([problem("syntax", "", line, detail=detail)])


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"key given twice: {next(key for key in keys if keys.count(key) > 1)}")
    return table


def _dates_to_text(box: dict[str, Any] | list[Any], items: Iterable[tuple[Any, Any]]) -> None:
    """TOML has dates of its own; JSON has not, so both are read as `YYYY-MM-DD` and `HH:MM` texts. Changes `box`."""
    for key, value in items:
        kind = type(value)
        if kind is dict:
            _dates_to_text(value, value.items())
        elif kind is list:
            _dates_to_text(value, enumerate(value))
        elif kind not in _PLAIN:
            box[key] = value.isoformat("minutes") if kind is dt.time else value.isoformat()


def _locator(text: str) -> Callable[[str], int | None]:
    """Line of a path, or of the nearest enclosing key or table that begins on a line of its own."""
    lines: dict[str, int] = {}

    def locate(path: str) -> int | None:
        if not lines:  # only a file with something to tell is searched
            lines.update(_places(text))
        while path:
            if path in lines:
                return lines[path]
            path = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", path)
        return None

    return locate


def _places(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = header.group(2)
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            places.setdefault(table, number)
        elif found := _KEY.match(line):
            key = found.group(1).strip("\"'")
            places.setdefault(f"{table}.{key}" if table else key, number)
    return places
