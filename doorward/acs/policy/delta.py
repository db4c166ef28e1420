"""What a controller must take in to get from one policy version to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from doorward.acs.decision.patch import FIELDS, PolicyChanges, key_of, settings_of
from doorward.acs.decision.policy import Policy
from doorward.acs.devices import Wiring
from doorward.acs.messages import PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.policy.changes import ChangedIds
from doorward.acs.policy.digests import Name
from doorward.acs.policy.parts import LOADERS, Scope, dependents, settings, wiring_of
from doorward.acs.policy.snapshot import name_entities, name_single
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site

_REWIRING = (PolicyPart.DEVICE, PolicyPart.DOOR, PolicyPart.READER)


@dataclass(frozen=True, slots=True)
class Delta:
    """The changes, and the whole wiring if that changed."""

    changes: PolicyChanges
    wiring: Wiring | None

    def digests(self) -> dict[Name, bytes | None]:
        """The new digest of everything in it; None for what is gone."""
        named: dict[Name, bytes | None] = {}
        for part, ids in self.changes.removed.items():
            named.update(((part, entity_id), None) for entity_id in ids)
        for part, field in FIELDS.items():
            named.update(name_entities(part, getattr(self.changes, field)))
        return named | name_single(self.changes.settings, self.wiring)


async def with_dependents(changed: ChangedIds) -> ChangedIds:
    """The same and what hangs on the doors in it: they may have come from or gone to another controller."""
    widened = {part: set(ids) for part, ids in changed.items()}
    if doors := changed.get(PolicyPart.DOOR):
        for part, ids in (await dependents(doors)).items():
            widened.setdefault(part, set()).update(ids)
    return widened


async def load_delta(scope: Scope, changed: ChangedIds) -> Delta:
    """Read what changed, inside a consistent reading."""
    found = {part: await LOADERS[part](scope, ids) for part, ids in changed.items() if part in LOADERS and ids}
    empty = await settings(scope, await Site.get(id=SITE_ID)) if PolicyPart.SITE in changed else None
    wiring = await wiring_of(scope) if any(part in changed for part in _REWIRING) else None
    return Delta(changes_of(found, changed, empty), wiring)


def pick_delta(snapshot: PolicySnapshot, changed: ChangedIds) -> Delta:
    """The same out of a whole policy that was compiled anyway."""
    found = {
        part: tuple(entity for entity in getattr(snapshot.policy, field) if key_of(entity) in changed[part])
        for part, field in FIELDS.items()
        if part in changed
    }
    return Delta(changes_of(found, changed, settings_of(snapshot.policy)), snapshot.wiring)


def changes_of(found: dict[PolicyPart, tuple[Any, ...]], changed: ChangedIds, empty: Policy | None) -> PolicyChanges:
    """What was found of what changed, and what was not: it is gone."""
    removed = {part: _missing(changed[part], entities) for part, entities in found.items()}
    fields: dict[str, Any] = {FIELDS[part]: entities for part, entities in found.items()}
    gone = {part: ids for part, ids in removed.items() if ids}
    return PolicyChanges(**fields, removed=gone, settings=empty)


def _missing(ids: Iterable[str], entities: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted(set(ids) - {key_of(entity) for entity in entities}))
