"""What a person can do to the printer with their hands, one line of text each; answers are JSON objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.appliance import Appliance
from emulator.shtrih.silence import Fate
from emulator.terms import Refusal

Reply = dict[str, Any]

HELP = {
    "paper out [after N]": "the paper ends, now or after N more lines",
    "paper in [MM]": "a new roll is put in: endless, or so many millimetres long",
    "cover open|close": "the cover",
    "drawer close": "the cash drawer is pushed in",
    "power off|on": "the mains switch: off loses the stored answer, an open receipt survives",
    "cut power before|after|never": "the mains go off when the FN writes its next document: just before or just after",
    "lose answer CODE [N]": "the next N answers (1) to a command (hex: FF45) go nowhere, ENQ gets NAK; 0: no more",
    "mute CODE [N]": "the same, but the answer stays stored and ENQ fetches it",
    "cable pull|plug [N] [renamed]": "the cable of endpoint N (1 is the first; all when N is left out); renamed: the "
    "port comes back under another name, PATH-2",
    "busy SECONDS [report]": "the device prints for so long (error 50h, submode 5; a long report: submode 4)",
    "clock HOURS": "the device's clock goes on: shift, OFD queue and storage grow older",
    "fn documents|days N": "so many documents, or days of service, are left in the storage (documents 0: full, "
    "days -1: over)",
    "fn fail|mend": "the storage stops working, or works again",
    "faults": "the faults that the plan has let happen so far",
    "damage FD": "bytes of a stored document are flipped",
    "ofd [N]": "the OFD confirms the oldest N documents (all when N is left out)",
    "status": "what the device shows",
    "help": "this list",
}


class Console:
    """Runs console lines against one appliance."""

    def __init__(self, appliance: Appliance) -> None:
        self._appliance = appliance
        self._device = appliance.device
        self._verbs: dict[str, Callable[[list[str]], Reply]] = {
            "paper": self._paper,
            "cover": self._cover,
            "drawer": self._drawer,
            "power": self._power,
            "cut": self._cut,
            "lose": self._lose,
            "mute": self._mute,
            "cable": self._cable,
            "busy": self._busy,
            "damage": self._damage,
            "ofd": self._ofd,
            "clock": self._clock,
            "fn": self._storage,
            "faults": self._faults,
            "status": self._status,
            "help": self._help,
        }

    def run(self, line: str) -> Reply:
        """Execute one line: ``{"ok": true, …}``, or ``{"ok": false, "error": …}``."""
        words = line.split()
        verb = self._verbs.get(words[0]) if words else None
        if verb is None:
            return {"ok": False, "command": line.strip(), "error": "unknown command; try help"}
        try:
            return {"ok": True, "command": " ".join(words), **verb(words[1:])}
        except (ValueError, IndexError):
            return {"ok": False, "command": " ".join(words), "error": f"usage: {self._usage(words[0])}"}
        except (Refusal, OSError) as error:
            return {"ok": False, "command": " ".join(words), "error": str(error)}

    def _usage(self, verb: str) -> str:
        return next(text for text in HELP if text.split()[0] == verb)

    def _paper(self, words: list[str]) -> Reply:
        with self._device.lock:
            match words:
                case ["out"]:
                    self._device.paper_out()
                case ["out", "after", lines] if int(lines) >= 0:
                    self._device.paper_out(int(lines))
                case ["in"]:
                    self._device.paper_in()
                case ["in", length]:
                    self._device.paper_in(_positive(length))
                case _:
                    raise ValueError(words)
        return {"paper": self._device.paper.name}

    def _cover(self, words: list[str]) -> Reply:
        with self._device.lock:
            self._device.cover(_choice(words, "open", "close"))
        return {"cover_open": self._device.cover_open}

    def _drawer(self, words: list[str]) -> Reply:
        if words != ["close"]:
            raise ValueError(words)
        with self._device.lock:
            self._device.close_drawer()
        return {"drawer_open": self._device.drawer_open}

    def _power(self, words: list[str]) -> Reply:
        self._appliance.power(_choice(words, "on", "off"))
        return {"powered": self._device.powered}

    def _cut(self, words: list[str]) -> Reply:
        match words:
            case ["power", "before" | "after" as side]:
                self._appliance.cut_power(f"{side}-commit")
            case ["power", "never"]:
                self._appliance.cut_power(None)
            case _:
                raise ValueError(words)
        return {"cut": words[1]}

    def _lose(self, words: list[str]) -> Reply:
        if words[:1] != ["answer"]:
            raise ValueError(words)
        return self._silence(Fate.LOST, words[1:])

    def _mute(self, words: list[str]) -> Reply:
        return self._silence(Fate.MUTED, words)

    def _silence(self, fate: Fate, words: list[str]) -> Reply:
        code, count = int(words[0].rstrip("hH"), 16), int(words[1]) if len(words) > 1 else 1
        if code not in self._appliance.codes or count < 0 or len(words) > 2:
            raise ValueError(words)
        silence = self._appliance.machine.silence
        silence.ask(code, fate, count)
        return {"answers": silence.waiting()}

    def _cable(self, words: list[str]) -> Reply:
        plugged = _choice(words[:1], "plug", "pull")
        renamed = words[-1] == "renamed" and plugged
        numbers = words[1:-1] if renamed else words[1:]
        endpoints = self._appliance.endpoints
        chosen = [endpoints[_positive(numbers[0]) - 1]] if numbers else endpoints
        if len(numbers) > 1:
            raise ValueError(words)
        for endpoint in chosen:
            endpoint.cable(plugged, renamed)
        return {"endpoints": [endpoint.port.address for endpoint in chosen]}

    def _busy(self, words: list[str]) -> Reply:
        seconds = float(words[0])
        if words[1:] not in ([], ["report"]):
            raise ValueError(words)
        self._appliance.busy(seconds, long_report=len(words) > 1)
        return {"seconds": seconds}

    def _damage(self, words: list[str]) -> Reply:
        with self._device.lock:
            self._device.damage_document(_positive(words[0]))
        return {"fd": int(words[0])}

    def _ofd(self, words: list[str]) -> Reply:
        with self._device.lock:
            done = self._device.ofd_deliver(_positive(words[0]) if words else None)
        return {"confirmed": done}

    def _clock(self, words: list[str]) -> Reply:
        with self._device.lock:
            self._device.pass_time(float(words[0]))
        return {"now": self._device.now().isoformat(timespec="seconds")}

    def _storage(self, words: list[str]) -> Reply:
        device = self._device
        with device.lock:
            match words:
                case ["documents", count] if int(count) >= 0:
                    device.storage_left(documents=int(count))
                case ["days", count] if int(count) >= -1:
                    device.storage_left(days=int(count))
                case ["fail" | "mend" as word]:
                    device.storage_failed(word == "fail")
                case _:
                    raise ValueError(words)
            left = max(0, device.fn.life.capacity - device.fn.last_fd)
            return {"documents_left": left, "expires": device.fn.expires.isoformat(), "failed": device.fn.failed}

    def _faults(self, words: list[str]) -> Reply:
        if words:
            raise ValueError(words)
        return {"faults": list(self._appliance.fault_trace)}

    def _status(self, words: list[str]) -> Reply:
        device = self._device
        with device.lock:
            return {
                "mode": device.mode.name,
                "paper": device.paper.name,
                "cover_open": device.cover_open,
                "drawer_open": device.drawer_open,
                "busy": device.busy,
                "powered": device.powered,
                "answers": self._appliance.machine.silence.waiting(),
                "last_fd": device.fn.last_fd,
                "shift": device.fn.shift_number,
            }

    def _help(self, words: list[str]) -> Reply:
        return {"help": HELP}


def _choice(words: list[str], yes: str, no: str) -> bool:
    if words not in ([yes], [no]):
        raise ValueError(words)
    return words == [yes]


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number
