"""The site that the examples of docs/reference/api/examples are tried on: an office with all that they name.

`prepare` fills an empty database once and says what each variable of the examples is there.
"""

from datetime import date, timedelta

import msgspec
from tortoise import connections

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.controllers.operations import create_controller, issue_enrolment_code
from doorward.acs.credentials.operations import (
    NewCard,
    NewMobile,
    NewPin,
    NewQr,
    accept_invitation,
    create_card,
    create_mobile,
    create_pin,
    create_qr,
)
from doorward.acs.decision.card_format import BitField
from doorward.acs.decision.local_rules import LocalAction
from doorward.acs.decision.policy import DoorSide, IdentificationType, Method, Side
from doorward.acs.devices import DeviceRole, PinInput
from doorward.acs.doors.elevators import NewFloor, create_elevator
from doorward.acs.doors.gpio_devices import GpioLines, NewGpioDevice, create_gpio_device
from doorward.acs.doors.ip_devices import create_ip_device
from doorward.acs.doors.ip_settings import IpSettings
from doorward.acs.doors.models import Device, Door
from doorward.acs.doors.operations import NewDevice, NewDoor, NewReader, create_device, create_door, create_reader
from doorward.acs.doors.osdp_devices import OsdpPlace, create_osdp_module
from doorward.acs.doors.osdp_keys import plan_key
from doorward.acs.doors.osdp_moves import plan_move
from doorward.acs.doors.signal_sets import create_signal_set
from doorward.acs.doors.wiegand import Converter
from doorward.acs.doors.wiegand_devices import create_wiegand_device
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.operations import store_records
from doorward.acs.formats.operations import CardFormatDraft, create_card_format, update_card_format
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput, NewLocalRule, RuleTrigger
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.models import TriggerKind
from doorward.acs.local_io.operations import create_local_rule
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.messages import JournalRecord, KeyWay
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import (
    DirectoryEntry,
    NewCardholder,
    NewCustomField,
    apply_directory,
    create_cardholder,
    create_custom_field,
    create_group,
    update_cardholder,
)
from doorward.acs.profiles.operations import NewProfile, create_profile
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.given import DateRange
from doorward.acs.schedules.holiday import HolidayGiven, by_hand
from doorward.acs.schedules.holiday_operations import create_holiday_calendar
from doorward.acs.schedules.operations import create_schedule
from doorward.acs.schedules.override_operations import create_override_schedule
from doorward.acs.signals import Signals
from doorward.acs.threats.models import ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level
from doorward.acs.threats.setting import set_threat_level
from doorward.acs.users.failures import FREE_FAILURES, attempt_failed, begin_attempt
from doorward.acs.users.models import User
from doorward.acs.users.operations import create_service_account, create_user
from doorward.acs.users.own import confirm_second_factor, prepare_second_factor
from doorward.acs.users.sessions import Caller, actor_of, open_session, session_id, token_hash
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.tokens import NewToken, add_own_token, create_service_token
from doorward.acs.users.totp import code_at
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.interlock_operations import create_interlock
from doorward.acs.zones.operations import create_zone
from doorward.acs.zones.presence_operations import set_presence
from doorward.graphql.paging import encode_cursor
from tests.acs.test_event_log import granted
from tests.graphql.example_accounts import roles, ways_in
from tests.graphql.example_making import (
    ADMINISTRATOR,
    BEGINS_SECOND_FACTOR,
    NOW,
    OPERATOR,
    PASSWORD,
    SET_UP_TOKEN,
    WITH_PASSKEY,
    WITH_SECOND_FACTOR,
    Making,
    Prepared,
)
from tests.graphql.example_webhooks import webhooks
from tests.world import make_site, open_world

_SECRET = b"a secret of twenty b"
_DAY = date(2026, 12, 25)


async def prepare(database_url: str) -> Prepared:
    """Make the site in a migrated database."""
    async with open_world(database_url) as world:
        made, site = Prepared(), await make_site(world)
        made.name(controllerId=world.controller.id, doorId=site.door.id, readerId=site.reader_a.id)
        made.name(cameraId=site.camera.id)
        made.name(cardholderId=site.ada.id, hostId=site.ada.id, groupId=site.group.id, cardId=site.card.id)
        things = (_people, _credentials, _times, _doors, _hardware, _local_io, _places, _rules)
        for part in (*things, _users, roles, ways_in, _happenings, webhooks):
            await part(Making(world, site, made))
        made.only("updateDoor", version=(await Door.get(id=site.door.id)).version)
    return made


