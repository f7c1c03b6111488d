"""Plays a story (``emulator.story``) on a printer of its own: real device, real pty, a scripted till."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.appliance import Appliance, Order
from emulator.archive import documents_json
from emulator.console import Console
from emulator.paper import Line, Tape
from emulator.story import NO_ANSWER, Step, Story
from emulator.till import Till
from emulator.till_client import Client, PrinterError, open_line
from emulator.till_client import Line as Wire

TILL_PORT = "till"
PATIENCE = 0.1
PAPER_SECONDS = 3.0
LINE, CLOSE, STATUS = b"\xff\x46", b"\xff\x45", b"\x10"
NO_PAPER = (1, 2)


@dataclass(frozen=True)
class Outcome:
    """How a step ended: ``problem`` is empty when it went as told; ``seen`` is what the till or the hand heard."""

    step: Step
    problem: str
    seen: Mapping[str, Any]


class Moments:
    """Hands that wait for their moment in one step of a till."""

    def __init__(self, rows: list[dict[str, Any]], act: Callable[[str], None]) -> None:
        self._waiting = [(str(row["at"]).lower(), str(row["hand"])) for row in rows]
        self._act = act
        self._lines = 0

    def before(self, code: bytes) -> None:
        """A command is about to be sent."""
        self._lines += int(code == LINE)
        self._reached("before", code)

    def after(self, code: bytes, answer: bytes) -> None:
        """A command was answered."""
        self._reached("after", code)
        if code == STATUS and answer[4] in NO_PAPER:
            self._strike("no paper")

    def left(self) -> list[str]:
        """Moments that never came."""
        return [at for at, _ in self._waiting]

    def _reached(self, side: str, code: bytes) -> None:
        names = {code.hex()}
        names |= {f"line {self._lines}"} if code == LINE else set()
        names |= {"close"} if code == CLOSE else set()
        for name in names:
            self._strike(f"{side} {name}")

    def _strike(self, moment: str) -> None:
        hands = [hand for at, hand in self._waiting if at == moment]
        self._waiting = [each for each in self._waiting if each[0] != moment]
        for hand in hands:
            self._act(hand)


class WatchedClient(Client):
    """A till's client that tells moments what it does."""

    def __init__(self, line: Wire, password: int) -> None:
        super().__init__(line, password, PATIENCE)
        self.moments = Moments([], lambda hand: None)

    def command(self, code: bytes, parameters: bytes = b"") -> bytes:
        """Run a command between its two moments."""
        self.moments.before(code)
        answer = super().command(code, parameters)
        self.moments.after(code, answer)
        return answer


