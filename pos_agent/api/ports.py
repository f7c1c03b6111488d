"""Ports of this computer for the installer: which there are, who answers, what to write into the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pos_agent.api.operation import Json, Parts, text
from pos_agent.errors import AgentError


class PortsSeen(Protocol):
    """The search beside the running agent; see `port_search`."""

    def shown(self, lang: str) -> Json:
        """All ports now, in words."""

    def search(self, port: str = "") -> None:
        """Ask that port, "" = all. AgentError INS-19."""


def listed(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{"searching", "left_s", "notes", "ports": [{port, label, state, answer, speed, verdict, told, settings}]}`.

    `state`: held (the agent's own printer), beside (another port of its device), new, waiting, asking, asked;
    `told`: what to do about it, or null; `settings`: lines for the settings file when it is a printer that is ready.
    """
    if parts.ports is None:
        return {"searching": False, "left_s": 0, "notes": [], "ports": []}
    return parts.ports.shown(parts.config.agent.language)


def search(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{port}`, "" = all: they are asked in the background, see `listed`. AgentError INS-19."""
    port = text(args, "port", "")
    if parts.ports is not None:
        parts.ports.search(port)
    elif port:
        raise AgentError("INS-19", port=port)
    return listed(parts, {})