async def _people(making: Making) -> None:
    do, made = making.do, making.made
    cleaners, temps = await do(create_group, "Cleaners", "CL"), await do(create_group, "Temps")
    made.only("addGroupMembers", groupId=cleaners.id)
    made.only("deleteGroup", groupId=temps.id)
    grace = await do(create_cardholder, NewCardholder("E-2", "Grace", "Hopper"))
    made.name(otherCardholderId=grace.id)
    centre = await do(create_custom_field, NewCustomField("Cost centre", CustomFieldKind.TEXT))
    await do(create_custom_field, NewCustomField("Shoe size", CustomFieldKind.NUMBER))
    last = await do(create_custom_field, NewCustomField("Locker", CustomFieldKind.TEXT))
    await do(update_cardholder, grace.id, {"custom_fields": {centre.id: "4700"}})
    made.name(customFieldId=centre.id)
    made.only("updateCustomField", customFieldId=last.id)
    left = await do(create_cardholder, NewCardholder("E-3", "Charles", "Babbage"))
    made.only("deleteCardholder", cardholderId=left.id)
    listed = await do(create_cardholder, NewCardholder("E-4", "Mary", "Somerville"))
    await do(apply_directory, listed.id, DirectoryEntry("Company", "mary", ("last_name",)), {"last_name": "Greig"})
    made.only("releaseCardholderFromDirectory", cardholderId=listed.id)
    made.only("changeAccessRuleMembers", cardholderId=grace.id)
    made.only("createAccessRule", cardholderId=grace.id)


async def _credentials(making: Making) -> None:
    do, made, grace = making.do, making.made, making.made.values["otherCardholderId"]
    made.name(pin="28405", duressPin="28406")
    card = await do(create_card, NewCard(grace, 17, 1043))
    made.only("updateCredential", "deleteCredential", credentialId=card.id)
    pin = await do(create_pin, NewPin(grace, "391750", "391751"))
    made.only("changePin", credentialId=pin.id)
    made.only("showQr", credentialId=(await do(create_qr, NewQr(grace))).credential.id)
    waiting = await do(create_mobile, NewMobile(grace))
    made.name(invitationCode=waiting.code)
    made.only("inviteMobile", credentialId=waiting.credential.id)
    phone = await do(create_mobile, NewMobile(grace))
    await do(accept_invitation, phone.code, "Grace's phone")
    made.only("revokeMobile", credentialId=phone.credential.id)


async def _times(making: Making) -> None:
    do, made = making.do, making.made
    calendar = await do(create_holiday_calendar, "Holidays", by_hand([HolidayGiven(_DAY, "Christmas Day", True)]))
    unused = await do(create_holiday_calendar, "Old holidays", by_hand([HolidayGiven(_DAY, "Christmas Day")]))
    made.name(holidayCalendarId=calendar.id)
    made.only("deleteHolidayCalendar", holidayCalendarId=unused.id)
    closed = await do(create_override_schedule, "Closed", calendar_ids=[calendar.id])
    spare = await do(create_override_schedule, "Short days", [(480, 720)], [DateRange(_DAY, _DAY)])
    made.name(overrideScheduleId=closed.id)
    made.only("updateOverrideSchedule", "deleteOverrideSchedule", overrideScheduleId=spare.id)
    week = [[(480, 1080)]] * 5 + [[], []]
    office = await do(create_schedule, "Office hours", week, override_schedule_ids=[closed.id])
    night = await do(create_schedule, "Night", [[(1320, 1800)]] * 7)
    old = await do(create_schedule, "Old hours", week)
    made.name(officeHoursId=office.id, nightId=night.id, scheduleId=old.id)


async def _doors(making: Making) -> None:
    do, made, here = making.do, making.made, making.world.controller.id
    warehouse = await do(create_controller, "Warehouse")
    await do(issue_enrolment_code, warehouse.id)
    with_its_own = ("renameController", "issueEnrolmentCode", "deleteController", "revokeController", "copyDoor")
    made.only(*with_its_own, controllerId=warehouse.id)
    card = Method((IdentificationType.CARD,), ())
    profile = await do(create_profile, NewProfile("Badge", (card,), (card,)))
    made.name(profileId=profile.id)
    side = await do(create_door, NewDoor("Back door", here))
    lab = await do(create_door, NewDoor("Laboratory", here))
    shed = await do(create_door, NewDoor("Old shed", here))
    made.name(sideDoorId=side.id, labDoorId=lab.id)
    made.only("deleteDoor", doorId=shed.id)
    servers = await do(create_door, NewDoor("Server room", here))
    for way in Side:
        await do(create_reader, NewReader(servers.id, way, f"Server room {way}"))
    made.only("createZone", doorId=servers.id)
    lift = await do(create_elevator, "Elevator South", here, [NewFloor("Ground floor"), NewFloor("Offices")])
    ground = await Door.filter(elevator_id=lift.id).order_by("name").first()
    assert ground is not None
    made.name(elevatorId=lift.id, floorId=ground.id)
    badge = await do(create_reader, NewReader(side.id, Side.A, "Badge", type=ReaderType.WIEGAND, port=1))
    keypad = await do(create_reader, NewReader(side.id, Side.B, "Keypad", type=ReaderType.WIEGAND, port=2))
    converter = await do(create_wiegand_device, keypad.id, "/dev/ttyUSB0", Converter("channel-lines", 0))
    made.name(wiegandReaderId=badge.id, wiegandDeviceId=converter.id)
    made.only("deleteReader", readerId=badge.id)


