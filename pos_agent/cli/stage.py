"""The stage of the demonstration: the emulated printer and the agent as child processes, in a folder of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from importlib import resources
from pathlib import Path
from typing import Any, Self

from pos_agent.cli.client import NobodyThereError, ask
from pos_agent.clock import SystemClock
from pos_agent.errors import AgentError

START_S = 20.0
SETTLE_S = 30.0
STOP_S = 25.0
STORY = resources.files("pos_agent.cli.story")


class Stage:
    """Folder, emulator, agent. `with Stage(folder) as stage:` starts both and stops both."""

    def __init__(self, folder: Path | None, ffd: str) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pos-agent-demo-"))
        self.ffd = ffd
        self.settings = self.folder / "agent.toml"
        self.socket = self.folder / "agent.sock"
        self.state = self.folder / "printer.state"
        self._children: list[subprocess.Popen[str]] = []
        self._clock = SystemClock()
        self._never = threading.Event()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = (STORY / "agent.toml").read_text(encoding="utf-8").replace("{folder}", str(self.folder))
        self.settings.write_text(text, encoding="utf-8")
        for name in ("till.toml", "rules.toml"):
            (self.folder / name).write_text((STORY / name).read_text(encoding="utf-8"), encoding="utf-8")
        try:
            self._start_emulator()
            self._start_agent()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.terminate()
        for child in reversed(self._children):
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def ask(self, operation: str, **args: object) -> dict[str, Any]:
        """One operation of the running agent."""
        return ask(self.socket, operation, args)

    def till(self, step: str) -> dict[str, Any]:
        """One step of the scripted till; what it answered."""
        answer = self.emulator(
            "till", "--port", f"pty:{self.folder}/till-port", "--script", "till.toml", "--step", step
        )
        told: dict[str, Any] = json.loads(answer.splitlines()[-1])
        return told

    def emulator(self, *args: str) -> str:
        """One `fiscal-emulator` command in the folder; its output. AgentError AGT-04 with what it said."""
        done = subprocess.run(
            [script("fiscal-emulator"), *args], cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AgentError("AGT-04", lines=tuple((done.stdout + done.stderr).splitlines()[-5:]), trace=args[0])
        return done.stdout

    def settle(self, fd: int) -> dict[str, Any]:
        """Wait until document `fd` is recorded and every slip is printed; the status then."""
        deadline = self._clock.monotonic() + SETTLE_S
        while True:
            status = self.ask("status")
            slips = status["slips"]
            if status["storage"]["recorded_fd"] >= fd and not slips["waiting"] and not slips["printing"]:
                return status
            if self._clock.monotonic() > deadline:
                raise AgentError("AGT-01", lines=(json.dumps(status, ensure_ascii=False),))
            self._clock.wait(self._never, 0.1)

    def _start_emulator(self) -> None:
        ports = [f"pty:{self.folder}/till-port", f"pty:{self.folder}/agent-port"]
        child = self._child(
            "fiscal-emulator",
            "printer",
            *(part for port in ports for part in ("--listen", port)),
            *("--state", str(self.state), "--ffd", self.ffd),
            stdout=subprocess.PIPE,
        )
        line = child.stdout.readline() if child.stdout else ""
        if '"ready": true' not in line:
            raise AgentError("AGT-04", trace="fiscal-emulator", lines=(self._log("fiscal-emulator"),))

    def _start_agent(self) -> None:
        child = self._child("pos-agent", "run", "--from", "1", "--config", str(self.settings))
        deadline = self._clock.monotonic() + START_S
        while self._clock.monotonic() < deadline and child.poll() is None:
            try:
                self.ask("status")
            except NobodyThereError:
                self._clock.wait(self._never, 0.1)
            else:
                return
        raise AgentError("AGT-01", lines=(self._log("pos-agent"),))

    def _child(self, name: str, *args: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        with open(self.folder / f"{name}.log", "ab") as log:
            child = subprocess.Popen(
                [script(name), *args], stdin=subprocess.DEVNULL, stdout=stdout, stderr=log, text=True, cwd=self.folder
            )
        self._children.append(child)
        return child

    def _log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:]


def script(name: str) -> str:
    """A console script of this installation: beside the running Python."""
    return str(Path(sys.executable).parent / name)
