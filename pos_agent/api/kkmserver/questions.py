"""Commands that only ask (`kkmserver.md`, sections 5.2 and 5.3)."""

from __future__ import annotations

import asyncio

from drivers.api import Done
from drivers.fiscal.describe import document_lines
from drivers.fiscal.documents import Receipt
from drivers.fiscal.members import text
from drivers.fiscal.qr import ReceiptQr
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from pos_agent.api.device import held
from pos_agent.api.kkmserver import units
from pos_agent.api.kkmserver.answers import FailedError, Json, pieces, roubles
from pos_agent.api.kkmserver.goods import VAT
from pos_agent.api.kkmserver.jobs import Job, Result
from pos_agent.api.kkmserver.sale import tenders
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.plan import VAT_CODES
from pos_agent.errors import AgentError

LIST_S = 4.0  # clients read the list with 5 s
LOOKS = 30  # documents before the last that are looked through for a receipt
KINDS = {1: "Приход", 2: "Возврат прихода", 3: "Расход", 4: "Возврат расхода"}
VARIANTS = {1: 0, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5}
TAXES = {code: number for number, word in VAT.items() if number not in (18, 118) for code in (VAT_CODES[word],)}
COUNTED = {"sale": "Shell", "sale_return": "ShellReturn", "purchase": "Buy", "purchase_return": "BuyReturn"}
TAX_NAMES = ["Tax22", "Tax20", "Tax10", "Tax7", "Tax5", "Tax0", "TaxNo", "Tax122", "Tax120", "Tax110"]
TAX_NAMES += ["Tax107", "Tax105"]
CYRILLIC_ES = "С"  # the one source has it as the first letter of two names: both are sent


async def listing(job: Job) -> Result:
    """`List`. A device that does not answer in time is there and not active."""
    made = await asyncio.gather(*(_unit(job, device) for device in units.devices(job.parts)))
    return Result({"ListUnit": [one for one in made if units.listed(job.fields, one)]})


async def _unit(job: Job, device: units.Device) -> Json:
    try:
        now = await asyncio.wait_for(job.do("device.show", printer=device.part), LIST_S)
    except (AgentError, TimeoutError):
        return units.unit(device, None)
    return units.unit(device, now)


async def data_kkt(job: Job) -> Result:
    """`GetDataKKT`."""
    return Result(units.data_kkt(await job.do("device.show")))


async def line_length(job: Job) -> Result:
    """`GetLineLength`."""
    return Result({"LineLength": (await job.do("line.length"))["columns"]})


async def counters(job: Job) -> Result:
    """`GetCounters`: of the shift. Sums by rates and totals that are never cleared are not told by the registers."""
    told = (await job.do("counters"))["shift"]
    rows = []
    for kind, name in COUNTED.items():
        sums = [told[kind][one] for one in ("cash_kop", "cashless_kop", "advance_kop", "credit_kop")]
        row: Json = {"CountersType": "Shift", CYRILLIC_ES + "ountersType": "Shift", "ReceiptType": name}
        row |= {"Count": told[kind]["count"], "Sum": roubles(sum(sums)), **tenders([*sums, 0])}
        row |= {**dict.fromkeys(TAX_NAMES, 0), "CorrectionsCount": 0, "CorrectionsSum": 0}
        rows.append(row)
    return Result({"Counters": rows, CYRILLIC_ES + "ounters": rows})


async def data_check(job: Job) -> Result:
    """`GetDataCheck`: a receipt from the storage's archive; 0 = the last one."""
    number = job.fields.whole("FiscalNumber", 0) or 0
    found = await job.finished(held(job.at, lambda desk: _receipt(desk, number)))
    if found is None:
        raise FailedError(f"Документ {number} не найден в накопителе" if number else "В накопителе ещё нет чеков")
    receipt, columns = found
    copies = job.fields.whole("NumberCopies", 0) or 0
    warning = "Копии чека на бумаге агент пока не печатает" if copies else ""
    lines = [line for whole in document_lines(receipt, []) for line in _wrapped(whole, columns)]
    told: Json = {"Slip": "\r\n".join(lines), "RegisterCheck": _shown(receipt), "URL": ""}
    if receipt.at is not None and receipt.fpd is not None and receipt.operation is not None:
        sign = (receipt.at, receipt.total_kop, receipt.fn_serial, receipt.fd_number, receipt.fpd, receipt.operation)
        told["QRCode"] = ReceiptQr(*sign).text()
    return Result(told, warning=warning)


def _receipt(desk: Desk, number: int) -> tuple[Receipt, int] | None:
    """The receipt and the paper's columns; None: there is no such document."""
    station = desk.station
    station.connected()
    storage = station.must(desk.printer.storage())
    wanted = [number] if number > 0 else range(storage.last_fd, max(storage.last_fd - LOOKS, 0), -1)
    for fd in wanted:
        found = desk.printer.read_document(fd)
        if not isinstance(found, Done) or found.reply is None:
            continue
        try:
            document = read_body(found.reply.form, found.reply.tlv)
        except TlvError:
            continue
        if isinstance(document, Receipt):
            return document, desk.printer.capabilities().columns
    return None


def _shown(receipt: Receipt) -> Json:
    paid = receipt.payments
    return {
        "FiscalNumber": str(receipt.fd_number),
        "FiscalDate": receipt.at.isoformat() if receipt.at else "",
        "CheckType": KINDS.get(receipt.operation or 0, ""),
        "FiscalSign": str(receipt.fpd or ""),
        "CashierName": receipt.cashier,
        "CashierVATIN": text(receipt.tags, 1203).strip(),
        "TaxVariant": str(VARIANTS.get(receipt.tax_system or 0, "")),
        "ClientAddress": receipt.buyer_contact,
        "SenderEmail": text(receipt.tags, 1117),
        "PlaceMarket": text(receipt.tags, 1187),
        "Register": [
            {
                "Name": item.name,
                "Quantity": pieces(item.quantity_micro),
                "Amount": roubles(item.sum_kop),
                "Tax": TAXES.get(item.vat or 0, -1),
            }
            for item in receipt.items
        ],
        **tenders([paid.cash_kop, paid.cashless_kop, paid.advance_kop, paid.credit_kop, paid.provision_kop]),
        "AllSumm": roubles(receipt.total_kop),
    }


def _wrapped(line: str, columns: int) -> list[str]:
    return [line[at : at + columns] for at in range(0, len(line), columns)] or [""]