async def _hardware(making: Making) -> None:
    do, made, site, here = making.do, making.made, making.site, making.world.controller.id
    on_door = await Device.get(door_id=site.door.id, role=DeviceRole.DOOR_IO)
    reader = await Device.get(door_id=site.door.id, role=DeviceRole.READER)
    made.name(doorDeviceId=on_door.id, deviceId=reader.id, key="7d" * 8 + "0123456789abcdef")
    lab = made.values["labDoorId"]
    free = await do(create_reader, NewReader(lab, Side.A, "Laboratory in"))
    made.only("createOsdpDevice", doorId=lab, readerId=free.id)
    for example, address in (("dropNextDeviceKey", 1), ("dropDeviceMove", 2), ("deleteOsdpDevice", 3)):
        entry = await do(create_reader, NewReader(lab, Side.B, f"Laboratory out {address}"))
        place = NewDevice(DeviceRole.READER, lab, f"/dev/lab{address}", 1, b"r" * 16, reader_id=entry.id)
        device = await do(create_device, place)
        made.only(example, deviceId=device.id)
    await do(plan_key, made.own["dropNextDeviceKey"]["deviceId"], KeyWay.SECURE_CHANNEL)
    await do(plan_move, made.own["dropDeviceMove"]["deviceId"], 9, 115_200)
    module = await do(create_osdp_module, here, "Elevator relays", OsdpPlace("/dev/module", 1, b"m" * 15 + b"n"))
    made.name(relayDeviceId=module.id, firmware="RlctMS4wLjc=")
    pins = NewGpioDevice(here, "Pins", "/dev/gpiochip0", GpioLines((PinInput(17),)))
    made.name(gpioDeviceId=(await do(create_gpio_device, pins)).id)
    turnstile = NewReader(site.door.id, Side.A, "Turnstile", type=ReaderType.BARCODE_CAMERA, address="192.0.2.7")
    made.name(barcodeReaderId=(await do(create_reader, turnstile)).id)
    made.name(streamUrl="rtsp://viewer:secret@192.0.2.7/stream")
    gate = NewReader(site.door.id, Side.A, "Gate", type=ReaderType.PLATE_CAMERA, address="192.0.2.8")
    plates = await do(create_ip_device, (await do(create_reader, gate)).id, IpSettings("Gate camera"))
    made.name(plateCameraId=plates.device.id)
    shown, unused = await do(create_signal_set, "Reception", Signals()), await do(create_signal_set, "Old", Signals())
    made.name(signalSetId=shown.id)
    made.only("deleteSignalSet", signalSetId=unused.id)
    canteen = await do(create_card_format, CardFormatDraft("Canteen cards", 32, BitField(1, 32)))
    made.name(cardFormatId=canteen.format.id)
    await do(update_card_format, "H10301", {"invert_bits": True})


async def _local_io(making: Making) -> None:
    do, made = making.do, making.made
    device = made.values["doorDeviceId"]
    button = await do(create_aux_input, NewAuxInput("Panic button", device, 5))
    spare = await do(create_aux_input, NewAuxInput("Shutter", device, 6))
    siren, lamp = [
        await do(create_aux_output, NewAuxOutput(*each)) for each in (("Siren", device, 3), ("Lamp", device, 4))
    ]
    pushed = RuleTrigger(TriggerKind.INPUT, input_id=button.id, input_active=True)
    rule = await do(create_local_rule, NewLocalRule("Panic", pushed, LocalAction.PULSE, siren.id, 5_000))
    made.name(auxInputId=spare.id, auxOutputId=siren.id, localRuleId=rule.id)
    made.only("deleteAuxOutput", auxOutputId=lamp.id)


