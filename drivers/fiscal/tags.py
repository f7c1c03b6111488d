"""What each tag number means: `drivers/spec/ffd_tags.toml` read once, and the choice between old and new meanings.

Six numbers changed their meaning (fiscal notes, section 1): 1011, 1082, 1115, 1119, 1120, 1125. The choice follows
the enclosing tag and the document's own version of the format (tag 1209); in an unknown case there is no meaning
and the bytes stay raw.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

FFD_10 = 0  # "no tag 1209 in the document": FFD 1.0


class TagType(Enum):
    """How the value is written (fiscal notes, section 1)."""

    STRING = "string"  # CP866
    BYTE = "byte"
    BITS = "bits"  # 1 or 4 bytes, little-endian
    UINT16 = "uint16"
    UINT32 = "uint32"
    FLAG = "flag"  # byte 0/1; an empty value is 0
    VLN = "vln"  # unsigned, little-endian, 0..8 bytes
    FVLN = "fvln"  # decimal places, then a VLN mantissa
    UNIXTIME = "unixtime"  # uint32: local wall clock as if it were UTC
    BYTES = "bytes"
    STLV = "stlv"


@dataclass(frozen=True)
class TagSpec:
    """One meaning of one tag number.

    `length` is exact on the wire, `max_length` the greatest; None = not known. `money`: the number is kopecks.
    `ffd`: versions (values of 1209, 0 = absent) this meaning is limited to; () = any.
    """

    tag: int
    name: str
    type: TagType
    length: int | None = None
    pad: bool = False
    max_length: int | None = None
    money: bool = False
    multiple: bool = False
    parents: tuple[int, ...] = ()
    list_name: str = ""
    source: str = ""
    ffd: tuple[int, ...] = ()
    older: tuple[TagSpec, ...] = ()

    @property
    def contextual(self) -> bool:
        """True when the number had another meaning once, so that the context decides."""
        return bool(self.older)


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of `drivers/spec`, e.g. `ffd_tags`. Treat it as read-only."""
    return tomllib.loads((resources.files("drivers.spec") / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def all_specs() -> dict[int, TagSpec]:
    """Every tag of the table, by number."""
    return {int(number): _spec(int(number), entry) for number, entry in table("ffd_tags").items()}


def _spec(tag: int, entry: dict[str, Any]) -> TagSpec:
    return TagSpec(
        tag=tag,
        name=entry["name"],
        type=TagType(entry["type"]),
        length=entry.get("length"),
        pad=entry.get("pad", False),
        max_length=entry.get("max"),
        money=entry.get("unit") == "kop",
        multiple=entry.get("multiple", False),
        parents=tuple(entry.get("parents", ())),
        list_name=entry.get("list", ""),
        source=entry.get("source", ""),
        ffd=tuple(entry.get("ffd", ())),
        older=tuple(_spec(tag, older) for older in entry.get("older", ())),
    )


@cache
def form_codes() -> frozenset[int]:
    """Form codes: tags of whole documents (fiscal notes, section 2.1)."""
    return frozenset(int(code) for code in table("ffd_forms"))


def meaning(tag: int, parent: int | None, ffd: int | None) -> TagSpec | None:
    """The meaning of `tag` inside `parent` of a document of version `ffd` (0 = no 1209, None = not known).

    None: the number is unknown, or the context does not decide; the reader keeps raw bytes.
    """
    spec = all_specs().get(tag)
    if spec is None or not spec.contextual:
        return spec
    nested_only = not form_codes().intersection(spec.parents)
    if parent is not None and parent in spec.parents and (nested_only or _current(ffd)):
        return spec
    if parent is None and (_current(ffd) or _decides_itself(spec, ffd)) and not nested_only:
        return spec
    return next((older for older in spec.older if ffd is not None and ffd in older.ffd), None)


def _current(ffd: int | None) -> bool:
    return ffd is not None and ffd >= 2  # 1.05 and later


def _decides_itself(spec: TagSpec, ffd: int | None) -> bool:
    """A lone container shows by its own bytes what it is; the reader falls back to raw when they do not parse."""
    return ffd is None and spec.type is TagType.STLV
