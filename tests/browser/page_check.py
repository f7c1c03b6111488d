"""The pages in a browser: `python tests/browser/page_check.py`.

Without chromium it prints `NOT RUN: browser (chromium missing)` and exits 0, or 1 when the
environment says REQUIRE=all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
HERE = Path(__file__).resolve().parent


def main() -> int:
    """The exit code of the tests."""
    if not os.access(CHROMIUM, os.X_OK):
        print("NOT RUN: browser (chromium missing)")
        return 1 if os.environ.get("REQUIRE") == "all" else 0
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", str(HERE)], cwd=HERE.parents[1], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
