"""`pos-agent demo --once --printer atol`: the story on an emulated ATOL; storage, ledger and cloud are compared."""

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
PATIENCE_S = 240  # about 20 s on an idle machine; a loaded one shall not fail for it


def test_the_story_on_an_atol_comes_out_even(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [str(BIN / "pos-agent"), "demo", "--once", "--json", "--printer", "atol", "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["ok"], told["differences"]
    assert told["differences"] == []
    assert told["documents"] == told["events"] == told["cloud_events"] == 10
    assert {sale: (each["power"], each["attempts"], each["documents"]) for sale, each in told["resolved"].items()} == {
        "demo-lunch": ("after", 1, 1),
        "demo-dinner": ("before", 2, 1),
    }, "power lost after the close: nothing twice; before it: made once, under the same number"
    assert told["customer"]["balance"]["active_pt"] > 0
    assert Path(told["tape_png"]).read_bytes().startswith(b"\x89PNG")
    settings = next(folder.glob("*.toml")).parent
    written = "".join(path.read_text("utf-8") for path in settings.glob("*.toml"))
    assert 'vendor = "atol"' in written