class Player:
    """One story being played in ``folder``."""

    def __init__(self, story: Story, folder: Path) -> None:
        self._story, self._folder = story, folder
        self._state = folder / "state"
        order = Order([f"pty:{folder / TILL_PORT}"], state=self._state, **story.register)
        self.appliance = Appliance(order)
        self._console = Console(self.appliance)
        self._tills: dict[str, tuple[Wire, WatchedClient, Till]] = {}

    def close(self) -> None:
        """Leave the ports and stop the printer."""
        for line, _, _ in self._tills.values():
            line.close()
        self.appliance.stop()

    def play(self, step: Step) -> Outcome:
        """Do one step."""
        sorts = {"hand": self._hand, "wait": self._wait, "do": self._do, "expect": self._expect}
        return sorts[step.sort](step)

    def _hand(self, step: Step) -> Outcome:
        reply = self._console.run(step.table["hand"])
        return Outcome(step, "" if reply["ok"] else str(reply["error"]), reply)

    def _wait(self, step: Step) -> Outcome:
        threading.Event().wait(float(step.table["wait"]))
        return Outcome(step, "", {})

    def _do(self, step: Step) -> Outcome:
        rows = [self._on_paper(row) for row in step.table.get("meanwhile", [])]
        trouble: list[str] = []
        moments = Moments([row for row in rows if row], lambda hand: trouble.extend(self._strike(hand)))
        wanted = step.table.get("refused")
        try:
            seen = self._till(step.table.get("port", TILL_PORT), moments).play(step.table)
        except PrinterError as error:
            refused = NO_ANSWER if error.code is None else f"{error.code:02X}"
            if error.code is None:
                self._hang_up(step.table.get("port", TILL_PORT))
            problem = "" if refused == wanted else f"refused: {refused} ({error})"
            return Outcome(step, "; ".join([*trouble, problem] if problem else trouble), {"refused": refused})
        if wanted is not None:
            trouble.append(f"went well, but should be refused: {wanted}")
        trouble += [f"the moment never came: {at}" for at in moments.left()]
        return Outcome(step, "; ".join(trouble), seen)

    def _on_paper(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """A moment on the paper is prepared beforehand: so many lines still fit."""
        words = str(row["at"]).split()
        if words[:2] != ["printed", "line"]:
            return row
        self._console.run(f"{row['hand']} after {int(words[2]) - 1}" if int(words[2]) > 1 else row["hand"])
        return None

    def _strike(self, hand: str) -> list[str]:
        reply = self._console.run(hand)
        return [] if reply["ok"] else [f"{hand}: {reply['error']}"]

    def _till(self, port: str, moments: Moments) -> Till:
        if port not in self._tills:
            line = open_line(str(self._folder / port))
            client = WatchedClient(line, self._story.password)
            self._tills[port] = (line, client, Till(client, self._story.tax_system, PAPER_SECONDS))
        _, client, till = self._tills[port]
        client.moments = moments
        return till

    def _hang_up(self, port: str) -> None:
        kept = self._tills.pop(port, None)
        if kept is not None:
            kept[0].close()

    def _expect(self, step: Step) -> Outcome:
        seen = {name: self._see(name, wanted) for name, wanted in step.table["expect"].items()}
        wrong = [
            f"{name}: there is {seen[name]!r}, told was {wanted!r}"
            for name, wanted in step.table["expect"].items()
            if not _agrees(name, wanted, seen[name])
        ]
        return Outcome(step, "; ".join(wrong), seen)

    def _see(self, name: str, wanted: Any) -> Any:  # noqa: ANN401 - whatever a story asks for
        device = self.appliance.device
        with device.lock:
            match name:
                case "documents":
                    return len(device.fn.documents)
                case "forms":
                    return [document.form for document in device.fn.documents.values()]
                case "last":
                    last = documents_json(self._state)[-1]
                    return {key: last.get(key) for key in wanted}
                case "tape" | "not_on_tape":
                    text = printed(device.tape)
                    return [each for each in _list(wanted) if each in text]
                case "on_tape_times":
                    text = printed(device.tape)
                    return {each: text.count(each) for each in wanted}
                case "mode" | "paper":
                    return getattr(device, name).name
                case "shift":
                    return device.fn.shift_number
                case "cash_kop":
                    return device.registers["cash_kop"]
                case "unsent":
                    return device.fn.ofd_queue().count
                case "faults":
                    return len(self.appliance.fault_trace)
        return device.drawer_open


def _agrees(name: str, wanted: Any, seen: Any) -> bool:  # noqa: ANN401 - whatever a story asks for
    match name:
        case "tape":
            return bool(seen == _list(wanted))
        case "not_on_tape":
            return not seen
        case "faults":
            return bool(seen >= wanted)
    return bool(seen == wanted)


def _list(wanted: Any) -> list[str]:  # noqa: ANN401 - whatever a story asks for
    return wanted if isinstance(wanted, list) else [wanted]


def printed(tape: Tape) -> str:
    """The text lines of the paper, without pictures and layout."""
    return "\n".join(mark.text for mark in tape.marks if isinstance(mark, Line))


def play(story: Story) -> Iterator[Outcome]:
    """Play a story step by step, up to the first that does not go as it says.

    Raises what a wrong order of a printer raises: FileNotFoundError, ValueError, OSError.
    """
    with tempfile.TemporaryDirectory(prefix="fiscal-story-") as folder:
        player = Player(story, Path(folder))
        try:
            for step in story.steps:
                outcome = player.play(step)
                yield outcome
                if outcome.problem:
                    return
        finally:
            player.close()
