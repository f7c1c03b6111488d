"""Files of past receipts: JSON of the tax service's app, documents read from a fiscal storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drivers.api import StoredDocument
from drivers.fiscal import TlvError, read_image
from drivers.fiscal.containers import MAX_INPUT
from pos_agent.checkout.reading import read
from pos_agent.errors import UsageError
from pos_agent.past_receipts.fiscal import Reading, past_of
from pos_agent.printing.ports import UnreadableDocumentError
from pos_agent.simulate.past import Past
from pos_agent.tax_receipts.files import receipts_of
from pos_agent.tax_receipts.refusal import Refusal

NO_DOCUMENT = "FD-01"
HEX_ENDINGS, BINARY_ENDINGS = (".hex", ".txt"), (".bin", ".tlv")


def of_tax_json(source: Path, reading: Reading) -> Iterator[Past | Refusal]:
    """Receipts of a file or a folder; purchases of the shop are passed over."""
    for one in receipts_of(source):
        if isinstance(one, Refusal):
            yield one
            continue
        found = past_of(one.document, one.receipt, reading, one.place, one.register, one.vat_codes)
        if found is not None:
            yield found


def of_archive(source: Path, reading: Reading) -> Iterator[Past | Refusal]:
    """Documents read from a fiscal storage: hex, one a line (.hex, .txt), or binary, one a file (.bin, .tlv).

    Documents that are no receipts are passed over. UsageError CFG-03: nothing of the kind is there.
    """
    endings = (*HEX_ENDINGS, *BINARY_ENDINGS)
    files = sorted(one for one in source.rglob("*") if one.suffix in endings) if source.is_dir() else [source]
    if not files:
        raise UsageError("CFG-03", path=source, why=f"no {', '.join(endings)}")
    for file in files:
        name = str(file.relative_to(source)) if source.is_dir() else file.name
        for where, content in _contents(file):
            found = _document(content, reading, name, where)
            if found is not None:
                yield found


def _contents(file: Path) -> Iterator[tuple[str, bytes | None]]:
    """(place, bytes); None: a line that is no hex."""
    try:
        if file.suffix in BINARY_ENDINGS:
            with file.open("rb") as stream:
                yield "", stream.read(MAX_INPUT + 1)
            return
        with file.open(encoding="ascii", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"line {number}", _bytes(line)
    except OSError as error:
        raise UsageError("CFG-03", path=file, why=error.strerror or str(error)) from error


def _bytes(line: str) -> bytes | None:
    try:
        return bytes.fromhex(line.strip())
    except ValueError:
        return None


def _document(content: bytes | None, reading: Reading, name: str, where: str) -> Past | Refusal | None:
    try:
        if content is None:
            raise UnreadableDocumentError("no hex digits")
        parsed, image = read_image(content)
        got = read(parsed.fn_serial, StoredDocument(parsed.form, parsed.fd_number or 0, image.body)).document
    except TlvError as error:
        return Refusal(NO_DOCUMENT, name, where, "", {"why": error.message_ru, "offset": error.offset})
    except UnreadableDocumentError as error:
        return Refusal(NO_DOCUMENT, name, where, "", {"why": str(error), "offset": 0})
    return past_of(got, got.receipt, reading, "", got.id.fn_serial) if got.receipt is not None else None
