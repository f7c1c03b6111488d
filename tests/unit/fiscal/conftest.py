"""Documents to start from (the fiscal notes' own) and a way to change one tag of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from drivers.fiscal import build, read_body, read_image

GOLDEN = Path(__file__).parents[2] / "golden" / "fiscal" / "documents.toml"


@pytest.fixture(scope="session")
def images():
    """`images[form, ffd]` -> bytes of a whole document."""
    entries = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["document"]
    return {(entry["form"], entry["ffd"]): bytes.fromhex(entry["hex"]) for entry in entries}


def frame(number: int, value: bytes) -> bytes:
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def edited(tags, path, replacement):
    """Bytes of the tags with the one at `path` (numbers; a line is its number from 1) replaced; b"" drops it.

    A path that leads nowhere appends the replacement to the last container it found.
    """
    number, *rest = path
    out, done, seen = b"", False, 0
    for tag in tags:
        seen += tag.tag == 1059
        hit = tag.tag == 1059 and seen == number if number < 10 else tag.tag == number
        if not hit or done:
            out += frame(tag.tag, tag.raw)
            continue
        done = True
        out += frame(tag.tag, edited(tag.tags, rest, replacement)) if rest else replacement
    return out if done else out + replacement


@pytest.fixture
def receipt_with(images):
    """`receipt_with(path, value, ...)` -> the FFD 1.2 receipt, changed. `value`: None drops, bytes are raw bytes of
    the value, anything else goes through `build`."""

    def make(*changes, form=3, ffd="1.2"):
        document, _ = read_image(images[3 if form in (3, 31) else form, ffd])
        body = b"".join(frame(tag.tag, tag.raw) for tag in document.tags)
        for path, value in changes:
            if value is None:
                new = b""
            elif isinstance(value, bytes):
                new = frame(path[-1], value)
            else:
                new = frame(path[-1], build(path[-1], value, parent=path[-2] if len(path) > 2 else None).raw)
            body = edited(read_body(form, body).tags, path, new)
        return read_body(form, body)

    return make
