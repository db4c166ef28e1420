"""What is shown: combinations that a profile accepts, PINs and lockouts, QR codes, phones, plates, cards by number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide, decide_floors
from doorward.acs.decision.decision import Conditions, Decision, DoorCondition, DoorResponse, Notice, Outcome
from doorward.acs.decision.memory import Use
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialKind,
    CredentialPolicy,
    DoorKind,
    DoorPolicy,
    DoorSide,
    DoubleSwipe,
    IdentificationType,
    Method,
    PinRules,
    Policy,
    ProfilePolicy,
    ReaderPolicy,
    RelativeValidity,
    Side,
    TwoPersonRule,
    ValidityStart,
    ValidityUnit,
)
from doorward.acs.decision.read import MobileTap, PinEntry, PlateRead, QrCode, Read, Shown
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.decision.tokens import dynamic_qr, mobile_token, pin_token, qr_token, step_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
SECRET = b"s" * 32
QR_ID = "0191d6a8-0000-7000-8000-000000000001"
T = IdentificationType
CARD = encode_h10301(17, 1042)
PIN = PinEntry("2580")


def held(kind: CredentialKind, token: bytes, **more: Any) -> CredentialPolicy:
    return CredentialPolicy(more.pop("id", kind.value), "ada", kind=kind, token=token, **more)


CREDENTIALS = (
    CredentialPolicy("card", "ada", "H10301", 17, 1042),
    held(CredentialKind.PIN, pin_token(KEY, "2580"), duress=pin_token(KEY, "2581")),
    held(CredentialKind.QR, qr_token(KEY, "a code")),
    held(CredentialKind.DYNAMIC_QR, SECRET, id=QR_ID),
    held(CredentialKind.MOBILE, mobile_token(KEY, SECRET)),
    held(CredentialKind.PLATE, b"BAB123"),
)


def policy_of(*ways: tuple[IdentificationType, ...], **changes: Any) -> Policy:
    return Policy(
        version=1,
        time_zone="UTC",
        doors=(DoorPolicy("door", "Door", profile_id="profile", **changes.pop("door", {})),),
        readers=(ReaderPolicy("reader", "door", Side.A, **changes.pop("reader", {})),),
        credentials=changes.pop("credentials", CREDENTIALS),
        cardholders=(CardholderPolicy("ada", **changes.pop("ada", {})), CardholderPolicy("bob")),
        schedules=(
            Schedule(id="day", name="Day", weekly=((Interval(480, 1080),),) * 7),
            Schedule(id="night", name="Night", weekly=((Interval(0, 480), Interval(1080, 1440)),) * 7),
        ),
        rules=(
            AccessRulePolicy("rule", "All", (), ("ada", "bob"), ("day", "night"), (DoorSide("door", Side.A),)),
        ),
        profiles=(
            ProfilePolicy(
                "profile", "Profile", tuple(Method(way, ()) for way in ways), (), changes.pop("facility", True)
            ),
        ),
        token_key=KEY,
        **changes,
    )  # fmt: skip


class Reader:
    """A reader whose decisions are remembered."""

    def __init__(self, policy: Policy) -> None:
        self.policy = CompiledPolicy(policy)
        self.conditions = Conditions(doors={"door": DoorCondition()})
        self.now = NOW

    def show(self, *shown: Shown) -> Decision:
        decision = decide(self.policy, self.conditions, Read("reader", shown), self.now)
        self.conditions.memory.apply(decision.changes)
        return decision


@pytest.mark.parametrize(
    "way, shown",
    [
        ((T.CARD,), [CARD]),
        ((T.PIN,), [PIN]),
        ((T.CARD, T.PIN), [CARD, PIN]),
        ((T.CARD, T.PIN), [PIN, CARD]),
        ((T.QR,), [QrCode("a code")]),
        ((T.DYNAMIC_QR, T.PIN), [QrCode(dynamic_qr(SECRET, QR_ID, step_of(NOW))), PIN]),
        ((T.MOBILE_TAP,), [MobileTap(SECRET)]),
        ((T.MOBILE_TOUCH,), [MobileTap(SECRET, touched=True)]),
        ((T.PLATE,), [PlateRead("b ab-123")]),
        ((T.PLATE, T.CARD), [PlateRead("B-AB 123"), CARD]),
    ],
)
def test_what_a_side_accepts_opens_it_and_nothing_else_does(
    way: tuple[IdentificationType, ...], shown: list[Shown]
) -> None:
    assert Reader(policy_of(way)).show(*shown).outcome is Outcome.GRANTED
    other = (T.QR,) if way != (T.QR,) else (T.CARD,)
    assert Reader(policy_of(other)).show(*shown).reason is Reason.METHOD_NOT_ACCEPTED


@pytest.mark.parametrize("gesture, way", [(True, T.MOBILE_TAP), (False, T.MOBILE_TOUCH)])
def test_tapping_in_the_app_and_touching_the_reader_are_two_things(gesture: bool, way: IdentificationType) -> None:
    assert Reader(policy_of((way,))).show(MobileTap(SECRET, gesture)).reason is Reason.METHOD_NOT_ACCEPTED


def test_the_trace_names_the_identification_profile_and_the_combination() -> None:
    decision = Reader(policy_of((T.CARD, T.PIN))).show(CARD, PIN)
    steps = [(step.check, step.detail) for step in decision.trace]
    assert steps[steps.index(("profile", "Profile")) + 1] == ("method", "card and pin")
    plain = Reader(policy_of((T.CARD,)))
    plain.policy = CompiledPolicy(
        msgspec.structs.replace(policy_of((T.CARD,)), doors=(DoorPolicy("door", "Door"),), profiles=())
    )
    assert "profile" not in [step.check for step in plain.show(CARD).trace]


def test_a_card_waits_for_its_pin() -> None:
    reader = Reader(policy_of((T.CARD, T.PIN)))
    assert (reader.show(CARD).outcome, reader.show(CARD).reason) == (Outcome.WAITING, Reason.PIN_REQUIRED)
    assert reader.show(CARD, PIN).outcome is Outcome.GRANTED


def test_a_pin_waits_for_its_card_without_telling_whose_it_is() -> None:
    decision = Reader(policy_of((T.CARD, T.PIN))).show(PIN)
    assert (decision.outcome, decision.reason, decision.cardholder_id) == (Outcome.WAITING, Reason.CARD_REQUIRED, None)


def test_a_card_alone_is_enough_where_either_will_do() -> None:
    reader = Reader(policy_of((T.CARD,), (T.PIN,)))
    assert reader.show(CARD).outcome is Outcome.GRANTED
    assert reader.show(PIN).outcome is Outcome.GRANTED


def test_a_card_by_day_and_a_pin_as_well_by_night() -> None:
    policy = policy_of()
    profile = ProfilePolicy(
        "profile", "Day and night", (Method((T.CARD,), ("day",)), Method((T.CARD, T.PIN), ("night",))), ()
    )
    reader = Reader(msgspec.structs.replace(policy, profiles=(profile,)))
    assert reader.show(CARD).outcome is Outcome.GRANTED
    reader.now = NOW.replace(hour=20)
    assert reader.show(CARD).reason is Reason.PIN_REQUIRED


def test_wrong_pins_lock_the_keypad_for_a_while_and_only_the_keypad() -> None:
    reader = Reader(policy_of((T.CARD,), (T.CARD, T.PIN), pin=PinRules(lockout_after=2, lockout_ms=30_000)))
    assert reader.show(CARD, PinEntry("1111")).notices == ()
    second = reader.show(CARD, PinEntry("1112"))
    assert (second.reason, second.notices) == (Reason.PIN_WRONG, (Notice.LOCKED_OUT,))
    assert reader.show(CARD, PIN).reason is Reason.READER_LOCKED_OUT
    assert reader.show(CARD).outcome is Outcome.GRANTED
    reader.now += timedelta(seconds=30)
    assert reader.show(CARD, PIN).outcome is Outcome.GRANTED


def test_a_right_pin_forgets_the_wrong_ones() -> None:
    reader = Reader(policy_of((T.CARD, T.PIN), pin=PinRules(lockout_after=2)))
    for _ in range(3):
        reader.show(CARD, PinEntry("1111"))
        assert reader.show(CARD, PIN).outcome is Outcome.GRANTED


def test_a_pin_where_none_is_accepted_alone_forgets_no_wrong_ones() -> None:
    reader = Reader(policy_of((T.CARD,), (T.CARD, T.PIN), pin=PinRules(lockout_after=2)))
    reader.show(CARD, PinEntry("1111"))
    assert reader.show(PIN).reason is Reason.CARD_REQUIRED
    assert reader.show(CARD, PinEntry("1111")).notices == (Notice.LOCKED_OUT,)


def test_no_pin_ends_a_lockout_before_its_time() -> None:
    reader = Reader(policy_of((T.CARD, T.PIN), pin=PinRules(lockout_after=1, lockout_ms=30_000)))
    reader.show(CARD, PinEntry("1111"))
    for _ in range(2):
        assert reader.show(CARD, PIN).reason is Reason.READER_LOCKED_OUT
    assert reader.show(CARD, PinEntry("1111")).notices == ()
    reader.now += timedelta(seconds=30)
    assert reader.show(CARD, PIN).outcome is Outcome.GRANTED


@pytest.mark.parametrize("digits", ["258", "258012345"])
def test_a_pin_must_have_the_length_that_the_reader_asks_for(digits: str) -> None:
    assert Reader(policy_of((T.CARD, T.PIN))).show(CARD, PinEntry(digits)).reason is Reason.PIN_LENGTH_WRONG


def test_a_pin_may_be_as_short_and_as_long_as_the_reader_allows() -> None:
    for rules in (PinRules(min_length=4, max_length=9), PinRules(min_length=2, max_length=4)):
        assert Reader(policy_of((T.CARD, T.PIN), pin=rules)).show(CARD, PIN).outcome is Outcome.GRANTED


def test_a_reader_may_have_pin_rules_of_its_own() -> None:
    reader = Reader(policy_of((T.CARD, T.PIN), reader={"pin": PinRules(min_length=6)}))
    assert reader.show(CARD, PIN).reason is Reason.PIN_LENGTH_WRONG


def test_a_duress_pin_opens_and_raises_a_silent_alarm() -> None:
    decision = Reader(policy_of((T.CARD, T.PIN))).show(CARD, PinEntry("2581"))
    assert (decision.outcome, decision.reason) == (Outcome.GRANTED, Reason.GRANTED)
    assert decision.notices == (Notice.DURESS,)
    assert "duress" not in str(decision.trace)


def test_a_duress_pin_is_told_of_even_where_access_is_denied() -> None:
    reader = Reader(policy_of((T.CARD, T.PIN), ada={"suspended": True}))
    decision = reader.show(CARD, PinEntry("2581"))
    assert (decision.reason, decision.notices) == (Reason.CARDHOLDER_SUSPENDED, (Notice.DURESS,))


def test_a_pin_of_two_people_opens_nothing_alone() -> None:
    twin = CredentialPolicy("twin", "bob", kind=CredentialKind.PIN, token=pin_token(KEY, "2580"))
    reader = Reader(policy_of((T.PIN,), (T.CARD, T.PIN), credentials=(*CREDENTIALS, twin)))
    assert reader.show(PIN).reason is Reason.PIN_AMBIGUOUS
    assert reader.show(CARD, PIN).outcome is Outcome.GRANTED


def test_what_is_shown_must_belong_to_one_person() -> None:
    plate = CredentialPolicy("other", "bob", kind=CredentialKind.PLATE, token=b"X1")
    reader = Reader(policy_of((T.PLATE, T.CARD), credentials=(*CREDENTIALS, plate)))
    assert reader.show(PlateRead("X 1"), CARD).reason is Reason.CREDENTIALS_DIFFER


@pytest.mark.parametrize(
    "drift, reason", [(-2, Reason.QR_OUT_OF_TIME), (2, Reason.QR_OUT_OF_TIME), (1, Reason.GRANTED)]
)
def test_a_dynamic_code_is_of_this_half_minute_or_the_next(drift: int, reason: Reason) -> None:
    code = QrCode(dynamic_qr(SECRET, QR_ID, step_of(NOW) + drift))
    assert Reader(policy_of((T.DYNAMIC_QR, T.PIN))).show(code, PIN).reason is reason


def test_a_dynamic_code_is_used_once_but_may_wait_for_its_pin() -> None:
    reader = Reader(policy_of((T.DYNAMIC_QR, T.PIN)))
    code = QrCode(dynamic_qr(SECRET, QR_ID, step_of(NOW)))
    assert reader.show(code).reason is Reason.PIN_REQUIRED
    assert reader.show(code, PIN).outcome is Outcome.GRANTED
    assert reader.show(code, PIN).reason is Reason.QR_REPLAYED


def test_a_dynamic_code_may_wait_for_a_card_and_a_pin() -> None:
    reader = Reader(policy_of((T.CARD, T.DYNAMIC_QR, T.PIN)))
    code = QrCode(dynamic_qr(SECRET, QR_ID, step_of(NOW)))
    assert reader.show(code).reason is Reason.CARD_REQUIRED
    assert reader.show(code, CARD).reason is Reason.PIN_REQUIRED
    assert reader.show(code, CARD, PIN).outcome is Outcome.GRANTED
    assert reader.show(code, CARD, PIN).reason is Reason.QR_REPLAYED


def test_a_dynamic_code_of_somebody_who_waits_for_a_second_person_is_used() -> None:
    reader = Reader(policy_of((T.DYNAMIC_QR, T.PIN), door={"two_person": TwoPersonRule()}))
    code = QrCode(dynamic_qr(SECRET, QR_ID, step_of(NOW)))
    assert reader.show(code, PIN).reason is Reason.SECOND_PERSON_REQUIRED
    assert reader.show(code, PIN).reason is Reason.QR_REPLAYED


def test_a_code_of_another_secret_is_none_of_ours() -> None:
    code = QrCode(dynamic_qr(b"x" * 32, QR_ID, step_of(NOW)))
    assert Reader(policy_of((T.DYNAMIC_QR, T.PIN))).show(code, PIN).reason is Reason.QR_INVALID


def test_where_the_facility_code_need_not_match_the_number_is_enough() -> None:
    other = encode_h10301(99, 1042)
    assert Reader(policy_of((T.CARD,))).show(other).reason is Reason.CARD_UNKNOWN
    assert Reader(policy_of((T.CARD,), facility=False)).show(other).outcome is Outcome.GRANTED


def test_a_number_of_two_cards_is_decided_by_the_facility_code() -> None:
    twin = CredentialPolicy("twin", "bob", "H10301", 18, 1042)
    reader = Reader(policy_of((T.CARD,), facility=False, credentials=(*CREDENTIALS, twin)))
    assert reader.show(CARD).cardholder_id == "ada"
    assert reader.show(encode_h10301(18, 1042)).cardholder_id == "bob"
    assert reader.show(encode_h10301(19, 1042)).reason is Reason.CARD_AMBIGUOUS


def test_a_card_may_be_known_by_its_bare_bits() -> None:
    raw = CredentialPolicy("raw", "ada", "raw200", None, token=(5).to_bytes(25, "big"))
    reader = Reader(policy_of((T.CARD,), credentials=(raw,)))
    decision = reader.show(CardBits.from_int(5, 200))
    assert (decision.outcome, decision.credential_id) == (Outcome.GRANTED, "raw")
    assert reader.show(CardBits.from_int(6, 200)).reason is Reason.CARD_LENGTH_UNKNOWN


def test_showing_a_traced_credential_is_told_of_whatever_is_decided() -> None:
    card = msgspec.structs.replace(CREDENTIALS[0], traced=True)
    granted = Reader(policy_of((T.CARD,), credentials=(card,))).show(CARD)
    assert (granted.outcome, granted.notices) == (Outcome.GRANTED, (Notice.TRACED,))
    lost = Reader(policy_of((T.CARD,), credentials=(card,), ada={"suspended": True})).show(CARD)
    assert lost.notices == (Notice.TRACED,)


def test_swiping_twice_toggles_the_door_for_those_who_may() -> None:
    door = {"double_swipe": DoubleSwipe(5_000)}
    reader = Reader(policy_of((T.CARD,), door=door, ada={"double_swipe": True}))
    assert [reader.show(CARD).response for _ in range(4)] == [
        DoorResponse.RELEASE, DoorResponse.TOGGLE, DoorResponse.RELEASE, DoorResponse.TOGGLE,
    ]  # fmt: skip
    reader.show(CARD)
    reader.now += timedelta(seconds=6)
    assert reader.show(CARD).response is DoorResponse.RELEASE
    other = Reader(policy_of((T.CARD,), door=door))
    assert [other.show(CARD).response for _ in range(2)] == [DoorResponse.RELEASE] * 2


def test_a_clock_that_was_set_back_makes_no_second_swipe_of_a_first() -> None:
    reader = Reader(policy_of((T.CARD,), door={"double_swipe": DoubleSwipe(5_000)}, ada={"double_swipe": True}))
    reader.show(CARD)
    reader.now -= timedelta(minutes=10)
    assert reader.show(CARD).response is DoorResponse.RELEASE


def test_each_grant_counts_as_a_use_of_a_credential_that_counts_them() -> None:
    weeks = RelativeValidity(ValidityStart.FIRST_USE, 14, ValidityUnit.DAYS)
    card = msgspec.structs.replace(CREDENTIALS[0], relative=weeks)
    reader = Reader(policy_of((T.CARD,), credentials=(card,)))
    for days in range(3):
        reader.now = NOW + timedelta(days=days)
        reader.show(CARD)
        assert reader.conditions.memory.use.get("card") == Use(NOW, reader.now, days + 1)
    plain = Reader(policy_of((T.CARD,)))
    plain.show(CARD)
    assert plain.conditions.memory.use.get("card") is None


def test_a_denied_read_is_no_use() -> None:
    once = RelativeValidity(ValidityStart.FIRST_USE, 1, ValidityUnit.USES)
    card = msgspec.structs.replace(CREDENTIALS[0], relative=once)
    reader = Reader(policy_of((T.QR,), credentials=(card,)))
    reader.show(CARD)
    assert reader.conditions.memory.use.get("card") is None


def test_people_with_long_access_time_have_it() -> None:
    assert Reader(policy_of((T.CARD,), ada={"long_access": True})).show(CARD).long
    assert not Reader(policy_of((T.CARD,))).show(CARD).long


def test_starting_a_lockdown_uses_the_card() -> None:
    once = RelativeValidity(ValidityStart.FIRST_USE, 1, ValidityUnit.USES)
    card = msgspec.structs.replace(CREDENTIALS[0], starts_lockdown=True, relative=once)
    reader = Reader(policy_of((T.CARD,), credentials=(card,)))
    assert reader.show(CARD).outcome is Outcome.GRANTED
    assert reader.show(CARD).reason is Reason.CREDENTIAL_USED_UP


def test_a_card_may_start_a_lockdown_where_its_owner_may_pass() -> None:
    card = msgspec.structs.replace(CREDENTIALS[0], starts_lockdown=True)
    assert Reader(policy_of((T.CARD,), credentials=(card,))).show(CARD).response is DoorResponse.LOCKDOWN
    stranger = Reader(policy_of((T.QR,), credentials=(card,)))
    assert stranger.show(CARD).outcome is Outcome.DENIED


def test_the_exempt_pass_in_lockdown() -> None:
    reader = Reader(policy_of((T.CARD,), door={"lockdown": True}, ada={"exempt_lockdown": True}))
    assert reader.show(CARD).outcome is Outcome.GRANTED


@pytest.mark.parametrize(
    "changes, conditions, reason",
    [
        ({}, {"clock_ok": False}, Reason.CLOCK_UNRELIABLE),
        ({"stale_after_s": 60}, {"contact_age_s": 61.0}, Reason.POLICY_STALE),
        ({"stale_after_s": 60}, {"contact_age_s": 60.0}, Reason.GRANTED),
        ({}, {"contact_age_s": 1e9}, Reason.GRANTED),
        ({"stale_after_s": 0}, {"contact_age_s": 0.5}, Reason.POLICY_STALE),
    ],
)
def test_a_controller_that_is_cut_off_or_has_no_clock_denies_as_the_site_chose(
    changes: dict[str, Any], conditions: dict[str, Any], reason: Reason
) -> None:
    reader = Reader(policy_of((T.CARD,), **changes))
    reader.conditions = Conditions(doors={"door": DoorCondition()}, **conditions)
    assert reader.show(CARD).reason is reason


def test_an_elevator_decides_for_each_floor() -> None:
    floors = tuple(DoorPolicy(f"floor{number}", f"Floor {number}", kind=DoorKind.FLOOR) for number in range(3))
    policy = msgspec.structs.replace(
        policy_of(),
        doors=floors,
        readers=(ReaderPolicy("reader", "floor0", Side.A, floors=("floor0", "floor1", "floor2")),),
        rules=(
            AccessRulePolicy(
                "rule", "Two", (), ("ada",), ("day",), (DoorSide("floor0", Side.A), DoorSide("floor2", Side.A))
            ),
        ),
    )
    conditions = Conditions(doors={floor.id: DoorCondition() for floor in floors})
    decisions = decide_floors(CompiledPolicy(policy), conditions, Read.card("reader", CARD), NOW)
    assert [decision.outcome is Outcome.GRANTED for decision in decisions] == [True, False, True]
    assert [decision.door_id for decision in decisions] == ["floor0", "floor1", "floor2"]
