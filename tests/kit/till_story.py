"""What a till does at the printer itself, past the agent, and the agent reads back."""

from emulator.device import ItemInput
from emulator.tlv import encode, make
from kit.sale_register import SaleRegister
from pos_agent.model.receipt import DocumentId

SALE_RETURN = 2
ADVANCE = 13  # place of 1215 among the payments of the device


def till_return(register: SaleRegister, sale: dict, *lines: tuple[str, int, int], advance_kop: int = 0) -> dict:
    """A return that names its sale, `advance_kop` of it as an offset, the rest in cash; the facts of its event.

    Lines: (name, price_kop, quantity_micro).
    """
    device = register.device
    device.open_receipt(SALE_RETURN, 30)
    for name, price_kop, micro in lines:
        device.add_item(ItemInput(SALE_RETURN, micro, price_kop, None, None, 6, 1, 4, 1, name))
    named = [make(1085, "ИСХОДНЫЙ ЧЕК"), make(1086, sale["document"])]
    device.add_receipt_tlv(encode([make(1084, named)]))
    payments = [device.subtotal() - advance_kop] + [0] * 15
    payments[ADVANCE] = advance_kop
    fd = device.close_receipt(payments, 0, 1, 30).fd
    register.calm()
    with register.store.reading() as view:
        (event,) = (chained.event for chained in view.ledger.by_document(DocumentId("9999078902001234", fd)))
    return dict(event.facts)
