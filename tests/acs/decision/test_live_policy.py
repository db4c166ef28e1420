"""A policy that took changes in decides like one that was built anew; what was built before stays as it was."""

from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.live_policy import LivePolicy
from doorward.acs.decision.patch import PolicyChanges, PolicyStore
from doorward.acs.decision.people_index import card_token
from doorward.acs.decision.policy import CardholderPolicy, CredentialKind, CredentialPolicy, Policy, ProfilePolicy
from doorward.acs.decision.schedule import Interval
from tests.acs.decision.scenes import KEY, Scene
from tests.acs.policy.random_policies import FEW, difference, in_order, policies

PEOPLE = ("by_number", "by_token", "cardholders", "dynamic_qr", "pins_of")
SCENES = settings(max_examples=40, deadline=None)
SEEDS = st.integers(0, 100_000)


def people_of(policy: CompiledPolicy) -> dict[str, dict[Any, Any]]:
    return {name: dict(getattr(policy, name)) for name in PEOPLE}


def patched(old: Policy, new: Policy) -> tuple[CompiledPolicy, CompiledPolicy]:
    """The old policy, and what became of it by the difference."""
    live = LivePolicy(PolicyStore(old))
    before = live.compiled()
    live.apply(difference(old, new), new.version, new.content)
    return before, live.compiled()


@FEW
@given(policies(), policies(), policies())
def test_the_people_are_found_as_if_the_policy_was_built_anew(old: Policy, new: Policy, last: Policy) -> None:
    live = LivePolicy(PolicyStore(old))
    made = [(old, live.compiled())]
    for before, after in ((old, new), (new, last)):
        live.apply(difference(before, after), after.version, "")
        made.append((after, live.compiled()))
    for policy, compiled in made:
        assert people_of(compiled) == people_of(CompiledPolicy(policy))
        assert (compiled.version, compiled.time_zone) == (policy.version, policy.time_zone)


@SCENES
@given(SEEDS, SEEDS)
def test_decisions_are_those_of_a_policy_built_anew(one: int, other: int) -> None:
    scene, next_scene = Scene(one), Scene(other)
    before, after = patched(scene.policy, next_scene.policy)
    whole = CompiledPolicy(in_order(next_scene.policy))
    for world, read, now in next_scene.reads(10):
        assert decide(after, world, read, now) == decide(whole, world, read, now)
    whole = CompiledPolicy(in_order(scene.policy))
    for world, read, now in scene.reads(10):
        assert decide(before, world, read, now) == decide(whole, world, read, now)


@SCENES
@given(SEEDS, SEEDS)
def test_a_change_of_people_shares_the_doors_and_decides_like_a_policy_built_anew(one: int, other: int) -> None:
    scene, next_scene = Scene(one), Scene(other)
    old, people = scene.policy, next_scene.policy
    new = msgspec.structs.replace(old, cardholders=people.cardholders, credentials=people.credentials, version=8)
    before, after = patched(old, new)
    assert after.places is before.places
    assert after.version == 8
    whole = CompiledPolicy(new)
    for world, read, now in scene.reads(20):
        assert decide(after, world, read, now) == decide(whole, world, read, now)


@SCENES
@given(SEEDS)
def test_a_schedule_that_changes_applies_from_the_next_decision_on(seed: int) -> None:
    scene = Scene(seed)
    reads = list(scene.reads(20))
    never = tuple(msgspec.structs.replace(one, weekly=((),) * 7) for one in scene.policy.schedules)
    always = tuple(msgspec.structs.replace(one, weekly=((Interval(0, 1440),),) * 7) for one in scene.policy.schedules)
    live = LivePolicy(PolicyStore(scene.policy))
    for version, schedules in enumerate((never, always, scene.policy.schedules), 8):
        for world, read, now in reads:
            decide(live.compiled(), world, read, now)
        live.apply(PolicyChanges(schedules=schedules), version, "")
        whole = CompiledPolicy(msgspec.structs.replace(scene.policy, schedules=schedules, version=version))
        for world, read, now in reads:
            assert decide(live.compiled(), world, read, now) == decide(whole, world, read, now)


CARDS = [CredentialPolicy(one, "person", "H10301", 1, 7) for one in ("a", "b", "c")]


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_cards_that_are_alike_are_ambiguous_until_one_is_left(first: int) -> None:
    live = LivePolicy(PolicyStore(Policy(1, "UTC", credentials=tuple(CARDS[:first]))))
    live.compiled()
    for version, kept in enumerate(product([False, True], repeat=3), 2):
        held = tuple(card for card, is_kept in zip(CARDS, kept, strict=True) if is_kept)
        live.apply(difference(live.store.policy(), Policy(1, "UTC", credentials=held)), version, "")
        assert people_of(live.compiled()) == people_of(CompiledPolicy(Policy(1, "UTC", credentials=held)))
        found = live.compiled().by_token.get(card_token(CARDS[0]))
        assert isinstance(found, tuple) == (len(held) > 1)


def test_a_pin_and_its_duress_pin_are_found_until_they_change() -> None:
    pin = CredentialPolicy("pin", "person", kind=CredentialKind.PIN, token=b"1", duress=b"2")
    live = LivePolicy(PolicyStore(Policy(1, "UTC", cardholders=(CardholderPolicy("person"),), credentials=(pin,))))
    live.compiled()
    other = msgspec.structs.replace(pin, token=b"3", duress=b"")
    live.apply(PolicyChanges(credentials=(other,)), 2, "")
    assert dict(live.compiled().by_token) == {(CredentialKind.PIN, b"3"): other}
    assert dict(live.compiled().pins_of) == {"person": other}


def test_when_facility_codes_no_longer_matter_cards_are_found_by_their_numbers() -> None:
    live = LivePolicy(PolicyStore(msgspec.structs.replace(Scene(1).policy, profiles=(), credentials=tuple(CARDS[:1]))))
    assert not live.compiled().by_number
    lax = ProfilePolicy("one", "one", (), (), facility=False)
    doors = tuple(msgspec.structs.replace(door, profile_id="one") for door in Scene(1).policy.doors)
    live.apply(PolicyChanges(profiles=(lax,), doors=doors), 8, "")
    assert dict(live.compiled().by_number) == {("H10301", 7): CARDS[0]}
    assert live.compiled().token_key == KEY


def test_after_a_failure_everything_is_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    live = LivePolicy(PolicyStore(Policy(1, "UTC")))
    live.compiled()
    apply = PolicyStore.apply

    def broken(store: PolicyStore, changes: PolicyChanges, version: int, content: str) -> None:
        apply(store, changes, version, content)
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(PolicyStore, "apply", broken)
        with pytest.raises(RuntimeError):
            live.apply(PolicyChanges(credentials=tuple(CARDS)), 2, "")
    assert people_of(live.compiled()) == people_of(CompiledPolicy(Policy(1, "UTC", credentials=tuple(CARDS))))
