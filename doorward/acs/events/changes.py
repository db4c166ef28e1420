"""What the audit says of entities: which one was created, changed or deleted, and what of it.

Every audit event tells its subject: by a column where there is one for its kind, else as `subject` in its data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from doorward.acs.actor import Permission
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event


class EntityKind(StrEnum):
    """A kind of things that are set up and changed."""

    ACCESS_RULE = "access_rule"
    """Who may pass where and when."""
    AUX_INPUT = "aux_input"
    """An input that belongs to no door."""
    AUX_OUTPUT = "aux_output"
    """An output that belongs to no door."""
    CAMERA = "camera"
    """A camera that is recorded."""
    CARD_FORMAT = "card_format"
    """How the bits of cards are read."""
    CARDHOLDER = "cardholder"
    """A person who may hold credentials."""
    CONTROLLER = "controller"
    """What owns doors and decides at them."""
    CREDENTIAL = "credential"
    """What a cardholder shows to be let in."""
    CUSTOM_FIELD = "custom_field"
    """A field that the site has added to its cardholders."""
    DEVICE = "device"
    """Hardware on a controller's lines or on the network."""
    DOOR = "door"
    """A door, its settings and its wiring."""
    ELEVATOR = "elevator"
    """An elevator; its floors are doors."""
    GROUP = "group"
    """Cardholders who share access rules."""
    HOLIDAY_CALENDAR = "holiday_calendar"
    """Dates that override schedules follow."""
    INTERLOCK = "interlock"
    """Doors of which one is released only while the others are closed and locked."""
    LOCAL_RULE = "local_rule"
    """What a controller switches by itself."""
    OVERRIDE_SCHEDULE = "override_schedule"
    """Days on which schedules have other times than usual."""
    PIN_RULES = "pin_rules"
    """The site's rules for PINs."""
    PROFILE = "profile"
    """An identification profile: what must be shown at a door."""
    READER = "reader"
    """A reader at one side of a door."""
    SCHEDULE = "schedule"
    """The times at which something holds."""
    SIGN_IN_RULES = "sign_in_rules"
    """What the site asks of those who sign in."""
    SIGNAL_SET = "signal_set"
    """Lights and sounds of readers, under a name."""
    SITE = "site"
    """The site's own settings."""
    THREAT_LEVEL = "threat_level"
    """A level of threat and what it does to doors and rules."""
    TOKEN = "token"  # noqa: S105 - a kind of things
    """A token by which a program uses the API."""
    USER = "user"
    """Who signs in, or a program's account."""
    ZONE = "zone"
    """An area that doors lead into and out of."""


class ChangeKind(StrEnum):
    """What became of an entity."""

    CREATED = "created"
    """It is new."""
    UPDATED = "updated"
    """Something of it is other than before."""
    DELETED = "deleted"
    """It is gone; its id finds nothing any more."""


VIEWED_WITH: dict[EntityKind, Permission] = dict.fromkeys(EntityKind, Permission.CONFIGURATION_VIEW) | {
    EntityKind.CAMERA: Permission.CAMERA_VIEW,
    EntityKind.CARDHOLDER: Permission.CARDHOLDER_VIEW,
    EntityKind.CREDENTIAL: Permission.CARDHOLDER_VIEW,
    EntityKind.DOOR: Permission.DOOR_VIEW,
    EntityKind.SIGN_IN_RULES: Permission.USER_WRITE,
    EntityKind.TOKEN: Permission.USER_WRITE,
    EntityKind.USER: Permission.USER_WRITE,
}
"""The permission with which each kind is looked at, and with which its changes are followed."""

