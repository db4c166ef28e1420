"""Questions: would they pass, who could, and what a change of the rules would do. The deciding code answers them."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide, rules_for
from doorward.acs.decision.decision import Conditions, DoorCondition, Outcome
from doorward.acs.decision.policy import Policy, Side
from doorward.acs.decision.questions import Span, Spans, clip, compare, union, who_can_pass, would_pass
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import is_active
from tests.acs.decision.scenes import DOORS, NOON, PEOPLE, Scene
from tests.acs.decision.test_methods import CARD, CREDENTIALS, NOW, PIN, T, policy_of

READY = Conditions(doors={"door": DoorCondition()})


def test_the_best_of_what_somebody_holds_is_tried() -> None:
    policy = CompiledPolicy(policy_of((T.CARD, T.PIN), (T.QR,)))
    decision = would_pass(policy, READY, "ada", CREDENTIALS, ("door", Side.A), NOW)
    assert (decision.outcome, decision.cardholder_id, decision.rule_id) == (Outcome.GRANTED, "ada", "rule")
    without_qr = [credential for credential in CREDENTIALS if credential.id in {"card", "pin"}]
    assert would_pass(policy, READY, "ada", without_qr, ("door", Side.A), NOW).outcome is Outcome.GRANTED
    assert would_pass(policy, READY, "ada", without_qr[:1], ("door", Side.A), NOW).reason is Reason.METHOD_NOT_ACCEPTED
    assert would_pass(policy, READY, "ada", (), ("door", Side.A), NOW).cardholder_id == "ada"


def test_asking_about_a_door_that_is_not_there_denies() -> None:
    policy = CompiledPolicy(policy_of((T.CARD,)))
    assert would_pass(policy, READY, "ada", CREDENTIALS, ("gone", Side.A), NOW).reason is Reason.READER_UNKNOWN
    assert list(who_can_pass(policy, READY, lambda _: CREDENTIALS, ("gone", Side.A), NOW)) == []


def test_who_can_pass_is_everybody_named_with_what_they_would_meet() -> None:
    policy = CompiledPolicy(policy_of((T.CARD,)))
    held = {"ada": CREDENTIALS, "bob": ()}
    found = dict(who_can_pass(policy, READY, lambda who: held[who], ("door", Side.A), NOW))
    assert {who: decision.outcome for who, decision in found.items()} == {
        "ada": Outcome.GRANTED,
        "bob": Outcome.DENIED,
    }


@settings(max_examples=200)
@given(st.integers(0, 100_000))
def test_the_answer_is_what_would_be_decided(seed: int) -> None:
    """Whoever holds one card and comes with it is decided as was answered, whatever the world is like."""
    scene = Scene(seed)
    number = seed % len(PEOPLE)
    card = next((one for one in scene.policy.credentials if one.id == f"card-{PEOPLE[number]}"), None)
    if card is None or any(one.id == "double" for one in scene.policy.credentials):
        return
    policy = CompiledPolicy(msgspec.structs.replace(scene.policy, active_formats=None, credentials=(card,)))
    for world, read, now in scene.reads(5):
        spot = policy.spots.get(read.reader_id)
        if spot is None or spot.places[0].door.id not in read.reader_id:
            continue
        place = (spot.places[0].door.id, spot.places[0].side)
        answer = would_pass(policy, world, PEOPLE[number], [card], place, now)
        decision = decide(policy, world, Read.card(read.reader_id, encode_h10301(17, number)), now)
        if answer.reason is Reason.METHOD_NOT_ACCEPTED or decision.reason is Reason.PIN_REQUIRED:
            assert decision.outcome is not Outcome.GRANTED
        elif decision.outcome is not Outcome.WAITING:
            assert (answer.outcome, answer.reason) == (decision.outcome, decision.reason)


def spans_of(
    policy: Policy, compiled: CompiledPolicy, who: str, door: str, side: Side, moments: list[int]
) -> list[bool]:
    """Whether the rules let somebody pass at each of these minutes, looked up one by one."""
    person = next((one for one in policy.cardholders if one.id == who), None)
    found = []
    for minute in moments:
        at = NOON + timedelta(minutes=minute)
        if person is None or person.suspended:
            found.append(False)
            continue
        dated = (person.valid_from is None or at >= person.valid_from) and (
            person.valid_to is None or at < person.valid_to
        )
        place = compiled.places[door, side]
        rules = [compiled.rules[number] for number in rules_for(compiled, place, person)]
        found.append(
            dated
            and (person.exempt_lockdown or not place.door.lockdown)
            and any(
                (rule.valid_from is None or at >= rule.valid_from)
                and (rule.valid_to is None or at < rule.valid_to)
                and any(one.id in rule.schedules and is_active(one, at, compiled.zone) for one in policy.schedules)
                for rule in rules
            )
        )
    return found


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.lists(st.integers(0, 2 * 1440 - 1), min_size=5, max_size=5))
def test_a_comparison_tells_each_minute_rightly(first: int, second: int, moments: list[int]) -> None:
    old = Scene(first).policy
    new = msgspec.structs.replace(Scene(second).policy, time_zone=old.time_zone)
    before, after = CompiledPolicy(old), CompiledPolicy(new)
    changes = {
        (change.cardholder_id, change.door_id, change.side): change
        for change in compare(before, after, NOON, timedelta(days=2))
    }
    for who in PEOPLE:
        for door in DOORS:
            for side in Side:
                was = spans_of(old, before, who, door, side, moments)
                will = spans_of(new, after, who, door, side, moments)
                change = changes.get((who, door, side))
                if change is None:
                    assert was == will
                else:
                    assert [_within(change.before, minute) for minute in moments] == was
                    assert [_within(change.after, minute) for minute in moments] == will
                    assert change.gains or change.loses


def _within(spans: Spans, minute: int) -> bool:
    at = NOON + timedelta(minutes=minute)
    return any(span.start <= at < span.end for span in spans)


@pytest.mark.parametrize("rules, gains, loses", [((), False, True), (None, False, False)])
def test_taking_a_rule_away_takes_its_access(rules: tuple[()] | None, gains: bool, loses: bool) -> None:
    policy = policy_of((T.CARD,))
    draft = policy if rules is None else msgspec.structs.replace(policy, rules=rules)
    changes = list(compare(CompiledPolicy(policy), CompiledPolicy(draft), NOW))
    assert {change.cardholder_id for change in changes} == ({"ada", "bob"} if loses else set())
    assert all((change.gains, change.loses) == (gains, loses) for change in changes)


def test_a_lockdown_of_the_policy_takes_access_from_all_but_the_exempt() -> None:
    policy = policy_of((T.CARD,))
    ada, *others = policy.cardholders
    people = (msgspec.structs.replace(ada, exempt_lockdown=True), *others)
    before = msgspec.structs.replace(policy, cardholders=people)
    locked = tuple(msgspec.structs.replace(door, lockdown=True) for door in policy.doors)
    after = msgspec.structs.replace(before, doors=locked)
    changes = list(compare(CompiledPolicy(before), CompiledPolicy(after), NOW))
    assert {change.cardholder_id for change in changes} == {one.id for one in others}
    assert all(change.loses and not change.gains for change in changes)
    back = list(compare(CompiledPolicy(after), CompiledPolicy(before), NOW))
    assert all(change.gains and not change.loses for change in back)


def test_spans_join_and_are_cut() -> None:
    hour = timedelta(hours=1)
    joined = union([Span(NOW + hour, NOW + 2 * hour), Span(NOW, NOW + hour), Span(NOW + 3 * hour, NOW + 4 * hour)])
    assert joined == (Span(NOW, NOW + 2 * hour), Span(NOW + 3 * hour, NOW + 4 * hour))
    assert clip(joined, NOW + hour, NOW + 3 * hour) == (Span(NOW + hour, NOW + 2 * hour),)


def test_nothing_is_remembered_by_asking() -> None:
    policy = CompiledPolicy(policy_of((T.CARD, T.PIN)))
    conditions = Conditions(doors={"door": DoorCondition()})
    would_pass(policy, conditions, "ada", CREDENTIALS, ("door", Side.A), NOW)
    assert conditions.memory.use.empty
    assert decide(policy, conditions, Read("reader", (CARD, PIN)), NOW).outcome is Outcome.GRANTED
