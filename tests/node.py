"""Node, and the packages of the dashboard, for tests that run somebody else's JavaScript."""

import asyncio
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "web" / "node_modules"


def node_with(package: str) -> str:
    """The Node that builds the dashboard. Skips the test where there is none, or the package is not installed."""
    loader = SourceFileLoader("npm_script", str(ROOT / "scripts" / "npm"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    script = module_from_spec(spec)
    loader.exec_module(script)
    command = script.npm_of_this_machine() or script.npm_of_the_wheel()
    if command is None or not (MODULES / package / "package.json").is_file():
        pytest.skip(f"this needs Node and the package {package} (scripts/npm ci)")
    return str(Path(command[0]).parent / "node")


async def run_node(script: Path, *arguments: str, needs: str) -> str:
    """What a script that uses a package of the dashboard's printed. It fails with what the script complained of."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node_with(needs), str(script), *arguments, cwd=MODULES.parent, stdout=pipe, stderr=pipe
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()
