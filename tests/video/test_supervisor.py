"""Keeping a recorder alive: against programs that behave badly."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.video.messages import CameraSource, Report
from doorward.video.supervisor import RecorderSupervisor

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

ECHO = """
import json, os, sys
from doorward.video.messages import Ready, encode_line
out = sys.stdout.buffer
log = open(sys.argv[1], "ab", buffering=0)
log.write(json.dumps({"type": "began", "pid": os.getpid()}).encode() + b"\\n")
out.write(encode_line(Ready())); out.flush()
for line in sys.stdin.buffer:
    log.write(line)
    out.write(b"nonsense\\n" + encode_line(Ready())); out.flush()
log.write(b'{"type": "ended"}\\n')
"""
"""A recorder that writes down what it is told and acknowledges each command."""


class Listener:
    """Collects reports, and lets a test wait for a number of them."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self._arrived = asyncio.Event()

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        self._arrived.set()

    async def count(self, wanted: int) -> None:
        async with asyncio.timeout(20):
            while len(self.reports) < wanted:
                self._arrived.clear()
                await self._arrived.wait()


def told(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def supervised(
    program: str,
    log: Path,
    scenario: Callable[[RecorderSupervisor, Listener], Awaitable[None]],
    now: Callable[[], datetime] = lambda: MOMENT,
) -> None:
    async def run() -> None:
        listener = Listener()
        supervisor = RecorderSupervisor([sys.executable, "-c", program, str(log)], listener, now)
        try:
            await scenario(supervisor, listener)
        finally:
            await supervisor.stop()

    asyncio.run(run())


def test_a_recorder_that_is_killed_is_restarted_and_told_everything_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    cameras = [CameraSource("a", "A", "http://127.0.0.1/a")]

    async def scenario(supervisor: RecorderSupervisor, listener: Listener) -> None:
        await supervisor.start()
        await listener.count(1)
        await supervisor.configure(cameras)
        await supervisor.hold("a", MOMENT, MOMENT + timedelta(seconds=15))
        await listener.count(3)
        assert supervisor.pid is not None
        os.kill(supervisor.pid, signal.SIGKILL)
        await listener.count(6)

    supervised(ECHO, log, scenario)
    kinds = [entry["type"] for entry in told(log)]
    assert kinds == ["began", "configure", "hold", "began", "configure", "hold", "ended"]
    first, second = (entry for entry in told(log) if entry["type"] == "hold")
    assert first == second
    assert first["end"] == "2026-01-02T03:04:20Z"


def test_holds_older_than_a_minute_are_not_repeated(tmp_path: Path) -> None:
    log = tmp_path / "log"
    clock = [MOMENT]

    async def scenario(supervisor: RecorderSupervisor, listener: Listener) -> None:
        await supervisor.start()
        await listener.count(1)
        await supervisor.hold("old", MOMENT, MOMENT)
        clock[0] += timedelta(seconds=61)
        await supervisor.hold("new", MOMENT, MOMENT)
        await listener.count(3)
        assert supervisor.pid is not None
        os.kill(supervisor.pid, signal.SIGKILL)
        await listener.count(5)

    supervised(ECHO, log, scenario, lambda: clock[0])
    assert [entry["camera_id"] for entry in told(log) if entry["type"] == "hold"] == ["old", "new", "new"]


def test_commands_given_before_the_recorder_runs_reach_it(tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def scenario(supervisor: RecorderSupervisor, listener: Listener) -> None:
        await supervisor.configure([])
        await supervisor.hold("a", MOMENT, MOMENT)
        await supervisor.start()
        await listener.count(3)

    supervised(ECHO, log, scenario)
    assert [entry["type"] for entry in told(log)] == ["began", "configure", "hold", "ended"]


def test_stopping_ends_the_recorder_by_closing_its_input(tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def scenario(supervisor: RecorderSupervisor, listener: Listener) -> None:
        await supervisor.start()
        await listener.count(1)
        await supervisor.stop()
        assert supervisor.pid is None
        assert told(log)[-1]["type"] == "ended"

    supervised(ECHO, log, scenario)


def test_a_handler_that_fails_does_not_end_supervision(tmp_path: Path) -> None:
    async def run() -> None:
        listener = Listener()

        def failing(report: Report) -> None:
            listener(report)
            raise RuntimeError("a bug in the server")

        supervisor = RecorderSupervisor([sys.executable, "-c", ECHO, str(tmp_path / "log")], failing)
        await supervisor.start()
        await listener.count(1)
        await supervisor.configure([])
        await listener.count(2)
        await supervisor.stop()

    asyncio.run(run())


def test_a_recorder_that_cannot_be_started_is_an_error_in_the_log_not_a_crash(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        supervisor = RecorderSupervisor(["/nonexistent/doorward-recorder"], lambda report: None)
        await supervisor.start()
        async with asyncio.timeout(5):
            while "cannot be started" not in caplog.text:  # noqa: ASYNC110 - a log has no event to wait for
                await asyncio.sleep(0)
        await supervisor.stop()

    asyncio.run(run())


def test_the_recorder_ends_when_its_server_is_killed(tmp_path: Path) -> None:
    server = f"""
import asyncio, sys
from doorward.video.supervisor import RecorderSupervisor
async def main():
    supervisor = RecorderSupervisor([sys.executable, "-c", {ECHO!r}, sys.argv[1]], lambda r: print(supervisor.pid))
    await supervisor.start()
    await asyncio.sleep(60)
asyncio.run(main())
"""
    log = tmp_path / "log"

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-u", "-c", server, str(log), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            watch = os.pidfd_open(int(await asyncio.wait_for(process.stdout.readline(), 60)))
        finally:
            process.kill()
            await process.wait()
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(watch, ended.set)
        await asyncio.wait_for(ended.wait(), 20)
        os.close(watch)

    asyncio.run(run())
