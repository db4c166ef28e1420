"""What was begun with a browser: kept for minutes, taken once, and never more of it than there is room for."""

from datetime import timedelta

import pytest

from doorward.acs.users.pending import LIFETIME, MOST_FROM_ONE, Pending
from tests.world import Clock


def test_a_value_is_taken_once_and_only_with_its_handle() -> None:
    pending: Pending[str] = Pending(Clock())
    handle = pending.keep("value", "192.0.2.1")
    assert pending.take(handle[:-1]) is None
    assert pending.take(None) is None
    assert pending.take("x" * 10_000) is None
    assert pending.take(handle) == "value"
    assert pending.take(handle) is None
    assert len(pending) == 0


def test_it_is_forgotten_after_minutes() -> None:
    clock = Clock()
    pending: Pending[str] = Pending(clock)
    old = pending.keep("old", None)
    clock.advance(LIFETIME - timedelta(seconds=1))
    kept = pending.keep("new", None)
    clock.advance(timedelta(seconds=1))
    assert pending.take(old) is None
    pending.keep("another", None)
    assert pending.take(kept) == "new"


def test_a_flood_from_one_address_pushes_out_its_own() -> None:
    pending: Pending[int] = Pending(Clock())
    theirs = pending.keep(-1, "192.0.2.1")
    flood = [pending.keep(number, f"2001:db8::{number:x}") for number in range(MOST_FROM_ONE + 50)]
    assert len(pending) == MOST_FROM_ONE + 1
    assert pending.take(theirs) == -1
    assert pending.take(flood[0]) is None
    assert pending.take(flood[-1]) == MOST_FROM_ONE + 49


def test_there_is_room_for_so_many_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.pending.MOST", 3)
    pending: Pending[int] = Pending(Clock())
    handles = [pending.keep(number, f"192.0.2.{number}") for number in range(5)]
    assert [pending.take(handle) for handle in handles] == [None, None, 2, 3, 4]
