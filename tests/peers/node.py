"""Scripts for Node that use what the dashboard has installed, run with the Node that `scripts/npm` finds."""

import asyncio
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = ROOT / "web" / "node_modules"


async def run_node(script: Path, *arguments: str, needs: str) -> str:
    """What the script printed. It fails with what the script complained of; skips where the package is missing."""
    if not (MODULES / needs).is_dir():
        pytest.skip(f"needs npm's {needs}: scripts/npm ci")
    command = shlex.join(["node", str(script), *arguments])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "scripts" / "npm"),
        "exec",
        "--offline",
        f"--call={command}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()
