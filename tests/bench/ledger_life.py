"""A chain's two years in the ledger, 10,000 and 100,000 sales: `ledger verify`, `ledger report`, `rules simulate`.

The database is made from a seed by the store's own `append`, 2,000 events a transaction, then every customer's cached
balance beside them, which `verify` rebuilds; it holds no fiscal documents and no slips. Making it is not measured.
There are as many customers for a receipt in both (20 receipts each: 500 and 5,000). Each command is a process of its
own. Ten times the receipts must not cost much more than ten times the time; people are read one at a time and receipts
stream, so memory must stay almost what it was.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.ledger_life import RULES, life, write

from bench.table import Row

SMALL, LARGE = 10_000, 100_000
RECEIPTS_OF_ONE, DAYS, SEED = 20, 730, 20260105
GROWTH, MEMORY_GROWTH = 15, 2
PROBE = (
    "import resource, subprocess, sys, json;"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(json.dumps({'cpu': used.ru_utime + used.ru_stime, 'kb': used.ru_maxrss}))"
)
CONFIG = '[agent]\ndata_dir = "{folder}"\nsocket = "{folder}/no.sock"\n\n[printer]\nport = "/dev/none"\n'
METRICS = ("retention", "churn", "redemption", "cohort", "liability", "average_receipt", "arpu", "repeat", "rfm")
Words = Callable[[Path], list[str]]


@dataclass(frozen=True)
class Measured:
    """Processor seconds and MiB at the peak."""

    cpu_s: float
    peak_mb: float


def verify_words(folder: Path) -> list[str]:
    """Rebuild everything."""
    return ["ledger", "verify", "--config", str(folder / "agent.toml"), "--json"]


def report_words(folder: Path) -> list[str]:
    """Figures of the second year beside the first."""
    period = ["--from", "2027-01-01", "--to", "2027-12-31", "--against", "previous"]
    return ["ledger", "report", *METRICS, "--ledger", str(folder), *period, "--format", "json"]


def simulate_words(folder: Path) -> list[str]:
    """The same history under a new rule."""
    new = folder / "new.toml"
    new.write_text(RULES + '\n[[rule]]\nid = "ten"\nkind = "item_percent"\nbp = 1000\n', encoding="utf-8")
    return ["rules", "simulate", "--rules", str(new), "--ledger", str(folder), "--json"]


COMMANDS: dict[str, Words] = {
    "ledger verify": verify_words,
    "ledger report": report_words,
    "rules simulate": simulate_words,
}


def rows() -> list[Row]:
    """Growth of time and memory of each command."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (filled(Path(folder) / str(count), count) for count in (SMALL, LARGE))
        found = []
        for name, words in COMMANDS.items():
            few, many = measure(words(small)), measure(words(large))
            found += [
                Row(
                    f"{name}, {LARGE} sales: time",
                    f"{many.cpu_s:.1f} s",
                    f"{SMALL}: {few.cpu_s:.1f} s",
                    many.cpu_s / few.cpu_s,
                    bound=GROWTH,
                ),
                Row(
                    f"{name}, {LARGE} sales: memory",
                    f"{many.peak_mb:.0f} MiB",
                    f"{SMALL}: {few.peak_mb:.0f} MiB",
                    many.peak_mb / few.peak_mb,
                    bound=MEMORY_GROWTH,
                ),
            ]
        return found


def filled(folder: Path, count: int) -> Path:
    """A data directory with that many sales, and settings that name it."""
    write(folder, life(SEED, count, count // RECEIPTS_OF_ONE, DAYS))
    (folder / "agent.toml").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    return folder


def measure(words: list[str]) -> Measured:
    """One run of a command."""
    command = [sys.executable, "-c", "from pos_agent.cli.main import main; main()", *words]
    probe = [sys.executable, "-c", PROBE, *command]
    told = json.loads(subprocess.run(probe, stdout=subprocess.PIPE, check=True).stdout)
    return Measured(told["cpu"], told["kb"] / 1024)
