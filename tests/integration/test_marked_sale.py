"""Marked goods at a real agent with a real printer process: the commands a shop uses, and what they say."""

import json
from pathlib import Path

from kit.register import CARD, Register

from drivers.fiscal.findings import Context, check
from drivers.fiscal.reading import read_body

NAMED = "0104603934000793215uXqJx9aPb6YQ"
CODE = f"{NAMED}\x1d93abcd"
BOOTS = {"id": "1", "name": "Ботинки", "price_kop": 259_900, "qty": "1", "vat": "vat22", "mark": CODE}


def written(register: Register, name: str, content: object) -> str:
    path: Path = register.folder / name
    path.write_text(json.dumps(content, ensure_ascii=True), encoding="utf-8")
    return str(path)


def test_boots_are_sold_and_taken_back(register: Register) -> None:
    register.start_printer("--profile", "shtrih-m-01f-ffd12")
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    basket = written(register, "basket.json", {"lines": [BOOTS]})
    sold = register.pos("sell", "--basket", basket, "--customer", CARD, "--id", "s-1")
    assert sold.returncode == 0, sold.stderr
    number = sold.stdout.split()[1].rstrip(":")
    assert "Маркировка, строка 1: по сети не проверен, чек уйдёт с этой отметкой\n" in sold.stdout
    again = register.answer("sell", "--basket", basket, "--customer", CARD, "--id", "s-1")
    assert (again["document"], again["marks"]) == (number, [{"line": 1, "verdict": "offline", "result": 0}])

    none = register.pos("return", "--receipt", number)
    assert none.returncode == 2
    assert none.stderr.startswith("Возвращается маркированный товар, строка 1. Отсканируйте код")
    other = written(register, "other.json", {"1": CODE.replace("5uX", "5uY")})
    assert "[MRK-04]" in register.pos("return", "--receipt", number, "--marks", other).stderr
    wrong = written(register, "wrong.json", {"1": "код"})
    assert "переключите раскладку" in register.pos("return", "--receipt", number, "--marks", wrong).stderr
    marks = written(register, "marks.json", {"1": CODE})
    back = register.pos("return", "--receipt", number, "--marks", marks)
    assert back.returncode == 0, back.stderr
    register.settled()

    receipts = [one for one in register.documents() if one["form"] == 3]
    assert len(receipts) == 2
    for one in receipts:
        document = read_body(3, bytes.fromhex(one["body_hex"]))
        assert [found for found in check(document, Context()) if found.severity == "E"] == []
        assert NAMED.encode().hex() in one["body_hex"].lower()
    kept = (register.folder / "agent.log").read_bytes()
    kept += b"".join(path.read_bytes() for path in (register.folder / "data").rglob("*") if path.is_file())
    assert b"93abcd" not in kept, "the crypto tail is in no log and no file"
    assert register.ask("ledger.verify")["breaches"] == []
