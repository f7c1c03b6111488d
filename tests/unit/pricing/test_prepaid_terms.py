"""`[[prepaid]]` of a rules file: what is read, and what is refused with its place."""

import pytest

from pos_agent.rules.parse import parse
from pos_agent.rules.prepaid_terms import FORFEIT, FULL
from pos_agent.rules.problems import RulesError

HEAD = '[program]\nid = "p"\nname = "P"\n'
ABONEMENT = '[[prepaid]]\nid = "a"\nkind = "abonement"\nunits = "2.5"\n'
CERTIFICATE = '[[prepaid]]\nid = "c"\nkind = "certificate"\n'


def test_what_is_read() -> None:
    text = (
        HEAD + ABONEMENT + 'scope = { categories = ["massage"] }\nstores = ["s-1"]\nvalid_days = 90\npersonal = true\n'
    )
    text += CERTIFICATE + 'rest = "forfeit"\nvalue_kop = 50000\nmethod = "full"\nsold = { skus = ["G*"] }\n'
    abonement, certificate = parse(text).prepaid
    assert (abonement.units_micro, abonement.stores, abonement.valid_days) == (2_500_000, ("s-1",), 90)
    assert (abonement.personal, dict(abonement.scope_table)) == (True, {"categories": ["massage"]})
    assert (certificate.rest, certificate.value_kop, certificate.method) == (FORFEIT, 50_000, FULL)
    assert certificate.sold.skus == ("G*",)


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('[[prepaid]]\nid = "a"\nkind = "abonement"\n', "missing", "prepaid[0].units"),
        ('[[prepaid]]\nid = "a"\nkind = "gift"\n', "choice", "prepaid[0].kind"),
        (CERTIFICATE + 'units = "1"\n', "needs", "prepaid[0].units"),
        (CERTIFICATE + 'scope = { categories = ["x"] }\n', "needs", "prepaid[0].scope"),
        (ABONEMENT + 'rest = "keep"\n', "needs", "prepaid[0].rest"),
        (CERTIFICATE + 'batch = "none"\n', "unknown_name", "prepaid[0].batch"),
        (CERTIFICATE + "valid_days = -1\n", "range", "prepaid[0].valid_days"),
        (CERTIFICATE + CERTIFICATE, "duplicate", "prepaid"),
        (CERTIFICATE + 'colour = "red"\n', "unknown_key", "prepaid[0].colour"),
    ],
)
def test_what_is_refused(text: str, code: str, path: str) -> None:
    with pytest.raises(RulesError) as error:
        parse(HEAD + text)
    assert [(one.code, one.path) for one in error.value.problems] == [(code, path)]
