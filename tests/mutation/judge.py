"""A pytest plugin: instead of running the tests once, it runs those that reach a mutant, for every mutant.

Each mutant lives in a forked child, in which the code object of the one changed function is exchanged: nothing is
imported or collected again. A test that runs far longer than it did, on the processor's clock, counts as failed.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest
from oracle.compare import differences, further_differences

from mutation.mutants import Mutant, mutated

RECEIPTS = ((0, 40), (40, 160), (160, 400))  # of the plain implementation, tried before any test
FURTHER = ((0, 40), (40, 150))  # the same over all kinds
TIMES, SPARE_S = 10, 1.0  # a test may take that many times what it took, and this much more
BUDGET_S = 5.0  # processor time of the checks tried on one mutant
MEMORY = 3_000_000_000
KILLED, LIVES, NOT_REACHED = "killed", "lives", "not reached"
Key = tuple[str, str]  # file below the root, qualified name of a function


class Judge:
    """`found`: called with each mutant, what became of it and which check said so."""

    def __init__(
        self, root: Path, texts: dict[str, str], todo: Iterable[Mutant], found: Callable[[Mutant, str, str], None]
    ) -> None:
        self.root, self.texts, self.todo, self.found = root, texts, list(todo), found
        self.reaches: dict[Key, list[str]] = defaultdict(list)
        self.taken: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Everything once, to see what it reaches and that it is green; then the mutants."""
        checks = {f"receipts {first}-{end}": _receipts(differences, first, end) for first, end in RECEIPTS}
        checks |= {f"all kinds {first}-{end}": _receipts(further_differences, first, end) for first, end in FURTHER}
        checks |= {item.nodeid: _item(session, item) for item in session.items}
        for name, check in checks.items():
            if not self._watched(name, check):
                raise pytest.UsageError(f"{name} fails on the code as it is: nothing can be judged")
        first = list(checks)[: len(RECEIPTS) + len(FURTHER)]
        for mutant in self.todo:
            names = sorted(self.reaches[mutant.file, mutant.where], key=lambda name: self._turn(name, first))
            self.found(mutant, *self._judged(mutant, [(name, checks[name]) for name in self._affordable(names)]))
        return True

    def _turn(self, name: str, first: list[str]) -> tuple[bool, bool, float]:
        """The plain implementation, the tests written against mutants, the quickest of the others."""
        return name not in first, "_mutants_" not in name, self.taken[name]

    def _affordable(self, names: list[str]) -> list[str]:
        spent = list(accumulate(self.taken[name] for name in names))
        return [name for name, so_far in zip(names, spent, strict=True) if so_far <= BUDGET_S]

    def _watched(self, name: str, check: Callable[[], bool]) -> bool:
        seen: set[CodeType] = set()

        def tracer(frame: FrameType, event: str, argument: object) -> None:
            seen.add(frame.f_code)

        begun = time.process_time()
        sys.settrace(tracer)
        try:
            good = check()
        finally:
            sys.settrace(None)
        self.taken[name] = time.process_time() - begun
        paths = {str(self.root / file): file for file in self.texts}
        for key in {(paths[code.co_filename], outermost(code)) for code in seen if code.co_filename in paths}:
            self.reaches[key].append(name)
        return good

    def _judged(self, mutant: Mutant, checks: list[tuple[str, Callable[[], bool]]]) -> tuple[str, str]:
        if not checks:
            return NOT_REACHED, ""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _alone()
            exchange(mutant, self.texts[mutant.file])
            for number, (name, check) in enumerate(checks):
                os.write(writing, number.to_bytes(2, "big"))
                signal.setitimer(signal.ITIMER_VIRTUAL, TIMES * self.taken[name] + SPARE_S)
                good = False
                try:
                    good = check()
                finally:  # whatever is raised, by whatever was broken: the child ends here
                    if not good:
                        os._exit(1)
            os._exit(0)
        os.close(writing)
        with open(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        last = checks[int.from_bytes(told[-2:], "big")][0] if told else "import"
        if not status:
            return LIVES, f"{len(checks)} checks"
        return KILLED, last if os.WIFEXITED(status) else f"{last} (time)"


def _alone() -> None:
    """A child says nothing and cannot eat the machine."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)


def _receipts(compared: Callable[[int], list[str]], first: int, end: int) -> Callable[[], bool]:
    return lambda: not any(compared(seed) for seed in range(first, end))


def _item(session: pytest.Session, item: pytest.Item) -> Callable[[], bool]:
    def run() -> bool:
        before = session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return session.testsfailed == before

    return run


def outermost(code: CodeType) -> str:
    """The function a piece of code belongs to: what runs inside of it counts as its own."""
    return code.co_qualname.partition(".<locals>")[0]


def exchange(mutant: Mutant, text: str) -> None:
    """Give the living function the changed code."""
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    living: object = module
    for name in mutant.where.split("."):
        living = vars(living)[name]
    function = _function(living)
    file = function.__code__.co_filename
    function.__code__ = next(_codes(compile(mutated(text, mutant), file, "exec"), function.__code__))


def _function(living: object) -> FunctionType:
    """Of a property, a class method, something wrapped."""
    for name in ("fget", "__func__", "__wrapped__"):
        living = getattr(living, name, None) or living
    if not isinstance(living, FunctionType):
        raise TypeError(f"not a function: {living!r}")
    return living


def _codes(code: CodeType, like: CodeType) -> Iterator[CodeType]:
    """Code objects of the same name within a compiled module."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if (one.co_qualname, one.co_firstlineno) == (like.co_qualname, like.co_firstlineno):
                yield one
            yield from _codes(one, like)
