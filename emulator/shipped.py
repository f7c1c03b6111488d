"""Files that ship inside the package: profiles, fault plans, device times; named by their stem, or any file by path."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

SUFFIX = ".toml"


def names(folder: str) -> list[str]:
    """What ships in a folder of the package."""
    entries = files("emulator").joinpath(folder).iterdir()
    return sorted(entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX))


def table(folder: str, name: str) -> dict[str, Any]:
    """A shipped table by name, or one of your own by the path of its .toml file.

    Raises FileNotFoundError (with the names there are), OSError, ValueError (not TOML).
    """
    if name.endswith(SUFFIX):
        return tomllib.loads(Path(name).read_text("utf-8"))
    if name not in names(folder):
        raise FileNotFoundError(f"{folder}: there is no {name!r}, but {', '.join(names(folder))}, or give a .toml file")
    return tomllib.loads(files("emulator").joinpath(folder, f"{name}{SUFFIX}").read_text("utf-8"))
