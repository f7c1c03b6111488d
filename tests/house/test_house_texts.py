"""Sentences for people: every code has one, in both languages, short, calm, and with all its words filled in."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator

import pytest
from house.tree import ROOT, last_name, sources, strings, tree_of

from pos_agent.texts import VERDICTS

CODE = re.compile(r"\b[A-Z]{2,4}-\d\d\b")
FOLDER = ROOT / "pos_agent" / "texts"
MESSAGES = tomllib.loads((FOLDER / "messages.toml").read_text(encoding="utf-8"))
PHRASES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.toml"))
    if path.stem != "messages"
}
SENTENCE_WORDS = 14
BLAME = re.compile(r"ошиб(?:к|ок)|сбо[йяею]|некорректн|!|\b(?:error|failed|failure|invalid|fault)\b", re.IGNORECASE)
MOVES_BETWEEN_CODE_PAGES = set("№$€₽—–«»…")


def words_of(text: str) -> set[str]:
    """`{path}` and `{why}` of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_in_the_source_has_a_sentence() -> None:
    used = {code for path in sources("pos_agent") for _, text in strings(path) for code in CODE.findall(text)}
    assert len(used) > 15
    assert not used - set(MESSAGES), "write its sentences into pos_agent/texts/messages.toml"


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_sentences_are_short_and_calm(code: str) -> None:
    entry = MESSAGES[code]
    assert set(entry) == {"ru", "en", "safe"}
    assert entry["safe"] in VERDICTS
    assert CODE.fullmatch(code)
    for lang in ("ru", "en"):
        assert len(entry[lang]) == 2, "two texts: what happened, what to do now"
        for text in entry[lang]:
            assert text.endswith((".", "?", "...")), f"a whole sentence ends with a point: {text}"
            assert not BLAME.search(text), f"say what is so and what to do, no alarm and no blame: {text}"
            longest = max(len(part.split()) for part in re.split(r"[.;?:]\s", text))
            assert longest <= SENTENCE_WORDS, f"at most {SENTENCE_WORDS} words: {text}"
    assert words_of("".join(entry["ru"])) >= words_of("".join(entry["en"])), "both languages say the same particulars"


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and words given, of every error or problem made with a literal code and plain keywords."""
    for path in sources("pos_agent"):
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            code = node.args[0].value
            made = last_name(node.func)
            plain = all(keyword.arg for keyword in node.keywords)
            if plain and made.endswith("Error") and isinstance(code, str) and CODE.fullmatch(code):
                yield f"{path}:{node.lineno}", code, {str(keyword.arg) for keyword in node.keywords}


def test_raised_errors_fill_every_word_of_their_sentences() -> None:
    found = [
        f"{place} {code} lacks {sorted(missing)}"
        for place, code, given in raised()
        if (missing := words_of("".join((*MESSAGES[code]["ru"], *MESSAGES[code]["en"]))) - given)
    ]
    assert len(list(raised())) > 15
    assert not found, f"give the word as a keyword, or a person reads '?': {found}"


@pytest.mark.parametrize("table", sorted(PHRASES))
def test_every_phrase_has_both_languages(table: str) -> None:
    for key, entry in PHRASES[table].items():
        assert set(entry) == {"ru", "en"}, f"{table}.{key}"
        assert entry["ru"].strip(), key
        assert entry["en"].strip(), key
        assert words_of(entry["ru"]) >= words_of(entry["en"]), f"{table}.{key}: both languages say the same"


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_slip_phrases_can_be_printed(lang: str) -> None:
    for key, entry in PHRASES["slip"].items():
        text = entry[lang]
        assert text.encode("cp866").decode("cp866") == text, f"{key} is not CP866: {text}"
        assert not set(text) & MOVES_BETWEEN_CODE_PAGES, f"{key} has a sign that moves between code pages: {text}"


def test_slip_phrases_and_the_layout_know_each_other() -> None:
    layout = next(path for path in sources("pos_agent") if str(path) == "pos_agent/printing/slip.py")
    literals = {text for _, text in strings(layout)}
    keys = {key.removesuffix("_32").removesuffix("_48") for key in PHRASES["slip"]}
    assert not keys - literals, "a phrase that no slip says: drop it"
    said = {
        node.args[0].value
        for node in ast.walk(tree_of(layout))
        if isinstance(node, ast.Call) and last_name(node.func) == "say" and isinstance(node.args[0], ast.Constant)
    }
    assert not said - set(PHRASES["slip"]), "a phrase without words in texts/slip.toml"
