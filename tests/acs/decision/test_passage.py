"""Zones: where passing leads, anti-passback, occupancy, interlocks, and what a cut connection changes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Conditions, Decision, DoorCondition, Notice, Outcome
from doorward.acs.decision.memory import Change, Memory, Table
from doorward.acs.decision.passage import last_shown, moved
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    AntiPassback,
    BorderPolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    DoorSide,
    InterlockPolicy,
    Policy,
    ReaderPolicy,
    Side,
    TwoPersonRule,
    WhenIsolated,
    ZonePolicy,
)
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import Interval, Schedule

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PEOPLE = ("ada", "bob", "cyd")
DOORS = ("gate", "hall", "vault")
SITE = Policy(
    version=1,
    time_zone="UTC",
    doors=tuple(DoorPolicy(door, door.capitalize()) for door in DOORS),
    readers=tuple(ReaderPolicy(f"{door}-{side.value}", door, side) for door in DOORS for side in Side),
    credentials=tuple(CredentialPolicy(f"card-{one}", one, "H10301", 1, n) for n, one in enumerate(PEOPLE)),
    cardholders=tuple(CardholderPolicy(one) for one in PEOPLE),
    schedules=(Schedule(id="always", name="Always", weekly=((Interval(0, 1440),),) * 7),),
    rules=(
        AccessRulePolicy(
            "all", "All", (), PEOPLE, ("always",), tuple(DoorSide(door, side) for door in DOORS for side in Side)
        ),
    ),
    zones=(
        ZonePolicy("site", "Site"),
        ZonePolicy("building", "Building", "site"),
        ZonePolicy("safe", "Safe", "building"),
    ),
    borders=(
        BorderPolicy("site", "gate", Side.A),
        BorderPolicy("building", "hall", Side.A),
        BorderPolicy("safe", "vault", Side.A),
    ),
)  # fmt: skip


def with_zone(zone_id: str, **changes: Any) -> Policy:
    zones = tuple(msgspec.structs.replace(one, **changes) if one.id == zone_id else one for one in SITE.zones)
    return msgspec.structs.replace(SITE, zones=zones)


class Walk:
    """A site that people walk through, door by door, with the time passing."""

    def __init__(self, policy: Policy, **conditions: Any) -> None:
        self.policy = CompiledPolicy(policy)
        self.conditions = Conditions(Memory(), {door: DoorCondition() for door in DOORS}, **conditions)
        self.now = NOW

    def show(self, who: str, reader: str) -> Decision:
        read = Read.card(reader, encode_h10301(1, PEOPLE.index(who)))
        decision = decide(self.policy, self.conditions, read, self.now)
        self.conditions.memory.apply(decision.changes)
        return decision

    def go(self, who: str, reader: str) -> Reason:
        """Show the card, and if granted, open the door."""
        decision = self.show(who, reader)
        if decision.outcome is Outcome.GRANTED and decision.move is not None:
            people = [who, *(one.cardholder_id for one in decision.companions)]
            self.conditions.memory.apply(
                moved(self.policy, self.conditions.memory, people, decision.move.zone_id, self.now)
            )
        return decision.reason

    def where(self, who: str) -> str | None:
        presence = self.conditions.memory.presence.get(who)
        return presence.zone_id if presence else None

    def count(self, zone: str) -> int:
        return self.conditions.memory.occupancy.get(zone) or 0


def test_entering_and_leaving_moves_one_zone_in_and_out() -> None:
    walk = Walk(SITE)
    places = []
    for reader in ("gate-A", "hall-A", "vault-A", "vault-B", "hall-B", "gate-B"):
        assert walk.go("ada", reader) is Reason.GRANTED
        places.append(walk.where("ada"))
    assert places == ["site", "building", "safe", "building", "site", None]


def test_who_is_in_a_zone_is_in_the_zones_around_it() -> None:
    walk = Walk(SITE)
    walk.go("ada", "vault-A")
    assert [walk.count(zone) for zone in ("site", "building", "safe")] == [1, 1, 1]
    walk.go("ada", "gate-B")
    assert [walk.count(zone) for zone in ("site", "building", "safe")] == [0, 0, 0]


def test_a_door_between_two_zones_leaves_one_and_enters_the_other() -> None:
    policy = msgspec.structs.replace(
        SITE,
        zones=(ZonePolicy("green", "Green"), ZonePolicy("blue", "Blue")),
        borders=(BorderPolicy("green", "hall", Side.A), BorderPolicy("blue", "hall", Side.B)),
    )
    walk = Walk(policy)
    walk.go("ada", "hall-A")
    assert (walk.where("ada"), walk.count("green"), walk.count("blue")) == ("green", 1, 0)
    walk.go("ada", "hall-B")
    assert (walk.where("ada"), walk.count("green"), walk.count("blue")) == ("blue", 0, 1)


def test_nobody_moves_by_a_grant_alone() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True)))
    assert walk.show("ada", "gate-A").outcome is Outcome.GRANTED
    assert walk.show("ada", "gate-A").outcome is Outcome.GRANTED


def test_hard_anti_passback_refuses_a_second_entry_and_tells() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True)))
    walk.go("ada", "gate-A")
    decision = walk.show("ada", "gate-A")
    assert (decision.reason, decision.notices) == (Reason.ANTI_PASSBACK, (Notice.ANTI_PASSBACK,))
    assert walk.go("bob", "gate-A") is Reason.GRANTED
    assert walk.go("ada", "gate-B") is Reason.GRANTED
    assert walk.go("ada", "gate-A") is Reason.GRANTED


def test_soft_anti_passback_only_tells() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback()))
    walk.go("ada", "gate-A")
    decision = walk.show("ada", "gate-A")
    assert (decision.outcome, decision.notices) == (Outcome.GRANTED, (Notice.ANTI_PASSBACK,))


def test_timed_anti_passback_ends_with_its_time() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True, timeout_s=60)))
    walk.go("ada", "gate-A")
    walk.now += timedelta(seconds=59)
    assert walk.go("ada", "gate-A") is Reason.ANTI_PASSBACK
    walk.now += timedelta(seconds=1)
    assert walk.go("ada", "gate-A") is Reason.GRANTED


def test_whoever_is_in_an_inner_zone_is_in_the_outer_one() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True)))
    walk.go("ada", "gate-A")
    walk.go("ada", "hall-A")
    assert walk.go("ada", "gate-A") is Reason.ANTI_PASSBACK


def test_leaving_a_zone_without_having_entered_it_is_refused_where_exits_are_checked() -> None:
    walk = Walk(with_zone("building", anti_passback=AntiPassback(hard=True, check_exit=True)))
    assert walk.go("ada", "hall-B") is Reason.GRANTED  # nobody knows where she was
    assert walk.go("ada", "hall-B") is Reason.ANTI_PASSBACK_EXIT


@pytest.mark.parametrize("who", ["everybody", "one", "exempt"])
def test_forgiven_and_exempt_people_enter_again(who: str) -> None:
    rule = AntiPassback(hard=True)
    policy = with_zone("site", anti_passback=rule, forgiven_at=NOW if who == "everybody" else None)
    ada = msgspec.structs.replace(
        policy.cardholders[0], forgiven_at=NOW if who == "one" else None, exempt_antipassback=who == "exempt"
    )
    walk = Walk(msgspec.structs.replace(policy, cardholders=(ada, *policy.cardholders[1:])))
    walk.go("ada", "gate-A")
    walk.now += timedelta(hours=1)
    assert walk.go("ada", "gate-A") is Reason.GRANTED
    walk.now += timedelta(hours=1)
    assert walk.go("ada", "gate-A") is (Reason.GRANTED if who == "exempt" else Reason.ANTI_PASSBACK)


def test_everybody_is_forgiven_at_a_time_of_day() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True, forgive_at=4 * 60)))
    walk.go("ada", "gate-A")
    walk.now = datetime(2026, 11, 24, 3, 59, tzinfo=UTC)
    assert walk.go("ada", "gate-A") is Reason.ANTI_PASSBACK
    walk.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert walk.go("ada", "gate-A") is Reason.GRANTED


@given(
    st.integers(0, 1439),
    st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_the_wall_clock_was_there_and_not_since(minute: int, now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    found = last_shown(minute, now, zone)
    local = found.astimezone(zone)
    assert found <= now
    assert local.hour * 60 + local.minute == minute
    later = found + timedelta(minutes=1)
    while later <= now:
        local = later.astimezone(zone)
        assert local.hour * 60 + local.minute != minute
        later += timedelta(minutes=1)


def test_a_full_zone_takes_nobody_until_somebody_leaves() -> None:
    walk = Walk(with_zone("building", max_occupancy=2))
    assert walk.go("ada", "hall-A") is Reason.GRANTED
    assert walk.go("bob", "vault-A") is Reason.GRANTED  # inside the building as well
    assert walk.go("cyd", "hall-A") is Reason.ZONE_FULL
    walk.go("bob", "hall-B")
    assert walk.go("cyd", "hall-A") is Reason.GRANTED


def test_two_in_and_the_last_two_out() -> None:
    walk = Walk(with_zone("safe", min_occupancy=2))
    assert walk.go("ada", "vault-A") is Reason.OCCUPANTS_REQUIRED
    assert walk.go("bob", "vault-A") is Reason.GRANTED
    assert (walk.where("ada"), walk.where("bob"), walk.count("safe")) == ("safe", "safe", 2)
    assert walk.go("cyd", "vault-A") is Reason.GRANTED
    assert walk.go("cyd", "vault-B") is Reason.GRANTED
    assert walk.go("ada", "vault-B") is Reason.OCCUPANTS_REQUIRED
    assert walk.go("bob", "vault-B") is Reason.GRANTED
    assert walk.count("safe") == 0


@pytest.mark.parametrize(
    "when, expected",
    [
        (WhenIsolated.LOCAL, Reason.ANTI_PASSBACK),
        (WhenIsolated.IGNORE, Reason.GRANTED),
        (WhenIsolated.DENY, Reason.ZONE_ISOLATED),
    ],
)
def test_a_shared_zone_does_what_the_site_chose_when_the_others_are_out_of_reach(
    when: WhenIsolated, expected: Reason
) -> None:
    policy = with_zone("site", anti_passback=AntiPassback(hard=True), shared=True, when_isolated=when)
    walk = Walk(policy)
    walk.go("ada", "gate-A")
    cut = Walk(policy, connected=False)
    cut.conditions.memory.apply(moved(cut.policy, cut.conditions.memory, ["ada"], "site", NOW))
    assert cut.go("ada", "gate-A") is expected
    assert cut.go("ada", "gate-B") is Reason.GRANTED  # nobody is kept in for that


@pytest.mark.parametrize(
    "other, reason",
    [
        (DoorCondition(), Reason.GRANTED),
        (DoorCondition(closed=False), Reason.INTERLOCK_OPEN),
        (DoorCondition(locked=False), Reason.INTERLOCK_OPEN),
        (DoorCondition(closed=None), Reason.INTERLOCK_UNKNOWN),
        (DoorCondition(online=False), Reason.INTERLOCK_UNKNOWN),
        (None, Reason.INTERLOCK_UNKNOWN),
    ],
)
def test_one_door_of_an_interlock_opens_only_while_the_others_are_closed_and_locked(
    other: DoorCondition | None, reason: Reason
) -> None:
    walk = Walk(msgspec.structs.replace(SITE, interlocks=(InterlockPolicy("trap", "Mantrap", ("gate", "hall")),)))
    doors = {"gate": DoorCondition(), "vault": DoorCondition()} | ({"hall": other} if other else {})
    walk.conditions = Conditions(Memory(), doors)
    assert walk.go("ada", "gate-A") is reason
    assert walk.go("ada", "vault-A") is Reason.GRANTED


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([f"{d}-{s}" for d in DOORS for s in "AB"]))))
def test_under_hard_anti_passback_nobody_enters_twice_and_counts_are_those_of_presences(
    steps: list[tuple[str, str]],
) -> None:
    rule = AntiPassback(hard=True)
    zones = tuple(msgspec.structs.replace(zone, anti_passback=rule) for zone in SITE.zones)
    walk = Walk(msgspec.structs.replace(SITE, zones=zones))
    entered = {"gate-A": "site", "hall-A": "building", "vault-A": "safe"}
    for who, reader in steps:
        walk.now += timedelta(seconds=1)
        before = walk.policy.chains.get(walk.where(who) or "", ())
        granted = walk.go(who, reader) is Reason.GRANTED
        if granted and reader in entered:
            assert entered[reader] not in before
        inside = Counter(zone for one in PEOPLE for zone in walk.policy.chains.get(walk.where(one) or "", ()))
        assert {zone.id: walk.count(zone.id) for zone in SITE.zones} == {
            zone.id: inside[zone.id] for zone in SITE.zones
        }


def test_a_door_out_of_two_zones_leads_out_of_the_outer_one() -> None:
    both = (*SITE.borders, BorderPolicy("building", "vault", Side.A))
    walk = Walk(msgspec.structs.replace(SITE, borders=both))
    assert walk.go("ada", "vault-A") is Reason.GRANTED
    assert walk.where("ada") == "safe"
    assert walk.go("ada", "vault-B") is Reason.GRANTED
    assert walk.where("ada") == "site"


def test_a_zone_that_takes_nobody_while_cut_off_lets_everybody_go() -> None:
    rule = AntiPassback(hard=True, check_exit=True)
    shut = with_zone("site", shared=True, when_isolated=WhenIsolated.DENY, anti_passback=rule)
    walk = Walk(shut, connected=False)
    walk.conditions.memory.apply(moved(walk.policy, walk.conditions.memory, ["ada"], None, NOW))
    assert walk.go("ada", "gate-A") is Reason.ZONE_ISOLATED
    assert walk.go("ada", "gate-B") is Reason.GRANTED


@pytest.mark.parametrize(
    "now, shown",
    [
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_half_past_two_in_berlin_comes_twice_in_autumn_and_not_at_all_in_spring(now: datetime, shown: datetime) -> None:
    assert last_shown(150, now, ZoneInfo("Europe/Berlin")) == shown


def test_whoever_entered_at_the_very_minute_of_forgiving_is_forgiven() -> None:
    walk = Walk(with_zone("site", anti_passback=AntiPassback(hard=True, forgive_at=12 * 60)))
    walk.go("ada", "gate-A")
    assert walk.go("ada", "gate-A") is Reason.GRANTED


def test_a_violation_of_two_zones_at_once_is_told_of_once() -> None:
    zones = tuple(msgspec.structs.replace(one, anti_passback=AntiPassback(check_exit=True)) for one in SITE.zones)
    borders = (BorderPolicy("site", "gate", Side.A), BorderPolicy("building", "gate", Side.A))
    walk = Walk(msgspec.structs.replace(SITE, zones=zones, borders=borders))
    walk.go("ada", "gate-A")
    assert walk.show("ada", "gate-A").notices == (Notice.ANTI_PASSBACK,)


def test_nobody_of_those_who_must_stay_together_is_left_behind() -> None:
    doors = tuple(msgspec.structs.replace(door, two_person=TwoPersonRule()) for door in SITE.doors)
    walk = Walk(msgspec.structs.replace(with_zone("safe", min_occupancy=3), doors=doors))
    walk.conditions.memory.apply(moved(walk.policy, walk.conditions.memory, PEOPLE, "safe", NOW))
    walk.conditions.memory.apply([Change(Table.OCCUPANCY, "safe", 4)])  # and a fourth
    reasons = [walk.show(who, "vault-B").reason for who in PEOPLE]
    assert reasons == [Reason.SECOND_PERSON_REQUIRED, Reason.OCCUPANTS_REQUIRED, Reason.OCCUPANTS_REQUIRED]


def test_a_zone_cut_off_that_checks_nothing_asks_for_no_company() -> None:
    lone = with_zone("safe", min_occupancy=2, shared=True, when_isolated=WhenIsolated.IGNORE)
    assert Walk(lone, connected=False).go("ada", "vault-A") is Reason.GRANTED
    assert Walk(lone).go("ada", "vault-A") is Reason.OCCUPANTS_REQUIRED


def test_a_count_never_falls_below_nobody() -> None:
    walk = Walk(SITE)
    walk.go("ada", "gate-A")
    walk.conditions.memory.apply([Change(Table.OCCUPANCY, "site", None)])
    walk.go("ada", "gate-B")
    assert walk.count("site") == 0
