"""Requests and answers written by hand from the reference (`tests/golden/kkmserver`), played against a till."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from kit.kkm_till import KkmTill
from kit.waiting import until

FOLDER = Path(__file__).parents[1] / "golden" / "kkmserver"
RUNNING = 1
TYPES: dict[str, Any] = {"$int": int, "$text": str, "$object": dict, "$bool": bool, "$number": (int, float)}


def stories() -> dict[str, list[dict]]:
    """File name -> its steps."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


class Player:
    """One till, what earlier steps kept."""

    def __init__(self, till: KkmTill) -> None:
        self.till = till
        self.kept: dict[str, dict] = {}

    def play(self, step: dict) -> None:
        till, told = self.till, step["name"]
        receipts, drawer = len(till.receipts()), self._drawer(step)
        status, answer, _ = till.call(self._filled(step["send"]), step.get("path", "/Execute"))
        assert status == 200, (told, answer)
        self._looked_at(step, answer)
        if "poll" in step:
            self._polled(step, answer["IdCommand"])
        if "receipt" in step:
            found = till.receipts()
            assert len(found) - receipts == (step["receipt"] is not None), (told, answer)
            assert step["receipt"] in (None, [*found[-1]] if found else None), (told, found[-1])
        if "drawer" in step:
            assert self._drawer(step) - drawer == step["drawer"], (told, answer)
        self._documents(step, answer)
        tape = till.tape() if "tape" in step or "no_tape" in step else ""
        assert not [text for text in step.get("tape", ()) if text not in tape], (told, tape[-2000:])
        assert not [text for text in step.get("no_tape", ()) if text in tape], told

    def _looked_at(self, step: dict, answer: dict) -> None:
        told = step["name"]
        matches(self._filled(step.get("answer", {})), answer, told)
        assert not [name for name in step.get("absent", ()) if name in answer], (told, answer)
        assert (answer["Status"] == 0) == (answer["Error"] == "") or answer["Status"] == RUNNING, (told, answer)
        if "unit" in step:
            matches(step["unit"], answer["ListUnit"][0], told)
            assert not set(step["unit_members"]) - set(answer["ListUnit"][0]), told
        for kind, names in step.get("info_types", {}).items():
            wrong = [name for name in names if not fits(kind, answer["Info"].get(name))]
            assert not wrong, (told, wrong)
        matches(step.get("info", {}), answer.get("Info", {}), told)
        if step.get("qr_is_check_number"):
            assert f"&i={answer['CheckNumber']}&" in answer["QRCode"], told
        if "same_as" in step:
            assert answer == self.kept[step["same_as"]], told
        if "rezult_same_as" in step:
            assert answer["Rezult"] == self.kept[step["rezult_same_as"]], told
        matches(step.get("rezult", {}), answer.get("Rezult", {}), told)
        if "keep" in step:
            self.kept[step["keep"]] = answer

    def _polled(self, step: dict, command_id: str) -> None:
        def ended() -> dict | None:
            answer = self.till.do("GetRezult", IdCommand=command_id)
            inner = answer["Rezult"]
            assert answer["Status"] == 0, answer
            assert inner["Status"] in (0, RUNNING, 2), answer
            return inner if inner["Status"] != RUNNING else None

        matches(step["poll"], until(ended, 30), step["name"])

    def _documents(self, step: dict, answer: dict) -> None:
        tags = self.till.last_tags() if "tags" in step or "item" in step else {}
        for number, value in step.get("tags", {}).items():
            assert tags[int(number)]["value"] == value, (step["name"], number, tags[int(number)])
        inside = {tag["tag"]: tag["value"] for tag in tags[1059]["tags"]} if "item" in step else {}
        for number, value in step.get("item", {}).items():
            assert inside[int(number)] == value, (step["name"], inside)

    def _drawer(self, step: dict) -> int:
        return self.till.ask("device.show")["drawer_kop"] if "drawer" in step else 0

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return (
            {"$rate": self.till.rate(), "$rate_text": str(self.till.rate())}.get(value, value)
            if isinstance(value, str)
            else value
        )


def matches(wanted: dict, found: dict, told: str) -> None:
    """Every wanted member is there as wanted."""
    wrong = {name: (value, found.get(name)) for name, value in wanted.items() if not fits(value, found.get(name))}
    assert not wrong, (told, wrong, found)


def fits(wanted: Any, found: Any) -> bool:
    """A value, a `$type`, `$listN`, `/expression/`, or an object or array of such."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(fits(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(fits, wanted, found))
    if isinstance(wanted, str) and wanted in TYPES:
        return isinstance(found, TYPES[wanted]) and (wanted == "$bool" or not isinstance(found, bool))
    if isinstance(wanted, str) and wanted.startswith("$list"):
        return isinstance(found, list) and len(found) == int(wanted.removeprefix("$list"))
    if isinstance(wanted, str) and wanted.startswith("/"):
        return isinstance(found, str) and re.search(wanted.strip("/"), found) is not None
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
