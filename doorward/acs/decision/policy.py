"""The policy snapshot: everything a controller needs to decide alone, as it crosses processes (msgspec).

A field that is added later has a default, so that a snapshot kept by an older controller still opens.
References that lead nowhere are allowed here; `decide` denies on them. The indexes over a policy are
in `compiled.py`. Cardholders and credentials, of which there may be millions, are out of the garbage collector's
sight (they form no cycles) and are encoded without the fields that have their default.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.card_format import CardFormat
from doorward.acs.decision.schedule import Schedule


class Side(StrEnum):
    """A side of a door: a reader on side A is passed going from side A to side B."""

    A = "A"
    """Whoever passes from here comes out at side B."""
    B = "B"
    """Whoever passes from here comes out at side A."""

    @property
    def other(self) -> "Side":
        """The side that one comes out at."""
        return Side.B if self is Side.A else Side.A


# Doors.


class DoorKind(StrEnum):
    """What stands there: an ordinary door, a wireless lock, a sensor only, nothing yet, or a floor of an elevator."""

    DOOR = "door"
    """A door with locks, readers and inputs of its own."""
    WIRELESS = "wireless"
    """A wireless lock, which its hub reaches by radio."""
    MONITORING = "monitoring"
    """A position sensor only: it has no lock and no readers."""
    PROVISIONED = "provisioned"
    """A placeholder for hardware that is still to come; it alone may lack a controller."""
    FLOOR = "floor"
    """A floor of an elevator, with one relay that frees its button."""


class RelockOn(StrEnum):
    """When a released strike locks again before its access time is over."""

    OPEN = "open"
    """When it is opened, after the relock delay."""
    CLOSE = "close"
    """When it has closed again, after the relock delay."""


class EmergencyAction(StrEnum):
    """What a door does while its emergency input is active."""

    UNLOCK = "unlock"
    """The door unlocks, even out of a lockdown."""
    LOCK = "lock"
    """The door is in lockdown."""


class TwoPersonRule(msgspec.Struct, frozen=True):
    """Two different people must show valid credentials within `timeout_ms`, at `sides`, while a schedule applies.

    No `schedules`: always. `groups`: one of the two must belong to one of them (for example managers).
    """

    sides: tuple[Side, ...] = (Side.A, Side.B)
    schedules: tuple[str, ...] = ()
    timeout_ms: int = 30_000
    groups: tuple[str, ...] = ()


class DoubleSwipe(msgspec.Struct, frozen=True):
    """A permitted cardholder who shows a credential twice within `timeout_ms` toggles the door."""

    timeout_ms: int = 5_000


class FirstPersonIn(msgspec.Struct, frozen=True):
    """An unlock schedule waits until somebody of these groups (none named: anybody) has come in that day."""

    groups: tuple[str, ...] = ()


class DoorPolicy(msgspec.Struct, frozen=True):
    """One door. All times in milliseconds.

    `held_after_ms` is the open-too-long time; `pre_alarm_ms` before its end a warning sounds (0: none).
    The `long_` times are those of cardholders with long access time. `lockdown` is imposed by a threat
    level, on top of what operators set. `profile_id` None: a card, always, on both sides.
    """

    id: str
    name: str
    access_time_ms: int = 7_000
    held_after_ms: int = 20_000
    relock_on: RelockOn = RelockOn.CLOSE
    relock_delay_ms: int = 0
    forced_alarm: bool = True
    held_alarm: bool = True
    rex_unlocks: bool = True
    kind: DoorKind = DoorKind.DOOR
    long_access_time_ms: int = 30_000
    long_held_after_ms: int = 60_000
    pre_alarm_ms: int = 0
    has_position: bool = True
    emergency: EmergencyAction | None = None
    maintenance: bool = False
    lockdown: bool = False
    profile_id: str | None = None
    two_person: TwoPersonRule | None = None
    double_swipe: DoubleSwipe | None = None
    escort_required: bool = False
    unlock_schedules: tuple[str, ...] = ()
    first_person: FirstPersonIn | None = None


# Readers, and what may be shown at them.


class PinRules(msgspec.Struct, frozen=True):
    """How a keypad is read. `end` ends a PIN shorter than `max_length` ("" for none).

    After `lockout_after` wrong PINs in a row (0: never) the reader takes nobody for `lockout_ms`.
    """

    min_length: int = 4
    max_length: int = 8
    end: str = "#"
    digit_timeout_ms: int = 5_000
    lockout_after: int = 5
    lockout_ms: int = 30_000


class ReaderPolicy(msgspec.Struct, frozen=True):
    """A reader at one side of a door, or of every one of `floors` (door ids) in an elevator.

    `formats`: the ids of its own card formats (None: the system's). `pin`: its own PIN rules (None: the system's).
    """

    id: str
    door_id: str
    side: Side
    formats: tuple[str, ...] | None = None
    pin: PinRules | None = None
    floors: tuple[str, ...] = ()
    muster: bool = False


class IdentificationType(StrEnum):
    """What a person shows. `MOBILE_TAP`: tapped in the app; `MOBILE_TOUCH`: the reader touched, the phone at hand."""

    CARD = "card"
    """A card is shown."""
    PIN = "pin"
    """A PIN is typed."""
    QR = "qr"
    """A QR code that is always the same is shown."""
    DYNAMIC_QR = "dynamic_qr"
    """A QR code that changes every 30 seconds is shown; it goes together with a PIN."""
    PLATE = "plate"
    """A licence plate is read by a camera."""
    MOBILE_TAP = "mobile_tap"
    """The door is tapped in the app on a phone."""
    MOBILE_TOUCH = "mobile_touch"
    """The reader is touched while the phone is at hand."""
    REX = "rex"
    """The exit device is pressed; it stands alone."""


class Method(msgspec.Struct, frozen=True):
    """One accepted combination of identification types, all of them needed, while any of the schedules applies.

    No `schedules`: always.
    """

    types: tuple[IdentificationType, ...]
    schedules: tuple[str, ...]


class ProfilePolicy(msgspec.Struct, frozen=True):
    """An identification profile: what is accepted at each side. `facility`: the facility code must match too."""

    id: str
    name: str
    side_a: tuple[Method, ...]
    side_b: tuple[Method, ...]
    facility: bool = True


# People and what they carry.


class CredentialKind(StrEnum):
    """What a credential is."""

    CARD = "card"
    """A card, by its bits."""
    PIN = "pin"
    """A PIN, which may have a second one that opens under duress."""
    QR = "qr"
    """A QR code that stays the same."""
    DYNAMIC_QR = "dynamic_qr"
    """A QR code that changes every 30 seconds; taken only together with a PIN."""
    MOBILE = "mobile"
    """A phone that was paired with an invitation."""
    PLATE = "plate"
    """A licence plate."""


class CredentialStatus(StrEnum):
    """Whether a credential may be used. Expiry is a matter of its dates and uses, not of its status."""

    ACTIVE = "active"
    """It may be used, as far as its dates and uses allow."""
    SUSPENDED = "suspended"
    """It may not be used for now."""
    LOST = "lost"
    """It may not be used: its holder has lost it."""
    STOLEN = "stolen"
    """It may not be used: somebody else may have it."""


class ValidityStart(StrEnum):
    """From when a relative validity counts."""

    FIRST_USE = "first_use"
    """From the first use."""
    LAST_USE = "last_use"
    """From the last use: each use begins it anew."""


class ValidityUnit(StrEnum):
    """What a relative validity counts: uses (from the first only), or time; months and years are the calendar's."""

    DAYS = "days"
    """Days of the calendar."""
    MONTHS = "months"
    """Months of the calendar."""
    YEARS = "years"
    """Years of the calendar."""
    USES = "uses"
    """Uses, the first one included; only from the first use."""


