"""What a scanned code means. Goods and marking codes are told apart and never written anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.fiscal.qr import QrError, parse_qr
from pos_agent.api import claims
from pos_agent.api.customers import find_all, shown
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import balance_json
from pos_agent.api.prepaid import account_json
from pos_agent.checkout.prepaid import account_name
from pos_agent.ledger.prepaid import account
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.basket_values import ABONEMENT, CERTIFICATE
from pos_agent.rules.code_form import plain
from pos_agent.store.repositories import View

LONGEST = 512
SHOWN = 5  # people under the same last four signs; more: type the number in full
GS = "\x1d"
MARKING = re.compile(r"(\]d2|\]C1|\x1d)?01\d{14}21")
BARCODE = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


def scan(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{text}` -> `{kind: customer | several | coupon | certificate | receipt | invitation | goods | unknown, ...}`.

    customer: `customer`; several: `customers`, `more`; coupon: `code`; certificate: `accounts`; receipt: `receipt`,
    `known`, `total_kop`; invitation (the QR of a buyer's own slip): as a receipt that the till printed, see `claims`.
    """
    given = args.get("text")
    code = given.strip(" \r\n\t") if isinstance(given, str) and len(given) <= LONGEST else text(args, "text")
    receipt = _receipt(parts, code)
    if receipt is not None:
        return receipt
    if GS in code or MARKING.match(code):
        return {"kind": "goods"}
    wanted = _card(code, parts.config.loyalty.qr_prefix)
    with parts.views.reading() as view:
        if (invited := claims.invited(view, code, parts.config.loyalty.join_url)) is not None:
            return {"kind": "invitation", **invited}
        people = find_all(view, wanted)
        if len(people) == 1:
            told = {**shown(people[0]), **balance_json(parts, view, people[0].id)}
            return {"kind": "customer", "customer": told}
        if people:
            return {"kind": "several", "customers": [shown(one) for one in people[:SHOWN]], "more": len(people) > SHOWN}
        if view.codes.named(wanted) or view.codes.named(plain(wanted)):
            return {"kind": "coupon", "code": wanted}
        accounts = _accounts(parts, view, wanted)
    if accounts:
        return {"kind": "certificate", "accounts": accounts}
    return {"kind": "goods" if BARCODE.fullmatch(code) and _checks(code) else "unknown"}


def _receipt(parts: Parts, code: str) -> Json | None:
    try:
        found = parse_qr(code)
    except QrError:
        return None
    number = DocumentId(found.fn_serial, found.fd_number)
    with parts.views.reading() as view:
        known = view.documents.exists(number)
    return {"kind": "receipt", "receipt": str(number), "known": known, "total_kop": found.total_kop}


def _card(code: str, prefix: str) -> str:
    """The card in the QR of a slip, or the code itself."""
    return code[len(prefix) :] if prefix and code.upper().startswith(prefix) else code


def _accounts(parts: Parts, view: View, code: str) -> list[Json]:
    today = parts.clock.now().astimezone(parts.config.zone).date()
    found = [account(name, view.prepaid.events(name)) for name in (account_name(k, code) for k in _KINDS)]
    return [account_json(one, today) for one in found if one is not None]


_KINDS = (CERTIFICATE, ABONEMENT)


def _checks(digits: str) -> bool:
    """The check digit of EAN 8, UPC, EAN 13 and GTIN 14."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighed % 10 == 0
