"""The stage of the demonstration: emulated printer, agent and cloud as child processes, in a folder of their own."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
import tomllib
from collections.abc import Callable
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import Any, Self, TypeVar

from pos_agent.cli.client import NobodyThereError, ask
from pos_agent.cli.story.atol_till import AtolTill
from pos_agent.cli.story.child import Child, output_of
from pos_agent.clock import SystemClock
from pos_agent.errors import AgentError

T = TypeVar("T")

START_S = 30.0
SETTLE_S = 40.0
EVERY_S = 0.05
MOSCOW = "MSK-3"  # the printer's clock shows the time of the agent's settings, wherever this runs
STORY = resources.files("pos_agent.cli.story")
REGISTER = "till-1"
SETTINGS = {"shtrih": 'vendor = "shtrih"', "atol": 'vendor = "atol"\nprotocol = "v3"\nsecond_port = true'}
PAPER = {"shtrih": "shtrih-m-01f", "atol": "atol-91f"}
AGENT_CABLE = 2  # the printer's second port is the agent's


class Stage:
    """`with Stage(folder, ffd) as stage:` starts printer, cloud and agent and stops them. `folder` None: a new one.

    `printer`: shtrih or atol. An ATOL register takes neither 22 % nor FFD 1.2 by its low-level protocol: there the
    same goods are sold without VAT.
    """

    def __init__(self, folder: Path | None, ffd: str, printer: str = "shtrih") -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pos-agent-demo-"))
        self.ffd = ffd
        self.printer = printer
        self.settings = self.folder / "agent.toml"
        self.socket = self.folder / "agent.sock"
        self.state = self.folder / "printer.state"
        self.console_pipe = self.folder / "console"
        self.database = f"sqlite:///{self.folder}/cloud.db"
        self.cloud_url = ""
        self.baskets: dict[str, Any] = {}
        self._children: dict[str, Child] = {}
        self._pipe = -1
        self._clock = SystemClock()
        self._never = threading.Event()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lay_out()
            self._start_printer()
            self._start_cloud_with_rules()
            self._start_agent()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave children behind
        for name in ("pos-agent", "pos-cloud", "fiscal-emulator"):
            if (child := self._children.pop(name, None)) is not None:
                child.stop()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        signal.signal(signal.SIGINT, signal.default_int_handler)

    # ------------------------------------------------------------------ who is asked

    def ask(self, operation: str, **args: object) -> dict[str, Any]:
        """One operation of the running agent. AgentError, AGT-04 with its last words when it is gone."""
        try:
            return ask(self.socket, operation, args)
        except NobodyThereError:
            raise self._children["pos-agent"].failed() from None

    def asking(self, operation: str, **args: object) -> Future[dict[str, Any]]:
        """The same in the background, for operations during which something happens."""
        told: Future[dict[str, Any]] = Future()

        def work() -> None:
            try:
                told.set_result(self.ask(operation, **args))
            except AgentError as error:
                told.set_exception(error)

        threading.Thread(target=work, name=operation, daemon=True).start()
        return told

    def console(self, line: str) -> dict[str, Any]:
        """Hands on the printer: one line of the emulator's console; what it answered."""
        os.write(self._pipe, f"{line}\n".encode())
        answer: dict[str, Any] = json.loads(self._children["fiscal-emulator"].line(START_S))
        if not answer["ok"]:
            raise AgentError("AGT-04", trace=line, lines=(str(answer),))
        return answer

    def till(self, *args: str) -> list[dict[str, Any]]:
        """The scripted till, all steps or those asked for; what it answered, one a step."""
        if self.printer == "atol":
            return AtolTill(self.folder / "till-port", self._clock).run(self.folder / "till.toml")
        told = self.emulator("till", "--port", f"pty:{self.folder}/till-port", "--script", "till.toml", *args)
        return [json.loads(line) for line in told.splitlines()]

    def emulator(self, *args: str) -> str:
        """One `fiscal-emulator` command in the folder; its output."""
        return output_of("fiscal-emulator", *args, folder=self.folder)

    def tape(self, *args: str) -> str:
        """The paper so far, as wide as this printer's."""
        return self.emulator("tape", "--state", self.state.name, "--profile", PAPER[self.printer], *args)

    def cloud(self, *args: str) -> str:
        """One `pos-cloud` command on the demonstration's database; its output."""
        return output_of("pos-cloud", *args, "--db", self.database, folder=self.folder)

    # ------------------------------------------------------------------ waiting

    def until(self, look: Callable[[], T | None], seconds: float = SETTLE_S) -> T:
        """The first answer of `look` that is not None. AgentError AGT-01 when it does not come."""
        deadline = self._clock.monotonic() + seconds
        while (found := look()) is None:
            if self._clock.monotonic() > deadline:
                raise AgentError("AGT-01", lines=(json.dumps(self.ask("status"), ensure_ascii=False),))
            self._clock.wait(self._never, EVERY_S)
        return found

    def settle(self, fd: int) -> dict[str, Any]:
        """Wait until document `fd` is recorded and every slip is printed; the status then."""

        def done() -> dict[str, Any] | None:
            status = self.ask("status")
            slips = status["slips"]
            whole = status["storage"]["recorded_fd"] >= fd and not slips["waiting"] and not slips["printing"]
            return status if whole else None

        return self.until(done)

    def watch_console(self, say: Callable[[str], None]) -> None:
        """Show what the printer answers to lines that others write into its pipe, for ever."""
        while True:
            try:
                say(f"  принтер: {self._children['fiscal-emulator'].line(3600.0).strip()}")
            except AgentError:
                if not self._children["fiscal-emulator"].running:
                    raise

    # ------------------------------------------------------------------ starting and stopping

    def start_cloud(self) -> None:
        """On the same address as before, when there was one."""
        listen = self.cloud_url.removeprefix("http://") or "127.0.0.1:0"
        self._child("pos-cloud", "serve", "--db", self.database, "--listen", listen)
        self.cloud_url = self._ready("pos-cloud")

    def stop_cloud(self) -> None:
        """As if its server were switched off."""
        self._children.pop("pos-cloud").stop()

    def _lay_out(self) -> None:
        """Everything a person may want to look at or use lies in the folder as a file."""
        for name in ("till.toml", "rules.toml"):
            (self.folder / name).write_text(self._text(name), encoding="utf-8")
        self.baskets = tomllib.loads(self._text("baskets.toml"))
        for name, basket in self.baskets.items():
            text = json.dumps(basket, ensure_ascii=False, indent=2)
            (self.folder / f"{name}.json").write_text(text, encoding="utf-8")

    def _text(self, name: str) -> str:
        """A file of the story as this printer can play it."""
        text = (STORY / name).read_text(encoding="utf-8")
        return text.replace('"vat22"', '"none"') if self.printer == "atol" else text

    def _start_printer(self) -> None:
        os.mkfifo(self.console_pipe)
        self._pipe = os.open(self.console_pipe, os.O_RDWR)  # both ways, so that it never ends while others come and go
        ports = [f"pty:{self.folder}/till-port", f"pty:{self.folder}/agent-port"]
        listen = [part for port in ports for part in ("--listen", port)]
        args = ["printer", "--model", self.printer, *listen, "--state", str(self.state), "--ffd", self.ffd, "--console"]
        self._child("fiscal-emulator", *args, stdin=self._pipe, zone=MOSCOW)

    def _start_cloud_with_rules(self) -> None:
        """The register's token, and the rules that it will fetch. The printer starts meanwhile."""
        token = self.folder / "cloud.token"
        token.touch(mode=0o600)
        token.write_text(self.cloud("token", "create", "--register", REGISTER), encoding="ascii")
        self.cloud("rules", "publish", "rules.toml")
        self.start_cloud()
        self._ready("fiscal-emulator")

    def _start_agent(self) -> None:
        text = self._text("agent.toml").replace("{printer}", SETTINGS[self.printer])
        text = text.replace("{folder}", str(self.folder)).replace("{cloud}", self.cloud_url)
        self.settings.write_text(text, encoding="utf-8")
        child = self._child("pos-agent", "run", "--from", "1", "--config", str(self.settings))

        def answers() -> dict[str, Any] | None:
            if not child.running:
                raise child.failed()
            try:
                status = ask(self.socket, "status", {})
            except NobodyThereError:
                return None
            return status if status["rules"] and status["storage"]["recorded_fd"] else None

        self.until(answers, START_S)

    def _ready(self, name: str) -> str:
        """Wait until a child listens; where."""
        return str(json.loads(self._children[name].line(START_S))["endpoint"])

    def _child(self, name: str, *args: str, stdin: int | None = None, zone: str | None = None) -> Child:
        child = Child(name, *args, folder=self.folder, stdin=stdin, zone=zone)
        self._children[name] = child
        return child
