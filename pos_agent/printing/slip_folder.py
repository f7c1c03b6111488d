"""The folder of a shop's own slips: read once, each template tried on a sample before anybody waits for it."""

from __future__ import annotations

from pathlib import Path

from pos_agent.printing.slip_page import Page, SlipStyle
from pos_agent.printing.slip_render import figures_of
from pos_agent.printing.slip_samples import SAMPLES, WHO
from pos_agent.printing.slip_template import KINDS, MOST_BYTES, BadSlipError, Fault, Template, Templates

SUFFIX = ".j2"
OF_BEFORE = ".txt"  # what a shop may have from a version whose slips were plain lines
TRIED_ON = (32, 42, 48)  # columns


def load(folder: Path | None) -> Templates:
    """Read `receipt.j2`, `return.j2`, `balance.j2`, `invitation.j2` of the folder. Never raises.

    A missing file is no fault: that kind prints the built-in slip. A template of no kind is one: somebody waits for it.
    """
    if folder is None:
        return Templates()
    good: dict[str, Template] = {}
    faults: list[Fault] = []
    try:
        present = {path.name for path in folder.iterdir()}
    except OSError as error:
        return Templates(faults=(Fault(folder.name, 0, error.strerror or str(error)),))
    wanted = {f"{kind}{SUFFIX}" for kind in KINDS}
    strange = {name for name in present - wanted if name.endswith(SUFFIX) and not name.startswith(".")}
    strange |= present & {f"{kind}{OF_BEFORE}" for kind in KINDS}
    faults += [Fault(name, 0, "slip_no_kind") for name in sorted(strange)]
    for kind in KINDS:
        name = f"{kind}{SUFFIX}"
        if name in present:
            try:
                good[kind] = made(kind, name, _text(folder / name))
            except BadSlipError as bad:
                faults.append(Fault(name, bad.line, bad.why))
    return Templates(good, tuple(faults))


def made(kind: str, name: str, source: str) -> Template:
    """The template of one kind of slip, tried on a sample of it. BadSlipError names what is wrong."""
    from pos_agent.printing.slip_sandbox import compiled  # 50 ms, only where a shop has its own slips

    template = compiled(name, source)
    facts, style = SAMPLES[kind], SlipStyle(heading="-")
    for columns in TRIED_ON:
        figures = figures_of(Page(style.lang, columns, columns // 2), facts, WHO if facts.customer else None, style)
        template.lines(figures)
    return template


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for
            raise BadSlipError("Is a directory")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BadSlipError("slip_too_long")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSlipError("not a text in UTF-8") from error
    except OSError as error:
        raise BadSlipError(error.strerror or str(error)) from error
