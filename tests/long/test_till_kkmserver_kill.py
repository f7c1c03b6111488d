"""kill -9 of the agent under a till's command: after the start the id answers truthfully and nothing is done twice."""

import http.client
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kit.kkm_till import KkmTill, check, line
from kit.waiting import until

GONE = (ConnectionError, http.client.HTTPException)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[KkmTill]:
    made = KkmTill(tmp_path)
    try:
        made.start_printer()
        made.prepare()
        yield made
    finally:
        made.close()


def die_under(till: KkmTill, point: str, **body: object) -> None:
    """An agent that is killed there by this command."""
    till.start_agent(kill_at=point)
    till.wait_for_face()
    with suppress(*GONE):
        till.call(body)
    until(lambda: till.agent.poll() is not None, 30)
    assert till.agent.returncode == -signal.SIGKILL, point


def reborn(till: KkmTill) -> None:
    till.start_agent()
    till.wait_for_face()


def ended(till: KkmTill, command_id: str) -> dict:
    """What GetRezult says once it is not running any more."""

    def told() -> dict | None:
        answer = till.do("GetRezult", IdCommand=command_id)["Rezult"]
        return answer if answer["Status"] != 1 else None

    return until(told, 60, every=0.2)


def sale(number: int) -> dict:
    goods = check(line("Чай", number, number), Cash=number)
    return {"Command": "RegisterCheck", "IdCommand": f"kill-{number}", **goods}


@pytest.mark.parametrize(
    ("point", "shift_open", "made", "asks"),
    [
        ("after:kkm asked", False, False, "again"),
        ("after:kkm sent", False, False, "GetRezult"),
        ("before:document", False, False, "again"),  # the first document is the report of the shift it opens itself
        ("after:intent", True, False, "GetRezult"),
        ("after:closing", False, False, "again"),
        ("before:document", True, True, "GetRezult"),
        ("before:document", True, True, "again"),
        ("before:kkm done", True, True, "again"),
    ],
)
def test_the_id_of_a_receipt_answers_truthfully(
    till: KkmTill, point: str, shift_open: bool, made: bool, asks: str
) -> None:
    """`made`: the storage has the receipt when the agent dies."""
    if shift_open:
        till.till('name = "open"\ndo = "open_shift"')
    die_under(till, point, **sale(11))
    assert len(till.receipts()) == made
    reborn(till)
    answer = ended(till, "kill-11") if asks == "GetRezult" else till.call(sale(11))[1]
    expected = int(made or asks == "again")
    assert len(till.receipts()) == expected, answer
    assert answer["Status"] == (0 if expected else 2), answer
    if expected:
        assert answer["CheckNumber"] == till.documents()[-1]["fd_number"]
    assert till.call(sale(11))[1] == answer, "the same for ever"
    assert len(till.receipts()) == expected


@pytest.mark.parametrize(
    ("point", "moved", "asks"),
    [
        ("after:kkm sent", False, "again"),
        ("after:kkm sent", False, "GetRezult"),
        ("before:kkm done", True, "again"),
        ("before:kkm done", True, "GetRezult"),
    ],
)
def test_cash_is_moved_once(till: KkmTill, point: str, moved: bool, asks: str) -> None:
    till.till('name = "open"\ndo = "open_shift"')
    body = {"Command": "DepositingCash", "IdCommand": "cash-1", "Amount": 10}
    die_under(till, point, **body)
    reborn(till)
    answer = ended(till, "cash-1") if asks == "GetRezult" else till.call(body)[1]
    done = moved or asks == "again"
    assert answer["Status"] == (0 if done else 2), answer
    assert till.ask("device.show")["drawer_kop"] == 1000 * done
    assert till.call(body)[1] == answer
    assert till.ask("device.show")["drawer_kop"] == 1000 * done
