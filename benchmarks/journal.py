"""Durable events per second in a controller's journal, beside a bare SQLite loop of the same durability.

Both write to the same disk, with a write-ahead log and synchronous=FULL: whatever is counted has been flushed. Ours
encodes records as they happen at a door, gives them numbers without gaps and keeps what decisions remember beside them;
the peer inserts the same number of bytes, already encoded, into one table. They take turns, so that the disk's moods
meet both.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from doorward.acs.decision.memory import Change, Presence, Table
from doorward.acs.decision.policy import Side
from doorward.acs.decision.trace import TraceStep
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord
from doorward.hardware.journal import Entry, Journal

BATCHES = (1, 10, 100)
"""Records that are made durable together: one alone, a busy moment, a backlog of a stalled disk."""
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DATA_KEY = bytes(range(32))
CHECKS = (
    "controller",
    "reader",
    "card_format",
    "credential",
    "cardholder",
    "rule",
    "zone",
    "door_ready",
    "door_online",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Rounds with this many records each: records per second of the median round, by engine."""

    batch: int
    ours: float
    peer: float


def record() -> JournalRecord:
    """A granted card with its trace, as a door of some rules writes it."""
    trace = tuple(TraceStep(check, True, f"what was found by {check}") for check in CHECKS)
    return JournalRecord(
        0, "0191d6a8-0000-7000-8000-00000000000b", NOW, 123_456, EventType.ACCESS_GRANTED,
        "0191d6a8-0000-7000-8000-00000000000c", "granted", "0191d6a8-0000-7000-8000-0000000000d0", Side.A,
        "0191d6a8-0000-7000-8000-0000000000e0", "0191d6a8-0000-7000-8000-0000000000c0",
        "0191d6a8-0000-7000-8000-0000000000f0", "0191d6a8-0000-7000-8000-0000000000a0", None, trace,
    )  # fmt: skip


def ours(path: Path, batch: int) -> Callable[[], None]:
    """Make one entry of `batch` records durable, with where their people are now."""
    journal, made = Journal(path, DATA_KEY), record()
    here = Presence("0191d6a8-0000-7000-8000-000000000077", NOW)

    def write() -> None:
        journal.append(
            Entry([made] * batch, memory=[Change(Table.PRESENCE, f"person {one}", here) for one in range(batch)])
        )

    return write


def peer(path: Path, batch: int) -> Callable[[], None]:
    """Insert as many rows of as many bytes in one transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE records (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    rows = [(msgspec.msgpack.encode(record()),)] * batch

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO records (body) VALUES (?)", rows)
        connection.execute("COMMIT")

    return write


def measure(folder: Path, batch: int, seconds: float) -> Measured:
    """Both in turn until the time is over."""
    writers = {"ours": ours(folder / f"ours-{batch}.db", batch), "peer": peer(folder / f"peer-{batch}.db", batch)}
    times: dict[str, list[float]] = {name: [] for name in writers}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, write in writers.items():
            start = time.perf_counter()
            write()
            times[name].append(time.perf_counter() - start)
    return Measured(batch, batch / median(times["ours"]), batch / median(times["peer"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.journal", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each size of batch (default: %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="doorward-bench-") as folder:
        found = [measure(Path(folder), batch, options.seconds) for batch in BATCHES]
    sys.stdout.write("durable records a second (median round), write-ahead log, synchronous=FULL\n")
    sys.stdout.write(f"{'records at once':>16} {'doorward':>12} {'bare SQLite':>12} {'ours is':>8}\n")
    for one in found:
        line = f"{one.batch:>16,} {one.ours:>12,.0f} {one.peer:>12,.0f} {one.ours / one.peer:>7.2f}x\n"
        sys.stdout.write(line)
    alone = found[0]
    figures = {
        "name": "journal",
        "ours": round(alone.ours),
        "peer": round(alone.peer),
        "unit": "durable records/s, one at a time",
        "ratio": round(alone.ours / alone.peer, 3),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
