"""Who uses identification profiles besides doors. Areas whose rows name profiles add a finder (see cross_area.py)."""

from collections.abc import Awaitable, Callable, Collection, Sequence

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.doors.models import Door
from doorward.acs.rules.uses import Use

PROFILE_USES: list[Callable[[Collection[str]], Awaitable[Sequence[Use]]]] = []
"""Each finds the users of any of the profiles with these ids."""


async def other_uses(profile_id: str) -> list[Use]:
    """Everything but doors that uses a profile."""
    return [use for find in PROFILE_USES for use in await find([profile_id])]


async def in_use(profile_ids: Collection[str], connection: BaseDBAsyncClient | None = None) -> bool:
    """Whether a door has any of these profiles, or may get it."""
    if await Door.filter(profile_id__in=list(profile_ids)).using_db(connection).exists():
        return True
    return any([bool(await find(profile_ids)) for find in PROFILE_USES])
