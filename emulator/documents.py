"""The tags a cash register hands to its fiscal storage, form by form.

Sets and order: FFD order, tables of forms 1, 2, 3, 5, 21, 31; protocol notes on 54-FZ, sections 2.3..2.12. The storage
adds its header and its own tags (`fn_document`, `fn`). A tag a host has sent replaces the register's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from emulator import vat
from emulator.profile import Profile
from emulator.receipt import Item, OpenReceipt, Payments, given_tags
from emulator.terms import CorrectionInput
from emulator.tlv import Quantity, Tlv, make, members

WARNING_TAGS = ((1, 1051), (2, 1050), (4, 1052), (8, 1053))  # bit of the FN's warnings -> sign in forms 2 and 5
MARKED_CODES = frozenset({1305, 1306})
NO_MEASURE = 0  # tag 2108: pieces


def cashier(profile: Profile, operator: int) -> list[Tlv]:
    """1021 and, when known, 1203."""
    name, inn = profile.cashier(operator)
    return [make(1021, name), *([make(1203, inn)] if inn else [])]


def with_given(defaults: Iterable[Tlv], given: Iterable[Tlv]) -> list[Tlv]:
    """Defaults, each replaced by what the host gave for its tag, then the rest of the host's tags in their order."""
    given = list(given)
    placed: list[Tlv] = []
    for default in defaults:
        placed += [tlv for tlv in given if tlv.tag == default.tag] or [default]
    tags = {tlv.tag for tlv in placed}
    return placed + [tlv for tlv in given if tlv.tag not in tags]


def raised(warnings: int) -> list[Tlv]:
    """Signs 1050..1053 that are up; a sign that is down is left out."""
    return [make(tag, 1) for bit, tag in WARNING_TAGS if warnings & bit]


def registration(profile: Profile, operator: int) -> list[Tlv]:
    """Form 1."""
    flags = [make(1056, 0), make(1002, 0), make(1001, 0)]
    if profile.ffd == "1.2":
        modes = [make(1290, 0)]
    else:
        modes = [make(tag, 0) for tag in (1109, 1110, 1108, 1207, 1193, 1126, 1221)]
    return [
        *flags,
        *modes,
        make(1062, profile.tax_systems),
        make(1048, profile.user),
        make(1009, profile.address),
        make(1187, profile.place),
        make(1013, profile.serial),
        make(1017, profile.ofd_inn),
        make(1046, profile.ofd_name),
        make(1060, profile.fns_site),
        make(1117, profile.sender_email),
        *cashier(profile, operator),
        make(1209, profile.ffd_code),
        make(1189, profile.ffd_code),
        make(1190, profile.ffd_code),
        make(1188, profile.kkt_version),
    ]


def shift_opening(profile: Profile, operator: int, warnings: int, given: list[Tlv]) -> list[Tlv]:
    """Form 2."""
    version = [make(1209, profile.ffd_code), make(1189, profile.ffd_code), make(1188, profile.kkt_version)]
    return [*with_given([*cashier(profile, operator), *version], given), *raised(warnings)]


def shift_closing(profile: Profile, operator: int, warnings: int, given: list[Tlv]) -> list[Tlv]:
    """Form 5; in FFD 1.2 the storage writes 1209 itself."""
    return [*with_given([*cashier(profile, operator), *_version_unless_fn(profile)], given), *raised(warnings)]


def calculation_state(profile: Profile, operator: int) -> list[Tlv]:
    """Form 21."""
    return [*cashier(profile, operator), make(1209, profile.ffd_code)]


def _version_unless_fn(profile: Profile) -> list[Tlv]:
    return [] if profile.ffd == "1.2" else [make(1209, profile.ffd_code)]


def receipt(
    profile: Profile, opened: OpenReceipt, payments: Payments, tax_system: int, given: list[Tlv], basis: list[Tlv]
) -> list[Tlv]:
    """Forms 3 and 31 with lines; `basis`: see `correction_basis`, not used by form 3."""
    head = [make(1055, tax_system), *cashier(profile, opened.operator), make(1209, profile.ffd_code)]
    if profile.ffd == "1.2":
        head += [make(1009, profile.address), make(1187, profile.place)]
    if opened.correction:
        head += basis
    if any(tlv.tag == 1008 for tlv in given):
        head.append(make(1117, profile.sender_email))
    items = [make(1059, item_tags(profile, item)) for item in opened.items]
    tail = [*payment_tags(payments), *vat.total_tags(opened.vat_totals())]
    if any(_is_marked(item) for item in items):
        tail.append(make(2107, 0))
    return [*with_given(head, given), *items, *tail]


def correction_basis(by_order: bool, day: datetime) -> list[Tlv]:
    """1173 and a 1174 with the day of the corrected settlement, for a host that sends none."""
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return [make(1173, int(by_order)), make(1174, [make(1178, midnight)])]


def correction(
    profile: Profile, order: CorrectionInput, operator: int, payments: Payments, tax_system: int, basis: list[Tlv]
) -> list[Tlv]:
    """Form 31 without lines, FFD 1.05. With no VAT total given the whole sum counts as without VAT (1105)."""
    given = given_tags(order.tlvs) if order.tlvs else []
    head = [make(1055, tax_system), *cashier(profile, operator), make(1209, profile.ffd_code), *basis]
    totals = [make(tag, kop) for tag, kop in sorted(order.vat_kop.items()) if kop] or [make(1105, order.total_kop)]
    return [*with_given(head, given), *payment_tags(payments), *totals]


def item_tags(profile: Profile, item: Item) -> list[Tlv]:
    """Members of one 1059; what the host bound to the line replaces or follows."""
    order = item.order
    modern = profile.ffd == "1.2"
    defaults = [
        make(1030, order.name[:128]),
        make(1079, order.price_kop),
        make(1023, Quantity.of_micro(order.quantity_micro)),
        *([make(2108, NO_MEASURE)] if modern else []),
        make(1043, item.sum_kop),
        make(1199, order.vat),
        make(1214, order.method),
        make(1212, order.subject),
    ]
    return with_given([tag for tag in defaults if tag.raw], item.given)


def payment_tags(payments: Payments) -> list[Tlv]:
    """All five payment tags, zeros too."""
    pairs = (
        (1031, payments.cash),
        (1081, payments.electronic),
        (1215, payments.advance),
        (1216, payments.credit),
        (1217, payments.other),
    )
    return [make(tag, kop) for tag, kop in pairs]


def _is_marked(item: Tlv) -> bool:
    inside = item.value if isinstance(item.value, list) else []
    return any(code.tag in MARKED_CODES for code in members(inside, 1163))
