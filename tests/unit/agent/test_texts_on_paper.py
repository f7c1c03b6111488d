"""`docs/errors.md` repeats the program's own sentences: word for word, every code, and says truly which can come."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
MESSAGES = tomllib.loads((ROOT / "pos_agent/texts/messages.toml").read_text(encoding="utf-8"))
ROW = re.compile(r"\| ([A-Z]{2,4}-\d\d)( ○)? \| (.+?) \| (.+?) \| ([RNCPW–]) \|")
TABLE = {
    match[1]: match.groups()[1:]
    for line in (ROOT / "docs/errors.md").read_text(encoding="utf-8").splitlines()
    if (match := ROW.match(line))
}


def test_the_table_says_what_the_program_says() -> None:
    for code, message in MESSAGES.items():
        assert code in TABLE, f"{code} is not told"
        _, russian, english, safe = TABLE[code]
        said = (" ".join(message["ru"]), " ".join(message["en"]), message["safe"].replace("-", "–"))
        assert (russian, english, safe) == said, code


def test_a_code_that_the_program_raises_is_not_marked_as_future() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pos_agent").rglob("*.py"))
    raised = set(re.findall(r'"([A-Z]{2,4}-\d\d)"', source))
    assert [code for code, row in TABLE.items() if row[0] and code in raised] == []
