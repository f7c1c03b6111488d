"""A register for tests: the emulator, the scripted till and the agent as real child processes in one folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

from emulator.archive import documents_json
from emulator.paper import Tape
from emulator.till import run_script
from kit.waiting import until
from pos_agent import app
from pos_agent.api.table import OPERATIONS
from pos_agent.cli.client import NobodyThereError, ask
from pos_agent.config import load

BIN = Path(sys.executable).parent
RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
life_days = 30
[[blacklist]]
id = "tobacco"
names = ["*сигарет*"]
flags = ["no_accrue"]
"""
CARD = "7Q4M2XKD9W"
PHONE = "+79160000042"


class Register:
    """One folder, one emulated printer with two ports, one agent. Start what you need; `close` ends all."""

    def __init__(self, folder: Path, kind: str = "pty") -> None:
        self.folder = folder
        self.kind = kind
        self.till_port = f"pty:{folder}/till"
        self.printer_args: list[str] = []
        self.agent_port = ""
        self.emulator: subprocess.Popen | None = None
        self.agent: subprocess.Popen | None = None
        self.extra = ""

    # ------------------------------------------------------------------ printer

    def start_printer(self, *args: str) -> None:
        listen = "tcp:127.0.0.1:0" if self.kind == "tcp" else f"pty:{self.folder}/agent"
        command = [str(BIN / "fiscal-emulator"), "printer", "--listen", self.till_port, "--listen", listen]
        command += ["--state", str(self.folder / "kkt.state"), "--console", *args]
        with open(self.folder / "emulator.log", "ab") as log:
            self.emulator = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
            )
        ready = json.loads(self.emulator.stdout.readline())
        assert ready["ready"] is True
        self.agent_port = ready["endpoints"][1].removeprefix("pty:")

    def console(self, line: str) -> dict:
        self.emulator.stdin.write(line + "\n")
        self.emulator.stdin.flush()
        return json.loads(self.emulator.stdout.readline())

    def stop_printer(self) -> None:
        if self.emulator is not None:
            self.emulator.kill()
            self.emulator.wait()
            self.emulator.stdin.close()
            self.emulator.stdout.close()
            self.emulator = None

    def documents(self) -> list[dict]:
        """The emulated storage's own list, read from its state file."""
        return documents_json(self.folder / "kkt.state")

    def tape(self) -> str:
        return Tape(48, 576, self.folder / "kkt.state.tape").text()

    def run_emulator(self, *args: str) -> str:
        done = subprocess.run([str(BIN / "fiscal-emulator"), *args], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def till(self, *steps: str) -> list[dict]:
        """Steps in the till's TOML, without their [[step]] lines."""
        body = "password = 30\ntax_system = 1\n" + "".join(f"[[step]]\n{step}\n" for step in steps)
        script = self.folder / "till.toml"
        script.write_text(body, encoding="utf-8")
        return list(run_script(self.till_port, script))

    # ------------------------------------------------------------------ agent

    @property
    def config(self) -> Path:
        path = self.folder / "agent.toml"
        path.write_text(
            f'[agent]\ndata_dir = "{self.folder}/data"\nsocket = "{self.folder}/s"\n'
            f'[printer]\nport = "{self.agent_port}"\npoll_s = 0.1\nquiet_s = 0.1\n'
            f'[log]\nform = "console"\n{self.extra}',
            encoding="utf-8",
        )
        return path

    def start_agent(self, *args: str, kill_at: str = "") -> None:
        environment = {**os.environ, "POS_AGENT_KILL_AT": kill_at} if kill_at else dict(os.environ)
        command = [str(BIN / "pos-agent"), "run", "--config", str(self.config), *args]
        with open(self.folder / "agent.log", "ab") as log:
            self.agent = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log, stdout=log, env=environment)

    def wait_for_agent(self) -> None:
        def answers() -> bool:
            try:
                return bool(self.status())
            except NobodyThereError:
                return False

        until(answers)

    def stop_agent(self) -> int:
        self.agent.terminate()
        code = self.agent.wait(30)
        self.agent = None
        return code

    def pos(self, *args: str) -> subprocess.CompletedProcess:
        command = [str(BIN / "pos-agent"), *args, "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def answer(self, *args: str) -> dict:
        """A command with --json, in a process of its own."""
        done = self.pos(*args, "--json")
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return json.loads(done.stdout)

    def ask(self, operation: str, **args: object) -> dict:
        """The running agent over its socket, without the price of a process."""
        return ask(self.folder / "s", operation, args)

    def status(self) -> dict:
        return self.ask("status")

    def active_pt(self) -> int:
        return self.ask("customer.find", text=CARD)["customers"][0]["balance"]["active_pt"]

    def prepare(self) -> str:
        """Rules and one customer, without a daemon. The customer's id."""
        with app.opened(load(self.config), with_printer=False) as parts:
            OPERATIONS["rules.import"].run(parts, {"content": RULES})
            person = {"name": "Анна Козлова", "phone": PHONE, "card": CARD, "consent": True}
            return OPERATIONS["customer.add"].run(parts, person)["id"]

    def events(self) -> list[dict]:
        return self.ask("ledger.export")["events"]

    def settled(self, seconds: float = 30.0) -> dict:
        """Every document recorded, every slip printed: the status then."""

        def done() -> dict | None:
            status = self.status()
            slips = status["slips"]
            whole = status["storage"]["recorded_fd"] == len(self.documents())
            return status if whole and not slips["waiting"] and not slips["printing"] else None

        return until(done, seconds, every=0.1)

    def close(self) -> None:
        if self.agent is not None and self.agent.poll() is None:
            self.agent.kill()
            self.agent.wait()
        self.stop_printer()


OPEN = 'name = "open"\ndo = "open_shift"'
CLOSE = 'name = "close"\ndo = "close_shift"'


def sale(
    name: str, *lines: tuple[str, int, str], contact: str = "", requisite: tuple[str, str] = (), do: str = "sale"
) -> str:
    """One till step, paid in cash exactly by the till's own reckoning of the lines."""
    goods = ", ".join(
        f'{{ name = "{text}", price_kop = {kop}, qty = "{qty}", vat = "vat22" }}' for text, kop, qty in lines
    )
    step = f'name = "{name}"\ndo = "{do}"\nlines = [{goods}]\n'
    if contact:
        step += f'contact = "{contact}"\n'
    if requisite:
        step += f'card = {{ name = "{requisite[0]}", value = "{requisite[1]}" }}\n'
    return step
