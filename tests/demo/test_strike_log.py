"""The log of what the strikes really did."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from doorward.demo.strike_log import StrikeLog, StrikeMove, read_strike_log


def test_movements_are_readable_at_once_and_kept_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "strikes.jsonl"
    assert read_strike_log(path) == []
    released = StrikeMove(datetime(2026, 1, 1, 12, tzinfo=UTC), "Office", True)
    locked = StrikeMove(datetime(2026, 1, 1, 12, 0, 5, tzinfo=UTC), "Office", False)
    with closing(StrikeLog(path)) as log:
        log.moved("Office", True, released.time.timestamp())
        assert read_strike_log(path) == [released]
    with closing(StrikeLog(path)) as log:
        log.moved("Office", False, locked.time.timestamp())
    assert read_strike_log(path) == [released, locked]
