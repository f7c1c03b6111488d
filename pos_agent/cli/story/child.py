"""One console script of this installation as a child process."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from pos_agent.errors import AgentError

STOP_S = 25.0
LOG_TAIL = 2000  # characters of the log that go into an error


class Child:
    """A running child: what it prints comes line by line, what it logs goes to NAME.log in the folder.

    `zone`: its local time as in the environment variable TZ. It stands in a session of its own: Ctrl-C is for the
    demonstration, which then stops its children in order.
    """

    def __init__(self, name: str, *args: str, folder: Path, stdin: int | None = None, zone: str | None = None) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [script(name), *args],
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                env={**os.environ, "TZ": zone} if zone else None,
                start_new_session=True,
            )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, name=f"{name} output", daemon=True).start()

    @property
    def running(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    def line(self, seconds: float) -> str:
        """The next line it prints. AgentError AGT-04 with its last words when none comes in time or it has ended."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = ""
        if not line:
            raise self.failed()
        return line

    def failed(self) -> AgentError:
        """What to raise when it does not do its part."""
        told = self._log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
        return AgentError("AGT-04", trace=self.name, lines=tuple(told.splitlines()))

    def stop(self) -> None:
        """SIGTERM, SIGKILL when that does not help."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")


def output_of(name: str, *args: str, folder: Path) -> str:
    """Run one command in the folder to its end; its output. AgentError AGT-04 with what it said."""
    done = subprocess.run([script(name), *args], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AgentError(
            "AGT-04", lines=tuple((done.stdout + done.stderr).splitlines()[-5:]), trace=f"{name} {args[0]}"
        )
    return done.stdout


def script(name: str) -> str:
    """A console script of this installation: beside the running Python."""
    return str(Path(sys.executable).parent / name)
