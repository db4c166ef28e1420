"""Runs of failed sign-ins under one name: how long it waits, and what the log is told.

Every name is counted alike, whether anybody has it or not, so that nobody learns from it who there is. An attempt
counts as failed from its beginning, so that many at once are no more than that. The log gets an event when a run
begins, one when the name begins to wait, and at the end one with the number, but never one an attempt.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.domain import Domain
from doorward.acs.errors import RateLimited
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.events.operations import record_system_event
from doorward.acs.sealing import Sealer
from doorward.acs.transaction import transacted
from doorward.acs.users.models import FailureRun

FREE_FAILURES = 5
"""With this failure a name begins to wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
"""The wait doubles with each further failure up to here: whoever knows names may keep their owners out no longer."""
RUN_ENDS_AFTER = timedelta(hours=1)
"""A run is over when nothing has failed for so long."""
MOST_RUNS = 10_000
MOST_ENDS_TOLD = 20
LONGEST_NAME = 100
"""Characters of a user's name."""


def key_of(name: str) -> str:
    """What a name is counted under: in whatever case and of whatever length."""
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()


def wait_after(failures: int) -> timedelta:
    """How long a name waits after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 16)
    factor: int = 2**doublings
    return min(FIRST_WAIT * factor, LONGEST_WAIT)


async def begin_attempt(domain: Domain, name: str, address: str | None) -> int:
    """Count an attempt; how many have failed in a row if this one does. Raises RateLimited, and then nothing counts."""
    wait_here = domain.sign_ins.wait(address)
    if wait_here > timedelta(0):
        raise must_wait(wait_here)
    now = domain.clock()
    key = key_of(name)

    async def count(connection: BaseDBAsyncClient) -> FailureRun:
        new = FailureRun(key=key, name=name.strip()[:LONGEST_NAME], failures=0, told=0, last_at=now)
        await _make_room(connection)
        await FailureRun.bulk_create([new], ignore_conflicts=True, using_db=connection)
        run = await FailureRun.select_for_update().using_db(connection).get(key=key)
        if _is_over(run, now):
            await _tell_ends(domain.sealer, connection, [run], now)
            run.failures = run.told = 0
        elif run.waits_until is not None and run.waits_until > now:
            raise must_wait(run.waits_until - now)
        run.failures += 1
        run.last_at, run.address = now, address
        run.waits_until = now + wait_after(run.failures) if run.failures >= FREE_FAILURES else None
        await run.save(using_db=connection)
        return run

    run = await transacted(count)
    domain.sign_ins.failed(address)
    return run.failures


async def attempt_failed(domain: Domain, name: str, address: str | None, failures: int, factor: str) -> None:
    """The attempt was wrong: by its "password" or its "code". Tells the log where it must be told."""
    if failures == 1 and domain.sign_in_news.allowed(None):
        domain.sign_in_news.failed(None)
        await _tell(domain, EventType.USER_SIGN_IN_FAILED, name, {"address": address, "factor": factor}, 1)
    if failures == FREE_FAILURES:
        wait_s = int(wait_after(failures).total_seconds())
        await _tell(domain, EventType.SIGN_IN_LIMITED, name, {"address": address, "waitS": wait_s}, failures)
    wait_here = domain.sign_ins.wait(address)
    if wait_here > timedelta(0) and domain.limit_news.allowed(address):
        domain.limit_news.failed(address)
        data = {"means": "api", "address": address, "waitS": int(wait_here.total_seconds())}
        await record_system_event(domain, NewEvent(EventType.SIGN_IN_LIMITED, domain.clock(), data=data))


async def attempt_withdrawn(domain: Domain, name: str, address: str | None) -> None:
    """The attempt was right as far as it went, but is not complete: it counts neither way."""
    domain.sign_ins.forgive(address)
    key = key_of(name)

    async def uncount(connection: BaseDBAsyncClient) -> None:
        run = await FailureRun.select_for_update().using_db(connection).get_or_none(key=key)
        if run is None:
            return
        run.failures -= 1
        run.waits_until = None
        if run.failures <= 0:
            await run.delete(using_db=connection)
        else:
            await run.save(using_db=connection)

    await transacted(uncount)


async def end_run(domain: Domain, name: str, address: str | None) -> int:
    """The attempt was good: the run is over; how many had failed before it."""
    domain.sign_ins.forgive(address)
    run = await FailureRun.get_or_none(key=key_of(name))
    if run is None:
        return 0
    await run.delete()
    return max(run.failures - 1, 0)


async def lift_wait(connection: BaseDBAsyncClient, name: str) -> int:
    """Forget what failed under a name; how much that was."""
    run = await FailureRun.select_for_update().using_db(connection).get_or_none(key=key_of(name))
    if run is None:
        return 0
    await run.delete(using_db=connection)
    return run.failures


async def waits_of(names: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Until when each of these names waits; none is there that does not."""
    by_key = {key_of(name): name for name in names}
    runs = await FailureRun.filter(key__in=list(by_key), waits_until__gt=now)
    return {by_key[run.key]: run.waits_until for run in runs if run.waits_until is not None}


