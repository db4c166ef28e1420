"""The world that a question is answered in: as the server knows it now, or as it may be taken to be at another time."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from tortoise.functions import Count

from doorward.acs.credentials.models import Credential
from doorward.acs.decision.compiled import Place
from doorward.acs.decision.decision import Conditions, DoorCondition
from doorward.acs.decision.memory import Change, Memory, Presence, Table, Use
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.domain import Domain
from doorward.acs.doors.condition import door_condition
from doorward.acs.messages import DoorStatus
from doorward.acs.questions.kept import SitePolicy
from doorward.acs.zones import models as zones
from doorward.acs.zones.layout import read_layout


class Assumption(StrEnum):
    """What an answer takes for granted, because it cannot be known."""

    DOORS_READY = "doors_ready"
    """The doors are online, closed, locked and not in lockdown, but for what a threat level imposes."""
    WHEREABOUTS_UNKNOWN = "whereabouts_unknown"
    """Nobody is in any zone: where people will be is not known."""
    NO_FURTHER_USES = "no_further_uses"
    """Credentials are not used until then."""
    NOTHING_CHANGES = "nothing_changes"
    """Rules, people and credentials are as they are now."""
    ALONE = "alone"
    """Nobody else waits at the door."""
    SHOWN_RIGHTLY = "shown_rightly"
    """What is shown is read well, PINs are right, and the reader is not locked out."""
    NO_READER = "no_reader"
    """A reader is at this side of the door, where there is none now."""


WORDS: dict[Assumption, str] = {
    Assumption.DOORS_READY: (
        "The doors are online, closed, locked and not in lockdown, except for a lockdown that a threat level imposes."
    ),
    Assumption.WHEREABOUTS_UNKNOWN: "Nobody is in any zone: where people will be is not known.",
    Assumption.NO_FURTHER_USES: "Credentials are not used until then.",
    Assumption.NOTHING_CHANGES: "Rules, people and credentials are as they are now.",
    Assumption.ALONE: "Nobody else waits at the door.",
    Assumption.SHOWN_RIGHTLY: "What is shown is read well, PINs are entered rightly, and the reader is not locked out.",
    Assumption.NO_READER: "A reader is at this side of the door. There is none now.",
}

_ALWAYS = (Assumption.ALONE, Assumption.SHOWN_RIGHTLY)
_LATER = (
    Assumption.NOTHING_CHANGES,
    Assumption.DOORS_READY,
    Assumption.WHEREABOUTS_UNKNOWN,
    Assumption.NO_FURTHER_USES,
)


def assumptions_of(site: SitePolicy, place: Place | None, at: datetime | None) -> tuple[Assumption, ...]:
    """What an answer about this door side takes for granted. `at` None: it is about now."""
    here = any(place in spot.places for spot in site.compiled.spots.values())
    return (*(() if at is None else _LATER), *_ALWAYS, *(() if here else (Assumption.NO_READER,)))


async def read_conditions(
    domain: Domain,
    site: SitePolicy,
    door_id: str,
    at: datetime | None,
    cardholder_ids: Collection[str] | None = None,
) -> Conditions:
    """The world as the controller of this door has it, as far as these people (None: all) are concerned.

    Doors of other controllers are left out: a controller does not know their state.
    """
    owner = site.controllers.get(door_id)
    doors = [door for door in site.policy.doors if site.controllers.get(door.id) == owner]
    memory = Memory()
    memory.apply([Change(Table.USE, key, use) for key, use in (await _uses(cardholder_ids)).items()])
    if at is not None:
        return Conditions(memory, {door.id: DoorCondition() for door in doors})
    memory.apply([Change(Table.PRESENCE, key, value) for key, value in (await _presences(cardholder_ids)).items()])
    memory.apply([Change(Table.OCCUPANCY, key, value) for key, value in (await _occupancies()).items()])
    return Conditions(memory, {door.id: _told(door, domain.doors.status(door.id)) for door in doors})


def _told(door: DoorPolicy, status: DoorStatus) -> DoorCondition:
    """As the door's controller told last."""
    return door_condition(door, status.mode, status.position, online=status.online, released=status.released)


async def _uses(cardholder_ids: Collection[str] | None) -> dict[str, Use]:
    """How credentials with relative validity were used."""
    rows = Credential.filter(relative_start__isnull=False, uses__gt=0)
    if cardholder_ids is not None:
        rows = rows.filter(cardholder_id__in=list(cardholder_ids))
    found = await rows.values_list("id", "first_used_at", "last_used_at", "uses")
    return {str(credential_id): Use(first, last, uses) for credential_id, first, last, uses in found}


async def _presences(cardholder_ids: Collection[str] | None) -> dict[str, Presence]:
    rows = zones.Presence.all()
    if cardholder_ids is not None:
        rows = rows.filter(cardholder_id__in=list(cardholder_ids))
    found = await rows.values_list("cardholder_id", "zone_id", "since")
    return {str(cardholder_id): Presence(zone_id, since) for cardholder_id, zone_id, since in found}


async def _occupancies() -> dict[str, int]:
    """How many people are in each zone, those in the zones inside it included."""
    layout = await read_layout()
    rows = zones.Presence.filter(zone_id__isnull=False).group_by("zone_id").annotate(n=Count("id"))
    counts = Counter(dict(await rows.values_list("zone_id", "n")))
    return {zone_id: sum(counts[inner] for inner in within) for zone_id, within in layout.within.items()}
