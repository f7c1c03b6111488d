"""The pages in a browser: `python tests/browser/page_check.py`.

Without chromium it prints `NOT RUN: browser (chromium missing)` and exits 0, or 1 when the
environment says REQUIRE=all; `--only-missing` says no more than that. `PAGE_PICTURES=FOLDER` keeps a picture
of each screen there.
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
    if "--only-missing" in sys.argv[1:]:
        return 0
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", str(HERE)]  # an agent for a file
    return subprocess.run(command, cwd=HERE.parents[1], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
