"""Puts the service's files where systemd and udev look for them.

python3 systemd/render.py --bin /opt/pos-agent/bin/pos-agent --out /                  by hand: below /etc
python3 systemd/render.py --bin /usr/bin/pos-agent --out debian/pos-agent --under usr/lib      for a package

Prints each file it wrote. Needs nothing but Python: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACES = {  # template beside this file -> its place below `--under`
    "pos-agent.service": "systemd/system/pos-agent.service",
    "99-pos-agent.rules": "udev/rules.d/99-pos-agent.rules",
    "sysusers.conf": "sysusers.d/pos-agent.conf",
    "tmpfiles.conf": "tmpfiles.d/pos-agent.conf",
}
PROGRAM = re.compile(r"/[A-Za-z0-9._+/-]+")  # a path that systemd takes without quoting: no spaces, no "%"


def render(program: str, out: Path, under: str = "etc") -> list[Path]:
    """Write all files; their paths. ValueError for a program's path that cannot stand in a unit."""
    if not PROGRAM.fullmatch(program):
        raise ValueError(f"{program}: a full path of letters, digits and . _ + - / is needed")
    written = []
    for name, place in PLACES.items():
        text = (HERE / name).read_text(encoding="utf-8").replace("@BIN@", program)
        path = out / under / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        written.append(path)
    return written


def main() -> int:
    """0 done, 2 wrong usage or no right to write there."""
    parser = argparse.ArgumentParser(description="Файлы службы на их места / the service's files into their places")
    parser.add_argument("--bin", required=True, help="полный путь программы pos-agent / its full path")
    parser.add_argument("--out", required=True, type=Path, help="корень: / или папка пакета / the root to write below")
    parser.add_argument("--under", default="etc", choices=("etc", "usr/lib"), help="etc: руками, usr/lib: для пакета")
    given = parser.parse_args()
    try:
        written = render(given.bin, given.out, given.under)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"render: {error}\n")
        return 2
    sys.stdout.write("".join(f"{path}\n" for path in written))
    return 0


if __name__ == "__main__":
    sys.exit(main())
