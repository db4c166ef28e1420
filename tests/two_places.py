"""A site with two of everything that has a place, near and far, to see that who may do something here may not there."""

from dataclasses import dataclass
from datetime import timedelta

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.acs.cameras.models import Bookmark, Camera
from doorward.acs.cameras.operations import create_camera
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.doors.models import Device, Door
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.models import Event
from doorward.acs.events.operations import record_system_event
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.models import AuxInput, AuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.privilege import EVERYWHERE_ONLY
from doorward.acs.reach import Place, PlaceKind
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.users.privileges import read_reaches
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.models import Zone
from doorward.acs.zones.operations import create_zone
from tests.world import START, Site, World, make_site


@dataclass(frozen=True, slots=True)
class Spot:
    """A zone with a door, which a camera sees, an input and an output, a rule that leads there, and what happened."""

    zone: Zone
    door: Door
    camera: Camera
    input: AuxInput
    output: AuxOutput
    rule: AccessRule
    bookmark: Bookmark
    event_id: str

    def place(self, kind: PlaceKind) -> Place:
        """The place of a kind here."""
        return Place(kind, getattr(self, kind.value).id)


@dataclass(frozen=True, slots=True)
class TwoPlaces:
    """Both of them."""

    site: Site
    near: Spot
    far: Spot


async def make_two_places(world: World) -> TwoPlaces:
    """Two spots beside the one door of `make_site`."""
    site = await make_site(world)
    return TwoPlaces(site, await _spot(world, site, "Near", 0), await _spot(world, site, "Far", 1))


async def _spot(world: World, site: Site, name: str, number: int) -> Spot:
    domain, actor = world.domain, COMMAND_LINE
    door = await create_door(domain, actor, NewDoor(f"{name} door", world.controller.id))
    zone = await create_zone(domain, actor, f"{name} zone", None, [GivenDoor(door.id)])
    camera = await create_camera(domain, actor, f"{name} camera", "rtsp://camera/1", [DoorSide(door.id, Side.A)])
    device = await Device.filter(door_id=site.door.id, reader_id__isnull=True).first()
    assert device is not None
    given = await create_aux_input(domain, actor, NewAuxInput(f"{name} button", device.id, 4 + number))
    output = await create_aux_output(domain, actor, NewAuxOutput(f"{name} siren", device.id, 4 + number))
    always = await ScheduleRow.get(name="Always")
    sides = [DoorSide(door.id, Side.A)]
    rule = await create_access_rule(domain, actor, f"{name} rule", [site.group.id], [always.id], sides)
    await record_system_event(
        domain, NewEvent(EventType.DOOR_FORCED, START, door_id=door.id, door_name=door.name, zone_id=zone.id)
    )
    event = await Event.get(type=EventType.DOOR_FORCED, door_id=door.id)
    bookmark = await Bookmark.create(
        id=f"bookmark-{number}",
        event_id=event.id,
        camera_id=camera.id,
        starts_at=START - timedelta(seconds=5),
        ends_at=START + timedelta(seconds=10),
    )
    return Spot(zone, door, camera, given, output, rule, bookmark, event.id)


KINDS = (PlaceKind.ZONE, PlaceKind.DOOR, PlaceKind.CAMERA, PlaceKind.INPUT, PlaceKind.OUTPUT)


async def only_at(spot: Spot, *permissions: Permission, kinds: tuple[PlaceKind, ...] = KINDS) -> Actor:
    """Somebody signed in with these permissions here only. What has no place they do not have."""
    places = await read_reaches([tuple(spot.place(kind) for kind in kinds)])
    reach = None
    for each in places.values():
        reach = each if reach is None else reach | each
    assert reach is not None
    held = {permission: reach for permission in permissions if permission not in EVERYWHERE_ONLY}
    return Actor("user-x", "Somebody", frozenset({Permission.ACCOUNT_OWN}), "api", reaches=held)
