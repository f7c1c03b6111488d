"""`python -m mutation.run [--count N] [--seed S] [--only PART] [--out FILE] [--again FILE]` (from tests/).

How many slips of the hand the tests see: every change of `mutants` over pos_agent/money.py and pos_agent/rules, or N of
them, drawn by the seed and evenly over the files. Changes inside functions go through `judge`, all in one session; the
few outside of them, or in a function that runs while a module is imported or once for all, need the modules anew and go
through `afresh`. Exit 1 below the promised share.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import hypothesis
import pytest

from mutation.afresh import afresh
from mutation.mutants import Mutant, mutants, sources

ROOT = Path(__file__).resolve().parents[2]
TESTS = [
    "tests/golden/pricing",
    "tests/unit/pricing",
    "tests/unit/rules",
    "tests/unit/rule_packs",
    "tests/unit/ledger/test_level_policies.py",
    "tests/house/test_docs_examples.py",
    "tests/unit/agent/test_course.py",
    *sorted(str(one.relative_to(ROOT)) for one in (ROOT / "tests/properties").glob("test_pricing_*.py")),
    *sorted(str(one.relative_to(ROOT)) for one in (ROOT / "tests/properties").glob("test_accrual_*.py")),
]
PROMISED = 0.9
ONCE = {("pos_agent/rules/when_table.py", "_texts"), ("pos_agent/rules/blacklist_table.py", "presets")}


class Tally:
    """What became of each mutant, as it comes."""

    def __init__(self, total: int, out: Path | None) -> None:
        self.total, self.out, self.rows = total, out, []
        self.begun = time.monotonic()

    def __call__(self, mutant: Mutant, fate: str, by: str) -> None:
        self.rows.append((mutant, fate, by))
        if self.out:
            with open(self.out, "a", encoding="utf-8") as stream:
                stream.write(json.dumps([mutant.id, mutant.where, fate, by], ensure_ascii=False) + "\n")
        if fate != "killed":
            print(f"{fate}: {mutant.id} in {mutant.where or 'the module'} ({by})", flush=True)
        if len(self.rows) % 100 == 0:
            print(f"-- {len(self.rows)} of {self.total} in {time.monotonic() - self.begun:.0f} s", flush=True)

    def keep(self, earlier: Path, todo: list[Mutant]) -> list[Mutant]:
        """Takes over what is killed already; what is left to do."""
        rows = [json.loads(line) for line in earlier.read_text(encoding="utf-8").splitlines()]
        killed = {identity: by for identity, _, fate, by in rows if fate == "killed"}
        for mutant in todo:
            if mutant.id in killed:
                self(mutant, "killed", killed[mutant.id])
        return [mutant for mutant in todo if mutant.id not in killed]

    def share(self) -> float:
        """Prints the sums; what share was killed."""
        by_file = Counter(mutant.file for mutant, _, _ in self.rows)
        killed = Counter(mutant.file for mutant, fate, _ in self.rows if fate == "killed")
        for file, count in sorted(by_file.items()):
            print(f"{file:<44} {killed[file]:>4} of {count:>4}")
        share = killed.total() / max(1, len(self.rows))
        print(f"mutants {len(self.rows)}, killed {killed.total()}: {100 * share:.1f} %")
        return share


def chosen(texts: dict[str, str], count: int | None, seed: int, only: str) -> list[Mutant]:
    """All, or `count` of them: the same share of every file."""
    pools = [mutants(file, text) for file, text in texts.items() if only in file]
    total = sum(len(pool) for pool in pools)
    if count is None or count >= total:
        return [one for pool in pools for one in pool]
    chance, found, due = random.Random(seed), [], 0
    for pool in pools:
        due += len(pool) * count
        number = due // total - len(found)
        found += [pool[index] for index in sorted(chance.sample(range(len(pool)), number))]
    return found


def judged(texts: dict[str, str], todo: Iterable[Mutant], pipe: int) -> None:
    """One pytest session for all changes inside functions."""
    from mutation.judge import Judge

    def found(mutant: Mutant, fate: str, by: str) -> None:
        os.write(pipe, (json.dumps([mutant.id, fate, by]) + "\n").encode())

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", *TESTS]
    pytest.main(arguments, plugins=[Judge(ROOT, texts, todo, found)])


def renewed(texts: dict[str, str], todo: Iterable[Mutant], pipe: int) -> None:
    """A process for each change outside of functions; the properties are left out, each would be collected anew."""
    afresh(ROOT, texts, todo, [one for one in TESTS if "/properties/" not in one], pipe)


def main() -> int:
    """0: the promise is kept."""
    parser = argparse.ArgumentParser(prog="mutation.run")
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of a file's name")
    parser.add_argument("--again", type=Path, help="an earlier --out: what it killed stays killed")
    parser.add_argument("--out", type=Path, help="one line of JSON per mutant, appended")
    given = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    hypothesis.settings.register_profile(
        "mutants", max_examples=40, derandomize=True, database=None, deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    texts = sources(ROOT)
    todo = chosen(texts, given.count, given.seed, given.only)
    tally = Tally(len(todo), given.out)
    if given.again:
        todo = tally.keep(given.again, todo)
    named = {one.id: one for one in todo}
    anew = [one for one in todo if not one.where or (one.file, one.where) in ONCE]
    for work, part in ((judged, [one for one in todo if one not in anew]), (renewed, anew)):
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if not child:
            os.close(reading)
            work(texts, part, writing)
            os._exit(0)
        os.close(writing)
        with open(reading, encoding="utf-8") as lines:
            for line in lines:
                identity, fate, by = json.loads(line)
                tally(named[identity], fate, by)
        os.waitpid(child, 0)
    if len(tally.rows) != tally.total:
        print(f"only {len(tally.rows)} of {tally.total} were judged: is the suite green?")
        return 1
    return 0 if tally.share() >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
