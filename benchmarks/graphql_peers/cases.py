"""What all of them answer, and how it is timed. Nothing but the standard library."""

import asyncio
import enum
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

FIELDS = "id name number weight active note colour at count label"
QUERIES = {
    "1,000 objects x 10 fields": f"{{ things {{ {FIELDS} }} }}",
    "a relay page of 100": (
        f"{{ page {{ edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    ),
    "a detail view": f"{{ thing {{ {FIELDS} parts {{ id name number }} owner {{ id name parts {{ id }} }} }} }}",
}
SDL = """
enum Colour { RED GREEN BLUE }
scalar DateTime
type Thing {
  id: ID! name: String! number: Int! weight: Float! active: Boolean! note: String colour: Colour! at: DateTime!
  count: Int! label: String! parts: [Thing!]! owner: Thing
}
type Edge { cursor: String! node: Thing! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Page { edges: [Edge!]! pageInfo: PageInfo! }
type Query { things: [Thing!]! page: Page! thing: Thing! }
"""


class Colour(enum.Enum):
    """An enum of the API."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@dataclass
class Row:
    """A thing as it comes from elsewhere."""

    id: str
    name: str
    number: int
    weight: float
    active: bool
    note: str | None
    colour: Colour
    at: datetime
    count: int
    label: str
    parts: list["Row"] = field(default_factory=list)
    owner: "Row | None" = None


@dataclass
class EdgeRow:
    """A row and its place."""

    cursor: str
    node: Row


@dataclass
class PageInfoRow:
    """Where a page lies."""

    has_next_page: bool
    end_cursor: str | None


@dataclass
class PageRow:
    """A page of rows."""

    edges: list[EdgeRow]
    page_info: PageInfoRow


def row(number: int) -> Row:
    """A row with a value of each kind."""
    at = datetime(2026, 11, 23, 12, number % 60, tzinfo=UTC)
    return Row(
        f"{number:08}", f"Thing {number}", number, number / 4, number % 2 == 0, None if number % 3 else "a note",
        list(Colour)[number % 3], at, number * 7, "label",
    )  # fmt: skip


ROWS = [row(number) for number in range(1_000)]
PAGE = PageRow([EdgeRow(one.id, one) for one in ROWS[:100]], PageInfoRow(True, ROWS[99].id))
DETAIL = row(5)
DETAIL.parts = ROWS[:5]
DETAIL.owner = row(6)
DETAIL.owner.parts = ROWS[5:8]

Run = Callable[[str], Awaitable[Any]]
"""Executes a request and returns its data."""


def serve(run: Run) -> None:
    """Answer the lines of the standard input: a case and how long to repeat it. Writes the fastest, or the answer."""

    async def answers() -> None:
        for line in sys.stdin:
            case, seconds = json.loads(line)
            query = QUERIES[case]
            if not seconds:
                sys.stdout.write(json.dumps(await run(query)) + "\n")
            else:
                sys.stdout.write(f"{await fastest(run, query, seconds)}\n")
            sys.stdout.flush()

    asyncio.run(answers())


async def fastest(run: Run, query: str, seconds: float) -> float:
    """The shortest of as many executions as fit into the time, in seconds."""
    best, end = float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        await run(query)
        best = min(best, time.perf_counter() - start)
    return best
