"""Sorting more than fits into memory: sorted runs in temporary files, merged while they are read."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TextIO

from pos_agent.simulate.past import Past, from_json

RUN = 4000  # receipts held at once
Entry = tuple[tuple[str, str, str], str]


class Spool:
    """Put receipts in in any order, read them in business order, as often as wanted. Use as a context manager."""

    def __init__(self, run: int = RUN) -> None:
        self._run = run
        self._folder = TemporaryDirectory(prefix="pos-agent-")
        self._held: list[Entry] = []
        self._files: list[Path] = []
        self.count = 0

    def put(self, past: Past, text: str) -> None:
        """One more; `text` is `text_of(past)`. OSError when the disk is full."""
        self._held.append((past.order, text))
        self.count += 1
        if len(self._held) >= self._run:
            self._write()

    def __iter__(self) -> Iterator[Past]:
        self._held.sort()
        with ExitStack() as opened:
            runs = [_entries(opened.enter_context(file.open(encoding="utf-8"))) for file in self._files]
            for _, text in heapq.merge(*runs, self._held):
                yield from_json(json.loads(text))

    def _write(self) -> None:
        self._held.sort()
        file = Path(self._folder.name) / f"{len(self._files)}.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            for order, text in self._held:
                stream.write(json.dumps(order, ensure_ascii=False) + "\t" + text + "\n")
        self._files.append(file)
        self._held = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()


def text_of(past: Past) -> str:
    """One line of JSON."""
    return json.dumps(past.to_json(), ensure_ascii=False, separators=(",", ":"))


def _entries(stream: TextIO) -> Iterator[Entry]:
    for line in stream:
        order, _, text = line.rstrip("\n").partition("\t")
        day, instant, name = json.loads(order)
        yield (day, instant, name), text
