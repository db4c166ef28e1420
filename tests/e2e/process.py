"""Doorward's own commands as child processes, each ended by whoever started it."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "doorward.cli"]
READY_S = 60.0
STOP_S = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A command that runs, and what it has printed."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[str | None]"
    log: Path

    def wait_for(self, beginning: str) -> str:
        """The rest of the first line that begins so. Fails when the command ends or is silent for too long."""
        while True:
            line = self.lines.get(timeout=READY_S)
            if line is None:
                raise AssertionError(f"ended with {self.process.wait()}:\n{self.log.read_text()[-4000:]}")
            if line.startswith(beginning):
                return line[len(beginning) :].strip()

    def stop(self) -> int:
        """End it as a person would; its exit status."""
        self.process.terminate()
        return self.process.wait(STOP_S)


def doorward(arguments: Sequence[str | Path], log: Path) -> AbstractContextManager[Running]:
    """Run a command of Doorward's for the length of the block. What it writes to standard error is in `log`."""
    return started([*COMMAND, *map(str, arguments)], log)


@contextmanager
def started(
    command: Sequence[str], log: Path, *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run any program for the length of the block, as `doorward` does; without `environment`, with ours."""
    with log.open("a") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder, env=environment
        )
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        yield Running(process, lines, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        reader.join(STOP_S)
        # What it has started itself may live on and hold the pipe: to close it then would wait for that.
        if process.stdout and not reader.is_alive():
            process.stdout.close()


def _read(process: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
    if process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def database_arguments(database_url: str) -> list[str]:
    """`--database` for PostgreSQL; SQLite lives in the data directory, as it does for everybody."""
    return [] if database_url.startswith("sqlite") else ["--database", database_url]


def run(*arguments: str | Path, typed: str | None = None) -> str:
    """Run a command to its end, with what is typed into it; what it printed."""
    result = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=READY_S, check=False, input=typed
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
