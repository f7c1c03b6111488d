"""Logins are compared without case: `admin` and `Admin` are in use (`kkmserver.md`, section 1)."""

from __future__ import annotations

Accounts = tuple[tuple[str, str], ...]


def spelled(accounts: Accounts) -> Accounts:
    """Every account in the spellings that clients send: as written, small, capital, with a capital first letter."""
    made = {
        spelling: password
        for name, password in accounts
        for spelling in (name, name.lower(), name.upper(), name.capitalize())
    }
    return tuple(made.items())
