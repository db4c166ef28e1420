"""The recorder process on a simulated camera over loopback HTTP."""

import asyncio
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from doorward.video.burned_clock import read_clock
from doorward.video.check_command import run_check
from doorward.video.clip import ClipStream, stream_clip
from doorward.video.index import FileState, GapReason, Index
from doorward.video.messages import (
    CameraReport,
    CameraSource,
    CameraState,
    Configure,
    Ready,
    StorageReport,
    encode_line,
)
from doorward.video.store_lock import StoreLock
from doorward.video.walk import walk_file
from doorward.video.wall_time import from_us, to_us, utc_now

OpenSite = Callable[..., AbstractAsyncContextManager[Any]]

SMALL_RECORDER = (
    "import sys; from pathlib import Path; from doorward.video import recorder;"
    "recorder.HOUSEKEEPING_S = 0.5; sys.exit(recorder.run_recorder(Path(sys.argv[1]), max_bytes=20_000))"
)
"""A recorder that may use 20 kB, about one second of the simulated camera, and looks twice a second."""

TWO_PICTURES = timedelta(milliseconds=250)
"""How late recorded time may be: MPEG-TS gives up a picture only when the next one has come."""


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


async def whole(clip: ClipStream) -> bytes:
    return b"".join([part async for part in clip])


async def follow(site: Any, count: float, before: float = 0) -> bytes:
    """A clip from `before` seconds ago to `count` seconds from now, which takes that long."""
    now = utc_now()
    clip = await stream_clip(site.root, site.camera_id, now - seconds(before), now + seconds(count), utc_now)
    return await whole(clip)


def clocks(data: bytes) -> list[datetime]:
    """The burned clock of each picture; every picture must have one."""
    with av.open(io.BytesIO(data), "r") as container:
        read = [
            read_clock(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)) for frame in container.decode(video=0)
        ]
    assert None not in read
    return [moment for moment in read if moment is not None]


def test_a_clip_shows_the_interval_asked_for_up_to_the_last_second(open_site: OpenSite) -> None:
    async def scenario() -> None:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            await follow(site, 2)
            asked = utc_now()
            clip = await stream_clip(site.root, site.camera_id, asked - seconds(1), asked, utc_now)
            shown = clocks(await whole(clip))
            took = utc_now() - asked

        assert took < seconds(2)
        assert abs(clip.starts_at - shown[0]) < TWO_PICTURES
        assert shown[0] <= asked - seconds(1) + TWO_PICTURES
        assert shown[-1] >= asked - TWO_PICTURES
        steps = [b - a for a, b in pairwise(shown)]
        assert max(steps) < seconds(0.35)

    asyncio.run(scenario())


def test_a_clip_grows_while_its_end_is_in_the_future(open_site: OpenSite) -> None:
    async def scenario() -> None:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            asked = utc_now()
            clip = await stream_clip(site.root, site.camera_id, asked, asked + seconds(2), utc_now)
            first_part_took: timedelta | None = None
            parts = []
            async for part in clip:
                first_part_took = first_part_took or utc_now() - asked
                parts.append(part)
        shown = clocks(b"".join(parts))
        assert first_part_took is not None
        assert first_part_took < seconds(1.5)
        assert len(parts) >= 3
        assert any(asked <= moment <= asked + seconds(2) for moment in shown)
        assert shown[-1] >= asked + seconds(2) - TWO_PICTURES

    asyncio.run(scenario())


