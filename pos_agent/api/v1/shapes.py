"""What comes in and goes out, for OpenAPI and for the first look at a request. Money: kopecks, points: hundredths.

The engine reads a basket itself, so that everything that is wrong with it is told at once: here only its size counts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from pos_agent.checkout.contact import contact_tlvs
from pos_agent.errors import UsageError
from pos_agent.model.strict_json import must_be_writable

LINES = 1000
LONGEST_WAIT_S = 25.0
ASK_S = 20.0  # how long the till waits for the cashier's choice when it does not say
ID_FORM = r"^[A-Za-z0-9][A-Za-z0-9._:+-]*$"
COFFEE = {"lines": [{"id": "1", "name": "Кофе латте 0,3", "price_kop": 19900, "qty": "2"}]}
LINE_SCHEMA = {
    "type": "object",
    "required": ["id", "price_kop", "qty"],
    "properties": {
        "id": {"type": "string", "maxLength": 100},
        "name": {"type": "string", "maxLength": 128},
        "sku": {"type": "string", "maxLength": 100},
        "category": {"type": "string", "maxLength": 100},
        "price_kop": {"type": "integer", "minimum": 0, "maximum": 100_000_000},
        "qty": {"type": "string", "pattern": r"^[0-9]{1,5}(\.[0-9]{1,6})?$"},
        "vat": {"type": "string", "enum": ["vat22", "vat20", "vat10", "vat0", "none"]},
    },
}
BASKET_SCHEMA = {
    "type": "object",
    "description": "A basket as for `pos-agent price` (docs/selling.md, section 2); up to 1,000 lines.",
    "required": ["lines"],
    "properties": {
        "lines": {"type": "array", "minItems": 1, "maxItems": LINES, "items": LINE_SCHEMA},
        "spend": {"type": "string", "enum": ["none", "max"]},
        "codes": {"type": "array", "items": {"type": "string", "maxLength": 100}},
    },
    "examples": [COFFEE],
}


def _few_lines(basket: dict[str, Any]) -> dict[str, Any]:
    lines = basket.get("lines")
    if isinstance(lines, list) and len(lines) > LINES:
        raise ValueError(f"at most {LINES} lines")
    return basket


def _fits_its_tag(contact: str) -> str:
    try:
        contact_tlvs(contact)
    except UsageError as error:
        raise ValueError("no contact") from error
    return contact


Contact = Annotated[str, StringConstraints(max_length=200), AfterValidator(_fits_its_tag)]
Basket = Annotated[dict[str, Any], AfterValidator(_few_lines), WithJsonSchema(BASKET_SCHEMA)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=97, pattern=ID_FORM)]
PathId = Annotated[str, Path(min_length=1, max_length=97, pattern=ID_FORM)]
Text = Annotated[str, StringConstraints(max_length=200)]
Short = Annotated[str, StringConstraints(max_length=40)]
FnSerial = Annotated[str, Path(pattern=r"^[0-9]{10,20}$", examples=["9999078902001234"])]
FdNumber = Annotated[int, Path(ge=1, le=2**32 - 1, examples=[4])]
Wait = Annotated[float, Field(ge=0, le=LONGEST_WAIT_S)]


class Asked(BaseModel):
    """A request: unknown keys are refused, so that a slip of the pen is not taken for silence."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_written(cls, given: Any) -> Any:  # noqa: ANN401 - any JSON
        """JSON can spell what no text and no number is: half a surrogate pair, NaN."""
        must_be_writable(given)
        return given


class ErrorShown(BaseModel):
    """`safe` says whether the sale is: recorded, not made, being checked, or not concerned."""

    code: str = Field(examples=["PRN-01"])
    what: str = Field(examples=["Кончилась бумага."])
    action: str = Field(examples=["Вставьте рулон и закройте крышку."])
    safe: str = Field(examples=["Чек не пробит, деньги и баллы не тронуты."])
    lines: list[str] = Field(default_factory=list, description="Particulars, when there are any.")
    trace: str = Field(default="", description="A number that is in the agent's log as well.")


class ErrorAnswer(BaseModel):
    """Every error of every route."""

    error: ErrorShown


class QuoteAsked(Asked):
    """What would it cost?"""

    basket: Basket
    customer: Text | None = Field(
        default=None, description="Card, phone, last four signs, or the customer's id.", examples=["7Q4M2XKD9W"]
    )


class Quote(BaseModel):
    """A price. When `loyalty` is not "ok" it is the price without a card, and `why` says it in words."""

    model_config = ConfigDict(extra="allow")

    loyalty: Literal["ok", "late", "off"]
    why: dict[str, Any] | None
    list_price: bool = Field(description="Shelf prices: no rule at all was asked.")
    quote: dict[str, Any] = Field(description="The answer of `pos-agent price`.")
    customer: dict[str, Any] | None
    choices: dict[str, Any] | None = Field(
        description="`accrue: {payable_kop, earned_pt}`, "
        "`spend: {max_pt, limit, payable_kop, earned_pt, may_pt, left_pt, confirm}`; null without a customer."
    )


