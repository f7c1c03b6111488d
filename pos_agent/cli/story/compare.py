"""The fiscal storage, the register's ledger and the cloud side by side: what differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def compare(documents: Sequence[Row], events: Sequence[Row], cloud: Sequence[Row]) -> list[str]:
    """One line for each difference, none when the three agree.

    `documents`: `fiscal-emulator documents --json`; `events`: `ledger export --json`; `cloud`: the rows of
    `pos-cloud ledger export --json`. Every document has exactly one event, with its sign and sum; every event of a
    document has the document; every event is in the cloud once, under the same number with the same hash, and the
    cloud has no others.
    """
    return [*_storage_and_ledger(documents, events), *_ledger_and_cloud(events, cloud)]


def _storage_and_ledger(documents: Sequence[Row], events: Sequence[Row]) -> list[str]:
    by_document = _grouped([event for event in events if event["document"]], "document")
    found = []
    for document in documents:
        number = f"{document['fn_serial']}/{document['fd_number']}"
        mine = by_document.pop(number, [])
        if len(mine) != 1:
            found.append(f"{number}: событий {len(mine)} вместо одного")
        elif mine[0]["fpd"] != document["fpd"]:
            found.append(f"{number}: фискальный признак {mine[0]['fpd']} вместо {document['fpd']}")
        elif mine[0]["facts"].get("total_kop") != document["total_kop"]:
            found.append(f"{number}: сумма {mine[0]['facts'].get('total_kop')} вместо {document['total_kop']}")
    return found + [f"{number}: в накопителе такого нет" for number in by_document]


def _ledger_and_cloud(events: Sequence[Row], cloud: Sequence[Row]) -> list[str]:
    by_seq = _grouped(cloud, "seq")
    found = []
    for event in events:
        rows = by_seq.pop(event["seq"], [])
        if len(rows) != 1:
            found.append(f"событие {event['seq']} {event['id']}: в облаке строк {len(rows)} вместо одной")
        elif rows[0]["parked"]:
            found.append(f"событие {event['seq']} {event['id']}: отложено, {rows[0]['parked']}")
        elif (rows[0]["id"], rows[0]["hash"]) != (event["id"], event["hash"]):
            found.append(
                f"событие {event['seq']} {event['id']}: в облаке другое, {rows[0]['id']} {rows[0]['hash'][:12]}"
            )
    return found + [f"событие {seq}: в облаке есть, на кассе нет" for seq in by_seq]


def _grouped(rows: Sequence[Row], key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found