class RelativeValidity(msgspec.Struct, frozen=True):
    """Valid for `amount` units from the first or the last use; unused, it is valid."""

    start: ValidityStart
    amount: int
    unit: ValidityUnit


class CredentialPolicy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A credential and its owner. Dates are aware UTC; `valid_to` is the first moment it is no longer valid.

    A card has `format` and `number`, and `facility` unless it has none. A number of more than 64 bits, and raw
    bits (`format` "raw<bit count>"), are in `token`, big-endian. PIN: `token` is its keyed hash, `duress` that of
    the PIN to enter under threat. QR: `token` is the keyed hash of its text. Dynamic QR: `token` is its secret.
    Mobile: `token` is the keyed hash of what the phone presents. Plate: `token` is the normalised plate in UTF-8.
    """

    id: str
    cardholder_id: str
    format: str = ""
    facility: int | None = None
    number: int = 0
    status: CredentialStatus = CredentialStatus.ACTIVE
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    kind: CredentialKind = CredentialKind.CARD
    token: bytes = b""
    duress: bytes = b""
    relative: RelativeValidity | None = None
    traced: bool = False
    starts_lockdown: bool = False


class CardholderPolicy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A person, as far as a decision needs to know them.

    Where they were before `forgiven_at` no longer counts for anti-passback.
    """

    id: str
    groups: tuple[str, ...] = ()
    suspended: bool = False
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    long_access: bool = False
    double_swipe: bool = False
    exempt_lockdown: bool = False
    exempt_antipassback: bool = False
    visitor: bool = False
    escort_required: bool = False
    host_id: str | None = None
    forgiven_at: datetime | None = None


