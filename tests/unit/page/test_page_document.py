"""The page as it is sent: whole in one document, small, shut against everything else, every word in the catalogue."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pos_agent.api.gate.listener import Listener
from pos_agent.api.page import serve
from pos_agent.api.v1.app import OPEN_PATHS
from pos_agent.texts import LANGUAGES, VERDICTS, table

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "pos_agent" / "api" / "page"
WORDS = tomllib.loads((ROOT / "pos_agent" / "texts" / "page.toml").read_text(encoding="utf-8"))
PAGES = ("cashier", "installer")
PACKED_LIMIT, FILE_LINES = 60 * 1024, 300
# Said by their stem.
FAMILIES = ("X_goods", "X_days", "X_receipts", "X_points", "X_stamps", "X_visits", "X_slip_", "S10_")
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js"))}


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.include_router(serve.router("ru"))
    return TestClient(app)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_one_small_document_without_anything_from_outside(name: str, language: str) -> None:
    page = serve.document(name, language)
    text = page.body.decode()
    assert len(page.packed) <= PACKED_LIMIT
    assert not re.findall(r"(?:src|href|action)\s*=\s*[\"'](?!data:,)", text), "everything is inside"
    assert not re.findall(r"https?://|@import|url\(|innerHTML|insertAdjacentHTML|eval\(|document\.write", text)
    assert " style=" not in text.partition("<script>")[0], "a style beside the sheet is not allowed by its hash"


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_this_script_and_this_style_only(name: str) -> None:
    page = serve.document(name, "ru")
    text = page.body.decode()
    for kind in ("script", "style"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.policy
    rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert {rules[name] for name in ("base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert "unsafe" not in page.policy


def test_no_text_can_end_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = {**table("page"), "S1_scan": {"ru": "</script><script>alert(1)", "en": "x"}}
    monkeypatch.setattr(serve.texts, "table", lambda name: evil if name == "page" else table(name))
    assert "</script>" not in serve._words("ru", "token")


def test_a_fixed_table_is_served_and_nothing_else(client: TestClient) -> None:
    for path in ("/", "/page/", "/page/installer"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert (
            answer.headers["content-security-policy"]
            == serve.document("cashier" if "inst" not in path else "installer", "ru").policy
        )
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    for path in ("/page/app.js", "/page/../serve.py", "/page/%2e%2e/serve.py", "/page/page.css", "/page/x"):
        assert client.get(path).status_code == 404
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == serve.document("cashier", "ru").body


def test_the_pages_need_no_token_and_open_nothing_beside_them() -> None:
    listener = Listener("api", 80, open_paths=OPEN_PATHS)
    assert all(listener.is_open(path) for path in ("/", "/page/", "/page/installer"))
    assert not any(
        listener.is_open(path) for path in ("/v1/status", "/v1/cart", "/page/../v1/status", "/docs", "/metrics")
    )


def said(script: str) -> set[str]:
    """Keys of the catalogue that a script names."""
    return set(re.findall(r'"((?:S\d+|X|I)_[A-Za-z0-9_]*)"', script))


def test_every_word_is_in_the_catalogue_and_every_one_there_is_said() -> None:
    named = set().union(*map(said, SCRIPTS.values())) - {
        "X_goods",
        "X_days",
        "X_receipts",
        "X_points",
        "X_stamps",
        "X_visits",
        "X_slip_",
        "S10_",
    }
    named |= set(re.findall(r"^  (S12_\w+):", SCRIPTS["sale.js"], re.MULTILINE))  # rows of a table, named by their key
    assert not named - set(WORDS), "a text without words in texts/page.toml"
    silent = {key for key in set(WORDS) - named if not key.startswith(FAMILIES)}
    assert not silent, "words that no page says: drop them"


def test_no_russian_word_is_written_in_a_script() -> None:
    code = {name: re.sub(r"(^|\s)//.*", "", script, flags=re.MULTILINE) for name, script in SCRIPTS.items()}
    found = {name: texts for name, text in code.items() if (texts := re.findall("[а-яёА-ЯЁ]+", text))}
    assert not found, "people's words live in texts/page.toml"


def test_scripts_and_sheets_are_short() -> None:
    files = [*FOLDER.glob("*.js"), *FOLDER.glob("*.css"), *FOLDER.glob("*.html")]
    long = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert len(files) > 12
    assert {name: lines for name, lines in long.items() if lines >= FILE_LINES} == {}


def test_the_page_knows_the_verdicts() -> None:
    shown = serve.document("cashier", "ru").body.decode()
    assert all(f'"{letter}":"{words["ru"]}"' in shown for letter, words in VERDICTS.items())


EXACT = {  # the wording of the screens; {…} are filled in
    "S1_scan": "Отсканируйте карту",
    "S3_consent": "согласен с правилами и обработкой данных (без этого карту не выдаём)",
    "S4_burns": "Сгорит {points} · последний день {day}",
    "S5_after": "Начислим {earned} · останется {left}",
    "S7_on": "Принтер не выключайте.",
    "S11_not_again": "НЕ ПРОБИВАЙТЕ ЕГО ЗАНОВО",
    "S11_money": "Второй раз деньги не берите.",
    "S12_is_ours": "ЭТО НАША: оплачено, не пробиваем",
    "S12_absent": "НАШЕЙ НЕТ: можно пробить заново",
    "S13_recorded": "Чек {sum} уже записан в накопителе.",
    "S13_not_made": "Чек ещё не пробит. После бумаги начнём его заново сами.",
    "S14_close": "Закрыть смену и открыть новую",
    "S16_here": "МОЖНО СПИСАТЬ ЗДЕСЬ {points}",
    "S18_title": "КАРТЫ И БАЛЛЫ СЕЙЧАС НЕ РАБОТАЮТ",
    "S19_begun": "Чек, начатый здесь, не повторяйте, пока не появится ответ.",
    "S13_refused": "Чек {sum} не пробит, деньги и баллы не тронуты.",
    "S20_fixed": "Скидку в пробитый чек внести нельзя.",
}


def test_the_wording_that_keeps_money_safe_is_exactly_so() -> None:
    assert {key: WORDS[key]["ru"] for key in EXACT} == EXACT


def test_words_speak_of_the_product_as_everything_else_does() -> None:
    banned = re.compile(r"бонус|сторно|ошибк|сбо[йяею]|некорректн|ККТ|\bФР\b", re.IGNORECASE)
    assert {key: one["ru"] for key, one in WORDS.items() if banned.search(one["ru"])} == {}
