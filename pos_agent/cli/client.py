"""The command line as a client of the running agent: asks over the Unix socket, or says that nobody is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError

JSON = {"Content-Type": "application/json"}
ANSWER_DEADLINE_S = 160.0  # above the server's own deadline for printer work
KINDS: dict[int, type[AgentError]] = {2: UsageError, 3: PrinterError, 5: DamagedError}


class NobodyThereError(Exception):
    """No agent listens on the socket."""


def ask(socket: Path, operation: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """One operation of the running agent.

    Raises NobodyThereError (no socket or nobody listens), AgentError AGT-01 (it listens but does not answer), or the
    agent's own error.
    """
    try:
        if not socket.exists():
            raise NobodyThereError
    except PermissionError as error:
        raise AgentError("AGT-03", path=socket.parent, why=error.strerror) from error
    try:
        content = json.dumps(dict(args), ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError) as error:
        raise UsageError("API-01", field="body") from error
    # There is no TLS on a Unix socket, and to read the authorities' certificates would take longer than the answer.
    transport = httpx.HTTPTransport(uds=str(socket), verify=False)
    timeout = httpx.Timeout(ANSWER_DEADLINE_S, connect=2.0)
    with httpx.Client(transport=transport, timeout=timeout, base_url="http://agent", trust_env=False) as client:
        try:
            response = client.post(f"/private/{operation}", content=content, headers=JSON)
            answer = response.json()
        except httpx.ConnectError as error:
            raise NobodyThereError from error
        except (httpx.HTTPError, ValueError) as error:
            raise AgentError("AGT-01") from error
    if not isinstance(answer, dict) or response.status_code not in (200, 422):
        raise AgentError("AGT-01")
    if "error" in answer:
        told = answer["error"]
        raise KINDS.get(told["exit"], AgentError)(told["code"], lines=tuple(told["lines"]), **told["params"])
    return answer
