"""Receipt by the old commands: 80h..8Bh, 8Eh, FF0Dh, FF44h (protocol notes, sections 2.6 and 2.7)."""

from __future__ import annotations

from emulator.receipt import line_sum
from emulator.shtrih import vat
from emulator.shtrih.commands.receipt import FULL_PAYMENT, GOODS, PAYMENTS, close_now, vat_in_force
from emulator.shtrih.errors import NOT_SUPPORTED, CommandError
from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call, Handler
from emulator.terms import DeviceMode, ItemInput, Reason, Refusal

_TAXES = "tax1:1 tax2:1 tax3:1 tax4:1"
_ITEM = f"quantity:5 price:5 department:1 {_TAXES} text:*"
_CLOSE = f"pay1:5 pay2:5 pay3:5 pay4:5 discount:2 {_TAXES} text:*"
_CLOSE_16 = " ".join(f"pay{place}:5" for place in range(1, PAYMENTS + 1)) + f" discount:2 {_TAXES} text:*"
OLD_PAYMENTS = 4
MICRO_PER_THOUSANDTH = 1000
DISCOUNT_MODE = (17, 1, 3)
PERCENT_BP = 10_000


def _old_item(call: Call, kind: int) -> ItemInput:
    fields = call.fields
    return ItemInput(
        kind=kind,
        quantity_micro=fields.num("quantity") * MICRO_PER_THOUSANDTH,
        price_kop=fields.num("price"),
        sum_kop=None,
        tax_kop=None,
        vat=vat_in_force(call, vat.from_row(fields.num("tax1"))),
        department=fields.num("department"),
        method=FULL_PAYMENT,
        subject=GOODS,
        name=fields.text("text"),
    )


def _old_operation(kind: int) -> Handler:
    """Handler of 80h..83h for one receipt kind (tag 1054)."""

    def handler(call: Call) -> bytes:
        call.machine.require_no_document()
        device, item = call.machine.device, _old_item(call, kind)
        if device.mode is not DeviceMode.RECEIPT_OPEN:
            line_sum(item)
            device.open_receipt(kind, call.operator)
        device.add_item(item, call.operator)
        return b""

    return handler


_OPERATIONS = ((0x80, "sale", 1), (0x81, "purchase", 3), (0x82, "sale return", 2), (0x83, "purchase return", 4))

for _code, _name, _kind in _OPERATIONS:
    COMMANDS.add(_code, f"{_name}, old", _ITEM)(_old_operation(_kind))


@COMMANDS.add(0x84, "storno", _ITEM)
def storno(call: Call) -> bytes:
    """84h: takes back a quantity of an earlier line of the same price and department; 2Dh when there is none."""
    device = call.machine.device
    device.storno(_old_item(call, device.receipt_kind or 1), call.operator)
    return b""


def _change(sign: int, undo: bool) -> Handler:
    """Handler of 86h, 87h, 8Ah, 8Bh: kopecks on the whole receipt, spread over its lines; the tax bytes are ignored."""

    def handler(call: Call) -> bytes:
        device, delta = call.machine.device, sign * call.fields.num("sum")
        (device.undo_change if undo else device.change_total)(delta, call.operator)
        return b""

    return handler


_CHANGES = (
    (0x86, "discount", -1, False),
    (0x87, "surcharge", 1, False),
    (0x8A, "storno of a discount", 1, True),
    (0x8B, "storno of a surcharge", -1, True),
)

for _code, _name, _sign, _undo in _CHANGES:
    COMMANDS.add(_code, _name, f"sum:5 {_TAXES} text:*")(_change(_sign, _undo))


@COMMANDS.add(0xFF4B, "receipt discount", "discount:5 surcharge:5 tax:1 text:*")
def receipt_discount(call: Call) -> bytes:
    """FF4Bh: 37h unless table 17 field 3 allows receipt discounts."""
    if not call.machine.tables.number(*DISCOUNT_MODE):
        raise CommandError(NOT_SUPPORTED)
    call.machine.device.change_total(call.fields.num("surcharge") - call.fields.num("discount"), call.operator)
    return b""


@COMMANDS.add(0x85, "close receipt, old", _CLOSE)
def close_receipt_old(call: Call) -> bytes:
    """85h: cash and three electronic payments; a discount in hundredths of a percent, below 0 a surcharge."""
    return _close(call, OLD_PAYMENTS)


@COMMANDS.add(0x8E, "close receipt, 16 payments", _CLOSE_16)
def close_receipt_16(call: Call) -> bytes:
    """8Eh (one source): the same with the sixteen payments of FF45h."""
    return _close(call, PAYMENTS)


def _close(call: Call, places: int) -> bytes:
    fields, device = call.fields, call.machine.device
    paid = [fields.num(f"pay{place}") for place in range(1, places + 1)] + [0] * (PAYMENTS - places)
    percent_bp = int.from_bytes(fields.raw("discount"), "little", signed=True)
    if not percent_bp:
        return le(close_now(call, paid, 0, 0, fields.text("text")).change_kop, 5)
    delta = -_share(device.subtotal(), percent_bp)
    device.change_total(delta, call.operator)
    try:
        return le(close_now(call, paid, 0, 0, fields.text("text")).change_kop, 5)
    except Refusal:
        device.change_total(-delta, call.operator)
        raise


def _share(sum_kop: int, percent_bp: int) -> int:
    """Half up, by size."""
    size = (2 * sum_kop * abs(percent_bp) + PERCENT_BP) // (2 * PERCENT_BP)
    return size if percent_bp > 0 else -size


_FN_ITEM = "kind:1 quantity:5 price:5 discount:5 surcharge:5 {tax_sum}department:1 tax:1 barcode:5 text:*"


def _fn_operation(call: Call) -> bytes:
    """FF0Dh, FF44h: a line at quantity x price, less its discount, plus its surcharge; the barcode is ignored."""
    fields = call.fields
    micro = fields.num("quantity") * MICRO_PER_THOUSANDTH
    whole = (2 * fields.num("price") * micro + 10**6) // (2 * 10**6)
    kop = whole - fields.num("discount") + fields.num("surcharge")
    if not micro or kop < 0:
        raise Refusal(Reason.BAD_PARAMETER, f"quantity {micro}, sum {kop}")
    code = vat.from_rate_code(fields.num("tax"), call.machine.device.profile.model_code) if fields.num("tax") else 6
    item = ItemInput(
        kind=fields.num("kind"),
        quantity_micro=micro,
        price_kop=(2 * kop * 10**6 + micro) // (2 * micro),
        sum_kop=kop,
        tax_kop=None,
        vat=vat_in_force(call, code),
        department=fields.num("department"),
        method=FULL_PAYMENT,
        subject=GOODS,
        name=fields.text("text"),
    )
    call.machine.device.add_item(item, call.operator)
    return b""


COMMANDS.add(0xFF0D, "operation with discounts, old", _FN_ITEM.format(tax_sum=""))(_fn_operation)
COMMANDS.add(0xFF44, "operation with discounts and tax, old", _FN_ITEM.format(tax_sum="tax_sum:5 "))(_fn_operation)
