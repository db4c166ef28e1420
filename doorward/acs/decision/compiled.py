"""A policy with the indexes that make a decision a few dictionary look-ups. Built once per version."""

from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from doorward.acs.decision.card_format import CardToken
from doorward.acs.decision.card_reader import CardReader
from doorward.acs.decision.memory import place_key
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    BorderPolicy,
    CredentialKind,
    CredentialPolicy,
    DoorKind,
    DoorPolicy,
    IdentificationType,
    Method,
    PinRules,
    Policy,
    ReaderPolicy,
    Side,
    ZonePolicy,
)
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.decision.schedule import LocalMoment, is_active_at
from doorward.acs.decision.trace import TraceStep

CARD_ALWAYS = (Method((IdentificationType.CARD,), ()),)
"""What a door side accepts that has no identification profile."""
NO_LOCK = frozenset({DoorKind.MONITORING, DoorKind.PROVISIONED})
_DEFAULT_FORMATS = ("H10301",)

Token = CardToken | tuple[CredentialKind, bytes]
"""What a credential is found by."""


class Way:
    """One accepted combination of identification types, and when (no schedules: always)."""

    __slots__ = ("schedules", "step", "types")

    def __init__(self, method: Method) -> None:
        self.types = frozenset(method.types)
        self.schedules = method.schedules
        self.step = TraceStep("method", True, " and ".join(kind.value for kind in method.types))


class Place:
    """A door side: everything about it that does not depend on who comes.

    `ready`: the door has a lock and is not under maintenance. `guarded`: zones, an interlock or a two-person rule may
    have a say. `profile_known` is False when the door names an identification profile that is not in the policy,
    and `profile_step` names the one that it has.
    `always`: its `ways` know no schedules. `interlocks`: their names, and their other doors.
    """

    __slots__ = (
        "always", "door", "enters", "facility", "guarded", "interlocks", "key", "leaves", "profile_known",
        "profile_step", "ready", "rules", "side", "step", "ways",
    )  # fmt: skip

    def __init__(self, door: DoorPolicy, side: Side) -> None:
        self.door = door
        self.side = side
        self.key = place_key(door.id, side)
        self.step = TraceStep("reader", True, f"{door.name}, side {side.value}")
        self.rules: frozenset[int] = frozenset()
        self.ways: tuple[Way, ...] = ()
        self.always = False
        self.ready = door.kind not in NO_LOCK and not door.maintenance
        self.facility = True
        self.profile_known = True
        self.profile_step: TraceStep | None = None
        self.enters: tuple[str, ...] = ()
        self.leaves: tuple[str, ...] = ()
        self.interlocks: tuple[tuple[str, frozenset[str]], ...] = ()
        self.guarded = False


class ReaderSpot:
    """A reader: where it is, how it reads cards, and its PIN rules. In an elevator `places` are its floors."""

    __slots__ = ("cards", "id", "pin", "places", "step")

    def __init__(self, reader: ReaderPolicy, cards: CardReader, pin: PinRules, places: tuple[Place, ...]) -> None:
        self.id = reader.id
        self.cards = cards
        self.pin = pin
        self.places = places
        self.step = TraceStep("reader", True, places[0].step.detail)


