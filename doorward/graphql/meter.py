"""What each caller has spent: users and tokens each for themselves, and by its address whoever has not signed in."""

import math
import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from doorward.acs.actor import Actor
from doorward.acs.attempts import source_of
from doorward.acs.buckets import Buckets
from doorward.graphql.limits import Limits

POLICY = "cost"


class Meter:
    """Takes the cost of requests from their callers' buckets.

    `clock` is aware UTC, `timer` counts the seconds that the processor was busy for this thread.
    """

    def __init__(
        self, limits: Limits, clock: Callable[[], datetime], timer: Callable[[], float] = time.thread_time
    ) -> None:
        self.limits = limits
        self.timer = timer
        self._clock = clock
        self._signed_in = Buckets(clock, limits.signed_in)
        self._anonymous = Buckets(clock, limits.anonymous)

    def spend(self, actor: Actor, cost: int) -> int:
        """Take the cost and return 0, or take nothing and return for how many seconds to wait."""
        return math.ceil(self._of(actor).take(_caller(actor), cost))

    def empty_for_s(self, actor: Actor) -> int:
        """For how many seconds the caller can ask for nothing at all; 0: there is something left."""
        return math.ceil(self._of(actor).wait_s(_caller(actor), 1))

    def charge(self, actor: Actor, cost: int) -> None:
        """Take the cost of what was done already."""
        self._of(actor).charge(_caller(actor), cost)

    def at_once(self, actor: Actor) -> int:
        """The most that there is to spend."""
        return int(self._of(actor).rate.at_once)

    def left(self, actor: Actor) -> int:
        """What there is to spend now."""
        return int(self._of(actor).left(_caller(actor)))

    def full_at(self, actor: Actor) -> datetime:
        """When all of it will be there again."""
        return self._clock() + timedelta(seconds=self._of(actor).full_in_s(_caller(actor)))

    def headers(self, actor: Actor) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has them; `t` is until all of it is there again."""
        buckets, caller = self._of(actor), _caller(actor)
        rate = buckets.rate
        window_s = math.ceil(rate.at_once / rate.per_second)
        return {
            "ratelimit-policy": f'"{POLICY}";q={int(rate.at_once)};w={window_s}',
            "ratelimit": f'"{POLICY}";r={int(buckets.left(caller))};t={math.ceil(buckets.full_in_s(caller))}',
        }

    def _of(self, actor: Actor) -> Buckets:
        # Apart, so that many addresses cannot make those who have signed in forgotten.
        return self._anonymous if actor.user_id is None else self._signed_in


def _caller(actor: Actor) -> Hashable:
    if actor.user_id is None:
        return source_of(actor.address)
    return actor.user_id, actor.token[0] if actor.token else None
