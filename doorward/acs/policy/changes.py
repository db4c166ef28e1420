"""The list of what changed at each policy version: written by operations, read to make deltas."""

from collections import defaultdict
from collections.abc import Collection

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.policy.models import PolicyChange
from doorward.acs.policy_part import PolicyPart

ANYTHING = (PolicyPart.SITE, "*")
MOST_AT_ONCE = 20_000
"""More changes than this are sent as a whole policy: that is no more work, and one transaction less for the doors."""
KEEP_CHANGES = 100_000
TRIM_EVERY = 256
"""Versions between two looks at what may be forgotten."""

ChangedIds = dict[PolicyPart, set[str]]


async def record_changes(
    connection: BaseDBAsyncClient, version: int, changed: Collection[tuple[PolicyPart, str]]
) -> None:
    """Write down what an operation changed, in its transaction. Nothing named means that anything may have."""
    if not changed or len(changed) > MOST_AT_ONCE:
        changed = (ANYTHING,)
    rows = [PolicyChange(version=version, part=part, entity_id=entity_id) for part, entity_id in sorted(changed)]
    await PolicyChange.bulk_create(rows, batch_size=1_000, using_db=connection)
    if version % TRIM_EVERY == 0:
        await _trim(connection)


async def _trim(connection: BaseDBAsyncClient) -> None:
    """Forget whole versions, so that the oldest one kept is complete."""
    newest = PolicyChange.all().using_db(connection).order_by("-id")
    last = await newest.offset(KEEP_CHANGES).first()
    if last is not None:
        await PolicyChange.filter(version__lte=last.version).using_db(connection).delete()


async def changes_since(version: int, present: int) -> ChangedIds | None:
    """What changed after `version` up to `present`; None when that is not known, too much, or may be anything."""
    if version == present:
        return {}
    oldest = await PolicyChange.all().order_by("version").limit(1)
    if not 0 < version < present or not oldest or oldest[0].version > version + 1:
        return None
    rows = (
        await PolicyChange.filter(version__gt=version, version__lte=present)
        .limit(MOST_AT_ONCE + 1)
        .values_list("part", "entity_id")
    )
    if len(rows) > MOST_AT_ONCE:
        return None
    changed: ChangedIds = defaultdict(set)
    for part, entity_id in rows:
        if (PolicyPart(part), entity_id) == ANYTHING:
            return None
        changed[PolicyPart(part)].add(entity_id)
    return changed