# Rules and places.


class DoorSide(msgspec.Struct, frozen=True):
    """One side of one door, as a rule names it."""

    door_id: str
    side: Side


class AccessRulePolicy(msgspec.Struct, frozen=True):
    """Members of `groups`, and `cardholders` themselves, may pass `door_sides` while any of `schedules` applies.

    Zones are resolved to door sides, and rules that are disabled left out, before a policy is made.
    """

    id: str
    name: str
    groups: tuple[str, ...]
    cardholders: tuple[str, ...]
    schedules: tuple[str, ...]
    door_sides: tuple[DoorSide, ...]
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class WhenIsolated(StrEnum):
    """What a zone whose doors hang on several controllers does at one that cannot reach the others.

    `LOCAL`: it goes by what it knows itself. `IGNORE`: anti-passback and occupancy are not checked.
    `DENY`: nobody enters.
    """

    LOCAL = "local"
    """It goes by what it knows itself."""
    IGNORE = "ignore"
    """Anti-passback and occupancy are not checked."""
    DENY = "deny"
    """Nobody enters."""


class AntiPassback(msgspec.Struct, frozen=True):
    """Who is in the zone may not enter it again. `hard` denies, soft only reports.

    `timeout_s`: so long after entering (0: until they leave). `check_exit`: who is known to be elsewhere may not
    leave it either. `forgive_at`: the minute of the local day at which everybody is forgiven.
    """

    hard: bool = False
    timeout_s: int = 0
    check_exit: bool = False
    forgive_at: int | None = None


class ZonePolicy(msgspec.Struct, frozen=True):
    """A zone. Who is in it is also in its `parent`. Presences before `forgiven_at` no longer count for anti-passback.

    `min_occupancy` people (0 or 1: no matter) must enter an empty zone together and leave it together;
    `max_occupancy` are the most. `shared`: its perimeter hangs on several controllers.
    """

    id: str
    name: str
    parent: str | None = None
    anti_passback: AntiPassback | None = None
    forgiven_at: datetime | None = None
    min_occupancy: int = 0
    max_occupancy: int | None = None
    muster: bool = False
    shared: bool = False
    when_isolated: WhenIsolated = WhenIsolated.LOCAL


class BorderPolicy(msgspec.Struct, frozen=True):
    """A perimeter door of a zone: passing it from side `enter_side` enters the zone, from the other side leaves it."""

    zone_id: str
    door_id: str
    enter_side: Side


class InterlockPolicy(msgspec.Struct, frozen=True):
    """Doors of which one is released only while all the others are closed and locked (a mantrap)."""

    id: str
    name: str
    doors: tuple[str, ...]


class Policy(msgspec.Struct, frozen=True):
    """All that one controller decides by. `version` grows with every change; `content` is its digest.

    `formats` are all card formats, `active_formats` those of readers without a set of their own. `token_key` keys the
    hashes of PINs, QR codes and mobile credentials. Out of contact for longer than `stale_after_s` (None: for ever),
    the controller denies with `policy_stale`. `threat_level` is the name of the posture in force ("" for none).
    """

    version: int
    time_zone: str
    doors: tuple[DoorPolicy, ...] = ()
    readers: tuple[ReaderPolicy, ...] = ()
    credentials: tuple[CredentialPolicy, ...] = ()
    cardholders: tuple[CardholderPolicy, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rules: tuple[AccessRulePolicy, ...] = ()
    formats: tuple[CardFormat, ...] = ()
    active_formats: tuple[str, ...] | None = None
    profiles: tuple[ProfilePolicy, ...] = ()
    zones: tuple[ZonePolicy, ...] = ()
    borders: tuple[BorderPolicy, ...] = ()
    interlocks: tuple[InterlockPolicy, ...] = ()
    pin: PinRules = PinRules()
    token_key: bytes = b""
    qr_skew_steps: int = 1
    escort_timeout_ms: int = 15_000
    stale_after_s: int | None = None
    threat_level: str = ""
    content: str = ""
