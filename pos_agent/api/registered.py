"""What the storage's first report (registration) says of the register, as the faces of tills ask it."""

from __future__ import annotations

from drivers.fiscal.documents import Registration
from drivers.fiscal.members import text, whole
from pos_agent.api.operation import Json

SIGNS = {  # flag -> its own tag, and the bit of tag 1290 that took its place in FFD 1.2
    "encryption": (1056, None),
    "automatic": (1001, None),
    "printer_automatic": (1221, 1),
    "bso": (1110, 2),
    "internet": (1108, 5),
    "excise": (1207, 6),
    "marking": (None, 8),
    "service": (1109, 9),
    "gambling": (1193, 10),
    "lottery": (1126, 11),
    "pawnshop": (None, 12),
    "insurance": (None, 13),
}
CONDITIONS = 1290


def registered(report: Registration) -> Json:
    """Texts "" and numbers None where the report has no such tag. `signs`: true or false, absent = false.

    `ffd` is of the report (1209), `ffd_device` 1189, `ffd_storage` 1190, `agents` the bits of 1057.
    """
    at, tags = report.at, report.tags
    conditions = whole(tags, CONDITIONS) or 0
    return {
        "user": report.user,
        "address": report.address,
        "place": report.place,
        "tax_systems": report.tax_systems,
        "ofd_inn": report.ofd_inn,
        "ofd_name": text(tags, 1046),
        "sender_email": text(tags, 1117),
        "automat": text(tags, 1036).strip(),
        "agents": whole(tags, 1057),
        "offline": report.offline,
        "ffd": report.ffd,
        "ffd_device": whole(tags, 1189),
        "ffd_storage": whole(tags, 1190),
        "at": at.isoformat() if at is not None else "",
        "inn": report.inn,
        "rnm": report.rnm,
        "signs": {
            name: bool((tag is not None and whole(tags, tag)) or (bit is not None and conditions >> bit & 1))
            for name, (tag, bit) in SIGNS.items()
        },
    }
