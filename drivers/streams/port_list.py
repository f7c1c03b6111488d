"""The serial ports of this computer, as the system lists them. A pseudo terminal is never among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports

STABLE_FOLDERS = (Path("/dev/fiscal"), Path("/dev/serial/by-id"))  # in the order of our liking


@dataclass(frozen=True)
class ListedPort:
    """`ids` (`0403:6001`) and `place` (`1-2.3`) are "" for a port that is not on USB."""

    path: str
    ids: str
    place: str


def listed_ports() -> list[ListedPort]:
    """Every port that has hardware behind it, by path."""
    found = []
    for each in sorted(list_ports.comports(), key=lambda port: str(port.device)):
        ids = "" if each.vid is None else f"{each.vid:04X}:{each.pid:04X}"
        found.append(ListedPort(str(each.device), ids, str(each.location or "").partition(":")[0]))
    return found


def stable_name(path: str, folders: Sequence[Path] = STABLE_FOLDERS) -> str:
    """A name of the same port that outlives a re-plug; `path` itself when there is none."""
    wanted = Path(path).resolve()
    for folder in folders:
        for name in _names(folder):
            if name.resolve() == wanted:
                return str(name)
    return path


def _names(folder: Path) -> Iterable[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else ()
