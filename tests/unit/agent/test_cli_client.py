"""The command line as a client: nobody there, somebody who does not answer, and the agent's own errors."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from unit.agent.socket_story import serving, short_folder

from pos_agent.cli.client import NobodyThereError, ask
from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@contextmanager
def answering(path: Path, answer: bytes) -> Iterator[None]:
    """Somebody listens, takes one request, says `answer` and hangs up."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(1)

    def once() -> None:
        speaker, _ = listener.accept()
        with speaker:
            speaker.recv(65536)
            speaker.sendall(answer)

    thread = threading.Thread(target=once)
    thread.start()
    try:
        yield
    finally:
        thread.join(10)
        listener.close()


def http(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_the_agents_answer(folder: Path) -> None:
    with serving(folder) as path:
        assert ask(path, "echo", {"name": "Анна"}) == {"args": {"name": "Анна"}}


def test_no_socket_is_nobody(folder: Path) -> None:
    with pytest.raises(NobodyThereError):
        ask(folder / "s", "status", {})
    with pytest.raises(NobodyThereError):
        ask(folder / "no" / "such" / "folder" / "s", "status", {})


def test_a_socket_of_a_killed_agent_is_nobody(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(folder / "s"))
    with pytest.raises(NobodyThereError):
        ask(folder / "s", "status", {})
    (folder / "file").touch()
    with pytest.raises(NobodyThereError):
        ask(folder / "file", "status", {})


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"220 mail.example.org ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        http(b"<html>"),
        http(b"[]"),
        http(b"Internal Server Error", b"500 Internal Server Error"),
        http(b"{}", b"503 Service Unavailable"),
        http(b"\xff\xff"),
    ],
    ids=["hangs up", "no HTTP", "torn", "no JSON", "no object", "500", "503", "no text"],
)
def test_somebody_who_does_not_answer_is_told_apart(folder: Path, answer: bytes) -> None:
    with answering(folder / "s", answer), pytest.raises(AgentError) as caught:
        ask(folder / "s", "status", {})
    assert caught.value.code == "AGT-01"
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("exit_code", "kind"), [(1, AgentError), (2, UsageError), (3, PrinterError), (5, DamagedError)]
)
def test_the_agents_errors_arrive_as_they_were_raised(folder: Path, exit_code: int, kind: type[AgentError]) -> None:
    with serving(folder) as path, pytest.raises(AgentError) as caught:
        ask(path, "refused", {"exit": exit_code})
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.exit_code, error.lines) == ("DOC-02", exit_code, ("one", "two"))
    assert error.params == {"document": "/x", "count": 3}


def test_proxies_of_the_environment_are_not_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(folder) as path:
        assert ask(path, "echo", {}) == {"args": {}}