async def _places(making: Making) -> None:
    do, made = making.do, making.made
    lab = await do(create_zone, "Laboratories", None, [GivenDoor(made.values["labDoorId"], Side.A)])
    await do(create_zone, "Clean room", {"parent_id": lab.id}, [GivenDoor(made.values["sideDoorId"], Side.A)])
    old = await do(create_zone, "Old store")
    made.name(zoneId=lab.id, parentId=lab.id)
    made.only("deleteZone", zoneId=old.id)
    lock = await do(create_interlock, "Air lock", [made.values["labDoorId"], made.values["sideDoorId"]])
    made.name(interlockId=lock.id)


async def _rules(making: Making) -> None:
    do, made = making.do, making.made
    made.name(accessRuleId=(await AccessRule.get(name="Staff")).id)
    place = [DoorSide(making.site.door.id, Side.B)]
    old = await do(create_access_rule, "Old rule", [making.site.group.id], [made.values["nightId"]], place)
    made.only("deleteAccessRule", accessRuleId=old.id)
    watch = await do(create_threat_level, NewThreatLevel("Watchful", 1, ThreatColour.SKY, 0))
    raised = await do(create_threat_level, NewThreatLevel("Elevated", 2, ThreatColour.BLUE, 50))
    await do(set_threat_level, watch.id, "A football match nearby")
    made.name(threatLevelId=raised.id)


async def _users(making: Making) -> None:
    domain, clock, made = making.world.domain, making.world.clock, making.made
    made.name(
        password=PASSWORD, oldPassword=PASSWORD, newPassword="another staple horse", firstPassword="a first staple"
    )
    made.name(setUpToken=SET_UP_TOKEN, code=code_at(_SECRET, NOW))
    users: dict[str, User] = {}
    for name in (ADMINISTRATOR, WITH_SECOND_FACTOR, BEGINS_SECOND_FACTOR, WITH_PASSKEY, OPERATOR):
        role = Role.OPERATOR if name == OPERATOR else Role.ADMINISTRATOR
        users[name] = await create_user(domain, COMMAND_LINE, name, PASSWORD, role)
    for name in (WITH_SECOND_FACTOR, BEGINS_SECOND_FACTOR):
        actor = actor_of(users[name], default_rules(), None)
        await prepare_second_factor(domain, actor, _SECRET)
        if name == WITH_SECOND_FACTOR:
            await confirm_second_factor(domain, actor, code_at(_SECRET, clock()))
    for name, user in users.items():
        # Used this minute, so that asking by it notes nothing.
        made.sessions[name] = await open_session(connections.get("default"), user, Caller(), NOW)
    tablet = await open_session(connections.get("default"), users[ADMINISTRATOR], Caller(), clock())
    made.only("endOwnSession", sessionId=session_id(token_hash(tablet)))
    made.only("endSession", sessionId=session_id(token_hash(made.sessions[OPERATOR])))
    made.name(userId=users[OPERATOR].id)
    made.only("removeSecondFactor", userId=users[WITH_SECOND_FACTOR].id)
    for _ in range(FREE_FAILURES):
        await attempt_failed(domain, OPERATOR, None, await begin_attempt(domain, OPERATOR, None), "password")
    own = NewToken("Report", [Permission.DOOR_VIEW], clock() + timedelta(days=30))
    mine = await add_own_token(domain, actor_of(users[ADMINISTRATOR], default_rules(), None), own)
    service = await making.do(create_service_account, "Dashboard", Role.VIEWER)
    theirs = await making.do(create_service_token, service.id, own)
    made.name(serviceAccountId=service.id)
    made.only("revokeOwnToken", tokenId=mine.token.id)
    made.only("revokeToken", tokenId=theirs.token.id)


async def _happenings(making: Making) -> None:
    do, made, domain = making.do, making.made, making.world.domain
    record = msgspec.structs.replace(granted(making.site, 1), at=NOW - timedelta(seconds=30))
    await store_records(domain, making.world.controller.id, [record])
    passed = await Event.get(type=EventType.ACCESS_GRANTED)
    made.name(eventId=passed.id, cursor=encode_cursor(str(passed.position - 1)))
    forced = JournalRecord(2, "boot", NOW, 2, EventType.DOOR_FORCED, "forced", door_id=making.site.door.id)
    await store_records(domain, making.world.controller.id, [forced])
    made.only("credential", credentialId=making.site.card.id)
    made.only("whereIs", cardholderId=made.values["otherCardholderId"])
    await do(set_presence, made.values["otherCardholderId"], made.values["zoneId"], "Seen there")