class SaleAsked(Asked):
    """A sale under the till's own id."""

    sale: Id = Field(description="Yours, unique for ever, written down before the call.", examples=["order-1002"])
    basket: Basket
    customer: Text | None = Field(default=None, examples=["7Q4M2XKD9W"])
    contact: Contact = Field(default="", description="Phone or e-mail of the electronic receipt, tag 1008.")
    ask: bool = Field(default=False, description="Let the cashier choose on the page; the answer waits for it.")
    wait_s: Wait | None = Field(
        default=None, description="With `ask`: how long to wait, 20 when absent. 0: answer at once, ask by GET."
    )


class BasketChanged(Asked):
    """The whole basket as it is now."""

    basket: Basket


class CustomerChanged(Asked):
    """Who buys; null takes the customer out."""

    customer: Text | None


class Confirmed(Asked):
    """The choice of the buyer."""

    spend: Literal["max", "none", "exact"] = "none"
    spend_pt: Annotated[int, Field(ge=0, le=2**53)] | None = Field(default=None, description="With `exact`.")
    code: Annotated[str, StringConstraints(max_length=12)] = Field(
        default="", description="The buyer's confirmation code, where the program asks for one."
    )
    senior: Short = Field(default="", description="A senior who says yes instead, with `pin`.")
    pin: Annotated[str, StringConstraints(max_length=12)] = ""
    cashier: Short = Field(default="", description="The till's number of the cashier.")
    manual: bool = Field(default=False, description="The customer's number was typed, not scanned.")
    late: bool = Field(default=False, description="The customer was named after the sum was known.")


class CodeAsked(Asked):
    """Send the buyer a confirmation code for so many points."""

    amount_pt: Annotated[int, Field(ge=1, le=10**12)]


class Payment(Asked):
    """How it is paid; cash may exceed the rest, the change is in the answer."""

    kind: Annotated[str, StringConstraints(max_length=20)] = Field(examples=["card"])
    sum_kop: Annotated[int, Field(ge=0, le=2**53)] | None = Field(default=None, examples=[39800])
    id: Text | None = Field(default=None, description="The code of a certificate, abonement or deposit.")


class Fiscalised(Asked):
    """Print it. Without payments: exactly the total, in cash, or as the basket says."""

    payments: Annotated[list[Payment], Field(max_length=20)] | None = None
    wait_s: Wait = LONGEST_WAIT_S


class SaleShown(BaseModel):
    """Where a sale or a return stands."""

    model_config = ConfigDict(extra="allow")

    sale: str
    kind: Literal["sale", "return"]
    state: Literal[
        "draft", "confirmed", "checking", "needs_operator", "unfinished", "registered", "not_executed", "dropped"
    ]
    final: bool = Field(description="It will not change by itself any more.")
    answer: dict[str, Any] | None = Field(description="The registered document: number, sums, points.")
    error: ErrorShown | None = Field(description="Why the last attempt registered nothing.")


class Resolved(Asked):
    """What a person decides of a sale in doubt; an empty decision only looks again."""

    decision: Literal["registered", "absent", ""] = ""
    document: Text = Field(default="", description="FN/FD, with `registered`.")
    reason: Text = Field(default="", description="Kept with the decision; must be there.")
    senior: Short = Field(default="", description="Who decides; must be there when seniors are set up.")
    pin: Annotated[str, StringConstraints(max_length=12)] = ""


Lines = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")], Annotated[str, StringConstraints(max_length=18)]],
    Field(max_length=LINES, description="Line of the receipt -> quantity; none: all left.", examples=[{"1": "1"}]),
]
Marks = Annotated[dict[str, Any], Field(max_length=LINES, description="Line -> the marking code scanned again.")]


class ReturnQuoted(Asked):
    """What would come back?"""

    receipt: Text = Field(description="FN/FD of the sale.", examples=["9999078902001234/4"])
    lines: Lines = Field(default_factory=dict)
    payment: Literal["cash", "card", ""] = ""
    marks: Marks = Field(default_factory=dict)


class ReturnAsked(ReturnQuoted):
    """A return under the till's own id; ids of sales and returns are of one kind."""

    return_id: Id = Field(alias="return", examples=["back-1"])
    wait_s: Wait = LONGEST_WAIT_S


class CustomerAsked(Asked):
    """A new customer. Without consent none is made."""

    name: Text = ""
    phone: Text = Field(default="", examples=["+79160000042"])
    email: Text = ""
    card: Text = Field(default="", description="Made when absent.")
    consent: bool = Field(description="Agrees to the rules and to the use of his data.")
    advertising: bool = Field(default=False, description="Agrees to messages.")
    answers: dict[str, Any] = Field(default_factory=dict)


class Scanned(Asked):
    """What the scanner gave."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class ShiftAsked(Asked):
    """A shift or a report, of one printer of the counter or as the operation goes without a name."""

    printer: Text = Field(default="", description="The part it sells, or its storages' name.")


class SlipAsked(Asked):
    """A slip to print."""

    kind: Literal["receipt", "balance", "invitation", "why", "note", "trial"]
    receipt: Text = Field(default="", description="FN/FD.")
    customer: Text = ""


class Armed(Asked):
    """Whose the next receipt is (tap, observer)."""

    text: Text = Field(description="Card, phone, last four signs, or the customer's id.")


class Claimed(Asked):
    """Whose a receipt of nobody is, where the program allows claims."""

    customer: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Nothing(Asked):
    """An empty object: `{}`."""
