"""What the simulated strikes really did, one JSON line each: the truth that a crash test compares with."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec


class StrikeMove(msgspec.Struct, frozen=True):
    """A strike was energised or not any more. `time` is aware UTC."""

    time: datetime
    door: str
    energised: bool


class StrikeLog:
    """Appends whole lines, from any thread; every line is with the operating system when `moved` returns."""

    def __init__(self, path: Path) -> None:
        """Open the log, or begin it. Raises OSError."""
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def moved(self, door: str, energised: bool, unix_time: float) -> None:
        """Write one movement down."""
        move = StrikeMove(datetime.fromtimestamp(unix_time, UTC), door, energised)
        os.write(self._descriptor, msgspec.json.encode(move) + b"\n")

    def close(self) -> None:
        """No more movements."""
        os.close(self._descriptor)


def read_strike_log(path: Path) -> list[StrikeMove]:
    """Every movement, oldest first; none if there is no log."""
    if not path.exists():
        return []
    return [msgspec.json.decode(line, type=StrikeMove) for line in path.read_bytes().splitlines()]
