"""The policy of the whole site, as questions need it: every controller's doors in one, and no credentials."""

from collections.abc import Collection
from functools import partial
from typing import Any

import msgspec

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.patch import FIELDS
from doorward.acs.decision.policy import DoorPolicy, Policy, ReaderPolicy
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Door
from doorward.acs.doors.policy import door_policies, reader_policies
from doorward.acs.operation import SITE_ID
from doorward.acs.policy.parts import LOADERS, Scope, settings
from doorward.acs.policy.reading import aside, consistent
from doorward.acs.policy_part import PolicyPart
from doorward.acs.questions.kept import SitePolicy
from doorward.acs.site.models import Site
from doorward.acs.threats.posture import under_threat

PARTS = tuple(part for part in LOADERS if part is not PolicyPart.CREDENTIAL)
Ids = Collection[str] | None


async def present_version() -> int:
    """The version of the policy as this transaction, or anybody, sees it now."""
    return int((await Site.get(id=SITE_ID)).policy_version)


async def site_policy(domain: Domain) -> SitePolicy:
    """The present policy of the site. Made aside when it has changed since it was asked for last, once for all."""
    kept = domain.kept
    async with kept.making:
        if kept.site is None or kept.site.policy.version != await present_version():
            kept.site = await aside(partial(_read, domain))
        return kept.site


async def _read(domain: Domain) -> SitePolicy:
    async with consistent():
        policy = await read_whole(domain)
        controllers = dict(await Door.all().values_list("id", "controller_id"))
    return SitePolicy(policy, CompiledPolicy(policy), controllers)


async def read_whole(domain: Domain) -> Policy:
    """The policy of all doors without credentials, inside a consistent reading."""
    site, scope = await Site.get(id=SITE_ID), await site_scope(domain)
    found: dict[str, Any] = {FIELDS[part]: await load_part(scope, part, None) for part in PARTS}
    return msgspec.structs.replace(await settings(scope, site), version=site.policy_version, **found)


async def site_scope(domain: Domain) -> Scope:
    """A scope of all doors, and of no controller."""
    return Scope(domain, "", frozenset(str(door_id) for door_id in await Door.all().values_list("id", flat=True)))


async def load_part(scope: Scope, part: PolicyPart, ids: Ids) -> tuple[Any, ...]:
    """The entities of a part, of every controller, in the order of their ids; all, or those of `ids`."""
    if part is PolicyPart.DOOR:
        doors: list[DoorPolicy] = []
        for controller_id in await _controller_ids():
            doors += await door_policies(controller_id, ids)
        under, _ = under_threat(await scope.posture(), doors, ())
        return tuple(sorted(under, key=lambda door: door.id))
    if part is PolicyPart.READER:
        readers: list[ReaderPolicy] = []
        for controller_id in await _controller_ids():
            readers += await reader_policies(controller_id, ids)
        return tuple(sorted(readers, key=lambda reader: reader.id))
    return await LOADERS[part](scope, ids)


async def _controller_ids() -> list[str]:
    return [str(controller_id) for controller_id in await Controller.all().order_by("id").values_list("id", flat=True)]
