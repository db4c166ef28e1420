"""How full zones are: what there is to tell when that changes, and how many are where."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.memory import Memory
from doorward.acs.decision.policy import ZonePolicy
from doorward.acs.events.catalogue import EventType


@dataclass(frozen=True, slots=True)
class Level:
    """How many people are in a zone (None: one that the policy does not have, which has no limits)."""

    zone: ZonePolicy | None
    people: int

    @property
    def is_full(self) -> bool:
        """As many are in it as it may hold."""
        most = self.zone.max_occupancy if self.zone is not None else None
        return most is not None and self.people >= most

    @property
    def is_lonely(self) -> bool:
        """Somebody is in it, but fewer than should be."""
        return self.zone is not None and 0 < self.people < self.zone.min_occupancy


def crossed(before: Level, after: Level) -> Iterator[EventType]:
    """What begins and what ends between the two."""
    if after.is_full is not before.is_full:
        yield EventType.ZONE_FULL if after.is_full else EventType.ZONE_FULL_CLEARED
    if after.is_lonely is not before.is_lonely:
        yield EventType.ZONE_BELOW_MINIMUM if after.is_lonely else EventType.ZONE_BELOW_MINIMUM_CLEARED


def everybody(policy: CompiledPolicy, memory: Memory) -> Counter[str]:
    """How many are in each zone by where they are known to be, those in the zones inside it included."""
    return Counter(
        zone_id
        for presence in memory.presence.items().values()
        for zone_id in policy.chains.get(presence.zone_id or "", ())
    )
