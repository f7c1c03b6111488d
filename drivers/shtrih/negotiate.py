"""Which of the two low levels a device speaks, found by asking. Source: protocol notes, section 1.8.

A device chooses by the first byte after power-up with the feed key held, or after 14h, and stays with it. So nothing is
switched here, only found out: protocol 1.0 is asked first, because nearly all devices speak it and the first byte of a
fresh device decides; a device in 2.0 ignores ENQ. Then the empty frame of 2.0, which executes nothing, and to which a
device in 1.0 says NAK at most.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.exchange import Link
from drivers.shtrih.link import ShtrihLink, Timing
from drivers.shtrih.link2 import ShtrihLink2

AUTO, ONE, TWO = "auto", "1.0", "2.0"
PROTOCOLS = (AUTO, ONE, TWO)


def links(protocol: str, timing: Timing | None, enq: bool) -> tuple[Callable[[], Link], ...]:
    """Makers of the links to try, in order. Raises ValueError for a protocol nobody knows."""
    if protocol not in PROTOCOLS:
        raise ValueError(f"protocol {protocol!r}: {', '.join(PROTOCOLS)}")
    one: Callable[[], Link] = lambda: ShtrihLink(timing, enq)  # noqa: E731 - a name for the type checker
    two: Callable[[], Link] = lambda: ShtrihLink2(timing)  # noqa: E731
    return {AUTO: (one, two), ONE: (one,), TWO: (two,)}[protocol]
