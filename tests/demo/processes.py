"""Running the demo's commands as a person does, and waiting for what they bring about."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
START_S = 100.0
"""For a whole site to start on a machine that does much else."""

_LOOK_AGAIN = threading.Event()


def doorward(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "doorward.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


class Running:
    """A command that runs until it is told to stop, with what it says."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.said: list[str] = []
        self._rest = b""

    def line(self, beginning: str, within_s: float = START_S) -> str:
        """The rest of the next line that begins so."""
        deadline = time.monotonic() + within_s
        while (line := self._next_line(deadline)) is not None:
            self.said.append(line)
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()
        raise AssertionError(f"no line began with {beginning!r}: {self.said} {self.errors()}")

    def _next_line(self, deadline: float) -> str | None:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        while b"\n" not in self._rest:
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            data = os.read(descriptor, 4096)
            if not data:
                return None
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()

    def errors(self) -> str:
        """What it says on standard error, once it has ended."""
        if self.process.poll() is None:
            return "(still running)"
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def running(*arguments: str | Path) -> Iterator[Running]:
    """A command that runs at most as long as the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "doorward.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()


def soon(look: Callable[[], T | None], within_s: float = 40) -> T:
    """What `look` finds, as soon as it finds something true."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within_s} s"
        _LOOK_AGAIN.wait(0.02)
    return found


def children_of(process_id: int) -> set[int]:
    """The process and every process that it started, and so on."""
    found = {process_id}
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for child in (task / "children").read_text().split():
            found |= children_of(int(child))
    return found


def gone(process_ids: set[int], within_s: float = 15) -> bool:
    """Whether all of them end in time."""
    deadline = time.monotonic() + within_s
    for process_id in process_ids:
        try:
            descriptor = os.pidfd_open(process_id)
        except ProcessLookupError:
            continue
        try:
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return False
        finally:
            os.close(descriptor)
    return True
