"""What an answer means for a delivery: it arrived, is tried again and when, or is given up. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from doorward.acs.webhooks.live import Answer

BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""How long after each failed attempt the next is made: a little more than a day in all."""
JITTER = 0.1
"""Each wait is up to so much shorter or longer, by chance, that what failed together does not come back together."""
LONGEST_RETRY_AFTER = timedelta(hours=1)
FAILING_FOR = timedelta(days=5)
"""A webhook to which nothing could be delivered for so long is disabled."""
CALM = 5
"""After so many failures in a row a webhook rests between attempts, so that a receiver is not overrun when it is
back."""
LONGEST_REST = timedelta(minutes=5)
_SHORTEST_REST = timedelta(seconds=5)
_TOLD = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a delivery: `delivered`, or why not in words; `retry_at` None: given up.

    `rest_until`: the receiver has asked for nothing at all to be sent before. `gone`: nor ever again.
    """

    delivered: bool
    words: str | None = None
    retry_at: datetime | None = None
    rest_until: datetime | None = None
    gone: bool = False


def verdict(answer: Answer, attempts: int, now: datetime, chance: float) -> Verdict:
    """What the answer to attempt number `attempts` (from 1) means. `chance`: 0 to 1."""
    if answer.is_success:
        return Verdict(True)
    words = _words(answer)
    if answer.status == HTTPStatus.GONE:
        return Verdict(False, words, gone=True)
    asked = _asked_to_wait(answer, now)
    rest_until = now + asked if asked is not None else None
    if attempts > len(BACK_OFF):
        return Verdict(False, words, rest_until=rest_until)
    wait = BACK_OFF[attempts - 1] * (1 - JITTER + 2 * JITTER * chance)
    return Verdict(False, words, now + max(wait, asked or wait), rest_until)


def rest(failures_in_a_row: int) -> timedelta:
    """How long to send nothing to a receiver after so many failures in a row."""
    if failures_in_a_row < CALM:
        return timedelta(0)
    doubled: int = 2 ** min(failures_in_a_row - CALM, 10)
    return min(_SHORTEST_REST * doubled, LONGEST_REST)


def _asked_to_wait(answer: Answer, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110, 10.2.3) of the statuses for which it counts: seconds or a date, within bounds."""
    if answer.status not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE} or not answer.retry_after:
        return None
    text = answer.retry_after.strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=min(int(text[:9]), LONGEST_RETRY_AFTER.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        asked = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(asked, timedelta(0)), LONGEST_RETRY_AFTER)


def _words(answer: Answer) -> str:
    if answer.status is None:
        return (answer.error or "There was no answer.")[:_TOLD]
    try:
        name = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        name = str(answer.status)
    if 300 <= answer.status < 400:
        return f"It answered {name}. Redirects are not followed: give the webhook the address that they lead to."
    if answer.status == HTTPStatus.GONE:
        return f"It answered {name}: it wants nothing any more."
    return f"It answered {name}."
