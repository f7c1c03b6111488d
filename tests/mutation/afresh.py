"""Mutants outside of functions: constants, tables, defaults. Each in a child that imports everything anew."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

from mutation.mutants import Mutant, mutated

PROCESSOR_S = 60  # a whole run takes about ten
MEMORY = 3_000_000_000
RECEIPTS = 200  # beside the plain implementation, before any test


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and gives it the changed code."""

    def __init__(self, root: Path, mutant: Mutant, text: str) -> None:
        self.file, self.tree = root / mutant.file, mutated(text, mutant)
        self.name = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Of the one module."""
        return importlib.util.spec_from_file_location(name, self.file, loader=self) if name == self.name else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """As any other."""

    def exec_module(self, module: ModuleType) -> None:
        """Runs the changed tree."""
        exec(compile(self.tree, self.file, "exec"), vars(module))


def afresh(root: Path, texts: dict[str, str], todo: Iterable[Mutant], tests: list[str], pipe: int) -> None:
    """Writes a line of JSON for each: its id, what became of it, who said so."""
    for mutant in todo:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            killed = True
            try:
                killed = _killed(root, mutant, texts[mutant.file], tests)
            finally:  # whatever is raised, by whatever was broken: the child ends here
                os._exit(killed)
        _, status = os.waitpid(child, 0)
        fate = "killed" if status else "lives"
        os.write(pipe, (json.dumps([mutant.id, fate, "all of it"]) + "\n").encode())


def _killed(root: Path, mutant: Mutant, text: str, tests: list[str]) -> bool:
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    sys.meta_path.insert(0, Changed(root, mutant, text))
    from oracle.compare import differences, further_differences

    if any(differences(seed) or further_differences(seed) for seed in range(RECEIPTS)):
        return True
    return bool(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
