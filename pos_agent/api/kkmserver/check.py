"""`RegisterCheck` -> what is to be registered. Pure; every refusal is a WrongFieldError before anything is touched.

Source: `kkmserver.md`, sections 5.1 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.fiscal.tlv import build, encode
from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.api.kkmserver.formats import FFD_12
from pos_agent.api.kkmserver.goods import Goods, goods
from pos_agent.api.kkmserver.markup import Element, elements
from pos_agent.api.kkmserver.parting import TAX_SYSTEMS, Parting, parting
from pos_agent.api.spending import said_by
from pos_agent.checkout.at_register import UNSAID, AtRegister
from pos_agent.checkout.part_words import NO_PARTS, PartWords
from pos_agent.errors import UsageError
from pos_agent.money import roubles

KINDS = {0: 1, 1: 2, 10: 3, 11: 4}  # TypeCheck -> tag 1054
CORRECTIONS = (2, 3, 12, 13)
SALE = 1
PAYMENTS = {  # member -> tender; the second names are those of FFD 1.0
    "cash_kop": ("Cash",),
    "cashless_kop": ("ElectronicPayment", "CashLessType1"),
    "advance_kop": ("AdvancePayment",),
    "credit_kop": ("Credit", "CashLessType2"),
    "provision_kop": ("CashProvision", "CashLessType3"),
}
TEXT_TAGS = {"CashierName": 1021, "CashierVATIN": 1203, "SenderEmail": 1117, "AddressSettle": 1009, "PlaceMarket": 1187}
BUYER_TAGS = {"ClientInfo": 1227, "ClientINN": 1228}
MOST_LINES = 1000
SPENDING = ("none", "max", "exact")


@dataclass(frozen=True)
class Wish:
    """Extension member `Loyalty` of a sale, all of it optional (docs/tills-kkmserver.md). `spend_pt` of `exact`."""

    customer: str = ""
    spend: str = "none"
    spend_pt: int | None = None
    said: AtRegister = UNSAID


@dataclass(frozen=True)
class Check:
    """A fiscal receipt as asked. `kind` is tag 1054, `tax_system` a bit of 1055, 0 = the setting's.

    `paid`: tenders as handed over, kopecks. `requisite`: name and value of 1084. `prints`: lines and codes that go to
    paper after the receipt; `unprinted` says what of them cannot.
    """

    kind: int
    goods: tuple[Goods, ...]
    paid: Mapping[str, int]
    tax_system: int = 0
    contact: str = ""
    tags: tuple[tuple[int, str], ...] = ()
    buyer: tuple[tuple[int, str], ...] = ()
    requisite: tuple[str, str] = ("", "")
    receipt_requisite: str = ""
    prints: tuple[Element, ...] = ()
    unprinted: str = ""
    wish: Wish = Wish()

    @property
    def total_kop(self) -> int:
        return sum(one.sum_kop for one in self.goods)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Of the basket."""
        return [dict(line) for one in self.goods for line in one.lines]

    @property
    def parts(self) -> tuple[str, ...]:
        """Of its goods, each once, in order."""
        return tuple(dict.fromkeys(one.part for one in self.goods))

    @property
    def carried(self) -> dict[str, dict[str, int]]:
        """Line of the basket -> what its fiscal items carry besides."""
        return {line["id"]: one.carried for one in self.goods for line in one.lines if one.carried}

    @property
    def sell_bad_marks(self) -> bool:
        """Every code of the receipt came with `AcceptOnBad`."""
        said = [one.sell_bad_mark for one in self.goods if one.sell_bad_mark is not None]
        return bool(said) and all(said)

    def tlvs(self, ffd: int | None = None) -> tuple[bytes, ...]:
        """Tags of the receipt besides 1008, by format `ffd` (1209). ValueError: a value that does not fit its tag."""
        found = [build(tag, text) for tag, text in self.tags if text]
        buyer = tuple(build(tag, text) for tag, text in self.buyer)
        found += [build(1256, buyer)] if buyer and ffd == FFD_12 else buyer
        if self.receipt_requisite:
            found.append(build(1192, self.receipt_requisite))
        if self.requisite[0]:
            found.append(build(1084, (build(1085, self.requisite[0]), build(1086, self.requisite[1]))))
        return tuple(encode([one]) for one in found)


