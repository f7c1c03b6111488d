"""Builds the wheel, installs it into an empty environment outside the checkout and runs the demo there.

`python tests/house/package.py` prints `package: ok (N documents, N events)`; anything else, with exit 1, is what went
wrong. Sources are copied first, so that neither leftovers of older builds nor the checkout itself can help.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pos_agent", "drivers", "emulator", "cloud")
BESIDE = ("pyproject.toml", "README.md", "LICENSE")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")
STEP_S = 300.0


class StepFailedError(Exception):
    """A step went wrong; the text is what to show."""


def main() -> int:
    """0 when the installed product tells its whole story."""
    with tempfile.TemporaryDirectory(prefix="pos-agent-package-") as name:
        folder = Path(name)
        try:
            told = check(folder)
        except StepFailedError as failure:
            print(f"package: FAILED\n{failure}")
            return 1
    print(f"package: ok ({told['documents']} documents, {told['events']} events)")
    return 0


def check(folder: Path) -> dict[str, object]:
    """What the demo of the installed wheel answered. Raises StepFailedError."""
    wheel = build(folder)
    contents(wheel)
    scripts = install(folder, wheel)
    outside = folder / "elsewhere"
    outside.mkdir()
    answer = run("the demo", [str(scripts / "pos-agent"), "demo", "--once", "--json"], outside)
    try:
        told = json.loads(answer)
    except ValueError as error:
        raise StepFailedError(f"the demo did not answer with one JSON document: {error}\n{answer[-3000:]}") from error
    shutil.rmtree(told["folder"], ignore_errors=True)
    if told["ok"] is not True or not told["documents"] or told["documents"] > told["events"]:
        raise StepFailedError(f"the demo answered:\n{answer[-3000:]}")
    return told


def build(folder: Path) -> Path:
    """The wheel, built from a clean copy of the sources."""
    source = folder / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=NOT_SHIPPED)
    for name in BESIDE:
        shutil.copy2(ROOT / name, source / name)
    run("the build", [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(source)], folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def contents(wheel: Path) -> None:
    """Every file of the packages is in the wheel, data included, and nothing but the packages."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    missing = sorted(name for name in shipped() if name not in packed)
    foreign = sorted(name for name in packed if not name.startswith((*(f"{p}/" for p in PACKAGES), "pos_agent-")))
    if missing or foreign:
        raise StepFailedError(
            f"missing in the wheel (see package-data in pyproject.toml): {missing}\nnot ours: {foreign}"
        )


def shipped() -> Iterator[str]:
    """Names inside the wheel of all that the four packages consist of."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield path.relative_to(ROOT).as_posix()


def install(folder: Path, wheel: Path) -> Path:
    """An empty environment with the wheel and its pinned requirements; the folder of its scripts."""
    environment = folder / "venv"
    run("venv", [sys.executable, "-m", "venv", "--without-pip", str(environment)], folder)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "--quiet"]
    run("the installation", [*pip, "--no-compile", str(wheel)], folder)
    return environment / "bin"


def run(what: str, command: list[str], folder: Path) -> str:
    """Standard output of a child that sees neither the checkout nor its virtual environment."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean.setdefault("PIP_CONSTRAINT", str(ROOT / ".ci" / "constraints.txt"))
    clean = {name: value for name, value in clean.items() if not name.startswith("POS_AGENT_")}
    try:
        done = subprocess.run(
            command, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=STEP_S
        )
    except subprocess.TimeoutExpired as error:
        raise StepFailedError(f"{what}: still running after {STEP_S:.0f} s\n{error.stdout}\n{error.stderr}") from error
    if done.returncode != 0:
        told = (done.stdout + done.stderr)[-4000:]
        raise StepFailedError(f"{what}: exit {done.returncode}\n{' '.join(command)}\n{told}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
