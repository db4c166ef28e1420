# ruff: noqa: S608 - every part of the statements is a constant of this file
"""First, middle and last page of ten million events, beside the bare SQL of the same page with the plain driver.

On SQLite and on PostgreSQL: through the query of the event log, and through GraphQL with the fields that a list of
events shows. The rows are made by SQL; SQLite's file stays in the cache folder. The three take turns.
"""

import argparse
import asyncio
import base64
import json
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.database import open_database, sqlite_url
from doorward.acs.domain import Domain
from doorward.acs.events.queries import EventFilter, page_events
from doorward.acs.paging import PageRequest
from doorward.acs.sealing import Sealer
from doorward.acs.site.operations import ensure_site
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.postgres import PostgresServer

PAGE = 50
IN_MEMORY = 1_000_000
"""PostgreSQL's files are on the disk where there are more rows: they take some 650 bytes each."""
FIELDS = "id at type severity title doorName cardholderName reasonText"
QUERY = f"""query($first: Int, $after: String, $last: Int) {{ events(first: $first, after: $after, last: $last) {{
  edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"""
COUNT = "{ events(first: 1) { totalCount { count exact } } }"
ID = "00000000-0000-7000-8000-"
_COLUMNS = (
    "position, id, at, stored_at, source, category, type, severity, door_id, door_name, cardholder_id, "
    "cardholder_name, correlation, trace, data"
)
_SAME = "'controller', 'access', 'access.granted', 'info'"
FILL = {
    "sqlite": f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        INSERT INTO event ({_COLUMNS})
        SELECT i, '{ID}' || printf('%012x', i), '2026-01-01 00:00:00.000000+00:00', '2026-01-01 00:00:00.000000+00:00',
          {_SAME}, 'door-' || (i % 64), 'Door ' || (i % 64), 'person-' || (i % 5000), 'Person ' || (i % 5000),
          '{ID}' || printf('%012x', i), '[]', '{{}}' FROM n""",
    "postgres": f"""INSERT INTO event ({_COLUMNS})
        SELECT i, '{ID}' || lpad(to_hex(i), 12, '0'), '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z',
          {_SAME}, 'door-' || (i % 64), 'Door ' || (i % 64), 'person-' || (i % 5000), 'Person ' || (i % 5000),
          '{ID}' || lpad(to_hex(i), 12, '0'), '[]', '{{}}' FROM generate_series(1, $1::bigint) AS i""",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is asked for: after a position, or the last one (None)."""

    name: str
    after: int | None

    @property
    def request(self) -> PageRequest:
        """As the query is asked."""
        if self.after is None:
            return PageRequest(last=PAGE)
        return PageRequest(first=PAGE, after=str(self.after) if self.after else None)

    @property
    def variables(self) -> dict[str, Any]:
        """As GraphQL is asked."""
        if self.after is None:
            return {"last": PAGE}
        return {"first": PAGE, "after": base64.urlsafe_b64encode(str(self.after).encode()).decode()}

    def sql(self, mark: str) -> tuple[str, list[int]]:
        """The same page in the database's own words."""
        if self.after is None:
            return f"SELECT * FROM event ORDER BY position DESC LIMIT {PAGE + 1}", []
        return f"SELECT * FROM event WHERE position > {mark} ORDER BY position LIMIT {PAGE + 1}", [self.after]


def places(rows: int) -> list[Place]:
    """The first, the middle and the last page."""
    return [Place("first", 0), Place("middle", rows // 2), Place("last", None)]


async def turns(ways: dict[str, Callable[[], Awaitable[object]]], rounds: int) -> dict[str, float]:
    """The median time of each in milliseconds, one after the other, again and again."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            await way()
            taken[name].append(1_000 * (time.perf_counter() - start))
    return {name: median(times[rounds // 5 :]) for name, times in taken.items()}


async def measure(
    engine: str, url: str, rows: int, rounds: int, bare: Callable[[Place], Callable[[], Awaitable[Any]]]
) -> dict[str, dict[str, float]]:
    """Milliseconds by place and way, and of a count."""
    schema, found = build_schema(), dict[str, dict[str, float]]()
    async with open_database(url):
        domain = Domain(Sealer(b"k" * 32), lambda: datetime.now(UTC))
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/graphql", "headers": [], "client": None}
        context = ApiContext(domain, COMMAND_LINE, Request(scope), Response())

        async def ask(text: str, variables: dict[str, Any] | None = None) -> Any:
            result = await schema.execute(text, variable_values=variables, context_value=context)
            assert result.errors is None, result.errors
            return result.data

        for place in places(rows):
            plain = bare(place)
            page = await page_events(COMMAND_LINE, place.request, EventFilter())
            positions = sorted(row["position"] for row in await plain())
            shown = positions[-PAGE:] if place.after is None else positions[:PAGE]
            assert [row.position for row in page.rows] == shown, (engine, place)
            found[place.name] = await turns(
                {
                    "bare SQL": plain,
                    "query": partial(page_events, COMMAND_LINE, place.request, EventFilter()),
                    "GraphQL": partial(ask, QUERY, place.variables),
                },
                rounds,
            )
        counted = await ask(COUNT)
        assert counted["events"]["totalCount"]["count"] == min(rows, 10_000)
        found["count"] = await turns({"GraphQL": partial(ask, COUNT)}, rounds)
    return found


async def on_sqlite(rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """Over a file in the cache folder, made when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doorward" / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"paging-{rows}.db"
    if not path.exists():
        await _make(path, rows)
    plain = sqlite3.connect(path)
    plain.row_factory = sqlite3.Row

    def bare(place: Place) -> Callable[[], Awaitable[Any]]:
        sql, values = place.sql("?")

        async def page() -> list[sqlite3.Row]:
            return plain.execute(sql, values).fetchall()

        return page

    try:
        return await measure("sqlite", sqlite_url(str(path)), rows, rounds, bare)
    finally:
        plain.close()


async def _make(path: Path, rows: int) -> None:
    """A file with so many events. It has its name when it is whole: while it is made nothing of it is durable."""
    unfinished = path.with_suffix(".unfinished")
    for left in path.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    async with open_database(sqlite_url(str(unfinished))):
        await ensure_site()
    filling = sqlite3.connect(unfinished)
    for setting in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -200000"):
        filling.execute(f"PRAGMA {setting}")
    # Sorting ten million entries of an index once is many times faster than placing each.
    indexes = filling.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'event' AND type = 'index'")
    made_again = [(name, sql) for name, sql in indexes.fetchall() if sql]
    for name, _ in made_again:
        filling.execute(f'DROP INDEX "{name}"')
    filling.execute("DELETE FROM event")
    filling.execute(FILL["sqlite"], [rows])
    for _, sql in made_again:
        filling.execute(sql)
    filling.commit()
    filling.execute("PRAGMA journal_mode = WAL")
    filling.close()
    unfinished.rename(path)


async def _fill(plain: asyncpg.Connection, rows: int) -> None:
    """So many events, without a log of the changes; indexes are sorted afterwards, as above."""
    await plain.execute("DELETE FROM event")
    await plain.execute("ALTER TABLE event SET UNLOGGED")
    indexes = await plain.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'event' "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    for row in indexes:
        await plain.execute(f'DROP INDEX "{row["indexname"]}"')
    await plain.execute(FILL["postgres"], rows, timeout=3_600)
    for row in indexes:
        await plain.execute(row["indexdef"], timeout=3_600)
    await plain.execute("VACUUM ANALYZE event", timeout=3_600)


async def on_postgres(rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """Over a server of its own, which ends with the benchmark."""
    server = PostgresServer({"max_wal_size": "512MB", "maintenance_work_mem": "256MB"}, in_memory=rows <= IN_MEMORY)
    try:
        server.start()
        url = server.create_database("paging")
        async with open_database(url):
            await ensure_site()
        plain = await asyncpg.connect(url)
        await _fill(plain, rows)

        def bare(place: Place) -> Callable[[], Awaitable[Any]]:
            sql, values = place.sql("$1")
            return lambda: plain.fetch(sql, *values)

        try:
            return await measure("postgres", url, rows, rounds, bare)
        finally:
            await plain.close()
    finally:
        server.stop()


def main() -> None:
    """Print the table and the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="how many events (default: 10,000,000)")
    parser.add_argument("--rounds", type=int, default=200, help="of each page (default: 200)")
    options = parser.parse_args()
    out: Callable[[str], object] = sys.stdout.write
    out(f"a page of {PAGE} of {options.rows:,} events, milliseconds (median), and how many times the bare SQL\n")
    out(f"{'':<10}{'page':<8}{'bare SQL':>10}{'query':>18}{'GraphQL':>20}\n")
    result: dict[str, Any] = {"name": "paging", "rows": options.rows, "unit": "ms a page"}
    for engine, run in (("sqlite", on_sqlite), ("postgres", on_postgres)):
        found = asyncio.run(run(options.rows, options.rounds))
        for place in ("first", "middle", "last"):
            ms = found[place]
            ratios = {way: ms[way] / ms["bare SQL"] for way in ("query", "GraphQL")}
            out(f"{engine:<10}{place:<8}{ms['bare SQL']:>10.2f}{ms['query']:>10.2f}{ratios['query']:>7.1f}x")
            out(f"{ms['GraphQL']:>12.2f}{ratios['GraphQL']:>7.1f}x\n")
        out(f"{engine:<10}{'count':<8}{'':>26}{found['count']['GraphQL']:>12.2f}\n")
        result[engine] = {place: {way: round(ms, 3) for way, ms in ways.items()} for place, ways in found.items()}
    result |= {
        "ours": result["sqlite"]["last"]["GraphQL"],
        "peer": result["sqlite"]["last"]["bare SQL"],
        "ratio": round(result["sqlite"]["last"]["GraphQL"] / result["sqlite"]["last"]["bare SQL"], 1),
    }
    out(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
