"""What of the journal is sent next over one link: news before backlog, each in order, so much at a time.

Without a long backlog there is one stream. With one, what happens from the greeting on goes ahead of it, marked
`live`, and the backlog follows behind until it meets the first of the news.
"""

from collections.abc import Sequence

from doorward.acs.events.sequences import MOST_RANGES, Stored
from doorward.acs.messages import JournalBatch, JournalLost, JournalRecord
from doorward.hardware.journal import Journal

BATCH_RECORDS = 200
"""Reading them from the disk takes the controller's thread some milliseconds, while cards wait."""
MOST_UNANSWERED = 3
"""Batches on their way: the network's round trips cost nothing, and news waits behind few."""
LONG_BACKLOG = 1_000
"""A shorter one is through in less time than anybody notices."""
_NO_NEWS = 0


class JournalFlow:
    """One link's position in the journal. `begin` first, and again whenever the server asks for it."""

    def __init__(self) -> None:
        self.stored = Stored()
        self._unanswered = 0
        self._sent = 0
        """Everything up to it was sent, stored or given up."""
        self._news_from = self._news_sent = _NO_NEWS

    def begin(self, stored: Stored, last_sequence: int) -> None:
        """The server has this, and waits for what follows."""
        self.stored = stored
        self._sent, self._unanswered = stored.upto, 0
        self._news_from = self._news_sent = _NO_NEWS
        missing = last_sequence - stored.upto - sum(last - first + 1 for first, last in stored.ahead)
        if missing > LONG_BACKLOG and len(stored.ahead) < MOST_RANGES:
            self._news_from, self._news_sent = last_sequence + 1, last_sequence

    def answered(self, stored: Stored) -> None:
        """One of the messages on their way was answered: the server has this now."""
        if stored.upto >= self.stored.upto:
            self.stored = stored
        self._unanswered = max(0, self._unanswered - 1)

    def next(self, journal: Journal) -> JournalBatch | JournalLost | None:
        """What to send now, if anything; it counts as sent. Raises JournalUnavailable."""
        message = self._news(journal) or self._backlog(journal)
        if message is not None:
            self._unanswered += 1
        return message

    def _news(self, journal: Journal) -> JournalBatch | JournalLost | None:
        if self._news_from == _NO_NEWS or self._unanswered > MOST_UNANSWERED:
            return None
        records = journal.read_after(self._news_sent, BATCH_RECORDS)
        if not records:
            return None
        first, before = records[0].sequence, self._news_sent
        if first > before + 1 and before >= self._news_from:
            self._news_sent = first - 1
            return JournalLost(before + 1, first - 1)
        if before < self._news_from:
            self._news_from = first
        batch = tuple(_without_gap(records))
        self._news_sent = batch[-1].sequence
        return JournalBatch(batch, live=True)

    def _backlog(self, journal: Journal) -> JournalBatch | JournalLost | None:
        if self._unanswered >= MOST_UNANSWERED:
            return None
        self._pass_over()
        records = journal.read_after(self._sent, BATCH_RECORDS)
        if not records:
            return None
        end = self._next_stored() - 1
        first = records[0].sequence
        if first > self._sent + 1:
            lost = JournalLost(self._sent + 1, min(first - 1, end))
            self._sent = lost.last
            return lost
        batch = tuple(record for record in _without_gap(records) if record.sequence <= end)
        self._sent = batch[-1].sequence
        return JournalBatch(batch)

    def _pass_over(self) -> None:
        """Go past what is stored or sent ahead, and be one stream again once the news is reached."""
        self._sent = max(self._sent, self.stored.upto)
        for first, last in self.stored.ahead:
            if first <= self._sent + 1 <= last:
                self._sent = last
        if self._news_from != _NO_NEWS and self._sent + 1 >= self._news_from:
            self._sent = max(self._sent, self._news_sent)
            self._news_from = self._news_sent = _NO_NEWS

    def _next_stored(self) -> int:
        """The first number behind the position that is stored or sent already."""
        starts = [first for first, _ in self.stored.ahead if first > self._sent]
        if self._news_from != _NO_NEWS:
            starts.append(self._news_from)
        return min(starts, default=2**63)


def _without_gap(records: Sequence[JournalRecord]) -> Sequence[JournalRecord]:
    """The records up to the first that is missing."""
    first = records[0].sequence
    return [record for offset, record in enumerate(records) if record.sequence == first + offset]