def read_check(given: Fields, columns: int, words: PartWords = NO_PARTS, device: str = "") -> Check:
    """`columns`: characters in a line of the paper; `device`: see `parting`."""
    kind, belongs = _kind(given), parting(given, words, device)
    _refuse_what_is_not_yet(given, belongs)
    rows = given.rows("CheckStrings")
    registers = [block for row in rows if (block := row.block("Register")) is not None]
    if not registers:
        raise WrongFieldError("В чеке нет товаров (CheckStrings.Register)")
    if len(rows) > MOST_LINES:
        raise WrongFieldError(f"В чеке больше {MOST_LINES} строк")
    prints, unprinted = _prints(given, rows, columns)
    made = Check(
        kind=kind,
        goods=tuple(goods(one, number, belongs) for number, one in enumerate(registers, 1)),
        paid=_paid(given),
        tax_system=_tax_system(given),
        contact=given.text("ClientAddress").strip(),
        tags=tuple((tag, given.text(name).strip()) for name, tag in TEXT_TAGS.items()),
        buyer=tuple((tag, text) for name, tag in BUYER_TAGS.items() if (text := given.text(name).strip())),
        requisite=_requisite(given),
        receipt_requisite=given.text("AdditionalAttribute").strip(),
        prints=tuple(prints),
        unprinted=unprinted,
        wish=_wish(given),
    )
    check_tender(made.paid, made.total_kop)
    if kind != SALE and len(made.parts) > 1:
        raise WrongFieldError(f"Это один чек, а строки разных частей: {', '.join(one or '-' for one in made.parts)}")
    try:
        made.tlvs()
    except ValueError as error:
        raise WrongFieldError(f"Реквизит чека не принят: {error}") from error
    return made


def check_tender(paid: Mapping[str, int], total_kop: int) -> None:
    """Cash may exceed the total, the rest may not; less than the total is no payment."""
    others = sum(paid.values()) - paid["cash_kop"]
    if others > total_kop:
        raise WrongFieldError(f"Безналичных {roubles(others)} больше суммы чека {roubles(total_kop)}")
    if sum(paid.values()) < total_kop:
        raise WrongFieldError(f"Оплачено {roubles(sum(paid.values()))} из {roubles(total_kop)}")


def _kind(given: Fields) -> int:
    kind = given.whole("TypeCheck", 0)
    if kind in CORRECTIONS:
        raise WrongFieldError("Чеки коррекции агент пока не пробивает: пробейте средствами принтера")
    if kind not in KINDS:
        raise WrongFieldError(f"Вид чека TypeCheck = {kind} не поддерживается")
    return KINDS[kind]


def _refuse_what_is_not_yet(given: Fields, belongs: Parting) -> None:
    if given.flag("PayByProcessing"):
        raise WrongFieldError("Оплата через терминал агента (PayByProcessing) не поддерживается")
    if given.flag("NotPrint"):
        if not given.text("ClientAddress").strip():
            raise WrongFieldError("NotPrint без ClientAddress: укажите телефон или почту покупателя")
        raise WrongFieldError("Чек без бумаги (NotPrint) пока не пробивается")
    if given.text("AgentSign").strip() and not belongs.sells_as_owner(given):
        raise WrongFieldError("Признак агента (AgentSign) пока не пробивается")


def _paid(given: Fields) -> dict[str, int]:
    paid = {word: sum(given.kop(name) or 0 for name in names) for word, names in PAYMENTS.items()}
    for names in PAYMENTS.values():
        for name in names:
            if (given.kop(name) or 0) < 0:
                raise WrongFieldError(f"Оплата {name} меньше нуля")
    return paid


def _tax_system(given: Fields) -> int:
    variant = given.whole("TaxVariant")
    if variant is None:
        return 0
    if variant not in TAX_SYSTEMS:
        raise WrongFieldError(f"Нет такой системы налогообложения: TaxVariant = {variant}")
    return TAX_SYSTEMS[variant]


def _requisite(given: Fields) -> tuple[str, str]:
    block = given.block("UserAttribute")
    if block is None or not block.text("Name").strip():
        return "", ""
    return block.text("Name").strip(), block.text("Value").strip()


def _wish(given: Fields) -> Wish:
    said = given.block("Loyalty")
    if said is None:
        return Wish()
    spend = said.text("Spend", "none").strip().casefold()
    if spend not in SPENDING:
        raise WrongFieldError("Не принято поле Loyalty.Spend")
    points = said.kop("Points") if spend == "exact" else None
    if spend == "exact" and (points is None or points < 0):
        raise WrongFieldError("Не принято поле Loyalty.Points")
    words = {name: said.text(name, limit=64).strip() for name in ("cashier", "code", "senior", "pin")}
    flags = {name: said.flag(name) for name in ("manual", "late")}
    try:
        return Wish(said.text("Customer").strip(), spend, points, said_by({**words, **flags}))
    except UsageError as error:
        raise WrongFieldError(f"Не принято поле Loyalty.{str(error.params['field']).capitalize()}") from error


def _prints(given: Fields, rows: list[Fields], columns: int) -> tuple[list[Element], str]:
    """Texts and codes between the goods. One that cannot be printed does not stop a sale."""
    refused: list[str] = []
    made = [piece for row in rows for piece in elements(row, columns, refused)]
    for pair in given.rows("AdditionalProps"):
        if pair.flag("Print", default=True):
            text = f"{pair.text('NameProp', control=True)}: {pair.text('Prop', control=True)}"[:columns]
            made.append({"text": "".join(one if one.isprintable() else " " for one in text)})
    return made, refused[0] if refused else ""
