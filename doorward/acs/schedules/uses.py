"""What uses a schedule. Areas whose rows name schedules have a finder in `USES` (see cross_area.py)."""

from collections.abc import Awaitable, Callable, Collection, Sequence

Use = tuple[str, str, str]
"""What it is ("access rule"), its id, its name."""
UseFinder = Callable[[Collection[str]], Awaitable[Sequence[Use]]]

USES: list[UseFinder] = []
"""Each finds the users of any of the schedules with these ids, for callers who were allowed to ask."""


async def uses_of(schedule_id: str) -> list[Use]:
    """Everything that uses a schedule, area by area."""
    return [use for find in USES for use in await find([schedule_id])]


def named(uses: Sequence[Use], most: int = 5) -> str:
    """The users for a sentence: access rule Staff, access rule Cleaners and 3 more."""
    words = [f"{kind} {name}" for kind, _, name in uses[:most]]
    rest = len(uses) - len(words)
    return ", ".join(words) + (f" and {rest} more" if rest else "")