_COLUMNS = {
    EntityKind.CAMERA: "camera",
    EntityKind.CARDHOLDER: "cardholder",
    EntityKind.DOOR: "door",
}
_SINGLE = frozenset({EntityKind.PIN_RULES, EntityKind.SIGN_IN_RULES, EntityKind.SITE})
_OTHERWISE: dict[EventType, EntityKind] = {
    EventType.READER_SIGNALS_CHANGED: EntityKind.SITE,
    EventType.OSDP_MAIN_KEY_CHANGED: EntityKind.SITE,
    EventType.WIEGAND_DEVICE_UPDATED: EntityKind.DEVICE,
    EventType.GPIO_DEVICE_UPDATED: EntityKind.DEVICE,
    EventType.CARD_CREATED: EntityKind.CREDENTIAL,
    EventType.CARD_UPDATED: EntityKind.CREDENTIAL,
    EventType.MOBILE_INVITED: EntityKind.CREDENTIAL,
    EventType.MOBILE_PAIRED: EntityKind.CREDENTIAL,
    EventType.MOBILE_REVOKED: EntityKind.CREDENTIAL,
    EventType.MOBILE_INVITATION_EXPIRED: EntityKind.CREDENTIAL,
}
_NO_CHANGE = frozenset(
    {
        EventType.USER_SIGNED_IN,
        EventType.USER_SIGN_IN_FAILED,
        EventType.USER_SIGNED_OUT,
        EventType.USER_SESSIONS_ENDED,
        EventType.USER_UNLOCKED,
        EventType.SIGN_IN_LIMITED,
        EventType.DOOR_COMMANDED,
        EventType.DOOR_COMMAND_FAILED,
        EventType.ZONE_COMMANDED,
        EventType.AUX_OUTPUT_COMMANDED,
        EventType.AUX_OUTPUT_COMMAND_FAILED,
        EventType.CREDENTIAL_QR_SHOWN,
        EventType.CONTROLLER_ENROLMENT_FAILED,
        EventType.DEVICE_KEY_SHOWN,
        EventType.DEVICE_FILE_SENT,
        EventType.DEVICE_ORDER_ENDED,
    }
)


def _declare() -> dict[EventType, tuple[EntityKind, ChangeKind]]:
    """What kind of entity each audit event changes, and how: its type says so (`audit.<kind>.<what>`)."""
    kinds = {kind.value: kind for kind in EntityKind}
    table = {}
    for event_type in EventType:
        area, _, rest = event_type.value.partition(".")
        name, _, what = rest.partition(".")
        kind = _OTHERWISE.get(event_type) or kinds.get(name)
        if area != "audit" or kind is None or event_type in _NO_CHANGE:
            continue
        change = ChangeKind.CREATED if what == "created" else ChangeKind.UPDATED
        if what == "deleted" or event_type is EventType.TOKEN_REVOKED:
            change = ChangeKind.DELETED
        table[event_type] = kind, change
    return table


CHANGES: dict[EventType, tuple[EntityKind, ChangeKind]] = _declare()


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field with what it was and what it is, as JSON; None where it is not told."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One entity changed. `id` is None for that of which there is one, such as the site's rules."""

    kind: EntityKind
    change: ChangeKind
    id: str | None
    name: str | None
    fields: tuple[ChangedField, ...]


@lru_cache(maxsize=1_000)
def visible_types(permissions: frozenset[Permission], kinds: frozenset[EntityKind]) -> frozenset[EventType]:
    """The types of events that tell of changes to these kinds (none: to any), of those that may be looked at."""
    wanted = kinds or frozenset(EntityKind)
    if EntityKind.READER in wanted:
        wanted |= {EntityKind.DEVICE}
    return frozenset(
        event_type for event_type, (kind, _) in CHANGES.items() if kind in wanted and VIEWED_WITH[kind] in permissions
    )


def change_of(row: Event) -> Change | None:
    """What an event says of an entity; None: it tells of none."""
    declared = CHANGES.get(row.type)
    if declared is None or not isinstance(row.data, dict):
        return None
    kind, change = declared
    entity_id, name = _subject(kind, row)
    kind = _told_as(kind, row, entity_id)
    if entity_id is None and kind not in _SINGLE:
        return None
    before, after = _part(row, "before"), _part(row, "after")
    fields = tuple(ChangedField(key, before.get(key), after.get(key)) for key in {**before, **after} if key != "id")
    return Change(kind, change, None if kind in _SINGLE else entity_id, name, fields)


def _subject(kind: EntityKind, row: Event) -> tuple[str | None, str | None]:
    subject = row.data.get("subject")
    if isinstance(subject, dict):
        return subject.get("id"), subject.get("name")
    column = _COLUMNS.get(kind)
    if column is None:
        return None, None
    return getattr(row, f"{column}_id"), getattr(row, f"{column}_name")


def _told_as(kind: EntityKind, row: Event, entity_id: str | None) -> EntityKind:
    """A reader that comes or goes is told as a device by some events; its column says which it is."""
    is_reader = kind is EntityKind.DEVICE and row.reader_id is not None and row.reader_id == entity_id
    return EntityKind.READER if is_reader else kind


def _part(row: Event, name: str) -> Mapping[str, Any]:
    found = row.data.get(name)
    return found if isinstance(found, dict) else {}
