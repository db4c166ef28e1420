"""The access decision: each reason to deny, the order of the checks, and the trace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Conditions, Decision, DoorCondition, Outcome
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    CredentialStatus,
    DoorKind,
    DoorPolicy,
    DoorSide,
    Policy,
    ReaderPolicy,
    Side,
)
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import WORDS, Reason
from doorward.acs.decision.schedule import Interval, Schedule

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CARD = CredentialPolicy("card", "ada", "H10301", 17, 1042)
ADA = CardholderPolicy("ada", ("staff",))
RULE = AccessRulePolicy("rule", "Staff", ("staff",), (), ("always",), (DoorSide("door", Side.A),))
POLICY = Policy(
    version=1,
    time_zone="UTC",
    doors=(DoorPolicy("door", "Main entrance"),),
    readers=(ReaderPolicy("in", "door", Side.A), ReaderPolicy("out", "door", Side.B)),
    credentials=(CARD,),
    cardholders=(ADA,),
    schedules=(
        Schedule(id="always", name="Always", weekly=((Interval(0, 1440),),) * 7),
        Schedule(id="never", name="Never", weekly=((),) * 7),
    ),
    rules=(RULE,),
)
READ = Read.card("in", encode_h10301(17, 1042))
READY = DoorCondition()


def outcome(policy: Policy = POLICY, door: DoorCondition = READY, read: Read = READ, now: datetime = NOW) -> Decision:
    return decide(CompiledPolicy(policy), Conditions(doors={"door": door}), read, now)


def with_card(**changes: Any) -> Policy:
    return msgspec.structs.replace(POLICY, credentials=(msgspec.structs.replace(CARD, **changes),))


def with_door(**changes: Any) -> Policy:
    return msgspec.structs.replace(POLICY, doors=(msgspec.structs.replace(POLICY.doors[0], **changes),))


def with_holder(**changes: Any) -> Policy:
    return msgspec.structs.replace(POLICY, cardholders=(msgspec.structs.replace(ADA, **changes),))


def with_rule(**changes: Any) -> Policy:
    return msgspec.structs.replace(POLICY, rules=(msgspec.structs.replace(RULE, **changes),))


def test_a_valid_card_is_granted_with_everything_known_about_it() -> None:
    decision = outcome()
    assert decision.outcome is Outcome.GRANTED
    assert decision.reason is Reason.GRANTED
    assert (decision.door_id, decision.side, decision.credential_id, decision.cardholder_id, decision.rule_id) == (
        "door", Side.A, "card", "ada", "rule",
    )  # fmt: skip
    assert [step.check for step in decision.trace] == [
        "reader", "card_format", "credential", "cardholder", "read_is_fresh", "lockdown", "access_rule",
        "schedule", "method", "door_online",
    ]  # fmt: skip
    assert all(step.passed for step in decision.trace)


@pytest.mark.parametrize(
    "policy, door, read, reason",
    [
        (POLICY, DoorCondition(), replace(READ, reader_id="other"), Reason.READER_UNKNOWN),
        (POLICY, DoorCondition(), Read.card("in", CardBits.from_int(5, 34)), Reason.CARD_LENGTH_UNKNOWN),
        (POLICY, DoorCondition(), Read.card("in", CardBits.from_int(0, 26)), Reason.CARD_PARITY_ERROR),
        (POLICY, DoorCondition(), Read.card("in", encode_h10301(18, 1042)), Reason.CARD_UNKNOWN),
        (with_card(status=CredentialStatus.SUSPENDED), DoorCondition(), READ, Reason.CREDENTIAL_SUSPENDED),
        (with_card(status=CredentialStatus.LOST), DoorCondition(), READ, Reason.CREDENTIAL_LOST),
        (with_card(status=CredentialStatus.STOLEN), DoorCondition(), READ, Reason.CREDENTIAL_STOLEN),
        (with_card(valid_from=NOW + DAY), DoorCondition(), READ, Reason.CREDENTIAL_NOT_YET_VALID),
        (with_card(valid_to=NOW), DoorCondition(), READ, Reason.CREDENTIAL_EXPIRED),
        (with_card(cardholder_id="nobody"), DoorCondition(), READ, Reason.CARDHOLDER_UNKNOWN),
        (with_holder(suspended=True), DoorCondition(), READ, Reason.CARDHOLDER_SUSPENDED),
        (with_holder(valid_from=NOW + DAY), DoorCondition(), READ, Reason.CARDHOLDER_NOT_YET_VALID),
        (with_holder(valid_to=NOW), DoorCondition(), READ, Reason.CARDHOLDER_EXPIRED),
        (POLICY, DoorCondition(), replace(READ, fresh=False), Reason.READER_WAS_OFFLINE),
        (POLICY, DoorCondition(lockdown=True), READ, Reason.DOOR_LOCKDOWN),
        (with_holder(groups=()), DoorCondition(), READ, Reason.NO_ACCESS_RULE),
        (POLICY, DoorCondition(), replace(READ, reader_id="out"), Reason.NO_ACCESS_RULE),
        (with_rule(schedules=("never",)), DoorCondition(), READ, Reason.OUTSIDE_SCHEDULE),
        (with_rule(schedules=("gone",)), DoorCondition(), READ, Reason.OUTSIDE_SCHEDULE),
        (POLICY, DoorCondition(online=False), READ, Reason.DOOR_OFFLINE),
        (msgspec.structs.replace(POLICY, doors=()), DoorCondition(), READ, Reason.READER_UNKNOWN),
        (msgspec.structs.replace(POLICY, version=0), DoorCondition(), READ, Reason.NO_POLICY),
        (with_door(kind=DoorKind.PROVISIONED), DoorCondition(), READ, Reason.DOOR_NOT_READY),
        (with_door(kind=DoorKind.MONITORING), DoorCondition(), READ, Reason.DOOR_NOT_READY),
        (with_door(maintenance=True), DoorCondition(), READ, Reason.DOOR_NOT_READY),
        (with_door(profile_id="gone"), DoorCondition(), READ, Reason.PROFILE_UNKNOWN),
        (with_door(lockdown=True), DoorCondition(), READ, Reason.DOOR_LOCKDOWN),
        (with_rule(valid_from=NOW + DAY), DoorCondition(), READ, Reason.OUTSIDE_SCHEDULE),
        (with_rule(valid_to=NOW), DoorCondition(), READ, Reason.OUTSIDE_SCHEDULE),
    ],
)  # fmt: skip
def test_each_reason_to_deny(policy: Policy, door: DoorCondition, read: Read, reason: Reason) -> None:
    decision = outcome(policy, door, read)
    assert (decision.outcome, decision.reason) == (Outcome.DENIED, reason)
    assert not decision.trace[-1].passed
    assert all(step.passed for step in decision.trace[:-1])


def test_validity_begins_with_its_first_moment() -> None:
    assert outcome(with_card(valid_from=NOW, valid_to=NOW + DAY)).outcome is Outcome.GRANTED


def test_a_cardholder_is_valid_from_their_first_moment() -> None:
    assert outcome(with_holder(valid_from=NOW, valid_to=NOW + DAY)).outcome is Outcome.GRANTED


def test_a_rule_begins_with_its_first_moment() -> None:
    assert outcome(with_rule(valid_from=NOW, valid_to=NOW + DAY)).outcome is Outcome.GRANTED


def test_any_of_several_rules_is_enough() -> None:
    closed = msgspec.structs.replace(RULE, id="closed", schedules=("never",))
    decision = outcome(msgspec.structs.replace(POLICY, rules=(closed, RULE)))
    assert (decision.outcome, decision.rule_id) == (Outcome.GRANTED, "rule")


def test_a_rule_may_name_the_cardholder_itself() -> None:
    assert outcome(with_rule(groups=(), cardholders=("ada",))).outcome is Outcome.GRANTED


@given(
    st.builds(DoorCondition, lockdown=st.booleans(), online=st.booleans()),
    st.booleans(),
    st.sampled_from(CredentialStatus),
    st.booleans(),
    st.sampled_from(["always", "never", "gone"]),
    st.sampled_from([(), ("staff",), ("other",)]),
    st.sampled_from(["in", "out", "other"]),
)
def test_access_is_granted_only_if_every_condition_holds(
    door: DoorCondition,
    fresh: bool,
    status: CredentialStatus,
    suspended: bool,
    schedule: str,
    groups: tuple[str, ...],
    reader: str,
) -> None:
    policy = Policy(
        version=1,
        time_zone="UTC",
        doors=POLICY.doors,
        readers=POLICY.readers,
        credentials=(msgspec.structs.replace(CARD, status=status),),
        cardholders=(msgspec.structs.replace(ADA, suspended=suspended, groups=groups),),
        schedules=POLICY.schedules,
        rules=(msgspec.structs.replace(RULE, schedules=(schedule,)),),
    )
    expected = (
        door.online
        and not door.lockdown
        and fresh
        and status is CredentialStatus.ACTIVE
        and not suspended
        and schedule == "always"
        and groups == ("staff",)
        and reader == "in"
    )
    decision = outcome(policy, door, Read(reader, READ.shown, fresh))
    assert (decision.outcome is Outcome.GRANTED) is expected


def test_every_reason_has_words_for_people() -> None:
    assert set(WORDS) == set(Reason)
