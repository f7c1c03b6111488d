"""HTTP on the loopback. Reading the authorities' certificates for each request takes longer than most answers."""

from __future__ import annotations

from functools import partial

import httpx

request = partial(httpx.request, verify=False, trust_env=False)
client = partial(httpx.Client, verify=False, trust_env=False)


def over_socket(path: object, **more: object) -> httpx.Client:
    """A client of a Unix socket."""
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(path), verify=False), **more)  # type: ignore[arg-type]
