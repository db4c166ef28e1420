"""The policy as it would be after a draft: its changes are rehearsed, what comes of them is read, all is undone."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tortoise.exceptions import OperationalError

from doorward.acs.actor import Actor
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.patch import PolicyChanges, apply
from doorward.acs.decision.policy import Policy
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, Conflict, ValidationFailed
from doorward.acs.operation import Work
from doorward.acs.people.group_operations import add_members, remove_members
from doorward.acs.people.operations import delete_cardholder, update_cardholder
from doorward.acs.policy.changes import MOST_AT_ONCE
from doorward.acs.policy.delta import changes_of, with_dependents
from doorward.acs.policy_part import PolicyPart
from doorward.acs.questions.kept import SitePolicy
from doorward.acs.questions.site_policy import PARTS, load_part, present_version, read_whole, site_policy, site_scope
from doorward.acs.rehearsal import Rehearsed, rehearsal
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.schedules.operations import update_schedule
from doorward.acs.threats.operations import update_threat_level
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.acs.zones.operations import set_zone_doors

DRAFTABLE = (
    create_access_rule,
    update_access_rule,
    change_access_rule_members,
    delete_access_rule,
    update_cardholder,
    delete_cardholder,
    add_members,
    remove_members,
    update_schedule,
    set_zone_doors,
    update_threat_level,
    set_threat_level,
    release_threat_level,
)
"""The operations that a draft may be made of: they change nothing but rows, and who may pass where and when."""

MOST_CHANGES = 50
_ATTEMPTS = 3
_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"

Draft = Sequence[Rehearsed]


async def drafted_policies(domain: Domain, actor: Actor, draft: Draft) -> tuple[SitePolicy, CompiledPolicy]:
    """The present policy of the site, and what the draft would make of it. Nothing of the draft remains.

    Raises what its operations raise, naming the change.
    """
    if not 1 <= len(draft) <= MOST_CHANGES:
        raise ValidationFailed(f"A draft has 1 to {MOST_CHANGES} changes, not {len(draft)}.", "draft")
    for _ in range(_ATTEMPTS):
        site = await site_policy(domain)
        changes = await _rehearse(domain, actor, draft, site.policy.version)
        if changes is not None:
            return site, await asyncio.to_thread(_changed, site.policy, changes)
    raise Conflict("Somebody else keeps changing the configuration. Ask again in a moment.")


def _changed(policy: Policy, changes: PolicyChanges | Policy) -> CompiledPolicy:
    if isinstance(changes, PolicyChanges):
        changes = apply(policy, changes, policy.version, "")
    return CompiledPolicy(changes)


async def _rehearse(domain: Domain, actor: Actor, draft: Draft, version: int) -> PolicyChanges | Policy | None:
    """What the draft changes in the policy of this version, or the whole policy; None if there is another by now.

    A policy changes in the transaction that counts its version, so what is read while it stays is all of it.
    """
    try:
        async with rehearsal(domain, actor) as work:
            await _run(work, draft)
            changes = await _read(domain, work)
            return changes if await present_version() == version else None
    except Exception as error:
        if not _in_the_way(error):
            raise
        raise Conflict("Something that the draft concerns is being changed at this moment. Ask again.") from error


async def _run(work: Work, draft: Draft) -> None:
    for number, change in enumerate(draft, 1):
        try:
            await change.run(work)
        except AcsError as error:
            message = f"Change {number} of the draft: {error.message}"
            raise type(error)(message, "draft", str(number - 1), *error.path) from error


async def _read(domain: Domain, work: Work) -> PolicyChanges | Policy:
    changed: dict[PolicyPart, set[str]] = defaultdict(set)
    for part, entity_id in work.policy_parts:
        changed[part].add(entity_id)
    if len(work.policy_parts) > MOST_AT_ONCE:
        raise ValidationFailed(f"The draft changes more than {MOST_AT_ONCE:,} things at once. Divide it.", "draft")
    if work.policy_changed and not changed:
        return await read_whole(domain)
    scope, widened = await site_scope(domain), await with_dependents(changed)
    found: dict[PolicyPart, tuple[Any, ...]] = {
        part: await load_part(scope, part, ids) for part, ids in widened.items() if part in PARTS and ids
    }
    return changes_of(found, widened, None)


def _in_the_way(error: BaseException | None) -> bool:
    """Whether another transaction holds what this one wanted."""
    while error is not None:
        if getattr(error, "sqlstate", None) in {_LOCK_NOT_AVAILABLE, _DEADLOCK}:
            return True
        if isinstance(error, OperationalError) and "database is locked" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
