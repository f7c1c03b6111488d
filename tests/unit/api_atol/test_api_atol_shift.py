"""Shift tasks: the number before the command tells what became of it; nothing is sent twice (`till`: see conftest)."""

from __future__ import annotations

from typing import Any

import pytest
from kit.waiting import until

from pos_agent.api.atol_tasks.desk_calls import UncertainError
from pos_agent.errors import PrinterError

OPEN, CLOSE, ASK = {"type": "openShift"}, {"type": "closeShift"}, {"type": "getFnStatus"}
SENDING, AFTER = "sending", "after"
RECEIPT = 3


def told(till: Any, uuid: str) -> tuple[str, Any, Any]:
    item = till.items(uuid)[0]
    result = item["result"] or {}
    return item["status"], result.get("fiscalParams", {}).get("fiscalDocumentNumber"), result.get("warnings")


def test_its_own_document_is_its_result(till: Any) -> None:
    till.post("u-1", OPEN)
    till.post("u-2", CLOSE)
    till.work()
    assert (told(till, "u-1"), told(till, "u-2")) == (("ready", 2, {}), ("ready", 3, {}))


@pytest.mark.parametrize("trouble", [UncertainError(), PrinterError("PRN-03"), PrinterError("SAL-01")])
def test_silence_after_the_command_is_looked_into(till: Any, trouble: Exception) -> None:
    till.storage.troubles = [trouble]
    till.post("u-1", OPEN)
    till.work()
    assert told(till, "u-1")[:2] == ("ready", 2)
    assert till.storage.forms == [1, 2]


def test_blocked_until_the_storage_tells(till: Any) -> None:
    till.storage.troubles, till.storage.falls_silent = [UncertainError()], 3
    till.post("u-1", OPEN, ASK)
    shown: list[tuple[str, str]] = []
    show = till.runner.shown

    def seen(uuid: str, items: list, block: Any) -> None:
        shown.append((items[-1]["status"], block.uuid))
        show(uuid, items, block)

    till.runner.shown = seen
    till.work()
    assert told(till, "u-1") == ("ready", 2, {"recovered": True})
    assert shown.count(("blocked", "u-1")) == 2
    assert (shown[-1], till.worker.block.json["isBlocked"]) == (("ready", ""), False)
    assert till.statuses("u-1") == ["ready", "ready"]


def test_killed_after_its_document(till: Any) -> None:
    till.post("u-1", OPEN)
    till.killed(AFTER)
    assert till.post("u-1", OPEN) == 409
    till.work()
    assert told(till, "u-1") == ("ready", 2, {"recovered": True})
    assert till.storage.forms == [1, 2], "never a second one"


def test_killed_before_it_was_sent_is_told_and_not_sent(till: Any) -> None:
    till.post("u-1", OPEN, ASK)
    till.killed(SENDING)
    till.work()
    assert till.statuses("u-1") == ["error", "interrupted"]
    assert (till.items("u-1")[0]["error"]["code"], till.storage.forms) == (241, [1])


def test_a_document_of_another_kind_proves_nothing(till: Any) -> None:
    till.storage.forms = [2, 1]
    till.post("u-1", CLOSE)
    till.killed(SENDING)
    till.storage.forms += [RECEIPT]
    till.work()
    assert (till.statuses("u-1"), till.storage.forms) == (["error"], [2, 1, RECEIPT])


def test_an_older_document_proves_nothing(till: Any) -> None:
    till.storage.forms = [2, 5]
    till.post("u-1", CLOSE)
    till.killed(SENDING)
    till.work()
    assert (till.statuses("u-1"), till.storage.forms) == (["error"], [2, 5])


def test_another_storage_proves_nothing_and_the_queue_stands(till: Any) -> None:
    till.post("u-1", OPEN)
    till.killed(AFTER)
    till.storage.serial = "another"
    till.worker.start()
    until(lambda: till.statuses("u-1") == ["blocked"], 30)
    till.storage.serial = "99"
    until(lambda: till.statuses("u-1") == ["ready"], 30)
