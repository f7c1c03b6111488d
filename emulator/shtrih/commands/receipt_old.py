"""Receipt by the old commands: 80h..83h, 85h (protocol notes, section 2.6)."""

from __future__ import annotations

from emulator.shtrih import vat
from emulator.shtrih.commands.receipt import FULL_PAYMENT, GOODS, PAYMENTS, vat_in_force
from emulator.shtrih.errors import BAD_PARAMETER, CommandError
from emulator.shtrih.fields import le
from emulator.shtrih.registry import COMMANDS, Call, Handler
from emulator.terms import DeviceMode, ItemInput

_ITEM = "quantity:5 price:5 department:1 tax1:1 tax2:1 tax3:1 tax4:1 text:*"
_CLOSE = "pay1:5 pay2:5 pay3:5 pay4:5 discount:2 tax1:1 tax2:1 tax3:1 tax4:1 text:*"
OLD_PAYMENTS = 4
MICRO_PER_THOUSANDTH = 1000


def _old_operation(kind: int) -> Handler:
    """Handler of 80h..83h for one receipt kind (tag 1054)."""

    def handler(call: Call) -> bytes:
        call.machine.require_no_document()
        device, fields = call.machine.device, call.fields
        item = ItemInput(
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
        if device.mode is not DeviceMode.RECEIPT_OPEN:
            device.open_receipt(kind, call.operator)
        device.add_item(item, call.operator)
        return b""

    return handler


_OPERATIONS = ((0x80, "sale", 1), (0x81, "purchase", 3), (0x82, "sale return", 2), (0x83, "purchase return", 4))

for _code, _name, _kind in _OPERATIONS:
    COMMANDS.add(_code, f"{_name}, old", _ITEM)(_old_operation(_kind))


@COMMANDS.add(0x85, "close receipt, old", _CLOSE)
def close_receipt_old(call: Call) -> bytes:
    """85h: four payments (cash, then electronic ones); a discount on the whole receipt is not supported (33h)."""
    fields = call.fields
    if fields.num("discount"):
        raise CommandError(BAD_PARAMETER)
    paid = [fields.num(f"pay{place}") for place in range(1, OLD_PAYMENTS + 1)]
    payments = paid + [0] * (PAYMENTS - OLD_PAYMENTS)
    closed = call.machine.device.close_receipt(payments, 0, 0, call.operator, fields.text("text"))
    return le(closed.change_kop, 5)
