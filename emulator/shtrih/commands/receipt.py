"""Receipt by the current commands: 8Dh, FF46h, FF4Dh, FF0Ch, FF45h, 88h, 89h, 8Ch (protocol notes, 2.6 and 2.7)."""

from __future__ import annotations

from datetime import datetime

from emulator.shtrih import vat
from emulator.shtrih.errors import BAD_PARAMETER, FN_WRONG_STATE, ZERO_RECEIPT, CommandError
from emulator.shtrih.fields import fn_moment, le
from emulator.shtrih.registry import COMMANDS, Call, Password
from emulator.terms import Closed, DeviceMode, ItemInput
from emulator.tlv import encode, make

KIND_OF_TYPE = {0: 1, 1: 3, 2: 2, 3: 4}
"""Type byte of 8Dh (sale, purchase, sale return, purchase return) -> tag 1054."""
CORRECTION = 0x80
REPLACE_20_BY_22 = (17, 1, 71)
EXTENDED_ANSWERS = (17, 1, 36)
FORBID_ZERO = (1, 1, 23)
MARKING_CODE = 1163
NOT_PRINTED = "//"
FULL_PAYMENT, GOODS = 4, 1
"""Taken for payment method and subject 0, which a real device accepts (log of exchange G26a)."""

PAYMENTS = 16
_CLOSE_LAYOUT = (
    " ".join(f"pay{place}:5" for place in range(1, PAYMENTS + 1))
    + " rounding:1 tax1:5 tax2:5 turnover3:5 turnover4:5 tax5:5 tax6:5 system:1 text:*"
)
CLOSE_TEXT_BYTES = 64


def with_moment(call: Call, at: datetime) -> bytes:
    """Date-time that answers carry when table 17 field 36 is 1, else nothing."""
    return fn_moment(at) if call.machine.tables.number(*EXTENDED_ANSWERS) == 1 else b""


def vat_in_force(call: Call, code: int) -> int:
    """Code of tag 1199 after the replacement of 20 % by 22 % that table 17 field 71 asks for."""
    replace = call.machine.tables.number(*REPLACE_20_BY_22) == 1
    return vat.on_day(code, call.machine.device.now().date(), replace)


@COMMANDS.add(0x8D, "open receipt", "kind:1")
def open_receipt(call: Call) -> bytes:
    """8Dh: 80h + type opens a correction receipt with lines (one source)."""
    call.machine.require_no_document()
    kind = call.fields.num("kind")
    if kind & ~CORRECTION not in KIND_OF_TYPE:
        raise CommandError(BAD_PARAMETER)
    device = call.machine.device
    device.open_receipt(KIND_OF_TYPE[kind & ~CORRECTION], call.operator, correction=bool(kind & CORRECTION))
    return b""


@COMMANDS.add(
    0xFF46,
    "operation V2",
    "kind:1 quantity:6 price:5 sum:5 tax:5 rate:1 department:1 method:1 subject:1 name:*",
)
def operation_v2(call: Call) -> bytes:
    """FF46h: quantity in millionths; sum and tax of FFh bytes are computed by the device."""
    fields = call.fields
    code = vat.from_rate_code(fields.num("rate"), call.machine.device.profile.model_code)
    item = ItemInput(
        kind=fields.num("kind"),
        quantity_micro=fields.num("quantity"),
        price_kop=fields.num("price"),
        sum_kop=None if fields.all_ones("sum") else fields.num("sum"),
        tax_kop=None if fields.all_ones("tax") else fields.num("tax"),
        vat=vat_in_force(call, code),
        department=fields.num("department"),
        method=fields.num("method") or FULL_PAYMENT,
        subject=fields.num("subject") or GOODS,
        name=fields.text("name").removeprefix(NOT_PRINTED),
    )
    call.machine.device.add_item(item, call.operator)
    return b""


@COMMANDS.add(0xFF4D, "TLV bound to the last operation", "tlv:*")
def operation_tlv(call: Call) -> bytes:
    """FF4Dh: after its FF46h; several TLV may follow each other."""
    call.machine.device.add_item_tlv(call.fields.raw("tlv"))
    return b""


@COMMANDS.add(0xFF0C, "send TLV", "tlv:*", Password.SYSTEM)
def document_tlv(call: Call) -> bytes:
    """FF0Ch: into the document being formed, a receipt or one begun by FF35h, FF37h, FF41h, FF42h; else 02h."""
    add_document_tlv(call, call.fields.raw("tlv"))
    return b""


def add_document_tlv(call: Call, tlv: bytes) -> None:
    """TLV for the document being formed; 02h when there is none."""
    machine = call.machine
    if machine.started is not None:
        machine.started.tlvs += tlv
    elif machine.device.mode is DeviceMode.RECEIPT_OPEN:
        machine.device.add_receipt_tlv(tlv)
    else:
        raise CommandError(FN_WRONG_STATE)


def close_now(call: Call, payments: list[int], rounding_kop: int, tax_system: int, text: str) -> Closed:
    """Close the open receipt; 8Eh for a zero one when table 1 field 23 forbids it. Sold marking codes are noted."""
    machine, device = call.machine, call.machine.device
    if device.mode is DeviceMode.RECEIPT_OPEN and machine.tables.number(*FORBID_ZERO) and not device.subtotal():
        raise CommandError(ZERO_RECEIPT)
    items = device.receipt.items if device.receipt else []
    marked = [tag for item in items for tag in item.given if tag.tag == MARKING_CODE]
    closed = device.close_receipt(payments, rounding_kop, tax_system, call.operator, text)
    if marked and device.profile.ffd == "1.2":
        machine.marking.sold(closed.at, encode([make(1040, closed.fd), *marked]))
    return closed


@COMMANDS.add(0xFF45, "close receipt V2", _CLOSE_LAYOUT)
def close_receipt_v2(call: Call) -> bytes:
    """FF45h: the tax sums are ignored, as table 1 field 14 = 0 says; answers change, FD number and fiscal sign.

    The longer form of newer firmware (four more tax sums after 64 bytes of text, one source) is accepted: its sums
    are cut off with the text.
    """
    fields = call.fields
    payments = [fields.num(f"pay{place}") for place in range(1, PAYMENTS + 1)]
    text = fields.text("text")[:CLOSE_TEXT_BYTES]
    closed = close_now(call, payments, fields.num("rounding"), fields.num("system"), text)
    return le(closed.change_kop, 5) + le(closed.fd, 4) + le(closed.sign, 4) + with_moment(call, closed.at)


@COMMANDS.add(0x88, "cancel receipt")
def cancel_receipt(call: Call) -> bytes:
    """88h: 59h when another operator opened it."""
    call.machine.device.cancel_receipt(call.operator)
    return b""


@COMMANDS.add(0x89, "subtotal")
def subtotal(call: Call) -> bytes:
    """89h."""
    return le(call.machine.device.subtotal(), 5)


@COMMANDS.add(0x8C, "repeat document")
def repeat_document(call: Call) -> bytes:
    """8Ch: 56h when there is nothing to repeat."""
    call.machine.device.repeat_document(call.operator)
    return b""
