"""A rule change over 10,000 and 100,000 past receipts: time and memory of `pos-agent rules simulate`, and their growth.

The command is measured as it is called: a process of its own that reads foreign JSON, sorts it and prices every receipt
in two worlds. Receipts come from a seed. Ten times the receipts must not cost much more than ten times the time, nor
ten times the memory: receipts stream, only customers stay.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kit.past_sales import history, write_tax_json

from bench.table import Row

SMALL, LARGE, TIMES = 10_000, 100_000, 10
CUSTOMERS = 2_000
GROWTH, MEMORY_GROWTH = 15, 4
SEED = 20260105
RULES = Path(__file__).resolve().parents[2] / "config" / "rules"
NEW, OLD = RULES / "coffee.toml", RULES / "grocery.toml"
PROBE = (
    "import resource, subprocess, sys, json;"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "told = {'cpu': used.ru_utime + used.ru_stime, 'kb': used.ru_maxrss, 'report': json.loads(done.stdout)};"
    "print(json.dumps(told))"
)


@dataclass(frozen=True)
class Measured:
    """Processor seconds and MiB at the peak."""

    cpu_s: float
    peak_mb: float
    sales: int
    digest: str


def rows() -> list[Row]:
    """Growth of time and of memory from 10,000 to 100,000 receipts."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (measure(Path(folder), count) for count in (SMALL, LARGE))
    return [
        Row(
            f"simulate, {LARGE} receipts, 2 worlds: time",
            f"{large.cpu_s:.1f} s",
            f"{SMALL}: {small.cpu_s:.1f} s",
            large.cpu_s / small.cpu_s,
            bound=GROWTH,
        ),
        Row(
            f"simulate, {LARGE} receipts, 2 worlds: memory",
            f"{large.peak_mb:.0f} MiB",
            f"{SMALL}: {small.peak_mb:.0f} MiB",
            large.peak_mb / small.peak_mb,
            bound=MEMORY_GROWTH,
        ),
    ]


def measure(folder: Path, count: int) -> Measured:
    """One run over `count` sales."""
    source = folder / str(count)
    write_tax_json(source, history(SEED, count, CUSTOMERS, days=90))
    agent = [sys.executable, "-c", "from pos_agent.cli.main import main; main()"]
    asked = ["rules", "simulate", "--rules", NEW, "--against", OLD, "--receipts", source, "--json"]
    command = [*agent, *(str(one) for one in asked)]
    told = json.loads(
        subprocess.run([sys.executable, "-c", PROBE, *command], stdout=subprocess.PIPE, check=True).stdout
    )
    report = told["report"]
    return Measured(told["cpu"], told["kb"] / 1024, report["receipts"]["sales"], report["hash"])
