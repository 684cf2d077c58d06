"""The types with which the dashboard reads the API are those of the document that is served."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"
COMMAND = WEB / "node_modules" / ".bin" / "openapi-typescript"
ANEW = "the API has changed: run `make web-types`"


def written(directory: Path) -> Path:
    """The document, as `make web-types` writes it."""
    document = directory / "openapi.json"
    subprocess.run([sys.executable, ROOT / "scripts" / "openapi.py", document], check=True)
    return document


def test_the_types_of_the_dashboard_are_those_of_the_api(tmp_path: Path) -> None:
    document = written(tmp_path)
    checksum = subprocess.check_output(["cksum", document], text=True).split()[:2]
    assert checksum == (WEB / "src/api/schema.cksum").read_text().split(), ANEW
    if COMMAND.exists() and shutil.which("node"):
        made = tmp_path / "schema.ts"
        subprocess.run([COMMAND, document, "--root-types", "--output", made], check=True)
        assert made.read_text() == (WEB / "src/api/schema.ts").read_text(), ANEW
