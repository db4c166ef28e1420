"""The whole policy of one controller, compiled from the tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec

from doorward.acs.decision.patch import FIELDS, key_of
from doorward.acs.decision.policy import Policy
from doorward.acs.decision.sharing import share
from doorward.acs.devices import Wiring
from doorward.acs.domain import Domain
from doorward.acs.messages import PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.policy.content import digest
from doorward.acs.policy.digests import Digests, Name
from doorward.acs.policy.parts import LOADERS, Scope, settings, wiring_of
from doorward.acs.policy.reading import consistent
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole policy, and the digest of everything in it."""

    snapshot: PolicySnapshot
    digests: Digests


async def compile_policy(domain: Domain, controller_id: str) -> PolicySnapshot:
    """All that the controller needs to decide alone, of one moment, with its content."""
    async with consistent():
        whole = await compile_whole(Scope(domain, controller_id))
    return whole.snapshot


async def compile_whole(scope: Scope) -> Whole:
    """The whole policy, inside a consistent reading. Of a large site it takes seconds: see `reading.aside`."""
    site = await Site.get(id=SITE_ID)
    empty = await settings(scope, site)
    found: dict[str, tuple[Any, ...]] = {FIELDS[part]: await load(scope, None) for part, load in LOADERS.items()}
    share(found["cardholders"], found["credentials"])
    wiring = await wiring_of(scope)
    entities = (name_entities(part, found[FIELDS[part]]) for part in LOADERS)
    digests = Digests(chain(name_single(empty, wiring).items(), *entities))
    policy = msgspec.structs.replace(empty, version=site.policy_version, content=digests.content, **found)
    return Whole(PolicySnapshot(policy, wiring), digests)


def name_single(empty: Policy | None, wiring: Wiring | None) -> dict[Name, bytes]:
    """The digests of the settings and of the wiring, as far as they are given."""
    named: dict[Name, bytes] = {}
    if empty is not None:
        named[PolicyPart.SITE, ""] = digest(PolicyPart.SITE, empty)
    if wiring is not None:
        named[PolicyPart.DEVICE, ""] = digest(PolicyPart.DEVICE, wiring)
    return named


def name_entities(part: PolicyPart, entities: Iterable[Any]) -> Iterator[tuple[Name, bytes]]:
    """The digest of each entity."""
    return (((part, key_of(entity)), digest(part, entity)) for entity in entities)
