"""A command of our own as a child process: started, awaited until it is ready, watched, and stopped."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from doorward.demo.errors import ChildFailed

READY_S = 60.0
STOP_S = 10.0
LAST_LINES = 15
_PR_SET_PDEATHSIG = 1


class Child:
    """A started `python -m doorward.cli`, in a process group of its own; its messages are in a log file.

    Whoever starts it stops it; should its parent be killed, the kernel ends it (on Linux).
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log
        self._output: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, name: str, arguments: Sequence[str], log: Path) -> "Child":
        """Start it. Raises OSError."""
        with log.open("wb") as messages:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "doorward.cli",
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=messages,
                # Ctrl-C in a terminal is for us alone; we stop our children in order.
                start_new_session=True,
                preexec_fn=_ending_with_parent(),
            )
        return cls(name, process, log)

    @property
    def process_id(self) -> int:
        """Its process id, which is also the id of its group."""
        return self._process.pid

    async def ready(self, beginning: str, within_s: float = READY_S) -> str:
        """Wait for a line on its standard output that begins so; the rest of the line. Raises ChildFailed."""
        output = cast("asyncio.StreamReader", self._process.stdout)
        try:
            async with asyncio.timeout(within_s):
                rest = await _rest_of_line(output, beginning)
        except TimeoutError as error:
            raise ChildFailed(f"The {self.name} was not ready after {within_s:g} s.{self._words()}") from error
        if rest is None:
            raise await self.failed()
        self._output = asyncio.create_task(_drain(output), name=f"{self.name} output")
        return rest

    async def failed(self) -> ChildFailed:
        """Wait until it ends by itself, and say so in words."""
        status = await self._process.wait()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return ChildFailed(f"The {self.name} {how}.{self._words()}")

    async def stop(self) -> None:
        """End it and all that it started; harmless when it is gone."""
        process = self._process
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                _signal_group(process.pid, signal.SIGKILL)
                await process.wait()
        # What it started itself ends with it, unless it could not see to that.
        _signal_group(process.pid, signal.SIGTERM)
        if self._output is not None:
            self._output.cancel()
            await asyncio.wait({self._output})

    def _words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        if not lines:
            return ""
        return "\n".join([" Its last words:", *(f"    {line}" for line in lines), f"All of them: {self._log}"])


async def _rest_of_line(output: asyncio.StreamReader, beginning: str) -> str | None:
    async for raw in output:
        line = raw.decode(errors="replace").rstrip("\n")
        if line.startswith(beginning):
            return line.removeprefix(beginning)
    return None


async def _drain(output: asyncio.StreamReader) -> None:
    """What it says later is not for us, but must not fill the pipe."""
    while await output.read(65536):
        pass


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _ending_with_parent() -> Callable[[], None] | None:
    """What a child calls before it becomes its program: the kernel shall end it when its parent dies."""
    if not sys.platform.startswith("linux"):
        return None
    # Looked up here: between fork and exec only the call itself is safe.
    prctl = ctypes.CDLL(None).prctl
    number = int(signal.SIGTERM)

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)

    return end_with_parent
