"""The cloud over HTTP: one request in flight, one deadline for all of it, no answer larger than its limit.

Every end that is not a good answer is one of the errors in `faults`.
"""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpcore
import httpx

from pos_agent.sync.address import address_fault
from pos_agent.sync.faults import BrokenError, NotAdmittedError, ProtocolError, RefusedError, UnreachableError
from pos_agent.sync.transport import Deadline, DeadlineTransport

Json = dict[str, Any]
DEADLINE_S = 15.0  # under the time that a stopping agent waits for its threads
ACK_LIMIT = 64 * 1024
RULES_LIMIT = 4 * 1024 * 1024
HOLDS_LIMIT = 4 * 1024 * 1024  # a page of 200 of at most 16 KiB each


@dataclass(frozen=True)
class Reply:
    """A whole answer within limits."""

    status: int
    headers: httpx.Headers
    content: bytes


class CloudClient:
    """Not for several threads. ValueError for an address that `address_fault` complains about."""

    def __init__(
        self,
        url: str,
        register: str,
        token: Callable[[], str],
        monotonic: Callable[[], float],
        *,
        deadline_s: float = DEADLINE_S,
        certificates: ssl.SSLContext | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        fault = address_fault(url)
        if fault is not None:
            raise ValueError(fault)
        self._ledger_url = f"{url.rstrip('/')}/v1/ledger/{quote(register, safe='')}"
        self._rules_url = f"{url.rstrip('/')}/v1/rules"
        self._holds_url = f"{url.rstrip('/')}/v1/holds"
        self._token = token
        self._deadline = Deadline(monotonic)
        self._deadline_s = deadline_s
        self._http = httpx.Client(
            transport=transport or DeadlineTransport(self._deadline, certificates),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "pos-agent"},
            trust_env=False,
            follow_redirects=False,
        )

    def send(self, body: bytes) -> Json:
        """Post one batch; the JSON object of the 200 answer."""
        reply = self._exchange("POST", self._ledger_url, ACK_LIMIT, body, {"Content-Type": "application/json"})
        if reply.status != 200:
            raise ProtocolError(f"status {reply.status} to a batch")
        return _object(reply.content)

    def rules(self, known: str) -> Json | None:
        """The rules published now; None when they are those with the entity tag `known`, or nothing is published."""
        headers = {"If-None-Match": known} if known else {}
        reply = self._exchange("GET", self._rules_url, RULES_LIMIT, None, headers)
        if reply.status in (204, 304):
            return None
        if reply.status != 200:
            raise ProtocolError(f"status {reply.status} to a question for rules")
        return _object(reply.content)

    def holds(self, number: int, event_id: str) -> Json | None:
        """Holds of other registers after number `number`, which was `event_id`; None: this cloud tells of none."""
        query = urlencode({"after": number, "event": event_id})
        try:
            reply = self._exchange("GET", f"{self._holds_url}?{query}", HOLDS_LIMIT, None, {})
        except NotAdmittedError as error:
            if error.cause == "status 404":  # an older cloud
                return None
            raise
        if reply.status != 200:
            raise ProtocolError(f"status {reply.status} to a question for holds")
        return _object(reply.content)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _exchange(self, method: str, url: str, limit: int, body: bytes | None, headers: dict[str, str]) -> Reply:
        authorized = {"Authorization": f"Bearer {self._token()}", **headers}
        self._deadline.start(self._deadline_s)
        try:
            with self._http.stream(method, url, content=body, headers=authorized) as response:
                reply = Reply(response.status_code, response.headers, self._content(response, limit))
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise UnreachableError(f"no whole answer within {self._deadline_s:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError) as error:
            raise UnreachableError(f"{type(error).__name__}: {error}"[:200]) from error
        return _accepted(reply)

    def _content(self, response: httpx.Response, limit: int) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ProtocolError("a packed answer that was not asked for")
        content = bytearray()
        for part in response.iter_raw():
            content += part
            if len(content) > limit:
                raise ProtocolError(f"an answer larger than {limit} bytes")
        return bytes(content)


def _accepted(reply: Reply) -> Reply:
    """The reply when its status is a good one or 304."""
    status = reply.status
    if 200 <= status < 300 or status == 304:
        return reply
    if status in (401, 403, 404):
        raise NotAdmittedError(f"status {status}")
    if status in (400, 413, 422):
        raise RefusedError(f"status {status}")
    made = BrokenError if status == 500 else UnreachableError
    raise made(f"status {status}", retry_after_s(reply.headers))


def retry_after_s(headers: httpx.Headers) -> float | None:
    """Seconds that the cloud asks to wait. A date is taken against the cloud's own `Date`: our clock may be wrong."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        seconds = (parsedate_to_datetime(told) - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _object(content: bytes) -> Json:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the answer is no JSON") from error
    if not isinstance(value, dict):
        raise ProtocolError("the answer is no JSON object")
    return value
