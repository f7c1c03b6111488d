"""Text of a rules file -> plain tables, and a way to find where in the text a key stands."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import tomli  # the parser of tomllib, compiled: a file of a thousand rules is read three times as fast

from pos_agent.model.strict_json import TwinKeyError, read
from pos_agent.rules.places import json_places, locator, toml_places
from pos_agent.rules.problems import RulesError, plain, problem

MAX_CHARACTERS = 1_000_000
LONGEST_NUMBER = 4300  # digits, Python's own limit
_PLAIN = frozenset((str, int, bool, float))
_LONG_NUMBER = re.compile(rf"\d[\d_]{{{LONGEST_NUMBER},}}")
_TOML_PLACE = re.compile(r"at line (\d+)")


def load(text: str, fmt: str) -> tuple[dict[str, Any], Callable[[str], int | None]]:
    """(tables, path -> line number or None). RulesError when the text is not TOML (`toml`) or JSON (`json`)."""
    if len(text) > MAX_CHARACTERS:
        raise RulesError([problem("too_large", "", limit=MAX_CHARACTERS)])
    if fmt == "toml":
        return _toml(text), locator(toml_places, text)
    if fmt == "json":
        return _json(text), locator(json_places, text)
    raise ValueError(f"unknown format of rules: {fmt!r}")


def _toml(text: str) -> dict[str, Any]:
    try:
        tables = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        raise _syntax(error, int(place.group(1)) if place else None) from error
    except RecursionError as error:
        raise _syntax("nested too deeply") from error
    except ValueError as error:  # the one thing that the parser leaves to Python: a whole number too long to read
        raise _huge(text) from error
    _dates_to_text(tables, tables.items())
    return tables


def _json(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        value = read(text)
    except json.JSONDecodeError as error:
        raise _syntax(error, error.lineno) from error
    except RecursionError as error:
        raise _syntax("nested too deeply") from error
    except TwinKeyError as error:
        raise _syntax(plain(str(error))) from error
    if not isinstance(value, dict):
        raise _syntax("the top level must be an object")
    return value


def _huge(text: str) -> RulesError:
    """A number that Python does not read: told by its line and the key that stands there."""
    found = _LONG_NUMBER.search(text)
    if found is None:
        return _syntax("a number cannot be read")
    line = text.count("\n", 0, found.start()) + 1
    path = next((one for one, at in toml_places(text).items() if at == line), "")
    return RulesError([problem("huge", path, line, limit=LONGEST_NUMBER)])


def _syntax(detail: object, line: int | None = None) -> RulesError:
    return RulesError([problem("syntax", "", line, detail=detail)])


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