class CompiledPolicy:
    """A policy with its indexes. Immutable by convention: a new version is a new object.

    `places` by door id and side; `spots` by reader id; `rules` in the order of the policy, which the sets of rule
    numbers in `rules_of` (by cardholder or group id) and in a place refer to.
    """

    __slots__ = (
        "by_number", "by_token", "cardholders", "chains", "content", "doors", "dynamic_qr", "escort_timeout_ms",
        "interlocks", "pins_of", "places", "qr_skew_steps", "readers", "rule_steps", "rules", "rules_of",
        "schedule_steps", "schedules",
        "spots", "stale_after_s", "threat_level", "time_zone", "token_key", "version", "zone", "zones",
    )  # fmt: skip

    def __init__(self, policy: Policy) -> None:
        self.version = policy.version
        self.content = policy.content
        self.time_zone = policy.time_zone
        self.zone = ZoneInfo(policy.time_zone)
        self.token_key = policy.token_key
        self.qr_skew_steps = policy.qr_skew_steps
        self.escort_timeout_ms = policy.escort_timeout_ms
        self.stale_after_s = policy.stale_after_s
        self.threat_level = policy.threat_level
        self.doors = {door.id: door for door in policy.doors}
        self.readers = {reader.id: reader for reader in policy.readers}
        self.schedules = {schedule.id: schedule for schedule in policy.schedules}
        self.schedule_steps = {one.id: TraceStep("schedule", True, one.name) for one in policy.schedules}
        self.zones = {zone.id: zone for zone in policy.zones}
        self.chains = _chains(self.zones)
        self.interlocks = policy.interlocks
        self.places = {(door.id, side): Place(door, side) for door in policy.doors for side in Side}
        self._index_rules(policy.rules)
        self._index_profiles(policy)
        self._index_surroundings(policy.borders)
        self._index_readers(policy)
        self.cardholders = {person.id: person for person in policy.cardholders}
        self.by_token: dict[Token, CredentialPolicy | tuple[CredentialPolicy, ...]] = {}
        self.by_number: dict[tuple[str, int], tuple[CredentialPolicy, ...]] = {}
        self.dynamic_qr: dict[str, CredentialPolicy] = {}
        self.pins_of: dict[str, tuple[CredentialPolicy, ...]] = {}
        self._index_credentials(policy.credentials, lax=any(not place.facility for place in self.places.values()))

    def applies(self, schedule_ids: Iterable[str], moment: LocalMoment) -> bool:
        """Whether any of the schedules applies. One that is not known does not."""
        return self.applying(schedule_ids, moment) is not None

    def applying(self, schedule_ids: Iterable[str], moment: LocalMoment) -> str | None:
        """The first of the schedules that applies."""
        schedules = self.schedules
        for schedule_id in schedule_ids:
            schedule = schedules.get(schedule_id)
            if schedule is not None and is_active_at(schedule, moment):
                return schedule_id
        return None

    def _index_rules(self, rules: Iterable[AccessRulePolicy]) -> None:
        self.rules = tuple(rules)
        self.rule_steps = [TraceStep("access_rule", True, rule.name) for rule in self.rules]
        holders: dict[str, set[int]] = defaultdict(set)
        places: dict[tuple[str, Side], set[int]] = defaultdict(set)
        for number, rule in enumerate(self.rules):
            for holder in (*rule.groups, *rule.cardholders):
                holders[holder].add(number)
            for place in rule.door_sides:
                places[place.door_id, place.side].add(number)
        self.rules_of = {holder: frozenset(numbers) for holder, numbers in holders.items()}
        for key, numbers in places.items():
            if key in self.places:
                self.places[key].rules = frozenset(numbers)

    def _index_profiles(self, policy: Policy) -> None:
        profiles = {
            profile.id: (
                profile.facility,
                {
                    Side.A: tuple(Way(method) for method in profile.side_a),
                    Side.B: tuple(Way(method) for method in profile.side_b),
                },
            )
            for profile in policy.profiles
        }
        steps = {profile.id: TraceStep("profile", True, profile.name) for profile in policy.profiles}
        default = (True, dict.fromkeys(Side, tuple(Way(method) for method in CARD_ALWAYS)))
        for place in self.places.values():
            found = default if place.door.profile_id is None else profiles.get(place.door.profile_id)
            place.profile_known = found is not None
            if found is not None:
                if place.door.profile_id is not None:
                    place.profile_step = steps[place.door.profile_id]
                place.facility, place.ways = found[0], found[1][place.side]
                place.always = not any(way.schedules for way in place.ways)

    def _index_surroundings(self, borders: Iterable[BorderPolicy]) -> None:
        for border in borders:
            inward = self.places.get((border.door_id, border.enter_side))
            if inward is None or border.zone_id not in self.zones:
                continue
            outward = self.places[border.door_id, border.enter_side.other]
            inward.enters = (*inward.enters, border.zone_id)
            outward.leaves = (*outward.leaves, border.zone_id)
        for interlock in self.interlocks:
            for door_id in interlock.doors:
                for side in Side:
                    if (place := self.places.get((door_id, side))) is not None:
                        others = frozenset(interlock.doors) - {door_id}
                        place.interlocks = (*place.interlocks, (interlock.name, others))
        for place in self.places.values():
            place.guarded = bool(place.enters or place.leaves or place.interlocks or place.door.two_person)

    def _index_readers(self, policy: Policy) -> None:
        formats = {**PREDEFINED, **{card_format.id: card_format for card_format in policy.formats}}
        made: dict[tuple[str, ...], CardReader] = {}

        def cards(ids: tuple[str, ...]) -> CardReader:
            if ids not in made:
                made[ids] = CardReader([formats[one] for one in ids if one in formats])
            return made[ids]

        system = _DEFAULT_FORMATS if policy.active_formats is None else policy.active_formats
        self.spots: dict[str, ReaderSpot] = {}
        for reader in policy.readers:
            found = [self.places.get((door_id, reader.side)) for door_id in reader.floors or (reader.door_id,)]
            places = tuple(place for place in found if place is not None)
            if places:
                own = system if reader.formats is None else reader.formats
                self.spots[reader.id] = ReaderSpot(reader, cards(own), reader.pin or policy.pin, places)

    def _index_credentials(self, credentials: Iterable[CredentialPolicy], lax: bool) -> None:
        """`lax`: somewhere the number alone is enough, so cards are found by it, too."""
        for credential in credentials:
            if credential.kind is CredentialKind.CARD:
                token = card_token(credential)
                self._add_token(token, credential)
                if lax:
                    key = (token.format, token.number)
                    self.by_number[key] = (*self.by_number.get(key, ()), credential)
            elif credential.kind is CredentialKind.DYNAMIC_QR:
                self.dynamic_qr[credential.id] = credential
            else:
                for secret in (credential.token, credential.duress):
                    if secret:
                        self._add_token((credential.kind, secret), credential)
            if credential.kind is CredentialKind.PIN:
                owner = credential.cardholder_id
                self.pins_of[owner] = (*self.pins_of.get(owner, ()), credential)

    def _add_token(self, token: Token, credential: CredentialPolicy) -> None:
        """Two credentials with one token should not be; if they are, neither is taken for the other."""
        other = self.by_token.setdefault(token, credential)
        if other is not credential:
            self.by_token[token] = (*other, credential) if isinstance(other, tuple) else (other, credential)


def card_token(credential: CredentialPolicy) -> CardToken:
    """The token of a card credential."""
    number = int.from_bytes(credential.token, "big") if credential.token else credential.number
    return CardToken(credential.format, credential.facility, number)


def _chains(zones: dict[str, ZonePolicy]) -> dict[str, tuple[str, ...]]:
    """Each zone with the zones around it, innermost first. A circle, which nobody should have made, is cut."""
    chains = {}
    for zone_id in zones:
        chain: list[str] = []
        current: str | None = zone_id
        while current is not None and current in zones and current not in chain:
            chain.append(current)
            current = zones[current].parent
        chains[zone_id] = tuple(chain)
    return chains