def test_kill_9_loses_at_most_a_moment_and_the_index_is_consistent_afterwards(open_site: OpenSite) -> None:
    async def scenario() -> tuple[Path, str, datetime, datetime]:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            began = utc_now()
            await follow(site, 3)
            reported = len(site.reports)
            killed = utc_now()
            os.kill(site.supervisor.pid, signal.SIGKILL)
            await site.state(CameraState.RECORDING, after=reported)
            assert any(isinstance(report, Ready) for report in site.reports[reported:])
            await follow(site, 1)
            clip = await stream_clip(site.root, site.camera_id, began, killed, utc_now)
            shown = clocks(await whole(clip))
            assert shown[0] <= began + TWO_PICTURES
            assert shown[-1] >= killed - seconds(1)
            return site.root, site.camera_id, began, killed

    root, camera_id, _, killed = asyncio.run(scenario())

    index = Index(root)
    files = index.files(camera_id)
    assert len(files) == 2
    for row in files:
        walked = walk_file(root / row.path)
        assert walked is not None
        assert row.state is FileState.CLOSED
        assert (row.fragments(), row.size) == (walked.fragments, walked.whole_size)
        assert row.sha256 is not None
    # The camera repeats its last second to a new viewer, so that there need not be a hole.
    holes = [(files[0].end_us, files[1].start_us)] if files[0].end_us < files[1].start_us else []
    ended = [gap for gap in index.gaps(camera_id) if gap.end_us is not None]
    assert [(gap.start_us, gap.end_us) for gap in ended] == holes
    assert {gap.reason for gap in index.gaps(camera_id)} == {GapReason.RECORDER_STOPPED}
    assert from_us(files[0].end_us) <= killed + TWO_PICTURES
    index.close()


def test_a_camera_that_changes_its_picture_size_is_recorded_on(open_site: OpenSite) -> None:
    async def scenario() -> tuple[Path, str]:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            await follow(site, 1)
            site.camera.resize((320, 192))
            await follow(site, 3)
            return site.root, site.camera_id

    root, camera_id = asyncio.run(scenario())
    index = Index(root)
    sizes = []
    for row in index.files(camera_id):
        with av.open(str(root / row.path)) as container:
            sizes.append({(frame.width, frame.height) for frame in container.decode(video=0)})
    assert sizes == [{(640, 360)}, {(320, 192)}]
    index.close()


def test_a_camera_that_goes_away_is_lost_and_comes_back(open_site: OpenSite) -> None:
    async def scenario() -> tuple[Path, str]:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            site.camera.stop()
            lost = await site.state(CameraState.LOST)
            assert "network" in lost.detail
            reported = len(site.reports)
            # Not to wait for anything: this is how long the camera is away.
            await asyncio.sleep(1.5)
            site.camera.start()
            await site.state(CameraState.RECORDING, after=reported)
            return site.root, site.camera_id

    root, camera_id = asyncio.run(scenario())
    index = Index(root)
    gap = index.gaps(camera_id)[0]
    before, after = index.files(camera_id)
    assert (gap.start_us, gap.end_us, gap.reason) == (before.end_us, after.start_us, GapReason.LOST)
    assert after.start_us - before.end_us > 1_000_000
    index.close()


def test_a_camera_no_longer_wanted_is_closed_while_others_go_on(open_site: OpenSite) -> None:
    async def scenario() -> tuple[Path, str]:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            other = type(site.source)("other", "Other", site.source.url)
            await site.supervisor.configure([other])
            await site.report(
                lambda r: isinstance(r, CameraReport) and r.camera_id == "other" and r.state is CameraState.RECORDING
            )
            index = Index(site.root)
            assert [row.state for row in index.files("door")] == [FileState.CLOSED]
            assert [row.state for row in index.files("other")] == [FileState.OPEN]
            index.close()
            return site.root, site.camera_id

    root, camera_id = asyncio.run(scenario())
    index = Index(root)
    assert [gap.reason for gap in index.gaps(camera_id)] == [GapReason.CAMERA_REMOVED]
    assert [row.state for row in index.files("other")] == [FileState.CLOSED]
    index.close()


