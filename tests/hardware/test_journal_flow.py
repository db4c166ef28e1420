"""What of the journal is sent next, against a server that stores as the real one does: each record once, in order."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from doorward.acs.events.catalogue import EventType
from doorward.acs.events.sequences import Stored
from doorward.acs.messages import JournalBatch, JournalLost, JournalRecord
from doorward.hardware import journal_flow
from doorward.hardware.journal_flow import LONG_BACKLOG, MOST_UNANSWERED, JournalFlow


class Pages:
    """A journal in memory, of which some pages may be torn out."""

    def __init__(self, last: int, torn: range = range(0)) -> None:
        self.last_sequence = last
        self.torn = torn

    def read_after(self, sequence: int, limit: int) -> list[JournalRecord]:
        numbers = (n for n in range(sequence + 1, self.last_sequence + 1) if n not in self.torn)
        found = []
        for number in numbers:
            found.append(record(number))
            if len(found) == limit:
                break
        return found


def record(number: int) -> JournalRecord:
    return JournalRecord(number, "boot", datetime(2026, 3, 4, tzinfo=UTC), number, EventType.ACCESS_DENIED, "c")


class Server:
    """Stores as `store_records` does, and keeps the order in which it did."""

    def __init__(self, stored: Stored | None = None) -> None:
        self.stored = stored or Stored()
        self.order: list[int] = []
        self.lost: list[int] = []

    def take(self, message: JournalBatch | JournalLost) -> None:
        if isinstance(message, JournalLost):
            numbers = list(range(message.first, message.last + 1))
            assert self.stored.follows(message.first)
            self.lost += numbers
        else:
            numbers = [one.sequence for one in message.records]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert message.live or self.stored.follows(numbers[0]), "a gap before what is no news"
            self.order += numbers
        assert not any(map(self.stored.has, numbers)), "sent twice"
        self.stored = self.stored.with_range(numbers[0], numbers[-1])


def drain(flow: JournalFlow, journal: Pages, server: Server, between: Callable[[int], None] = lambda n: None) -> None:
    waiting: list[JournalBatch | JournalLost] = []
    for number in range(10_000):
        while (message := flow.next(journal)) is not None:  # type: ignore[arg-type]
            waiting.append(message)
        if not waiting:
            return
        assert len(waiting) <= MOST_UNANSWERED + 1
        server.take(waiting.pop(0))
        flow.answered(server.stored)
        between(number)
    raise AssertionError("it never ends")


def test_a_short_backlog_goes_in_order() -> None:
    journal, server, flow = Pages(LONG_BACKLOG), Server(), JournalFlow()
    flow.begin(server.stored, journal.last_sequence)
    drain(flow, journal, server)
    assert server.order == list(range(1, LONG_BACKLOG + 1))


def test_news_goes_ahead_of_a_long_backlog_and_each_is_in_order() -> None:
    journal, server, flow = Pages(5_000), Server(), JournalFlow()
    flow.begin(server.stored, journal.last_sequence)
    waited: list[int] = []

    def happen(number: int) -> None:
        if number < 10:
            journal.last_sequence += 1
            happened_at[journal.last_sequence] = number
        arrived = [sequence for sequence in happened_at if server.stored.has(sequence)]
        waited.extend(number - happened_at.pop(sequence) for sequence in arrived)

    happened_at: dict[int, int] = {}
    drain(flow, journal, server, happen)
    assert server.stored == Stored(5_010)
    backlog = [number for number in server.order if number <= 5_000]
    news = [number for number in server.order if number > 5_000]
    assert (backlog, news) == (sorted(backlog), sorted(news))
    assert max(waited) <= MOST_UNANSWERED + 1, "news waits behind what is on its way, and behind nothing else"


def test_what_the_journal_has_lost_is_said_and_not_waited_for() -> None:
    journal, server, flow = Pages(700, torn=range(1, 300)), Server(), JournalFlow()
    flow.begin(server.stored, journal.last_sequence)
    drain(flow, journal, server)
    assert server.lost == list(range(1, 300))
    assert server.stored == Stored(700)


@pytest.mark.parametrize("seed", range(20))
def test_through_cuts_losses_and_news_everything_is_stored_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_flow, "LONG_BACKLOG", 30)
    monkeypatch.setattr(journal_flow, "BATCH_RECORDS", 7)
    for chance in (random.Random(f"{seed} {number}") for number in range(20)):
        torn_from = chance.randint(1, 100)
        journal = Pages(chance.randint(0, 120), range(torn_from, torn_from + chance.randint(0, 40)))
        server = Server()
        for _ in range(chance.randint(1, 5)):
            _one_link(journal, server, chance)
            journal.last_sequence += chance.randint(0, 60)  # The link is cut, the doors go on.
        flow = JournalFlow()
        flow.begin(server.stored, journal.last_sequence)
        drain(flow, journal, server)
        seen = {*server.order, *server.lost}
        end = max(seen, default=0)
        assert seen == set(range(1, end + 1))
        assert all(number in journal.torn for number in range(end + 1, journal.last_sequence + 1))
        assert all(number in journal.torn for number in server.lost)


def _one_link(journal: Pages, server: Server, chance: random.Random) -> None:
    flow = JournalFlow()
    flow.begin(server.stored, journal.last_sequence)
    waiting: list[JournalBatch | JournalLost] = []
    for _ in range(chance.randint(0, 20)):
        journal.last_sequence += chance.randint(0, 3)
        message = flow.next(journal)  # type: ignore[arg-type]
        if message is not None:
            waiting.append(message)
        if waiting and chance.random() < 0.5:
            server.take(waiting.pop(0))
            flow.answered(server.stored)
