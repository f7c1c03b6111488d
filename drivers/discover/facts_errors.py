"""Error codes that sources name differently: the firmware has its own names for them (6Bh). Protocol notes, 3.4."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.discover.facts import Fact, Ruling, undecided
from drivers.discover.questions import Questions

# Code -> reading -> beginnings of words that the firmware's name would hold then.
CODES: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    0x26: {"customer sum below total (V)": ("внесен", "клиент", "меньше"), "damaged records (J, P, O)": ("поврежд",)},
    0x2F: {"serial mismatch (J, P)": ("зав", "номер"), "storage does not answer (O)": ("не отвеч", "нет ответа")},
    0x30: {"FN does not answer (O)": ("не отвеч", "нет ответа"), "locked (V, J, P)": ("заблокир", "налог")},
    0x31: {"general reset needed (J, P)": ("сигнатур", "обнулен"), "format (O)": ("формат",)},
    0x32: {"general reset needed (J, P)": ("сигнатур", "обнулен"), "checksum (O)": ("контрольн", "crc", "сумм")},
    0x3C: {"shift open (V)": ("смена",), "registration number (J, P, O)": ("регистрац", "эклз")},
    0xD5: {"authentication (J)": ("авториз", "аутентиф", "подлинн"), "fatal load error (P)": ("загруз", "фаталь")},
}


def _named(code: int) -> Callable[[Questions], Ruling]:
    def decide(questions: Questions) -> Ruling:
        reply = questions.ask(0x6B, bytes((code,)))
        if reply.code:
            return undecided(f"6Bh refused: {reply.code:02X}h")
        name = reply.data.split(b"\0", 1)[0].decode("cp1251", "replace").strip()
        words = name.lower()
        fitting = [reading for reading, marks in CODES[code].items() if any(mark in words for mark in marks)]
        return Ruling(fitting[0].partition(" (")[0], repr(name)) if len(fitting) == 1 else undecided(repr(name))

    return decide


FACTS = tuple(
    Fact(
        f"error-{code:02X}h", "3.4", f"What does error {code:02X}h mean on this firmware?", ("6Bh",),
        tuple(readings), "the reaction of drivers/spec/shtrih_errors.toml", _named(code),
    )
    for code, readings in CODES.items()
)  # fmt: skip
