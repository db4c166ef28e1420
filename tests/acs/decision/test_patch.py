"""Changes applied to a policy give the policy that they lead to, whatever the two are."""

from typing import get_origin

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.patch import FIELDS, PolicyChanges, PolicyStore, apply, settings_of
from doorward.acs.decision.policy import CardholderPolicy, CredentialPolicy, Policy
from doorward.acs.decision.sharing import share
from doorward.acs.policy_part import PolicyPart
from tests.acs.policy.random_policies import FEW, difference, in_order, policies


@FEW
@given(policies(), policies())
def test_the_difference_of_two_policies_leads_from_one_to_the_other(old: Policy, new: Policy) -> None:
    assert in_order(apply(old, difference(old, new), new.version, "")) == new


@FEW
@given(policies())
def test_a_store_gives_back_its_policy(policy: Policy) -> None:
    store = PolicyStore(policy)
    assert in_order(store.policy()) == policy
    assert len(store) == sum(len(getattr(policy, field)) for field in FIELDS.values())


@FEW
@given(policies(), policies())
def test_a_value_taken_from_a_store_stays_as_it_was(old: Policy, new: Policy) -> None:
    store = PolicyStore(old)
    taken = store.policy()
    store.apply(difference(old, new), new.version, "")
    assert in_order(taken) == old


@FEW
@given(policies(), policies())
def test_changes_survive_their_way_over_the_wire(old: Policy, new: Policy) -> None:
    changes = difference(old, new)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(changes), type=PolicyChanges) == changes


def test_what_was_never_there_can_be_removed() -> None:
    empty = Policy(1, "UTC")
    changes = PolicyChanges(removed={PolicyPart.CARDHOLDER: ("nobody",)})
    assert apply(empty, changes, 2, "") == Policy(2, "UTC")


def test_every_entity_of_a_policy_belongs_to_a_part_and_is_in_the_changes() -> None:
    of_structs = {
        field.name
        for field in msgspec.structs.fields(Policy)
        if get_origin(field.type) is tuple and isinstance(field.type.__args__[0], type(msgspec.Struct))
    }
    assert set(FIELDS.values()) == of_structs
    changes = {field.name: field.type for field in msgspec.structs.fields(PolicyChanges)}
    whole = {field.name: field.type for field in msgspec.structs.fields(Policy)}
    assert all(changes[name] == whole[name] for name in of_structs)
    assert set(PolicyPart) - set(FIELDS) == {PolicyPart.DEVICE, PolicyPart.SITE}


def test_settings_are_all_that_is_no_entity() -> None:
    policy = Policy(7, "Europe/Berlin", cardholders=(CardholderPolicy("a"),), threat_level="red", content="c")
    assert settings_of(policy) == Policy(0, "Europe/Berlin", threat_level="red")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "xy"])), unique_by=lambda pair: pair[0]))
def test_sharing_changes_no_value_and_leaves_one_object_of_each(people: list[tuple[str, str]]) -> None:
    def fresh() -> tuple[tuple[CardholderPolicy, ...], tuple[CredentialPolicy, ...]]:
        encoded = msgspec.msgpack.encode(
            (
                [CardholderPolicy(name, tuple(groups)) for name, groups in people],
                [CredentialPolicy(f"card-{name}", name, "H10301") for name, _ in people],
            )
        )
        kind = tuple[tuple[CardholderPolicy, ...], tuple[CredentialPolicy, ...]]
        decoded: tuple[tuple[CardholderPolicy, ...], tuple[CredentialPolicy, ...]]
        decoded = msgspec.msgpack.decode(encoded, type=kind)
        return decoded

    cardholders, credentials = fresh()
    share(cardholders, credentials)
    assert (cardholders, credentials) == fresh()
    assert len({id(one.groups) for one in cardholders}) == len({one.groups for one in cardholders})
    assert [id(one.cardholder_id) for one in credentials] == [id(one.id) for one in cardholders]
    assert len({id(one.format) for one in credentials}) <= 1
