"""From asking for a moment to the first byte that can be decoded, with an index of 30 days of 64 cameras.

Ours looks the moment up, and gives the header and the fragment of its keyframe: as a clip, and as an HLS playlist with
its first segment. The peer is told the file, opens it with libavformat (PyAV) and seeks: it has nothing to look up.
The two take turns, at random moments. Beside it: the timeline of a day, and the keyframe of a thumbnail.
"""

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import av

from doorward.video.camera_log import CameraLog
from doorward.video.clip import stream_clip
from doorward.video.coverage import read_coverage
from doorward.video.index import DATABASE_NAME, FileRow, GapReason, Index
from doorward.video.playlist import Playlist, read_bytes
from doorward.video.still import keyframe_at
from doorward.video.timeline import Timeline
from doorward.video.wall_time import to_us
from tests.video.recordings import make_film, play

START = datetime(2026, 1, 1, tzinfo=UTC)
FILE_US = 60_000_000
CLIP = timedelta(seconds=15)
BATCH = 50_000
_INSERT = (
    "INSERT INTO file (camera_id, path, state, start_us, end_us, size, timescale, codec, fragments, sha256)"
    " VALUES (?, ?, 'closed', ?, ?, ?, 90000, ?, ?, ?)"
)


@dataclass
class Seeks:
    """What was measured, in seconds."""

    times: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, run: Callable[[], object]) -> None:
        """Time one run."""
        began = time.perf_counter()
        run()
        self.times.setdefault(name, []).append(time.perf_counter() - began)

    def line(self, name: str) -> str:
        """Median and 95th percentile in milliseconds."""
        found = self.times[name]
        return f"{name:<44} {median(found) * 1e3:>9.2f} {quantiles(found, n=20)[-1] * 1e3:>9.2f}\n"


def fill(root: Path, days: int, cameras: int) -> FileRow:
    """An index of files of a minute, of which each row is as large as a real one; all of them are one real file."""
    index = Index(root)
    log = CameraLog("real", root, index)
    play(log, make_film(60.0, (640, 352)))
    log.close(GapReason.CAMERA_REMOVED)
    (row,) = index.files("real")
    index.close()
    with closing(sqlite3.connect(root / DATABASE_NAME)) as db:
        db.execute("PRAGMA synchronous = OFF")
        rows = _rows(row, days, cameras)
        while batch := [each for each, _ in zip(rows, range(BATCH), strict=False)]:
            db.executemany(_INSERT, batch)
            db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return row


def _rows(row: FileRow, days: int, cameras: int) -> Iterator[tuple[object, ...]]:
    """As the recorder makes them: the cameras take turns."""
    start_us = to_us(START)
    for minute in range(days * 1440):
        for camera in range(cameras):
            begins = start_us + minute * FILE_US
            path = f"camera-{camera}/{minute}.mp4"
            packed, digest = row.packed_fragments, row.sha256
            yield f"camera-{camera}", path, begins, begins + FILE_US, row.size, row.codec, packed, digest


def measure(root: Path, row: FileRow, days: int, cameras: int, rounds: int) -> Seeks:
    """All in turn, at random moments of random cameras."""
    with asyncio.Runner() as runner:
        return _measure(runner, root, row, days, cameras, rounds)


def _measure(runner: asyncio.Runner, root: Path, row: FileRow, days: int, cameras: int, rounds: int) -> Seeks:
    seeks, dice = Seeks(), random.Random(1)
    for _ in range(rounds):
        camera = f"camera-{dice.randrange(cameras)}"
        minute = dice.randrange(days * 1440)
        at = START + timedelta(minutes=minute, seconds=dice.randrange(59))
        file = root / camera / f"{minute}.mp4"
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            shutil.copyfile(root / row.path, file)
        day = START + timedelta(days=dice.randrange(days))
        seeks.note("clip: first bytes", partial(runner.run, _clip(root, camera, at)))
        seeks.note("playlist and first segment", partial(_playlist, root, camera, at))
        seeks.note("libavformat: open the file, seek, read", partial(_peer, file, at.second))
        seeks.note("keyframe of a thumbnail", partial(_keyframe, root, camera, at))
        whole = camera, to_us(day), to_us(day + timedelta(days=1))
        seeks.note("timeline of a day", partial(read_coverage, root, [whole]))
        file.unlink()
    return seeks


async def _clip(root: Path, camera: str, at: datetime) -> None:
    clip = await stream_clip(root, camera, at, at + CLIP, lambda: at + timedelta(days=90))
    if not await anext(aiter(clip)):
        raise RuntimeError("the clip is empty")
    await clip.aclose()


def _playlist(root: Path, camera: str, at: datetime) -> None:
    timeline = Timeline(root, camera)
    playlist = Playlist(timeline, to_us(at), to_us(at + CLIP), grows=False)
    playlist.extend(over=True)
    playlist.media()
    row = timeline.first_file(to_us(at), to_us(at) + 1)
    file = None if row is None else playlist.file(row.id)
    if file is None:
        raise RuntimeError("the playlist is empty")
    next(read_bytes(timeline, file, file.segments[0].offset, file.segments[0].end - 1))


def _peer(path: Path, at_s: int) -> None:
    with av.open(str(path)) as container:
        container.seek(at_s * 1_000_000)
        next(container.demux(video=0))


def _keyframe(root: Path, camera: str, at: datetime) -> None:
    if keyframe_at(Timeline(root, camera), to_us(at)) is None:
        raise RuntimeError("there is no keyframe")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.seek", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where the index is made (30 days x 64 cameras take some 10 GB)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="doorward-bench-", dir=options.folder) as folder:
        root = Path(folder)
        row = fill(root, options.days, options.cameras)
        size = (root / DATABASE_NAME).stat().st_size
        seeks = measure(root, row, options.days, options.cameras, options.rounds)
    rows = options.days * 1440 * options.cameras
    sys.stdout.write(
        f"{rows:,} files in an index of {size / 1e9:.2f} GB\n{'milliseconds':<44} {'median':>9} {'95 %':>9}\n"
    )
    for name in seeks.times:
        sys.stdout.write(seeks.line(name))
    ours, peer = (median(seeks.times[name]) * 1e3 for name in ("clip: first bytes", list(seeks.times)[2]))
    figures = {
        "name": "seek",
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "unit": "ms from the request to the first decodable byte (peer: PyAV, which is told the file)",
        "ratio": round(ours / peer, 3),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
