"""Why a foreign receipt is not taken: a stable code, the field as its file spells it, the particulars. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOT_JSON = "TAX-01"
NO_RECEIPT = "TAX-02"
MISSING = "TAX-03"
MALFORMED = "TAX-04"
SUMS = "TAX-05"
UNIT = "TAX-06"
NO_ITEMS = "TAX-07"
NOT_A_RECEIPT = "TAX-08"
TWO_CONTENTS = "TAX-09"


class Refused(Exception):  # noqa: N818  # not an error of ours: the receipt is not taken, and says why
    """This receipt is not taken. `params` fill the sentence of `code` in the texts, `field` and `file` apart."""

    def __init__(self, code: str, field: str, **params: object) -> None:
        super().__init__(f"{code} {field} {params}" if params else f"{code} {field}")
        self.code, self.field, self.params = code, field, params


@dataclass(frozen=True)
class Refusal:
    """One receipt that was not taken: from `file`, at `where` inside it ("" = the whole file)."""

    code: str
    file: str
    where: str
    field: str
    params: Mapping[str, object]

    @property
    def path(self) -> str:
        """The field from the top of the file: `[3].document.receipt.totalSum`."""
        return ".".join(part for part in (self.where, self.field) if part)

    def to_json(self) -> dict[str, object]:
        """JSON values."""
        told = {name: value if isinstance(value, int) else str(value) for name, value in self.params.items()}
        return {"code": self.code, "file": self.file, "field": self.path, **told}