async def end_old_runs(domain: Domain) -> None:
    """Tell the ends of the runs that are over, and forget them. A daily job."""
    now = domain.clock()

    async def end(connection: BaseDBAsyncClient) -> None:
        old = await FailureRun.filter(last_at__lt=now - RUN_ENDS_AFTER - LONGEST_WAIT).using_db(connection)
        await _tell_ends(domain.sealer, connection, old, now)
        await FailureRun.filter(key__in=[run.key for run in old]).using_db(connection).delete()

    await transacted(end)
    domain.bus.announce()


def _is_over(run: FailureRun, now: datetime) -> bool:
    return max(run.last_at, run.waits_until or run.last_at) + RUN_ENDS_AFTER <= now


def must_wait(wait: timedelta) -> RateLimited:
    """What somebody is told who must wait for so long."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    return RateLimited(f"Too many attempts have failed. Try again in {_words(seconds)}.", seconds=seconds)


def _words(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


async def _make_room(connection: BaseDBAsyncClient) -> None:
    """Forget the run with the fewest failures when there are too many: those that wait stay longest."""
    if await FailureRun.all().using_db(connection).count() >= MOST_RUNS:
        least = await FailureRun.all().using_db(connection).order_by("failures", "last_at").first()
        if least is not None:
            await least.delete(using_db=connection)


async def _tell(domain: Domain, kind: EventType, name: str, data: dict[str, Any], failures: int) -> None:
    key = key_of(name)
    shown = name.strip()[:LONGEST_NAME]
    found = {"means": "api", **data, "failures": failures}
    await record_system_event(domain, NewEvent(kind, domain.clock(), user_name=shown, data=found))
    await FailureRun.filter(key=key).update(told=failures)


async def _tell_ends(sealer: Sealer, connection: BaseDBAsyncClient, runs: Sequence[FailureRun], now: datetime) -> None:
    """One event for each run of which something is untold; of a flood, one for all those that are too many."""
    untold = sorted((run for run in runs if run.failures > run.told), key=lambda run: -run.failures)
    events = [
        NewEvent(
            EventType.USER_SIGN_IN_FAILED,
            now,
            user_name=run.name,
            data={"means": "api", "address": run.address, "failures": run.failures, "ended": True},
        )
        for run in untold[:MOST_ENDS_TOLD]
    ]
    rest = untold[MOST_ENDS_TOLD:]
    if rest:
        data = {"means": "api", "names": len(rest), "failures": sum(run.failures for run in rest), "ended": True}
        events.append(NewEvent(EventType.USER_SIGN_IN_FAILED, now, data=data))
    if events:
        await lock_log(connection)
        await append(sealer, connection, events, now)
