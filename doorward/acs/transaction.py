"""One transaction, begun again when another was in its way and the database gave this one up.

PostgreSQL ends one of two transactions that wait for each other, or that cannot both have been first; SQLite refuses
to write what another process has changed since it was read. Neither has done anything wrong: the second attempt
nearly always succeeds.
"""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from doorward.acs.errors import Busy

ATTEMPTS = 5
PATIENCE_S = 5.0
"""No attempt begins later than this after the first: SQLite has waited as long by then for whoever writes."""
_PAUSE_S = 0.02
_POSTGRES_STATES = frozenset({"40001", "40P01", "55P03"})
"""serialization_failure, deadlock_detected and lock_not_available (PostgreSQL, appendix A)."""
_SQLITE_NAMES = frozenset({"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_TIMEOUT"})
DATABASE_TROUBLE: tuple[type[Exception], ...] = (
    Busy,
    BaseORMException,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    sqlite3.Error,
)
"""What is raised while the database is away or busy, for those who wait until it is back: Tortoise wraps not all."""
BUSY = "The database is busy with other changes, so nothing was done. Try again in a moment."

R = TypeVar("R")


async def transacted(body: Callable[[BaseDBAsyncClient], Awaitable[R]]) -> R:
    """What `body` returns, done in one transaction; up to `ATTEMPTS` times while others are in the way, then Busy.

    So `body` must do nothing outside the transaction, and must be able to begin anew. Inside another transaction it
    is tried once: the outer one is lost as well, and is its owner's to repeat.
    """
    if isinstance(get_connections().get("default"), TransactionalDBClient):
        return await _attempt(body)
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    for number in range(1, ATTEMPTS + 1):
        try:
            return await _attempt(body)
        except Exception as error:
            if not was_in_the_way(error):
                raise
            if number == ATTEMPTS or loop.time() >= end:
                raise Busy(BUSY) from error
        await pause(number)
    raise AssertionError  # The last attempt has returned or raised.


async def _attempt(body: Callable[[BaseDBAsyncClient], Awaitable[R]]) -> R:
    async with in_transaction("default") as connection:
        return await body(connection)


async def pause(attempt: int) -> None:
    """Wait before the next attempt, longer each time, and by chance: so that those who met do not meet again."""
    await asyncio.sleep(random.uniform(0, _PAUSE_S * 2**attempt))  # noqa: S311 - nothing secret


def was_in_the_way(error: BaseException) -> bool:
    """Whether the database gave a transaction up because of another. Tortoise wraps some drivers' errors, not all."""
    cause: Any = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorname in _SQLITE_NAMES
    return getattr(cause, "sqlstate", None) in _POSTGRES_STATES
