"""The pages of the API say what its schema says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_pages_are_those_of_the_schema() -> None:
    command = [sys.executable, ROOT / "scripts/api-pages", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
