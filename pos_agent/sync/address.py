"""Which addresses may be the cloud's. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def address_fault(url: str) -> str | None:
    """Why this cannot be the cloud's address, None when it can: https, or http to this machine only."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        return "write it as https://HOST or https://HOST/PATH"
    if parts.scheme == "http" and host not in LOOPBACK:
        return "without TLS only to this machine: use https"
    return None
