"""The pages of the API say what its schema says."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_pages_are_those_of_the_schema() -> None:
    command = [sys.executable, str(ROOT / "scripts/api-pages"), "--check"]
    of_this_tree = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=of_this_tree)
    assert done.returncode == 0, done.stderr
