"""A walk through every operation that there is, area by area, on one site with two controllers."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.mobile import INVITATION_LIFETIME, withdraw_expired_invitations
from doorward.acs.credentials.operations import (
    NewCard,
    NewMobile,
    NewPin,
    NewPlate,
    NewQr,
    accept_invitation,
    change_pin,
    create_card,
    create_dynamic_qr,
    create_mobile,
    create_pin,
    create_plate,
    create_qr,
    delete_credential,
    invite_mobile,
    revoke_mobile,
    show_qr,
    update_card,
    update_credential,
)
from doorward.acs.decision.card_format import BitField
from doorward.acs.decision.local_rules import LocalAction
from doorward.acs.decision.policy import (
    CredentialStatus,
    DoorKind,
    DoorSide,
    EmergencyAction,
    FirstPersonIn,
    IdentificationType,
    Method,
    PinRules,
    Side,
    TwoPersonRule,
)
from doorward.acs.devices import DeviceRole, PinInput, PinOutput
from doorward.acs.doors.changes import copy_door, delete_door, set_maintenance, update_door
from doorward.acs.doors.elevators import NewFloor, add_floor, create_elevator, rename_elevator, rename_floor
from doorward.acs.doors.gpio_devices import GpioLines, NewGpioDevice, create_gpio_device, update_gpio_device
from doorward.acs.doors.ip_devices import (
    allow_unsigned_plates,
    create_ip_device,
    rotate_ip_device_key,
    show_ip_device_key,
    update_ip_device,
)
from doorward.acs.doors.ip_settings import IpSettings
from doorward.acs.doors.models import Controller, Device, Door, Reader
from doorward.acs.doors.operations import NewDevice, NewDoor, NewReader, create_device, create_door, create_reader
from doorward.acs.doors.osdp_devices import OsdpPlace, create_osdp_module
from doorward.acs.doors.osdp_edit import update_osdp_device
from doorward.acs.doors.osdp_keys import commit_key, drop_next_key, plan_key, set_main_key
from doorward.acs.doors.osdp_moves import commit_place, drop_next_place, plan_move
from doorward.acs.doors.readers import delete_device, delete_reader, update_reader
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.signal_sets import choose_signals, create_signal_set, delete_signal_set, update_signal_set
from doorward.acs.doors.signals import set_reader_signals
from doorward.acs.doors.wiegand import Converter
from doorward.acs.doors.wiegand_devices import create_wiegand_device, delete_wiegand_device, update_wiegand_device
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockRank, LockWire, ReaderType
from doorward.acs.events.catalogue import EventType
from doorward.acs.formats.operations import (
    CardFormatDraft,
    create_card_format,
    delete_card_format,
    reset_card_format,
    set_card_format_active,
    set_reader_formats,
    update_card_format,
)
from doorward.acs.formats.pin_operations import set_pin_rules, set_reader_pin_rules
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput, NewLocalRule, RuleTrigger
from doorward.acs.local_io.inputs import create_aux_input, delete_aux_input, update_aux_input
from doorward.acs.local_io.models import TriggerKind
from doorward.acs.local_io.operations import create_local_rule, delete_local_rule, update_local_rule
from doorward.acs.local_io.outputs import create_aux_output, delete_aux_output, update_aux_output
from doorward.acs.messages import KeyWay
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import (
    DirectoryEntry,
    NewCardholder,
    NewCustomField,
    add_members,
    apply_directory,
    create_cardholder,
    create_custom_field,
    create_group,
    delete_cardholder,
    delete_custom_field,
    delete_group,
    release_from_directory,
    remove_members,
    set_photo,
    update_cardholder,
    update_custom_field,
    update_group,
)
from doorward.acs.people.photo import EncodedPhoto
from doorward.acs.profiles.operations import NewProfile, create_profile, delete_profile, update_profile
from doorward.acs.rules.members import Members
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.schedules.given import DateRange
from doorward.acs.schedules.holiday import HolidayGiven, by_hand
from doorward.acs.schedules.holiday_operations import (
    create_holiday_calendar,
    delete_holiday_calendar,
    fill_holiday_calendar,
    rename_holiday_calendar,
)
from doorward.acs.schedules.operations import create_schedule, delete_schedule, update_schedule
from doorward.acs.schedules.override_operations import (
    create_override_schedule,
    delete_override_schedule,
    update_override_schedule,
)
from doorward.acs.signals import Signal, SignalColour, Signals
from doorward.acs.site.operations import update_site
from doorward.acs.threats.models import RuleSwitch, ThreatColour
from doorward.acs.threats.operations import (
    NewThreatLevel,
    create_threat_level,
    delete_threat_level,
    update_threat_level,
)
from doorward.acs.threats.posture import Place, Switches
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.interlock_operations import create_interlock, delete_interlock, update_interlock
from doorward.acs.zones.models import AntiPassbackMode
from doorward.acs.zones.operations import create_zone, delete_zone, set_zone_doors, update_zone
from doorward.acs.zones.presence_operations import (
    forgive_cardholder,
    forgive_everybody,
    forgive_zone,
    set_presence,
)
from tests.world import Site, World

R = TypeVar("R")
CHRISTMAS = date(2026, 12, 25)


@dataclass
class Walk:
    """The world walked through; `after` is called after every operation with its full name."""

    world: World
    site: Site
    other: Controller
    after: Callable[[str], Awaitable[None]]
    done: set[str] = field(default_factory=set)

    async def do(self, run: Callable[..., Coroutine[Any, Any, R]], *args: Any, **options: Any) -> R:
        """Carry out an operation, a minute after the one before."""
        self.world.clock.advance(timedelta(minutes=1))
        result = await run(self.world.domain, COMMAND_LINE, *args, **options)
        name = f"{run.__module__}.{run.__name__}"
        self.done.add(name)
        await self.after(name)
        return result


async def people(walk: Walk) -> None:
    """Cardholders, groups, custom fields and directories."""
    do, ada = walk.do, walk.site.ada
    cleaners = await do(create_group, "Cleaners")
    bob = await do(create_cardholder, NewCardholder("E-2", "Bob", "Babbage", group_ids=(cleaners.id,)))
    eve = await do(create_cardholder, NewCardholder("V-1", "Eve", "Visitor", visitor=True, host_id=ada.id))
    await do(update_group, cleaners.id, {"name": "Night cleaners"})
    await do(add_members, cleaners.id, [ada.id, eve.id])
    await do(remove_members, cleaners.id, [bob.id])
    for changes in (
        {"suspended": True},
        {"long_access": True, "double_swipe": True},
        {"exempt_lockdown": True, "exempt_antipassback": True, "escort_required": True},
        {"valid_from": walk.world.clock(), "valid_to": walk.world.clock() + timedelta(days=9)},
        {"group_ids": [walk.site.group.id, cleaners.id]},
        {"suspended": False, "phone": "123-456"},
    ):
        await do(update_cardholder, bob.id, changes)
    await do(update_cardholder, eve.id, {"visitor": False})
    await do(apply_directory, bob.id, DirectoryEntry("AD", "b", ("suspended",)), {"suspended": True})
    await do(release_from_directory, bob.id)
    await do(set_photo, bob.id, EncodedPhoto("f" * 64, b"jpeg"))
    shoes = await do(create_custom_field, NewCustomField("Shoes", CustomFieldKind.TEXT))
    await do(update_cardholder, bob.id, {"custom_fields": {shoes.id: "43"}})
    await do(update_custom_field, shoes.id, {"name": "Shoe size"})
    await do(delete_custom_field, shoes.id, 1)
    await do(create_card, NewCard(bob.id, 17, 2000))
    await do(create_access_rule, "Bob's own", cardholder_ids=[bob.id, ada.id], **await _place_and_time(walk))
    await do(delete_cardholder, bob.id)
    await do(delete_group, cleaners.id)
    await do(delete_group, (await do(create_group, "Nobody")).id)


async def _place_and_time(walk: Walk) -> dict[str, Any]:
    night = await walk.do(create_schedule, f"Night {walk.world.clock()}", [[(0, 360)]] * 7)
    return {"schedule_ids": [night.id], "door_sides": [DoorSide(walk.site.door.id, Side.B)]}


async def credentials(walk: Walk) -> None:
    """Credentials of every kind."""
    do, ada = walk.do, walk.site.ada.id
    card = await do(create_card, NewCard(ada, 17, 3000))
    raw = await do(create_card, NewCard(ada, bits="101" * 20))
    await do(update_card, card.id, {"status": CredentialStatus.LOST})
    await do(update_credential, raw.id, {"traced": True, "starts_lockdown": True})
    await do(update_credential, raw.id, {"valid_to": walk.world.clock() + timedelta(days=1, microseconds=7)})
    await do(update_credential, raw.id, {"name": "Not in the policy"})
    pin = await do(create_pin, NewPin(ada, "3917", "7261"))
    await do(change_pin, pin.id, "8254", "")
    static = await do(create_qr, NewQr(ada))
    await do(create_dynamic_qr, NewQr(ada))
    await do(show_qr, static.credential.id)
    await do(create_plate, NewPlate(ada, "B-DW 123"))
    await do(create_mobile, NewMobile(ada))
    mobile = await do(create_mobile, NewMobile(ada))
    invitation = await do(invite_mobile, mobile.credential.id)
    await do(accept_invitation, invitation.code, "Phone")
    await do(revoke_mobile, mobile.credential.id)
    await do(invite_mobile, mobile.credential.id)
    walk.world.clock.advance(INVITATION_LIFETIME)
    await do(withdraw_expired_invitations)
    for credential in (raw, mobile.credential):
        await do(delete_credential, credential.id)


async def formats(walk: Walk) -> None:
    """Card formats and PIN rules, of the system and of a reader."""
    do, reader = walk.do, walk.site.reader_a.id
    own = await do(create_card_format, CardFormatDraft("Own", 31, BitField(1, 20)))
    await do(set_card_format_active, own.format.id, True)
    await do(update_card_format, own.format.id, {"bits": 60})
    await do(update_card_format, own.format.id, {"name": "Ours", "invert_bits": True})
    await do(set_reader_formats, reader, ["H10301", own.format.id])
    await do(set_reader_formats, reader, None)
    await do(update_card_format, "H10301", {"invert_bits": True})
    await do(reset_card_format, "H10301")
    await do(set_card_format_active, "H10301", False)
    await do(set_card_format_active, "H10301", True)
    await do(delete_card_format, own.format.id)
    await do(set_pin_rules, PinRules(4, 9))
    await do(set_reader_pin_rules, reader, PinRules(4, 4, ""))
    await do(set_reader_pin_rules, reader, None)


async def schedules(walk: Walk) -> None:
    """Schedules, override schedules and holidays."""
    do = walk.do
    holidays = await do(create_holiday_calendar, "Holidays", by_hand([HolidayGiven(CHRISTMAS, "Christmas", True)]))
    closed = await do(create_override_schedule, "Closed", calendar_ids=[holidays.id])
    spare = await do(create_override_schedule, "Spare", [(0, 60)], [DateRange(CHRISTMAS, CHRISTMAS)])
    office = await do(create_schedule, "Office", [[(480, 1020)]] * 7, override_schedule_ids=[closed.id, spare.id])
    await do(update_schedule, office.id, {"weekly": [[(0, 60), (120, 180)]] * 7, "first_day": date(2026, 1, 1)})
    await do(update_schedule, office.id, {"override_schedule_ids": [spare.id, closed.id]})
    await do(update_override_schedule, closed.id, {"cuts_midnight": True, "name": "Shut"})
    await do(update_override_schedule, spare.id, {"slots": [(60, 120)]})
    await do(fill_holiday_calendar, holidays.id, by_hand([HolidayGiven(date(2027, 1, 1), "New Year")]))
    await do(rename_holiday_calendar, holidays.id, "Public holidays")
    await do(update_override_schedule, closed.id, {"calendar_ids": []})
    await do(delete_holiday_calendar, holidays.id)
    await do(update_schedule, office.id, {"override_schedule_ids": [closed.id]})
    await do(delete_override_schedule, spare.id)
    await do(delete_schedule, office.id)


async def doors(walk: Walk) -> None:
    """Doors, readers, devices and wiring, and doors that go from one controller to the other."""
    do, here = walk.do, walk.world.controller.id
    late = await do(create_schedule, "Late", [[(1200, 1440)]] * 7)
    door = await do(create_door, NewDoor("Lab", here))
    reader = await do(create_reader, NewReader(door.id, Side.A, "Lab in"))
    key = b"l" * 16
    device = await do(create_device, NewDevice(DeviceRole.READER, door.id, "/dev/lab", 1, key, reader_id=reader.id))
    outputs = await do(create_device, NewDevice(DeviceRole.DOOR_IO, door.id, "/dev/lab", 2, key))
    badge = await do(create_reader, NewReader(door.id, Side.A, "Lab badge", type=ReaderType.WIEGAND, port=1))
    converter = await do(create_wiegand_device, badge.id, "/dev/converter", Converter("channel-lines", 1))
    module = await do(create_osdp_module, here, "Module", OsdpPlace("/dev/module", 1, b"m" * 15 + b"n"))
    await do(delete_device, module.id)
    await do(set_main_key, b"a main key to be")
    await do(plan_key, device.id, KeyWay.SECURE_CHANNEL)
    await do(drop_next_key, device.id)
    _, order = await do(plan_key, device.id, KeyWay.SECURE_CHANNEL)
    await do(commit_key, here, device.id, order.number)
    await do(update_osdp_device, device.id, {"name": "Lab reader"})
    await do(update_osdp_device, device.id, {"address": 7})
    await do(plan_move, device.id, 8, 115_200)
    await do(drop_next_place, device.id)
    await do(plan_move, device.id, 8, 115_200)
    await do(commit_place, here, device.id, 8, 115_200)
    shown = await do(create_signal_set, "Loud", Signals(granted=Signal(SignalColour.BLUE)))
    spare = await do(create_signal_set, "Spare", Signals())
    await do(delete_signal_set, spare.id)
    await do(choose_signals, reader.id, shown.id)
    await do(update_signal_set, shown.id, {"signals": Signals(granted=Signal(SignalColour.CYAN))})
    await do(set_reader_signals, Signals(denied=Signal(SignalColour.RED, tones=5)))
    await do(update_wiegand_device, converter.id, {"channel": 2})
    await do(delete_wiegand_device, converter.id)
    await do(delete_reader, badge.id)
    await do(update_reader, reader.id, {"side": Side.B, "muster": True})
    await do(set_reader_formats, reader.id, ["H10301"])
    await do(set_reader_pin_rules, reader.id, PinRules(4, 4, ""))
    group = walk.site.group.id
    await do(
        update_door,
        door.id,
        {
            "unlock_schedule_ids": (late.id,),
            "first_person": FirstPersonIn((group,)),
            "two_person": TwoPersonRule((Side.A,), (late.id,), 9_000, (group,)),
            "profile_id": "card-and-pin",
        },
    )
    await do(set_maintenance, door.id, True, "Painting")
    emergency = InputWire(InputPurpose.EMERGENCY, 7, device_id=outputs.id, emergency=EmergencyAction.UNLOCK)
    lock = LockWire(3, LockRank.PRIMARY, outputs.id)
    await do(set_wiring, door.id, [lock], [emergency])
    copy = await do(copy_door, door.id, "Copy of lab", walk.other.id)
    rule = await do(create_access_rule, "Lab", [group], [late.id], [DoorSide(copy.id, Side.A)])
    side = await do(create_door, NewDoor("Side door", here))
    zone = await do(create_zone, "Labs", None, [GivenDoor(copy.id), GivenDoor(side.id)])
    await do(create_access_rule, "Labs", [group], [late.id], zone_ids=[zone.id])
    for controller_id in (here, walk.other.id):
        await do(update_door, copy.id, {"controller_id": controller_id})
    await do(update_door, copy.id, {"kind": DoorKind.PROVISIONED, "controller_id": None})
    await do(set_zone_doors, zone.id, [GivenDoor(side.id)])
    await do(delete_access_rule, rule.id)
    await do(delete_door, copy.id)
    await do(set_wiring, door.id, [], [])
    await do(delete_device, device.id)
    await do(delete_reader, reader.id)
    await do(delete_door, door.id)
    await devices_on_the_network(walk)


async def devices_on_the_network(walk: Walk) -> None:
    """An intercom and a plate camera, with their keys."""
    do, door = walk.do, walk.site.door
    intercom = NewReader(door.id, Side.A, "Intercom", type=ReaderType.IP, address="10.0.0.7")
    reader = await do(create_reader, intercom)
    made = await do(create_ip_device, reader.id, IpSettings("Intercom", "rtsp://user:secret@10.0.0.7/1"))
    await do(update_ip_device, made.device.id, {"stream_url": "rtsp://user:other@10.0.0.7/1"})
    await do(update_ip_device, made.device.id, {"name": "Door station", "stream_url": ""})
    await do(show_ip_device_key, made.device.id)
    await do(rotate_ip_device_key, made.device.id, 3600)
    await do(rotate_ip_device_key, made.device.id)
    gate = NewReader(door.id, Side.A, "Plates", type=ReaderType.PLATE_CAMERA, address="10.0.0.8")
    camera = await do(create_ip_device, (await do(create_reader, gate)).id, IpSettings("Gate", min_confidence=0.9))
    await do(allow_unsigned_plates, camera.device.id, True)
    await do(allow_unsigned_plates, camera.device.id, False)
    await do(delete_device, camera.device.id)
    await do(delete_reader, reader.id)


async def elevators(walk: Walk) -> None:
    """An elevator whose floors come and go, with the readers in its cab."""
    do = walk.do
    lift = await do(create_elevator, "Lift", walk.world.controller.id, [NewFloor("1"), NewFloor("2")])
    first, second = await Door.filter(elevator_id=lift.id).order_by("id")
    reader = await do(create_reader, NewReader(first.id, Side.A, "Cab"))
    await do(
        create_device,
        NewDevice(DeviceRole.READER, first.id, "/dev/cab", 1, b"c" * 16, reader_id=reader.id),
    )
    third = await do(add_floor, lift.id, NewFloor("3", LockWire(9)))
    await do(rename_elevator, lift.id, "Goods lift")
    await do(rename_floor, third.id, "Roof")
    for floor in (first, third, second):
        await do(delete_door, floor.id)
    assert not await Reader.filter(id=reader.id).exists()


async def zones(walk: Walk) -> None:
    """Zones, borders, interlocks, and who is where."""
    do, gate = walk.do, walk.site.door
    far = await do(create_door, NewDoor("Far", walk.other.id))
    between = await do(create_door, NewDoor("Between", walk.world.controller.id))
    hall = await do(create_zone, "Hall", {"muster": True}, [GivenDoor(far.id, Side.B), GivenDoor(between.id)])
    vault = await do(create_zone, "Vault", {"parent_id": hall.id}, [GivenDoor(between.id, Side.B)])
    office = (await _place_and_time(walk))["schedule_ids"]
    await do(create_access_rule, "Hall", [walk.site.group.id], office, zone_ids=[hall.id, walk.site.zones[0]])
    await do(update_zone, vault.id, {"anti_passback": AntiPassbackMode.SOFT, "timeout_s": 60, "forgive_at": "03:30"})
    await do(update_zone, vault.id, {"parent_id": None, "max_occupancy": 5})
    await do(set_zone_doors, hall.id, [GivenDoor(far.id, Side.A)])
    await do(update_zone, hall.id, {"name": "Great hall"}, [GivenDoor(between.id, Side.A), GivenDoor(far.id, None)])
    yard = await do(create_zone, "Yard")
    await do(set_zone_doors, yard.id, [GivenDoor(gate.id, Side.B)])
    porch = await do(create_door, NewDoor("Porch", walk.world.controller.id))
    await do(create_reader, NewReader(porch.id, Side.A, "In", hall.id))
    await do(create_reader, NewReader(porch.id, Side.B, "Through", hall.id))
    await do(set_presence, walk.site.ada.id, yard.id, "seen there")
    await do(forgive_cardholder, walk.site.ada.id, "asked")
    await do(forgive_zone, vault.id, "asked")
    await do(forgive_everybody, "alarm")
    lock = await do(create_interlock, "Mantrap", [far.id, gate.id])
    await do(update_interlock, lock.id, "Trap", [between.id, far.id, gate.id])
    await do(delete_interlock, lock.id)
    await do(delete_zone, yard.id)
    await do(delete_zone, vault.id)


async def rules(walk: Walk) -> None:
    """Access rules: complete or not, enabled or not."""
    do, site = walk.do, walk.site
    times = await _place_and_time(walk)
    rule = await do(create_access_rule, "Everywhere", [site.group.id], **times)
    await do(update_access_rule, rule.id, {"name": "Nearly everywhere", "valid_to": walk.world.clock()})
    await do(update_access_rule, rule.id, {"enabled": False})
    await do(update_access_rule, rule.id, {"enabled": True, "zone_ids": site.zones})
    more = Members(cardholder_ids=(site.ada.id,), door_sides=(DoorSide(site.door.id, Side.A),))
    await do(change_access_rule_members, rule.id, more, Members(zone_ids=tuple(site.zones)))
    await do(change_access_rule_members, rule.id, Members(), Members(schedule_ids=tuple(times["schedule_ids"])))
    await do(update_access_rule, rule.id, {"schedule_ids": times["schedule_ids"]})
    await do(delete_access_rule, rule.id)


async def profiles(walk: Walk) -> None:
    """Identification profiles, and the doors that go from one to another."""
    do = walk.do
    times = tuple((await _place_and_time(walk))["schedule_ids"])
    card = Method((IdentificationType.CARD,), ())
    both = Method((IdentificationType.CARD, IdentificationType.PIN), times)
    profile = await do(create_profile, NewProfile("Strict", (both, card), (card,)))
    await do(update_door, walk.site.door.id, {"profile_id": profile.id})
    await do(update_profile, profile.id, {"side_b": (both,), "facility": False})
    await do(update_profile, profile.id, {"name": "Stricter", "side_a": ()})
    await do(delete_profile, profile.id, "card-and-pin")


async def site_itself(walk: Walk) -> None:
    """What is true of the whole site, its threat level among it."""
    do = walk.do
    await do(update_site, {"name": "Castle"})
    await do(update_site, {"time_zone": "Asia/Tokyo"})
    lockdown = Switches(rule_switch=RuleSwitch.ONLY, lockdowns=(Place(door_id=walk.site.door.id),))
    level = await do(create_threat_level, NewThreatLevel("Severe", 3, ThreatColour.VERMILION, 100, lockdown))
    await do(set_threat_level, level.id, "a drill")
    await do(release_threat_level, "it is over")
    await do(update_threat_level, level.id, {"name": "Most severe"})
    await _local_io(walk, level.id)
    await do(delete_threat_level, level.id)


async def _local_io(walk: Walk, level_id: str) -> None:
    """Auxiliary inputs and outputs, and a local rule that goes by one thing after the other."""
    do, door_id = walk.do, walk.site.door.id
    device = await Device.get(door_id=door_id, role=DeviceRole.DOOR_IO)
    pushed = await do(create_aux_input, NewAuxInput("Push button", device.id, 5))
    siren = await do(create_aux_output, NewAuxOutput("Siren", device.id, 3))
    given = RuleTrigger(TriggerKind.INPUT, input_id=pushed.id, input_active=True)
    rule = await do(create_local_rule, NewLocalRule("Panic", given, LocalAction.PULSE, siren.id, 5_000))
    await do(update_aux_input, pushed.id, {"number": 6, "debounce_ms": 50})
    await do(update_aux_output, siren.id, {"number": 2})
    severe = RuleTrigger(TriggerKind.THREAT_LEVEL, threat_level_id=level_id)
    await do(update_local_rule, rule.id, {"trigger": severe, "action": LocalAction.FOLLOW, "pulse_ms": None})
    await do(update_threat_level, level_id, {"name": "Gravest"})
    forced = RuleTrigger(TriggerKind.EVENT, door_id=door_id, event=EventType.DOOR_FORCED)
    await do(update_local_rule, rule.id, {"trigger": forced, "action": LocalAction.ON})
    await do(delete_local_rule, rule.id)
    chip = NewGpioDevice(walk.world.controller.id, "Pins", "/dev/gpiochip0", GpioLines((PinInput(17),)))
    pins = await do(create_gpio_device, chip)
    await do(update_gpio_device, pins.id, "Pins", GpioLines((PinInput(18),), (PinOutput(22),)))
    await do(delete_device, pins.id)
    await do(delete_aux_input, pushed.id)
    await do(delete_aux_output, siren.id)


AREAS = (people, credentials, formats, schedules, doors, elevators, zones, rules, profiles, site_itself)
"""Each leaves the site fit for the others, in any order."""
