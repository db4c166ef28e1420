"""Reading one consistent state of the database, also for a long time without holding up anybody.

To read and build the whole policy of a large site takes seconds. That is done in a thread of its own, with an event
loop and a database connection of its own: SQLite has one connection here, on which everybody else would wait.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from doorward.acs.policy.garbage import no_full_collections

T = TypeVar("T")


@asynccontextmanager
async def consistent() -> AsyncIterator[None]:
    """Everything that is read inside is of one moment. Nothing may be written."""
    async with in_transaction("default") as connection:
        if connection.capabilities.dialect != "sqlite":
            await connection.execute_script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


async def aside(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` in another thread, where it reads by another connection. Cancelling this ends the work first."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs is in a task
        started.set_result((asyncio.get_running_loop(), task))
        return await _by_own_connection(work)

    def run() -> T:
        with no_full_collections():
            return asyncio.run(main())

    running = asyncio.ensure_future(asyncio.to_thread(run))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        started.add_done_callback(_cancel)
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # Looked at, so that nobody is told of it.
        raise


def _cancel(started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]]") -> None:
    loop, task = started.result()
    with suppress(RuntimeError):  # The loop has just ended by itself.
        loop.call_soon_threadsafe(task.cancel)


async def _by_own_connection(work: Callable[[], Awaitable[T]]) -> T:
    connections = get_connections()
    connection = connections._create_connection("default")
    token = connections.set("default", connection)
    # To be cancelled while it connects would leave a thread behind that tells a loop which is gone.
    connecting = asyncio.ensure_future(connection.create_connection(with_db=True))
    try:
        try:
            await asyncio.shield(connecting)
        except asyncio.CancelledError:
            await asyncio.wait({connecting})
            raise
        return await work()
    finally:
        connections.reset(token)
        await connection.close()
