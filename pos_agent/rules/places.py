"""Where in the text of a rules file each key stands: path like `accrue.tiers[0].bp` -> line, from 1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

LONGEST_PATH = 500  # characters: no key of ours is longer
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')


def locator(places: Callable[[str], dict[str, int]], text: str) -> Callable[[str], int | None]:
    """Line of a path, or of the nearest enclosing key that is known. Only a text with a problem is searched."""
    lines: dict[str, int] = {}

    def locate(path: str) -> int | None:
        if not lines:
            lines.update(places(text))
        path = path[:LONGEST_PATH]
        while path:
            if path in lines:
                return lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None

    return locate


def toml_places(text: str) -> dict[str, int]:
    """Tables and keys that begin on a line of their own."""
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        double, name = _header(line)
        if name:
            table = name
            if double:
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            places.setdefault(table, number)
        elif found := _KEY.match(line):
            key = found.group(1).strip("\"'")
            places.setdefault(f"{table}.{key}" if table else key, number)
    return places


def json_places(text: str) -> dict[str, int]:
    """Members, and objects inside lists. `text` is JSON that was read before."""
    places: dict[str, int] = {}
    open_at: list[tuple[str, int]] = []  # path of what is open, and which of its elements comes now; -1 = an object
    path, name, line = "", "", 1
    for found in _JSON_TOKEN.finditer(text):
        token = found.group()
        if token == "\n":
            line += 1
        elif token == "{" or token == "[":
            if path:
                places.setdefault(path, line)
            open_at.append((path, -1 if token == "{" else 0))
            path = f"{path}[0]" if token == "[" else path
        elif not open_at:
            break  # a text or a number alone
        elif token == "}" or token == "]":
            path = open_at.pop()[0]
        elif token == ":":
            head = open_at[-1][0]
            path = f"{head}.{name}" if head else name
            places.setdefault(path, line)
        elif token == ",":
            head, number = open_at[-1]
            if number >= 0:
                open_at[-1] = (head, number + 1)
                path = f"{head}[{number + 1}]"
        else:
            name = json.loads(token)
    return places


def _header(line: str) -> tuple[bool, str]:
    """`[[rule]]  # six` -> (True, "rule"); no header of a table: (False, "")."""
    text = line.strip()
    if not text.startswith("["):
        return False, ""
    double = text.startswith("[[")
    name, closed, rest = text[1 + double :].partition("]")
    rest = rest.removeprefix("]" * double).strip()
    return (double, name.strip()) if closed and "[" not in name and rest[:1] in ("", "#") else (False, "")
