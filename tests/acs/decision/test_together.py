"""Passing together: the two-person rule and escorts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decision import DoorCondition, Outcome
from doorward.acs.decision.policy import Policy, RelativeValidity, Side, TwoPersonRule, ValidityStart, ValidityUnit
from doorward.acs.decision.reason import Reason
from tests.acs.decision.test_passage import PEOPLE, SITE, Walk


def two_person(**rule: Any) -> Policy:
    doors = tuple(msgspec.structs.replace(door, two_person=TwoPersonRule(**rule)) for door in SITE.doors)
    return msgspec.structs.replace(SITE, doors=doors)


def with_person(policy: Policy, who: str, **changes: Any) -> Policy:
    people = tuple(msgspec.structs.replace(one, **changes) if one.id == who else one for one in policy.cardholders)
    return msgspec.structs.replace(policy, cardholders=people)


def test_two_people_open_the_door_together_and_both_pass() -> None:
    walk = Walk(two_person())
    first = walk.show("ada", "gate-A")
    assert (first.outcome, first.reason) == (Outcome.WAITING, Reason.SECOND_PERSON_REQUIRED)
    second = walk.show("bob", "gate-A")
    assert (second.outcome, [one.cardholder_id for one in second.companions]) == (Outcome.GRANTED, ["ada"])
    assert walk.show("cyd", "gate-A").outcome is Outcome.WAITING  # the pair is used up


def test_the_same_person_is_not_two() -> None:
    walk = Walk(two_person())
    walk.show("ada", "gate-A")
    assert walk.show("ada", "gate-A").outcome is Outcome.WAITING


def test_the_second_person_must_come_in_time() -> None:
    walk = Walk(two_person(timeout_ms=5_000))
    walk.show("ada", "gate-A")
    walk.now += timedelta(seconds=5)
    assert walk.show("bob", "gate-A").outcome is Outcome.WAITING


def test_the_second_person_must_come_to_the_same_side_of_the_same_door() -> None:
    walk = Walk(two_person())
    walk.show("ada", "gate-A")
    assert walk.show("bob", "gate-B").outcome is Outcome.WAITING
    assert walk.show("cyd", "hall-A").outcome is Outcome.WAITING


def test_somebody_who_may_not_pass_does_not_count() -> None:
    walk = Walk(with_person(two_person(), "bob", suspended=True))
    walk.show("ada", "gate-A")
    assert walk.show("bob", "gate-A").reason is Reason.CARDHOLDER_SUSPENDED
    assert walk.show("cyd", "gate-A").outcome is Outcome.GRANTED


def test_the_rule_holds_only_at_its_sides_and_times() -> None:
    assert Walk(two_person(sides=(Side.A,))).show("ada", "gate-B").outcome is Outcome.GRANTED
    never = msgspec.structs.replace(SITE.schedules[0], id="never", weekly=((),) * 7)
    at_no_time = msgspec.structs.replace(two_person(schedules=("never",)), schedules=(*SITE.schedules, never))
    assert Walk(at_no_time).show("ada", "gate-A").outcome is Outcome.GRANTED
    assert Walk(two_person(schedules=("always",))).show("ada", "gate-A").outcome is Outcome.WAITING


def test_a_schedule_that_is_not_known_does_not_make_one_person_enough() -> None:
    assert Walk(two_person(schedules=("gone",))).show("ada", "gate-A").reason is Reason.SECOND_PERSON_REQUIRED


def test_a_clock_that_is_set_back_makes_nobody_wait_longer() -> None:
    walk = Walk(two_person(timeout_ms=5_000))
    walk.show("ada", "gate-A")
    walk.now -= timedelta(seconds=600)
    assert walk.show("bob", "gate-A").outcome is Outcome.WAITING


def test_who_waits_for_an_escort_waits_as_long_as_the_site_says() -> None:
    policy = with_person(msgspec.structs.replace(SITE, escort_timeout_ms=8_000), "ada", escort_required=True)
    for seconds, brought in ((7, ["ada"]), (8, [])):
        walk = Walk(policy)
        walk.show("ada", "gate-A")
        walk.now += timedelta(seconds=seconds)
        assert [one.cardholder_id for one in walk.show("bob", "gate-A").companions] == brought


def test_only_the_exempt_come_along_into_a_lockdown() -> None:
    exempt = with_person(two_person(), "bob", exempt_lockdown=True)
    for policy, outcome in (
        (exempt, Outcome.WAITING),
        (with_person(exempt, "ada", exempt_lockdown=True), Outcome.GRANTED),
    ):
        walk = Walk(policy)
        walk.show("ada", "gate-A")
        doors = dict.fromkeys(walk.conditions.doors, DoorCondition(lockdown=True))
        walk.conditions = replace(walk.conditions, doors=doors)
        assert walk.show("bob", "gate-A").outcome is outcome


def test_only_the_exempt_come_along_into_a_lockdown_by_threat_level() -> None:
    policy = with_person(two_person(), "bob", exempt_lockdown=True)
    walk = Walk(policy)
    walk.show("ada", "gate-A")
    doors = tuple(msgspec.structs.replace(door, lockdown=True) for door in policy.doors)
    walk.policy = CompiledPolicy(msgspec.structs.replace(policy, doors=doors))
    assert walk.show("bob", "gate-A").outcome is Outcome.WAITING


def test_who_was_suspended_while_waiting_is_no_company() -> None:
    walk = Walk(two_person())
    walk.show("ada", "gate-A")
    walk.policy = CompiledPolicy(with_person(two_person(), "ada", suspended=True))
    assert walk.show("bob", "gate-A").reason is Reason.SECOND_PERSON_REQUIRED


def test_one_of_the_two_may_have_to_be_of_a_group() -> None:
    walk = Walk(with_person(two_person(groups=("managers",)), "cyd", groups=("managers",)))
    walk.show("ada", "gate-A")
    assert walk.show("bob", "gate-A").reason is Reason.GROUP_REQUIRED
    third = walk.show("cyd", "gate-A")
    assert (third.outcome, {one.cardholder_id for one in third.companions}) == (Outcome.GRANTED, {"ada", "bob"})


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 8)), max_size=30))
def test_a_grant_always_has_two_people_within_the_time(steps: list[tuple[str, int]]) -> None:
    walk = Walk(two_person(timeout_ms=5_000))
    waiting: tuple[str, Any] | None = None
    for who, seconds in steps:
        walk.now += timedelta(seconds=seconds)
        decision = walk.show(who, "gate-A")
        in_time = waiting is not None and walk.now - waiting[1] < timedelta(seconds=5) and waiting[0] != who
        assert (decision.outcome is Outcome.GRANTED) is in_time
        waiting = None if in_time else (who, walk.now)


def test_a_visitor_waits_for_an_escort_who_then_brings_them_in() -> None:
    walk = Walk(with_person(SITE, "ada", visitor=True, escort_required=True))
    assert walk.go("ada", "gate-A") is Reason.ESCORT_REQUIRED
    assert walk.go("bob", "gate-A") is Reason.GRANTED
    assert (walk.where("ada"), walk.where("bob")) == ("site", "site")


def test_visitors_do_not_escort_each_other() -> None:
    policy = with_person(with_person(SITE, "ada", visitor=True, escort_required=True), "bob", visitor=True)
    walk = Walk(policy)
    walk.show("ada", "gate-A")
    second = walk.show("bob", "gate-A")
    assert (second.outcome, second.companions) == (Outcome.GRANTED, ())  # bob needs none, and takes nobody along
    assert [one.cardholder_id for one in walk.show("cyd", "gate-A").companions] == ["ada"]


def test_a_door_may_ask_for_an_escort_for_every_visitor() -> None:
    doors = tuple(msgspec.structs.replace(door, escort_required=True) for door in SITE.doors)
    walk = Walk(with_person(msgspec.structs.replace(SITE, doors=doors), "ada", visitor=True))
    assert walk.go("bob", "gate-A") is Reason.GRANTED
    assert walk.go("ada", "gate-A") is Reason.ESCORT_REQUIRED


@pytest.mark.parametrize("amount, later", [(1, Reason.CREDENTIAL_USED_UP), (2, Reason.SECOND_PERSON_REQUIRED)])
def test_whoever_comes_along_uses_their_credential_too(amount: int, later: Reason) -> None:
    relative = RelativeValidity(ValidityStart.FIRST_USE, amount, ValidityUnit.USES)
    policy = two_person()
    cards = (msgspec.structs.replace(policy.credentials[0], relative=relative), *policy.credentials[1:])
    walk = Walk(msgspec.structs.replace(policy, credentials=cards))
    walk.show("ada", "gate-A")
    walk.show("bob", "gate-A")
    assert walk.conditions.memory.use.get("card-bob") is None  # nobody counts the uses of that one
    assert walk.show("ada", "gate-A").reason is later


def test_the_uses_of_who_comes_along_are_not_counted_unless_they_matter() -> None:
    walk = Walk(two_person())
    walk.show("ada", "gate-A")
    walk.show("bob", "gate-A")
    assert walk.conditions.memory.use.get("card-ada") is None