@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
def test_the_recorder_ends_cleanly(tmp_path: Path, how: str) -> None:
    program = (
        "import sys; from pathlib import Path; from doorward.video.recorder import run_recorder;"
        "sys.exit(run_recorder(Path(sys.argv[1])))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert b"ready" in process.stdout.readline() + process.stdout.readline()
        process.stdin.write(b'not a command\n{"type": "unheard_of"}\n')
        process.stdin.flush()
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(5) == 0


def test_the_recorder_ends_at_once_while_a_camera_is_silent(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from doorward.video.recorder import run_recorder;"
        "sys.exit(run_recorder(Path(sys.argv[1])))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    with process, socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/live"
        process.stdin.write(encode_line(Configure([CameraSource("silent", "Silent", url)])))
        process.stdin.flush()
        client, _ = silent.accept()
        process.stdin.close()
        assert process.wait(3) == 0
        client.close()


def test_a_hold_is_durable_and_survives_retention(open_site: OpenSite) -> None:
    async def scenario() -> Path:
        async with open_site(program=SMALL_RECORDER) as site:
            await site.state(CameraState.RECORDING)
            now = utc_now()
            await site.supervisor.hold(site.camera_id, now - seconds(60), now + seconds(60))
            full = await site.report(lambda r: isinstance(r, StorageReport) and r.full)
            assert full.used_bytes > full.max_bytes == 20_000
            await site.state(CameraState.STORAGE_FULL)
            return Path(site.root)

    root = asyncio.run(scenario())
    index = Index(root)
    (held,) = index.files("door")
    assert (root / held.path).stat().st_size == held.size > 20_000
    assert index.gaps("door")[0].reason is GapReason.STORAGE_FULL
    index.close()


def test_a_store_that_cannot_be_used_ends_the_recorder_with_advice(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file, not a directory")
    program = "from pathlib import Path; from doorward.video.recorder import run_recorder as r; import sys;"
    done = subprocess.run(
        [sys.executable, "-c", program + "sys.exit(r(Path(sys.argv[1])))", str(tmp_path / "store")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert b"check its disk, space and permissions" in done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A file system of 600 kB of its own, mounted where the site keeps its video."""
    directory = tmp_path / "video"
    directory.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(directory)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a small tmpfs: run as root")
    yield directory
    subprocess.run(["umount", "-l", str(directory)], check=True)


def test_a_really_full_disk_is_reported_and_recording_resumes_when_there_is_room(
    small_disk: Path, open_site: OpenSite
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))

    async def scenario() -> None:
        async with open_site() as site:
            await site.state(CameraState.RECORDING)
            with ballast.open("ab", buffering=0) as file:
                while True:
                    try:
                        file.write(bytes(4096))
                    except OSError:
                        break
            full = await site.state(CameraState.STORAGE_FULL)
            assert "Free space" in full.detail
            pid = site.supervisor.pid
            reported = len(site.reports)
            ballast.unlink()
            await site.state(CameraState.RECORDING, after=reported)
            assert site.supervisor.pid == pid

    asyncio.run(scenario())
    index = Index(small_disk)
    assert [row.state for row in index.files("door")] == [FileState.CLOSED] * 2
    assert index.gaps("door")[0].reason is GapReason.STORAGE_FULL
    index.close()


def test_recorders_killed_again_and_again_on_a_full_store_lose_no_held_second(
    tmp_path: Path, open_site: OpenSite
) -> None:
    async def scenario() -> tuple[int, int]:
        async with open_site(SMALL_RECORDER.replace("20_000", "80_000")) as site:
            await site.state(CameraState.RECORDING)
            held_start = utc_now()
            held_end = held_start + seconds(1)
            await site.supervisor.hold(site.camera_id, held_start, held_end)
            await follow(site, 1.5)
            for _ in range(3):
                reported = len(site.reports)
                os.kill(site.supervisor.pid, signal.SIGKILL)
                # Recording, full, and recording again: what is not held was deleted in between.
                full = await site.state(CameraState.STORAGE_FULL, after=reported)
                await site.state(CameraState.RECORDING, after=site.reports.index(full))
            return to_us(held_start), to_us(held_end)

    held_start, held_end = asyncio.run(scenario())
    root = tmp_path / "video"
    index = Index(root)
    files = [row for row in index.files("door") if row.start_us < held_end and row.end_us > held_start]
    assert files[0].start_us <= held_start
    assert files[-1].end_us >= held_end
    assert all(a.end_us >= b.start_us for a, b in pairwise(files))
    index.close()
    report = io.StringIO()
    assert run_check(root, repair=False, output=report, errors=report) == 0, report.getvalue()


def test_a_recorder_does_not_start_on_a_store_that_is_being_repaired(tmp_path: Path) -> None:
    repair = StoreLock(tmp_path, alone=True)
    program = "import sys; from doorward.cli import main; sys.exit(main(['recorder', '--root', sys.argv[1]]))"
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )
    repair.close()
    assert ended.returncode == 1
    assert b"being repaired" in ended.stderr
