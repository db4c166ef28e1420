"""Doorward's own commands as child processes, each ended by whoever started it."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def doorward(arguments: Sequence[str | Path], log: Path) -> Iterator[Running]:
    """Run a command for the length of the block. What it writes to standard error is in `log`."""
    with log.open("a") as errors:
        process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=errors, text=True)
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
        if process.stdout:
            process.stdout.close()


def _read(process: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
    if process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def database_arguments(database_url: str) -> list[str]:
    """`--database` for PostgreSQL; SQLite lives in the data directory, as it does for everybody."""
    return [] if database_url.startswith("sqlite") else ["--database", database_url]


def run(*arguments: str | Path, given: str = "") -> str:
    """Run a command to its end, with `given` on its standard input; what it printed."""
    result = subprocess.run(
        [*COMMAND, *map(str, arguments)], input=given, capture_output=True, text=True, timeout=READY_S, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
