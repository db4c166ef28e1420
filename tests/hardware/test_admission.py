"""Letting people in through a controller: more than a card, more than one person, and where they are afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from doorward.acs.decision.decision import DoorCondition
from doorward.acs.decision.door import Cause, DoorAction, DoorMode, DoorSetting, DoorState, Position, Release, Source
from doorward.acs.decision.policy import (
    AntiPassback,
    BorderPolicy,
    CardholderPolicy,
    CredentialKind,
    CredentialPolicy,
    DoorKind,
    DoorPolicy,
    DoorSide,
    DoubleSwipe,
    FirstPersonIn,
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
    WhenIsolated,
    ZonePolicy,
)
from doorward.acs.decision.read import PlateRead, QrCode
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.decision.tokens import dynamic_qr, pin_token, step_of
from doorward.acs.devices import LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import (
    CommandStatus,
    CredentialNews,
    CredentialUse,
    DoorCommand,
    ManualSetting,
    PersonPresence,
    PolicyApplied,
    PolicySnapshot,
    Presences,
    Welcome,
)
from doorward.hardware.admission import _condition, _exact
from doorward.hardware.driver import (
    DeviceOffline,
    DeviceOnline,
    Feedback,
    KeysPressed,
    OutputState,
    Presented,
    SetOutput,
)
from tests.hardware.site import DOOR, IO, LOCK, NOON, NUMBER, READER, Site, policy, snapshot

KEY = b"t" * 32
YES, NO, MORE = Feedback(READER, True), Feedback(READER, False), Feedback(READER, False, True)
RELEASE = SetOutput(IO, 0, OutputState.ON)
T = IdentificationType
BOB = NUMBER + 1


def rich(version: int = 2, door: dict[str, Any] | None = None, **changes: Any) -> PolicySnapshot:
    """The site's policy with a second person, Bob, a PIN of Ann's, and whatever a test changes."""
    plain = policy(version)
    people = changes.pop("people", {})
    rule = msgspec.structs.replace(plain.rules[0], cardholders=("ann", "bob"))
    made = msgspec.structs.replace(
        plain,
        doors=(msgspec.structs.replace(plain.doors[0], **(door or {})),),
        credentials=(
            *plain.credentials,
            CredentialPolicy("card-2", "bob", "H10301", 17, BOB),
            CredentialPolicy(
                "pin-1", "ann", kind=CredentialKind.PIN, token=pin_token(KEY, "2580"), duress=pin_token(KEY, "2581")
            ),
            CredentialPolicy("plate-1", "ann", kind=CredentialKind.PLATE, token=b"BAB1"),
        ),
        cardholders=(CardholderPolicy("ann", **people), CardholderPolicy("bob")),
        rules=(rule,),
        token_key=KEY,
        **{"profiles": (), **changes},
    )
    return PolicySnapshot(made, snapshot().wiring)


def profile(*ways: tuple[IdentificationType, ...]) -> dict[str, Any]:
    methods = tuple(Method(way, ()) for way in ways)
    return {"door": {"profile_id": "profile"}, "profiles": (ProfilePolicy("profile", "Profile", methods, methods),)}


def zone(**rules: Any) -> dict[str, Any]:
    return {"zones": (ZonePolicy("hall", "Hall", **rules),), "borders": (BorderPolicy("hall", DOOR, Side.A),)}


def adopt(site: Site, given: PolicySnapshot) -> None:
    site.server.send(given)
    site.server.message(PolicyApplied, lambda applied: applied.version == given.policy.version)


def walk_in(site: Site, number: int = NUMBER) -> None:
    """Show the card, open the door, close it behind."""
    site.badge(number)
    site.sense(open=True)
    site.sense(open=False)


def test_a_card_and_then_its_pin_open_the_door_as_one_attempt(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.driver.wait_for(MORE)
    waiting = site.server.event(EventType.ACCESS_WAITING)
    assert (waiting.reason, waiting.cardholder_id) == (Reason.PIN_REQUIRED, "ann")
    assert OutputState.PULSE not in site.driver.strikes()
    site.tell(KeysPressed(READER, "25"), KeysPressed(READER, "80#"))
    granted = site.server.event(EventType.ACCESS_GRANTED)
    assert granted.correlation == waiting.correlation
    assert granted.data == {"credential_ids": ["card-1", "pin-1"]}
    site.driver.wait_for(YES)


def test_a_pin_that_comes_too_late_is_alone(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.server.event(EventType.ACCESS_WAITING)
    site.pass_time(15_000)
    site.tell(KeysPressed(READER, "2580#"))
    site.server.wait_for(lambda: True if site.server.events().count(EventType.ACCESS_WAITING) == 2 else None)
    assert EventType.ACCESS_GRANTED not in site.server.events()


def test_wrong_pins_lock_the_keypad_which_ends_by_itself(site: Site) -> None:
    adopt(site, rich(pin=PinRules(lockout_after=2, lockout_ms=30_000), **profile((T.PIN,))))
    for digits in ("1111#", "2222#", "2580#"):
        site.tell(KeysPressed(READER, digits))
    locked = site.server.event(EventType.READER_LOCKED_OUT)
    assert (locked.reader_id, locked.door_id) == ("reader-1", DOOR)
    refused = site.server.event(EventType.ACCESS_DENIED, after=locked.sequence)
    assert refused.reason == Reason.READER_LOCKED_OUT
    site.pass_time(30_000)
    site.server.event(EventType.READER_LOCKOUT_ENDED)
    site.tell(KeysPressed(READER, "2580#"))
    assert site.server.event(EventType.ACCESS_GRANTED).cardholder_id == "ann"


def test_a_pin_that_is_too_short_counts_and_no_record_has_its_digits(site: Site) -> None:
    adopt(site, rich(**profile((T.PIN,))))
    site.tell(KeysPressed(READER, "987#"))
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert denied.reason == Reason.PIN_LENGTH_WRONG
    assert "987" not in str(denied.data) + str(denied.trace)


def test_a_duress_pin_opens_like_any_other_and_raises_an_alarm(site: Site) -> None:
    adopt(site, rich(**profile((T.PIN,))))
    site.tell(KeysPressed(READER, "2581#"))
    site.driver.wait_for(YES)
    granted = site.server.event(EventType.ACCESS_GRANTED)
    duress = site.server.event(EventType.ACCESS_DURESS)
    assert (duress.correlation, duress.cardholder_id) == (granted.correlation, "ann")


def test_a_plate_is_decided_like_a_card(site: Site) -> None:
    adopt(site, rich(**profile((T.PLATE,))))
    site.tell(Presented(READER, PlateRead("B-AB 1")))
    assert site.server.event(EventType.ACCESS_GRANTED).credential_id == "plate-1"


def test_a_traced_card_raises_an_alarm_where_it_is_shown(site: Site) -> None:
    given = rich()
    cards = tuple(msgspec.structs.replace(one, traced=True) for one in given.policy.credentials)
    adopt(site, msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, credentials=cards)))
    site.badge()
    assert site.server.event(EventType.ACCESS_TRACED).credential_id == "card-1"


def test_two_people_pass_together_and_both_are_told_of(site: Site) -> None:
    adopt(site, rich(door={"two_person": TwoPersonRule()}, **zone()))
    site.badge()
    assert site.server.event(EventType.ACCESS_WAITING).reason == Reason.SECOND_PERSON_REQUIRED
    walk_in(site, BOB)
    granted = site.server.event(EventType.ACCESS_GRANTED)
    assert (granted.cardholder_id, granted.data["companions"]) == ("bob", ["ann"])
    first = site.server.event(EventType.ACCESS_ENTERED)
    second = site.server.event(EventType.ACCESS_ENTERED, after=first.sequence)
    assert {first.cardholder_id, second.cardholder_id} == {"ann", "bob"}


def test_who_is_where_moves_when_the_door_opens_and_not_before(site: Site) -> None:
    adopt(site, rich(**zone(anti_passback=AntiPassback(hard=True))))
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)
    site.pass_time(6_000)
    site.server.event(EventType.ACCESS_NO_ENTRY)
    walk_in(site)
    entered = site.server.event(EventType.ACCESS_ENTERED)
    assert (entered.cardholder_id, entered.credential_id, entered.data["zone"]) == ("ann", "card-1", "hall")
    assert entered.correlation == site.server.event(EventType.DOOR_OPENED).correlation
    site.badge()
    passback = site.server.event(EventType.ACCESS_PASSBACK)
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert (denied.reason, passback.correlation) == (Reason.ANTI_PASSBACK, denied.correlation)


def test_an_opening_counts_once_however_often_the_door_opens(site: Site) -> None:
    adopt(site, rich(**zone()))
    walk_in(site)
    site.sense(open=True)
    site.sense(open=False)
    site.badge(BOB)
    site.server.event(EventType.ACCESS_GRANTED, after=site.server.event(EventType.ACCESS_ENTERED).sequence)
    assert site.server.events().count(EventType.ACCESS_ENTERED) == 1


def test_what_is_remembered_outlives_a_restart(site: Site) -> None:
    adopt(site, rich(**zone(anti_passback=AntiPassback(hard=True))))
    walk_in(site)
    site.server.event(EventType.ACCESS_ENTERED)
    stored = dict(site.server.stored)
    site.restart()
    site.attach_server(stored)
    site.power_up()
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.ANTI_PASSBACK


def test_people_who_went_through_another_controller_s_door_are_known_here(site: Site) -> None:
    adopt(site, rich(**zone(anti_passback=AntiPassback(hard=True))))
    now = site.clock.now()
    site.server.send(Presences((PersonPresence("ann", "hall", now),)))
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.ANTI_PASSBACK
    site.server.send(Presences((PersonPresence("ann", None, now - timedelta(seconds=1)),)))
    site.badge()
    site.server.wait_for(lambda: True if site.server.events().count(EventType.ACCESS_DENIED) == 2 else None)
    site.server.send(Presences((PersonPresence("ann", None, now + timedelta(seconds=1)),)))
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)


def test_a_zone_that_becomes_full_is_told_of_and_its_clear_follows(site: Site) -> None:
    adopt(site, rich(**zone(max_occupancy=1)))
    walk_in(site)
    full = site.server.event(EventType.ZONE_FULL)
    assert (full.zone_id, full.data) == ("hall", {"zone": "Hall", "occupancy": 1})
    site.badge(BOB)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.ZONE_FULL
    corrected = PersonPresence("ann", None, site.clock.now() + timedelta(seconds=1))
    site.server.send(Presences((corrected,), by_hand=True))
    site.server.event(EventType.ZONE_FULL_CLEARED)


def test_a_zone_that_a_policy_makes_larger_is_full_no_more(site: Site) -> None:
    adopt(site, rich(**zone(max_occupancy=1)))
    walk_in(site)
    site.server.event(EventType.ZONE_FULL)
    adopt(site, rich(3, **zone(max_occupancy=2)))
    assert site.server.event(EventType.ZONE_FULL_CLEARED).zone_id == "hall"
    adopt(site, rich(4, **zone(max_occupancy=1)))
    site.server.wait_for(lambda: True if site.server.events().count(EventType.ZONE_FULL) == 2 else None)
    adopt(site, rich(5, zones=(), borders=()))
    site.server.wait_for(lambda: True if site.server.events().count(EventType.ZONE_FULL_CLEARED) == 2 else None)


def test_people_are_counted_anew_when_a_zone_comes_to_lie_in_another(site: Site) -> None:
    hall, border = ZonePolicy("hall", "Hall"), (BorderPolicy("hall", DOOR, Side.A),)
    adopt(site, rich(zones=(hall, ZonePolicy("site", "Site", max_occupancy=1)), borders=border))
    walk_in(site)
    site.server.event(EventType.ACCESS_ENTERED)
    within = msgspec.structs.replace(hall, parent="site")
    adopt(site, rich(3, zones=(within, ZonePolicy("site", "Site", max_occupancy=1)), borders=border))
    assert site.server.event(EventType.ZONE_FULL).zone_id == "site"
    site.badge(BOB)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.ZONE_FULL


def test_who_is_alone_in_a_zone_is_told_of_until_they_leave(site: Site) -> None:
    adopt(site, rich(**zone(min_occupancy=2)))
    at = site.clock.now()
    site.server.send(Presences((PersonPresence("ann", "hall", at),), by_hand=True))
    assert site.server.event(EventType.ZONE_BELOW_MINIMUM).data == {"zone": "Hall", "occupancy": 1}
    site.server.send(Presences((PersonPresence("ann", None, at + timedelta(seconds=1)),), by_hand=True))
    site.server.event(EventType.ZONE_BELOW_MINIMUM_CLEARED)


def test_what_another_controller_saw_of_a_zone_is_told_by_that_one(site: Site) -> None:
    adopt(site, rich(**zone(max_occupancy=1)))
    site.server.send(Presences((PersonPresence("ann", "hall", site.clock.now()),)))
    site.badge(BOB)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.ZONE_FULL
    assert EventType.ZONE_FULL not in site.server.events()


def test_an_attempt_waits_for_fifteen_seconds(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.server.event(EventType.ACCESS_WAITING)
    site.clock.ms += 14_999
    site.tell(KeysPressed(READER, "2580#"))
    site.server.event(EventType.ACCESS_GRANTED)


def test_a_number_too_large_for_json_is_told_as_text() -> None:
    assert (_exact(2**53 - 1), _exact(2**53)) == (2**53 - 1, str(2**53))


CLOSED_LOCKED = DoorState(online=True, position=Position.CLOSED)


@pytest.mark.parametrize(
    "state, closed, locked",
    [
        (CLOSED_LOCKED, True, True),
        (replace(CLOSED_LOCKED, position=Position.OPEN), False, True),
        (replace(CLOSED_LOCKED, position=Position.UNKNOWN), None, True),
        (replace(CLOSED_LOCKED, mode=DoorMode.UNLOCKED), True, False),
        (replace(CLOSED_LOCKED, mode=DoorMode.LOCKDOWN), True, True),
        (replace(CLOSED_LOCKED, release=Release(Cause.CARD, 5_000, "c")), True, False),
    ],
)
def test_an_interlock_goes_by_what_the_other_door_is_known_to_be(
    state: DoorState, closed: bool | None, locked: bool
) -> None:
    condition = _condition(DoorPolicy("door-2", "Inner"), state)
    assert (condition.closed, condition.locked) == (closed, locked)
    assert _condition(DoorPolicy("door-2", "Inner", has_position=False), state).closed is None


def test_an_unlock_schedule_holds_only_while_the_clock_is_believed(site: Site) -> None:
    adopt(site, rich(door={"unlock_schedules": ("always",)}))
    site.driver.wait_for(RELEASE)
    site.pass_time(-3_600_000)
    site.driver.wait_for(LOCK, times=2)


def test_swiping_twice_unlocks_the_door_and_twice_again_locks_it(site: Site) -> None:
    adopt(site, rich(door={"double_swipe": DoubleSwipe()}, people={"double_swipe": True}))
    site.badge()
    site.badge()
    site.status(lambda status: status.mode is DoorMode.UNLOCKED)
    site.driver.wait_for(RELEASE)
    site.badge()
    site.badge()
    site.driver.wait_for(LOCK, times=2)


def test_a_restart_does_not_unlock_what_a_double_swipe_has_locked(site: Site) -> None:
    day = Schedule(id="day", name="Day", weekly=((Interval(8 * 60, 18 * 60),),) * 7)
    given = rich(door={"double_swipe": DoubleSwipe(), "unlock_schedules": ("day",)}, people={"double_swipe": True})
    made = msgspec.structs.replace(given.policy, schedules=(*given.policy.schedules, day))
    adopt(site, msgspec.structs.replace(given, policy=made))
    site.driver.wait_for(RELEASE)
    site.badge()
    site.badge()
    site.server.event(EventType.DOOR_TOGGLED)
    stored = dict(site.server.stored)
    site.restart()
    site.attach_server(stored)
    site.power_up()
    assert RELEASE not in site.driver.commands
    site.clock.ms += 6 * 3_600_000  # the schedule ends
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED, after=max(stored))
    site.pass_time(14 * 3_600_000)
    site.driver.wait_for(RELEASE)


def test_what_a_double_swipe_locked_yesterday_is_not_kept_locked_by_a_start_today(site: Site) -> None:
    day = Schedule(id="day", name="Day", weekly=((Interval(8 * 60, 18 * 60),),) * 7)
    given = rich(door={"double_swipe": DoubleSwipe(), "unlock_schedules": ("day",)}, people={"double_swipe": True})
    made = msgspec.structs.replace(given.policy, schedules=(*given.policy.schedules, day))
    adopt(site, msgspec.structs.replace(given, policy=made))
    site.badge()
    site.badge()
    site.server.event(EventType.DOOR_TOGGLED)
    stored = dict(site.server.stored)
    site.clock.ms += 24 * 3_600_000
    site.restart()
    site.attach_server(stored)
    site.tell(DeviceOnline(READER), DeviceOnline(IO))
    site.driver.wait_for(RELEASE)


def test_a_card_may_put_the_door_in_lockdown(site: Site) -> None:
    given = rich()
    card = msgspec.structs.replace(given.policy.credentials[0], starts_lockdown=True)
    cards = (card, *given.policy.credentials[1:])
    adopt(site, msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, credentials=cards)))
    site.badge()
    site.status(lambda status: status.mode is DoorMode.LOCKDOWN)
    site.badge(BOB)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_LOCKDOWN


@pytest.mark.parametrize("group, follows", [((), True), (("managers",), False)])
def test_an_unlock_schedule_waits_for_its_first_person(site: Site, group: tuple[str, ...], follows: bool) -> None:
    adopt(site, rich(door={"unlock_schedules": ("always",), "first_person": FirstPersonIn(group)}))
    site.badge()
    assert site.server.event(EventType.ACCESS_GRANTED).cardholder_id == "ann"
    assert RELEASE not in site.driver.commands
    site.sense(open=True)
    site.sense(open=False)
    closed = site.server.event(EventType.DOOR_CLOSED)
    assert closed.door_id == DOOR
    assert (RELEASE in site.driver.commands) is follows


def test_an_unlock_schedule_begins_and_ends_by_the_clock(site: Site) -> None:
    morning = Schedule(id="soon", name="Soon", weekly=((Interval(12 * 60 + 1, 12 * 60 + 2),),) * 7)
    given = rich(door={"unlock_schedules": ("soon",)})
    made = msgspec.structs.replace(given.policy, schedules=(*given.policy.schedules, morning))
    adopt(site, msgspec.structs.replace(given, policy=made))
    site.pass_time(59_000)
    assert RELEASE not in site.driver.commands
    site.pass_time(1_000)
    site.driver.wait_for(RELEASE)
    site.pass_time(60_000)
    site.status(lambda status: status.mode is DoorMode.LOCKED and not status.released)
    site.driver.wait_for(LOCK, times=2)


def test_an_operator_s_unlocking_may_end_by_itself(site: Site) -> None:
    until = site.clock.now() + timedelta(minutes=5)
    expires = site.clock.now() + timedelta(seconds=10)
    site.server.send(DoorCommand("command-1", DOOR, DoorAction.UNLOCK, "user-1", "", expires, until=until))
    assert site.result().status is CommandStatus.CONFIRMED
    site.driver.wait_for(RELEASE)
    told = ManualSetting(DoorSetting.UNLOCKED, until, "user-1")
    site.status(lambda status: status.source is Source.OPERATOR and status.manual == told)
    site.pass_time(5 * 60_000)
    site.driver.wait_for(LOCK, times=2)
    site.status(lambda status: status.source is Source.REST and status.manual is None)


def test_an_operator_s_grant_lasts_as_long_as_was_asked(site: Site) -> None:
    expires = site.clock.now() + timedelta(seconds=10)
    site.server.send(DoorCommand("command-1", DOOR, DoorAction.GRANT_ACCESS, "user-1", "", expires, duration_ms=20_000))
    site.driver.wait_for(SetOutput(IO, 0, OutputState.PULSE, 20_000))


def test_a_controller_out_of_contact_for_too_long_denies_where_the_site_wants_that(site: Site) -> None:
    adopt(site, rich(stale_after_s=60))
    site.server.close()
    site.servers.clear()
    walk_in(site)
    site.driver.wait_for(YES)
    site.pass_time(61_000)
    site.badge()
    site.driver.wait_for(NO)
    server = site.attach_server()
    assert server.event(EventType.ACCESS_DENIED).reason == Reason.POLICY_STALE
    site.badge()
    server.wait_for(lambda: True if server.events().count(EventType.ACCESS_GRANTED) == 2 else None)


def test_a_clock_that_went_back_opens_nothing_until_the_server_agrees_with_it(site: Site) -> None:
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)
    stored = dict(site.server.stored)
    site.clock.ms -= 3_600_000
    site.restart()
    site.attach_server(stored)
    site.power_up()
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CLOCK_UNRELIABLE
    site.server.send(Welcome(max(site.server.stored), site.clock.now()))
    denied = site.server.event(EventType.ACCESS_DENIED).sequence
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED, after=denied)


def test_a_card_in_an_elevator_frees_the_floors_that_its_owner_may_enter(site: Site) -> None:
    floors = [DoorPolicy(f"floor-{number}", f"Floor {number}", kind=DoorKind.FLOOR) for number in range(3)]
    plain = policy(2)
    rule = msgspec.structs.replace(
        plain.rules[0], door_sides=(DoorSide("floor-0", Side.A), DoorSide("floor-2", Side.A))
    )
    made = msgspec.structs.replace(
        plain,
        doors=tuple(msgspec.structs.replace(floor, has_position=False) for floor in floors),
        readers=(ReaderPolicy("reader-1", "floor-0", Side.A, floors=tuple(floor.id for floor in floors)),),
        rules=(rule,),
    )
    ride(site, PolicySnapshot(made, cab(3)))
    site.badge()
    granted = site.server.event(EventType.ACCESS_GRANTED)
    assert granted.data["floors"] == ["floor-0", "floor-2"]
    pulsed = {
        command.device_id
        for command in site.driver.commands
        if isinstance(command, SetOutput) and command.state is OutputState.PULSE
    }
    assert pulsed == {"io-0", "io-2"}


def elevator(floors: tuple[str | None, ...], way: tuple[IdentificationType, ...]) -> PolicySnapshot:
    """One reader for two floors with these profiles. Ann may only enter the second."""
    given = rich(**profile(way))
    doors = tuple(
        DoorPolicy(f"floor-{number}", f"Floor {number}", kind=DoorKind.FLOOR, has_position=False, profile_id=one)
        for number, one in enumerate(floors)
    )
    rule = msgspec.structs.replace(given.policy.rules[0], door_sides=(DoorSide("floor-1", Side.A),))
    made = msgspec.structs.replace(
        given.policy,
        doors=doors,
        readers=(ReaderPolicy("reader-1", "floor-0", Side.A, floors=tuple(door.id for door in doors)),),
        rules=(rule,),
        pin=PinRules(lockout_after=1),
    )
    return PolicySnapshot(made, cab(len(doors)))


def cab(floors: int) -> Wiring:
    """A reader in the cab, and a relay on a device of its own for each floor."""
    reader = OsdpDevice(READER, "/dev/cab", 1, b"r" * 16)
    relays = tuple(OsdpDevice(f"io-{number}", "/dev/cab", 2 + number, b"i" * 16) for number in range(floors))
    return Wiring(
        (reader, *relays),
        (ReaderLine("reader-1", "floor-0", READER),),
        tuple(LockLine(f"floor-{number}", relay.id, 0) for number, relay in enumerate(relays)),
    )


def ride(site: Site, given: PolicySnapshot) -> None:
    adopt(site, given)
    site.tell(*(DeviceOnline(device.id) for device in given.wiring.devices))


def test_an_elevator_waits_for_a_pin_though_the_first_floor_is_denied(site: Site) -> None:
    ride(site, elevator(("profile", "profile"), (T.CARD, T.PIN)))
    site.badge()
    assert site.server.event(EventType.ACCESS_WAITING).reason == Reason.PIN_REQUIRED
    site.tell(KeysPressed(READER, "2580#"))
    assert site.server.event(EventType.ACCESS_GRANTED).door_id == "floor-1"


def test_a_keypad_that_is_locked_by_any_floor_of_an_elevator_is_told_of(site: Site) -> None:
    ride(site, elevator((None, "profile"), (T.PIN,)))
    site.tell(KeysPressed(READER, "1111#"))
    assert site.server.event(EventType.READER_LOCKED_OUT).door_id == "floor-1"


def test_an_attempt_goes_on_under_a_new_policy(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.server.event(EventType.ACCESS_WAITING)
    site.tell(KeysPressed(READER, "25"))
    adopt(site, rich(3, **profile((T.CARD, T.PIN))))
    site.tell(KeysPressed(READER, "80#"))
    site.server.event(EventType.ACCESS_GRANTED)


def test_an_attempt_is_decided_by_the_policy_in_which_it_ends(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.server.event(EventType.ACCESS_WAITING)
    adopt(site, rich(3, people={"suspended": True}, **profile((T.CARD, T.PIN))))
    site.tell(KeysPressed(READER, "2580#"))
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CARDHOLDER_SUSPENDED


def test_a_pin_that_comes_exactly_when_its_time_is_over_is_alone(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    first = site.server.event(EventType.ACCESS_WAITING)
    site.clock.ms += 15_000
    site.tell(KeysPressed(READER, "2580#"))
    waiting = site.server.event(EventType.ACCESS_WAITING, after=first.sequence)
    assert waiting.reason == Reason.CARD_REQUIRED


def test_nobody_was_granted_anything_when_the_door_itself_refuses(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.hardware.admission._condition", lambda door, state: DoorCondition())
    site.tell(DeviceOffline(IO, "its power was cut"))
    site.badge()
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert (denied.reason, denied.trace[-1].passed) == (Reason.DOOR_NOT_READY, False)
    assert EventType.ACCESS_GRANTED not in site.server.events()
    site.driver.wait_for(NO)


def test_a_denied_attempt_is_over(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge()
    site.tell(KeysPressed(READER, "1111#"))
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert denied.reason == Reason.PIN_WRONG
    site.tell(KeysPressed(READER, "2580#"))
    waiting = site.server.event(EventType.ACCESS_WAITING, after=denied.sequence)
    assert waiting.reason == Reason.CARD_REQUIRED


def test_a_pin_waits_for_its_card_at_the_reader_too(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.tell(KeysPressed(READER, "2580#"))
    assert site.server.event(EventType.ACCESS_WAITING).reason == Reason.CARD_REQUIRED
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)


def test_another_card_takes_the_place_of_the_one_that_waits_for_its_pin(site: Site) -> None:
    adopt(site, rich(**profile((T.CARD, T.PIN))))
    site.badge(BOB)
    site.badge()
    site.tell(KeysPressed(READER, "2580#"))
    assert site.server.event(EventType.ACCESS_GRANTED).cardholder_id == "ann"


def test_a_controller_that_is_cut_off_checks_shared_zones_as_the_site_chose(site: Site) -> None:
    denying = zone(shared=True, when_isolated=WhenIsolated.DENY)
    adopt(site, rich(**denying))
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)
    site.server.close()
    site.servers.clear()
    site.badge()
    site.driver.wait_for(NO)
    assert site.attach_server().event(EventType.ACCESS_DENIED).reason == Reason.ZONE_ISOLATED


def test_a_clock_that_goes_back_a_little_ends_an_unlocking_that_has_not_begun(site: Site) -> None:
    soon = Schedule(id="soon", name="Soon", weekly=((Interval(12 * 60 + 5, 12 * 60 + 30),),) * 7)
    given = rich(door={"unlock_schedules": ("soon",)})
    made = msgspec.structs.replace(given.policy, schedules=(*given.policy.schedules, soon))
    adopt(site, msgspec.structs.replace(given, policy=made))
    site.pass_time(5 * 60_000)
    site.driver.wait_for(RELEASE)
    site.pass_time(-4 * 60_000)
    site.driver.wait_for(LOCK, times=2)


def test_people_with_long_access_time_have_a_longer_release(site: Site) -> None:
    adopt(site, rich(people={"long_access": True}))
    site.badge()
    site.driver.wait_for(SetOutput(IO, 0, OutputState.PULSE, 30_000))


def test_the_exempt_are_let_in_during_a_lockdown(site: Site) -> None:
    adopt(site, rich(door={"lockdown": True}, people={"exempt_lockdown": True}))
    site.badge(BOB)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_LOCKDOWN
    site.badge()
    site.driver.wait_for(YES)
    assert OutputState.PULSE in site.driver.strikes()


def test_who_leaves_a_zone_is_not_the_first_person_in(site: Site) -> None:
    out = (BorderPolicy("hall", DOOR, Side.B),)
    door = {"unlock_schedules": ("always",), "first_person": FirstPersonIn()}
    adopt(site, rich(door=door, zones=(ZonePolicy("hall", "Hall"),), borders=out))
    walk_in(site)
    site.server.event(EventType.DOOR_CLOSED)
    assert RELEASE not in site.driver.commands


def test_a_policy_without_the_rest_still_is_one(site: Site) -> None:
    """What an older server sends has none of the new parts; a plain card goes on working."""
    old = Policy(
        9,
        "UTC",
        doors=policy().doors,
        readers=policy().readers,
        credentials=policy().credentials,
        cardholders=policy().cardholders,
        schedules=policy().schedules,
        rules=policy().rules,
    )
    adopt(site, PolicySnapshot(old, snapshot().wiring))
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)


def test_a_use_at_another_controller_counts_here_and_an_older_sum_changes_nothing(site: Site) -> None:
    twice = RelativeValidity(ValidityStart.FIRST_USE, 2, ValidityUnit.USES)
    given = rich()
    cards = (msgspec.structs.replace(given.policy.credentials[0], relative=twice),)
    adopt(site, msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, credentials=cards)))
    site.server.send(CredentialNews((CredentialUse("card-1", NOON, NOON, 1),)))
    site.badge()
    site.server.event(EventType.ACCESS_GRANTED)
    site.server.send(CredentialNews((CredentialUse("card-1", NOON, NOON, 1),)))
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CREDENTIAL_USED_UP


def test_a_dynamic_code_that_another_controller_took_is_replayed_here_and_one_taken_here_is_told(site: Site) -> None:
    secret, qr_id = b"s" * 32, "01900000-0000-7000-8000-0000000000aa"
    credential = CredentialPolicy(qr_id, "ann", kind=CredentialKind.DYNAMIC_QR, token=secret)
    given = rich(**profile((T.DYNAMIC_QR,)))
    made = msgspec.structs.replace(given.policy, credentials=(credential,))
    adopt(site, msgspec.structs.replace(given, policy=made))
    step = step_of(site.clock.now())
    site.tell(Presented(READER, QrCode(dynamic_qr(secret, qr_id, step))))
    assert site.server.event(EventType.ACCESS_GRANTED).data["qr_steps"] == {qr_id: step}
    site.pass_time(30_000)
    site.server.send(CredentialNews(qr_steps={qr_id: step + 1}))
    site.tell(Presented(READER, QrCode(dynamic_qr(secret, qr_id, step + 1))))
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.QR_REPLAYED
