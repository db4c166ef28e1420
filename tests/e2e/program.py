"""One of Doorward's programs that a test kills and brings back. If it ends by itself it is started again."""

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.process import COMMAND, STOP_S

RESTART_S = 0.5
OnLine = Callable[[str, datetime], None]


class Program:
    """`arguments` are those of `doorward`; `through` is what the command is run by, such as `ip netns exec`."""

    def __init__(
        self,
        arguments: Sequence[str | Path],
        log: Path,
        on_line: OnLine = lambda line, at: None,
        through: Sequence[str] = (),
    ) -> None:
        """`on_line` is given each line of its output with the time when it was read, in a thread of its own."""
        self.arguments = list(arguments)
        self.log = log
        self.starts = 0
        self._on_line = on_line
        self._through = list(through)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._wanted = False
        self._started_at = 0.0
        self._said: list[str] = []
        self._said_more = threading.Condition()
        self._typing = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Bring it (back) to life."""
        self._wanted = True
        self._started_at = time.monotonic()
        self.starts += 1
        self._said = []
        with self.log.open("a") as errors:
            process = subprocess.Popen(
                [*self._through, *COMMAND, *map(str, self.arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._reader.start()

    def tend(self) -> None:
        """Start it again if it has ended by itself, but not at once."""
        if self._wanted and not self.running and time.monotonic() - self._started_at > RESTART_S:
            self._let_go()
            self.start()

    def kill(self) -> None:
        """SIGKILL; returns when it is gone and all that it has said was read."""
        self._wanted = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._let_go()

    def stop(self) -> None:
        """End it as a person would, at the end of a test."""
        self._wanted = False
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._let_go()

    def wait_for(self, beginning: str, within_s: float) -> str:
        """The rest of the first line since its start that begins so."""

        def found() -> str | None:
            return next((line[len(beginning) :].strip() for line in self._said if line.startswith(beginning)), None)

        with self._said_more:
            assert self._said_more.wait_for(found, within_s), f"{self.arguments[0]}:\n{self.log.read_text()[-4000:]}"
            return found() or ""

    def type(self, line: str) -> bool:
        """Type a line at its console; whether there was somebody to read it."""
        with self._typing, suppress(OSError, ValueError):
            if self.running and self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()
                return True
        return False

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            at = datetime.now(UTC)
            with self._said_more:
                self._said.append(line)
                self._said_more.notify_all()
            self._on_line(line.rstrip("\n"), at)

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if self._reader is not None:
            self._reader.join(STOP_S)
        with self._typing:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
