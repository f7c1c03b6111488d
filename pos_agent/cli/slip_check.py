"""How a slip by a template would look: its lines, for a person who writes one."""

from __future__ import annotations

from drivers.api import Capabilities, Qr, Text
from pos_agent.printing.slip import SlipStyle, lay_out
from pos_agent.printing.slip_samples import SAMPLES, WHO
from pos_agent.printing.slip_template import Templates


def sample(kind: str, templates: Templates, columns: int, lang: str) -> list[str]:
    """The lines of that slip on paper of so many columns; large letters spaced out, a QR code as its text."""
    device = Capabilities(columns, columns // 2, native_qr=True)
    style = SlipStyle(lang, "НАША ПРОГРАММА", "HTTPS://EXAMPLE.ORG/C/", templates=templates)
    facts = SAMPLES[kind]
    parts = lay_out(facts, WHO if facts.customer else None, style, device)
    shown: list[str] = []
    for part in parts:
        if isinstance(part, Text):
            shown.append("".join(letter + " " for letter in part.text).rstrip() if part.double else part.text)
        elif isinstance(part, Qr):
            shown.append(f"[QR {part.text}]".center(columns).rstrip())
    return shown
