"""A whole sale of 20 lines by the running agent on a paced pty, against the wire time of its own bytes."""

import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.register import CARD, Register
from kit.waiting import until

from bench import wire
from bench.table import Row

BAUD = 115_200
SALES = 7
LINES = 20
BASKET = {
    "lines": [
        {"id": str(number), "name": f"Товар {number}", "price_kop": 10_000 + 37 * number, "qty": "1"}
        for number in range(1, LINES + 1)
    ]
}


@contextmanager
def running() -> Iterator[tuple[Register, Path]]:
    """Emulator at the speed of a real line, agent, rules, a customer, an open shift. Gives the trace as well."""
    folder = Path(tempfile.mkdtemp(prefix="pos-agent-bench-"))
    register, trace = Register(folder), folder / "wire.trace"
    os.environ["POS_AGENT_PRINTER__TRACE_FILE"] = str(trace)
    try:
        register.start_printer("--pace", str(BAUD))
        register.prepare()
        register.start_agent("--from", "1")
        register.wait_for_agent()
        until(lambda: register.status()["storage"]["recorded_fd"] == 1)
        register.ask("sell", basket=BASKET, sale="first", customer=CARD)
        register.settled()
        yield register, trace
    finally:
        del os.environ["POS_AGENT_PRINTER__TRACE_FILE"]
        register.close()
        shutil.rmtree(folder, ignore_errors=True)


def rows() -> list[Row]:
    """The sale's time, and how many flushes of the disk it waits for."""
    with running() as (register, trace):
        taken, limits, counts = [], [], []
        for number in range(SALES):
            begun = time.monotonic()
            answer = register.ask("sell", basket=BASKET, sale=f"sale-{number}", customer=CARD)
            ended = time.monotonic()
            assert answer["state"] == "registered"
            count = wire.bytes_between(trace, begun, ended)
            taken.append(ended - begun)
            limits.append(wire.seconds(count, BAUD))
            counts.append(count)
            register.settled()
        flushed = _flushes(register)
    time_s, limit_s = statistics.median(taken), statistics.median(limits)
    told = f"{statistics.median(counts):.0f} bytes: {limit_s * 1000:.0f} ms"
    found = [Row(f"sale of {LINES} lines at {BAUD} baud, answer", f"{time_s * 1000:.0f} ms", told, time_s / limit_s)]
    if flushed is None:
        print("NOT RUN: flushes per sale (strace missing)")
    else:
        told = "intent, closing, result"
        found.append(Row("disk flushes before the sale is answered", str(flushed), told, flushed / 3, bound=1))
    return found


def _flushes(register: Register) -> int | None:
    """fdatasync and fsync calls of the agent from the order to its answer; None without strace."""
    if shutil.which("strace") is None or register.agent is None:
        return None
    log = register.folder / "flushes"
    command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(log), "-p", str(register.agent.pid)]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    status = Path(f"/proc/{register.agent.pid}/status")
    until(lambda: f"TracerPid:\t{tracer.pid}" in status.read_text(encoding="ascii"))
    register.ask("sell", basket=BASKET, sale="flushed", customer=CARD)
    seen = log.read_text(encoding="utf-8").count("sync(")
    register.settled()
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    return seen
