"""The content of a policy: equal for equal policies, kept up by deltas, different for different ones."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.patch import FIELDS, PolicyStore, settings_of
from doorward.acs.decision.policy import Policy
from doorward.acs.devices import Wiring
from doorward.acs.policy.content import content_after, content_of
from doorward.acs.policy.delta import Delta
from doorward.acs.policy.digests import Digests
from doorward.acs.policy.snapshot import name_entities, name_single
from tests.acs.policy.random_policies import FEW, WIRINGS, difference, policies


def with_content(policy: Policy, wiring: Wiring) -> PolicyStore:
    store = PolicyStore(policy)
    store.content = content_of(policy, wiring)
    return store


def digests_of(policy: Policy, wiring: Wiring) -> Digests:
    named: list[Any] = [*name_single(settings_of(policy), wiring).items()]
    for part, field in FIELDS.items():
        named += name_entities(part, getattr(policy, field))
    return Digests(named)


@FEW
@given(policies(), policies(), WIRINGS, WIRINGS)
def test_both_sides_know_the_content_after_a_delta_without_the_whole(
    old: Policy, new: Policy, wired: Wiring, rewired: Wiring
) -> None:
    changes = difference(old, new)
    expected = content_of(new, rewired)
    assert content_after(with_content(old, wired), wired, changes, rewired) == expected
    digests = digests_of(old, wired)
    digests.update(Delta(changes, rewired).digests())
    assert digests.content == expected
    digests.update(Delta(difference(new, old), wired).digests())
    assert digests.content == content_of(old, wired), "and back again"


@FEW
@given(policies(), policies(), WIRINGS)
def test_policies_have_one_content_exactly_when_they_are_equal(old: Policy, new: Policy, wired: Wiring) -> None:
    same = settings_of(old) == settings_of(new) and all(getattr(old, f) == getattr(new, f) for f in FIELDS.values())
    assert (content_of(old, wired) == content_of(new, wired)) is same


@FEW
@given(policies(), WIRINGS, st.randoms(use_true_random=False))
def test_order_and_version_are_no_part_of_the_content(policy: Policy, wired: Wiring, chance: Any) -> None:
    shuffled: dict[str, Any] = {}
    for field in FIELDS.values():
        entities = list(getattr(policy, field))
        chance.shuffle(entities)
        shuffled[field] = tuple(entities)
    other = Policy(policy.version + 1, policy.time_zone, threat_level=policy.threat_level, **shuffled)
    assert content_of(other, wired) == content_of(policy, wired)


@FEW
@given(policies(), policies(), WIRINGS)
def test_a_delta_on_another_base_comes_to_another_content(old: Policy, new: Policy, wired: Wiring) -> None:
    changes = difference(old, new)
    if old == new or not any(getattr(changes, field) for field in FIELDS.values()):
        return
    lost = with_content(new, wired)
    lost.content = content_of(old, wired)
    assert content_after(lost, wired, changes, None) != content_of(new, wired)


def test_the_content_has_32_hexadecimal_digits() -> None:
    assert len(content_of(Policy(1, "UTC"), Wiring())) == 32
    assert Digests([]).content == "0" * 32
