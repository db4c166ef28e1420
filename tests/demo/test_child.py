"""Child processes: their failures are told with their last words, and none outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from doorward.demo.burnt_in import new_hardware, save_hardware
from doorward.demo.child import Child
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import ChildFailed
from doorward.demo.simulate import READY
from tests.demo.processes import gone

PARENT = """
import asyncio, sys
from pathlib import Path
from doorward.demo.child import Child

async def main():
    child = await Child.start("simulation", sys.argv[2:], Path(sys.argv[1]))
    await child.ready("Simulation is ready")
    print(child.process_id, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def simulate(tmp_path: Path) -> list[str]:
    """The arguments of a child that lives until it is told to stop."""
    directory = DemoDirectory.at(tmp_path / "site")
    directory.root.mkdir()
    save_hardware(directory, new_hardware(directory, 0))
    return ["simulate", "run", "--no-traffic", "--data", str(directory.root)]


def test_a_child_that_ends_before_it_is_ready_is_told_with_its_last_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        log = tmp_path / "server.log"
        child = await Child.start("server", ["serve", "--port", "seventy", "--data", str(tmp_path)], log)
        try:
            with pytest.raises(ChildFailed) as failure:
                await child.ready("Doorward is ready")
        finally:
            await child.stop()
        words = str(failure.value)
        assert "The server ended with status 2" in words
        assert "not 'seventy'" in words
        assert str(log) in words

    asyncio.run(scenario())


def test_a_child_that_is_never_ready_is_given_up(tmp_path: Path, simulate: list[str]) -> None:
    async def scenario() -> None:
        child = await Child.start("simulation", simulate, tmp_path / "simulation.log")
        try:
            with pytest.raises(ChildFailed, match=r"not ready after 0.1 s"):
                await child.ready("Never said", within_s=0.1)
        finally:
            await child.stop()
        assert gone({child.process_id}, within_s=0)

    asyncio.run(scenario())


def test_a_child_that_is_killed_is_told_and_stopping_it_is_harmless(tmp_path: Path, simulate: list[str]) -> None:
    async def scenario() -> None:
        child = await Child.start("simulation", simulate, tmp_path / "simulation.log")
        try:
            assert await child.ready(READY) == ""
            os.kill(child.process_id, signal.SIGKILL)
            async with asyncio.timeout(10):
                assert "The simulation was killed by signal 9" in str(await child.failed())
        finally:
            await child.stop()

    asyncio.run(scenario())


def test_a_child_does_not_outlive_a_parent_that_is_killed(tmp_path: Path, simulate: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log"), *simulate], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone({child}, within_s=0)
        parent.kill()
    assert gone({child})
