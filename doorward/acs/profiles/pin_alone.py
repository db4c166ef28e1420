"""Doors that a PIN alone opens: there, no two people may have the same PIN."""

from collections.abc import Awaitable, Callable, Collection

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.policy import IdentificationType
from doorward.acs.operation import Work
from doorward.acs.profiles.models import Profile, ProfileMethod
from doorward.acs.profiles.uses import in_use

BEFORE_PIN_ALONE: list[Callable[[Work], Awaitable[None]]] = []
"""Checks made before the first door is opened by a PIN alone. Each raises Conflict with what is to be mended."""


async def pin_alone_profiles(ids: Collection[str], connection: BaseDBAsyncClient | None = None) -> set[str]:
    """Those of the profiles that accept a PIN by itself, on either side."""
    methods = ProfileMethod.filter(profile_id__in=list(ids)).using_db(connection)
    rows = await methods.values_list("profile_id", "types")
    return {profile_id for profile_id, types in rows if types == [IdentificationType.PIN.value]}


async def pin_alone_in_use(connection: BaseDBAsyncClient | None = None) -> bool:
    """Whether any door has a profile that accepts a PIN by itself, or may get one."""
    profiles = await Profile.all().using_db(connection).values_list("id", flat=True)
    return await in_use(await pin_alone_profiles([str(one) for one in profiles], connection), connection)


async def require_unique_pins(work: Work) -> None:
    """Call before a PIN alone opens a door. Raises what the checks of BEFORE_PIN_ALONE raise."""
    for check in BEFORE_PIN_ALONE:
        await check(work)
