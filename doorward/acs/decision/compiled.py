"""A policy with the indexes that make a decision a few dictionary look-ups.

Where only people and what they carry change, a new version shares everything else with the one before (`with_people`);
where doors, rules and the like change, it takes over the index of the people.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from zoneinfo import ZoneInfo

from doorward.acs.decision.card_reader import CardReader
from doorward.acs.decision.memory import place_key
from doorward.acs.decision.people_index import PeopleIndex
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    BorderPolicy,
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
from doorward.acs.decision.timetable import Timetable
from doorward.acs.decision.trace import TraceStep

CARD_ALWAYS = (Method((IdentificationType.CARD,), ()),)
"""What a door side accepts that has no identification profile."""
CARD = frozenset({IdentificationType.CARD})
NO_LOCK = frozenset({DoorKind.MONITORING, DoorKind.PROVISIONED})
_KEPT_GROUPS = 512
_DEFAULT_FORMATS = ("H10301",)


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
    and `profile_step` names the one that it has. `usable`: ready, with a profile that is known. `rules`: the numbers of
    those that name it; `rules_of_group`: of these, those that name the groups of people who came here. `always`: its
    `ways` know no schedules, and `by_card` is the one of a card alone, if any. `interlocks`: their names, and their
    other doors.
    """

    __slots__ = (
        "always", "by_card", "door", "door_id", "enters", "facility", "guarded", "interlocks", "key", "leaves",
        "lockdown", "profile_known", "profile_step", "ready", "rules", "rules_of_group", "side", "step", "usable",
        "ways",
    )  # fmt: skip

    def __init__(self, door: DoorPolicy, side: Side) -> None:
        self.door = door
        self.door_id = door.id
        self.lockdown = door.lockdown
        self.side = side
        self.key = place_key(door.id, side)
        self.step = TraceStep("reader", True, f"{door.name}, side {side.value}")
        self.rules: frozenset[int] = frozenset()
        self.ways: tuple[Way, ...] = ()
        self.always = False
        self.by_card: Way | None = None
        self.ready = door.kind not in NO_LOCK and not door.maintenance
        self.facility = True
        self.profile_known = True
        self.usable = self.ready
        self.profile_step: TraceStep | None = None
        self.enters: tuple[str, ...] = ()
        self.leaves: tuple[str, ...] = ()
        self.interlocks: tuple[tuple[str, frozenset[str]], ...] = ()
        self.guarded = False
        self.rules_of_group: dict[str, tuple[int, ...]] = {}

    def learn(self, group: str, rules_of: Mapping[str, frozenset[int]]) -> tuple[int, ...]:
        """The numbers of the rules that name the group here, in order. `rules_of_group` has them from now on."""
        if len(self.rules_of_group) >= _KEPT_GROUPS:
            self.rules_of_group.clear()
        found = self.rules_of_group[group] = tuple(sorted(rules_of.get(group, frozenset()) & self.rules))
        return found


class TimedRule:
    """An access rule's times: its dates, and the timetables of those of its schedules that are known, in its order."""

    __slots__ = ("id", "step", "timetables", "valid_from", "valid_to")

    def __init__(self, rule: AccessRulePolicy, timetables: tuple[Timetable, ...]) -> None:
        self.id = rule.id
        self.valid_from = rule.valid_from
        self.valid_to = rule.valid_to
        self.timetables = timetables
        self.step = TraceStep("access_rule", True, rule.name)

    def applying(self, now: datetime) -> Timetable | None:
        """The first timetable by which the rule applies at `now` (aware UTC), if it does."""
        if self.valid_from is not None and now < self.valid_from:
            return None
        if self.valid_to is not None and now >= self.valid_to:
            return None
        for timetable in self.timetables:
            if timetable.applies(now):
                return timetable
        return None


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
    numbers in `rules_of` (by cardholder or group id) and in a place refer to, and `timed_rules` are in the same order.
    `lax`: some door side looks at no facility code. What `people` has is here, too: one step less for every badge.
    """

    __slots__ = (
        "by_number", "by_token", "cardholders", "chains", "content", "doors", "dynamic_qr", "escort_timeout_ms",
        "interlocks", "lax", "people", "pins_of", "places", "qr_skew_steps", "readers", "rules", "rules_of",
        "schedules", "spots", "stale_after_s", "threat_level", "time_zone", "timed_rules", "timetables", "token_key",
        "version", "zone", "zones",
    )  # fmt: skip

    def __init__(self, policy: Policy, people: PeopleIndex | None = None) -> None:
        """`people`, if given, stand for the policy's own cardholders and credentials, and must be as `lax` as this."""
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
        self.timetables = {one.id: Timetable(one, self.zone) for one in policy.schedules}
        self.zones = {zone.id: zone for zone in policy.zones}
        self.chains = _chains(self.zones)
        self.interlocks = policy.interlocks
        self.places = {(door.id, side): Place(door, side) for door in policy.doors for side in Side}
        self._index_rules(policy.rules)
        self._index_profiles(policy)
        self._index_surroundings(policy.borders)
        self._index_readers(policy)
        self.lax = any(not place.facility for place in self.places.values())
        self._take(people or PeopleIndex(policy.cardholders, policy.credentials, lax=self.lax))

    def _take(self, people: PeopleIndex) -> None:
        self.people = people
        self.cardholders = people.cardholders
        self.by_token = people.by_token
        self.by_number = people.by_number
        self.pins_of = people.pins_of
        self.dynamic_qr = people.dynamic_qr

    def with_people(self, people: PeopleIndex, version: int, content: str) -> "CompiledPolicy":
        """The same policy for other people, under its new version; all else is shared."""
        other = copy(self)
        other.version, other.content = version, content
        other._take(people)
        return other

    def applies(self, schedule_ids: Iterable[str], now: datetime) -> bool:
        """Whether any of the schedules applies at `now` (aware UTC). One that is not known does not."""
        timetables = self.timetables
        for schedule_id in schedule_ids:
            timetable = timetables.get(schedule_id)
            if timetable is not None and timetable.applies(now):
                return True
        return False

    def _index_rules(self, rules: Iterable[AccessRulePolicy]) -> None:
        self.rules = tuple(rules)
        known = self.timetables
        self.timed_rules = [
            TimedRule(rule, tuple(known[one] for one in rule.schedules if one in known)) for rule in self.rules
        ]
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
            place.usable = place.ready and place.profile_known
            place.by_card = next((way for way in place.ways if way.types == CARD), None) if place.always else None

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
