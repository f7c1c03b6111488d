"""What passed on the wire, read from the agent's own trace file."""

from pathlib import Path

BITS_PER_BYTE = 10


def bytes_between(trace: Path, since: float, until: float) -> int:
    """Bytes in both directions with a monotonic reading in [since, until]."""
    total = 0
    for line in trace.read_text(encoding="utf-8").splitlines():
        at, direction, text = line.split(maxsplit=2)
        if direction in "<>" and since <= float(at) <= until:
            total += len(text.split())
    return total


def seconds(count: int, baud: int) -> float:
    """The least time that so many bytes take on a line of that speed, one after the other."""
    return count * BITS_PER_BYTE / baud
