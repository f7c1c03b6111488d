"""The service's files, judged by the programs that will read them.

`python tests/house/service_check.py` renders them and prints `service: ok (what was checked)`; anything else, with
exit 1, is what went wrong. Without systemd-analyze it prints `NOT RUN: systemd (systemd-analyze missing)` and exits 0,
or 1 when the environment says REQUIRE=all. Other programs (udevadm verify, systemd-sysusers, systemd-tmpfiles) are
asked when they are there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "systemd"
EXPOSURE_LIMIT = 20  # tenths: 2.0 is required, 1.5 aimed at
STEP_S = 60.0
FOLDER = "fiscal/"  # below /dev: the names of printers
QUICK = 'SUBSYSTEM=="usb-serial", ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", ATTR{latency_timer}="1"'
PRINTERS = {("abcd", "1980"), ("1fc9", "0083"), ("04d9", "b534"), ("2912", "0005")}
RULE_PART = re.compile(r'[A-Z]+(?:\{[A-Za-z_/.]+\})?(?:==|!=|\+=|-=|:=|=)"[^"]*"')


class WrongFileError(Exception):
    """A file is not as it should be; the text is what to show."""


def main() -> int:
    """0 when all is well, or when it cannot be judged here and need not be."""
    if shutil.which("systemd-analyze") is None:
        print("NOT RUN: systemd (systemd-analyze missing)")
        return 1 if os.environ.get("REQUIRE") == "all" else 0
    with tempfile.TemporaryDirectory(prefix="pos-agent-service-") as name:
        try:
            root = rendered(Path(name))
            checked = [told for check in CHECKS if (told := check(root))]
        except WrongFileError as wrong:
            print(f"service: FAILED\n{wrong}")
            return 1
    print(f"service: ok ({', '.join(checked)})")
    return 0


def rendered(folder: Path) -> Path:
    """`folder` with all files below etc/, made by the script that installers use."""
    program = str(Path(sys.executable).parent / "pos-agent")
    if not os.access(program, os.X_OK):  # the unit must name a program that exists
        program = sys.executable
    run("render.py", [sys.executable, str(FILES / "render.py"), "--bin", program, "--out", str(folder)])
    return folder


def unit(root: Path) -> str:
    """The unit verifies without a word about it: an unknown key is only a warning to systemd, here it is wrong."""
    path = root / "etc/systemd/system/pos-agent.service"
    said = run("systemd-analyze verify", ["systemd-analyze", "verify", "--man=no", str(path)])
    ours = [line for line in said.splitlines() if "pos-agent" in line]
    if ours:
        raise WrongFileError("systemd-analyze verify\n" + "\n".join(ours))
    return "unit"


def exposure(root: Path) -> str:
    """How much a broken-in service could do."""
    path = root / "etc/systemd/system/pos-agent.service"
    judge = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE_LIMIT}", str(path)]
    said = run("systemd-analyze security", judge)
    (level,) = re.findall(r"Overall exposure level[^:]*: ([0-9.]+)", said)
    return f"exposure {level}"


def rules(root: Path) -> str:
    """udev's own opinion where it has one (from version 254), else the shape of each line and its jumps."""
    path = root / "etc/udev/rules.d/99-pos-agent.rules"
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        if not all(RULE_PART.fullmatch(part) for part in re.split(r"\s*,\s*(?=[A-Z])", line)):
            raise WrongFileError(f"{path.name}: not a rule: {line}")
    jumps, labels = set(re.findall(r'GOTO="(\w+)"', text)), set(re.findall(r'LABEL="(\w+)"', text))
    if jumps != labels:
        raise WrongFileError(f"{path.name}: jumps {sorted(jumps)} and labels {sorted(labels)} differ")
    for mark in ("ATTR", "ATTRS"):  # the USB device itself, and the ports on it
        found = set(re.findall(rf'^{mark}{{idVendor}}=="(\w+)", {mark}{{idProduct}}=="(\w+)"', text, re.MULTILINE))
        if found != PRINTERS:
            raise WrongFileError(f"{path.name}: {mark} names {sorted(found)}, the printers are {sorted(PRINTERS)}")
    strays = [name for name in re.findall(r'SYMLINK\+="([^"]+)"', text) if not name.startswith(FOLDER)]
    if strays or f'SYMLINK+="{FOLDER}' not in text:
        raise WrongFileError(f"{path.name}: names belong below /dev/{FOLDER}, not {strays}")
    if QUICK not in lines:
        raise WrongFileError(f"{path.name}: the latency timer of FTDI adapters is not set: {QUICK}")
    if shutil.which("udevadm") is None or not succeeds(["udevadm", "verify", "--help"]):
        return "udev rules by shape"
    run("udevadm verify", ["udevadm", "verify", "--no-style", "--resolve-names=never", str(path)])
    return "udev rules"


def account(root: Path) -> str:
    """The account and its groups come out of sysusers.conf in an empty system."""
    if shutil.which("systemd-sysusers") is None:
        return ""
    (root / "etc").mkdir(exist_ok=True)
    told = ["systemd-sysusers", f"--root={root}", str(root / "etc/sysusers.d/pos-agent.conf")]
    if os.geteuid() != 0:  # files of another system may be written by root only
        run("systemd-sysusers", [*told[:1], "--dry-run", *told[1:]])
        return "sysusers syntax"
    run("systemd-sysusers", told)
    users, groups = ((root / "etc" / name).read_text(encoding="utf-8") for name in ("passwd", "group"))
    for wanted, found in (("pos-agent", users), ("pos-agent", groups), ("dialout", groups)):
        if not re.search(rf"^{wanted}:", found, re.MULTILINE):
            raise WrongFileError(f"sysusers.conf made no {wanted}:\n{users}{groups}")
    return "account"


def folders(root: Path) -> str:
    """tmpfiles.conf gives the settings to the group and keeps the key of personal data for root. Needs root."""
    if shutil.which("systemd-tmpfiles") is None or os.geteuid() != 0 or not (root / "etc/passwd").exists():
        return ""
    settings = root / "etc/pos-agent"
    settings.mkdir(mode=0o777, exist_ok=True)
    for name in ("pos-agent.toml", "pii.key"):
        (settings / name).write_text("x", encoding="utf-8")
    place = str(root / "etc/tmpfiles.d/pos-agent.conf")
    run("systemd-tmpfiles", ["systemd-tmpfiles", "--create", f"--root={root}", place])
    service = int(re.findall(r"^pos-agent:[^:]*:[0-9]+:([0-9]+)", (root / "etc/passwd").read_text(), re.MULTILINE)[0])
    for path, mode, group in (
        (settings, 0o750, service),
        (settings / "pos-agent.toml", 0o640, service),
        (settings / "pii.key", 0o600, 0),
    ):
        found = path.stat()
        if (found.st_mode & 0o7777, found.st_uid, found.st_gid) != (mode, 0, group):
            raise WrongFileError(f"{path}: {found.st_mode:o} {found.st_uid}:{found.st_gid}, wanted {mode:o} 0:{group}")
    return "folders"


CHECKS: tuple[Callable[[Path], str], ...] = (unit, exposure, rules, account, folders)


def run(what: str, command: list[str]) -> str:
    """What it said on both its outputs. WrongFileError when it was not content."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=STEP_S)
    except subprocess.TimeoutExpired as error:
        raise WrongFileError(f"{what}: still running after {STEP_S:.0f} s") from error
    if done.returncode != 0:
        raise WrongFileError(f"{what}: exit {done.returncode}\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout + done.stderr


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, timeout=STEP_S).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
