"""Who uses identification profiles besides doors. Areas whose rows name profiles add a finder (see cross_area.py)."""

from collections.abc import Collection

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.doors.models import Door
from doorward.acs.used_by import UseFinder

PROFILE_USES: list[UseFinder] = []
"""Each finds the users of any of the profiles with these ids."""


async def in_use(profile_ids: Collection[str], connection: BaseDBAsyncClient | None = None) -> bool:
    """Whether a door has any of these profiles, or may get it."""
    if await Door.filter(profile_id__in=list(profile_ids)).using_db(connection).exists():
        return True
    return any([bool(await find(profile_ids)) for find in PROFILE_USES])
