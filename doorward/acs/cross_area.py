"""What the areas must know of each other without importing each other: who uses what, and what goes first.

An area that can be used offers a list of hooks; this module, which knows them all, fills the lists. Opening the
database imports it, so nothing can be deleted before.
"""

from doorward.acs.credentials.pins import owners_of_shared_pins
from doorward.acs.doors import configuration as doors
from doorward.acs.doors.uses import DEVICE_USES, DOOR_USES, INPUT_USES, OUTPUT_USES
from doorward.acs.errors import Conflict
from doorward.acs.local_io import uses as local_io
from doorward.acs.operation import Work
from doorward.acs.people.models import Cardholder
from doorward.acs.people.uses import BEFORE_CARDHOLDER_DELETED, GROUP_USES
from doorward.acs.profiles import queries as profiles
from doorward.acs.profiles.pin_alone import BEFORE_PIN_ALONE
from doorward.acs.profiles.uses import PROFILE_USES
from doorward.acs.rules import uses as rules
from doorward.acs.rules.marking import forget_cardholder
from doorward.acs.rules.uses import RULE_USES
from doorward.acs.schedules.uses import SCHEDULE_USES
from doorward.acs.threats import uses as threats
from doorward.acs.threats.uses import LEVEL_USES
from doorward.acs.used_by import listed
from doorward.acs.zones import queries as zones
from doorward.acs.zones.uses import AFTER_LAYOUT, ZONE_USES


async def _refuse_shared_pins(work: Work) -> None:
    owners = await owners_of_shared_pins(work.connection)
    if owners:
        people = Cardholder.filter(id__in=list(owners)).using_db(work.connection).order_by("sort_name")
        names = listed([person.display_name for person in await people])
        raise Conflict(f"A PIN opens a door alone only when all PINs differ. Give others to: {names}.", "profileId")


SCHEDULE_USES.extend((rules.schedule_uses, profiles.schedule_uses, doors.schedule_uses, local_io.schedule_uses))
GROUP_USES.extend((rules.group_uses, doors.group_uses))
DOOR_USES.extend((rules.door_uses, zones.door_uses, threats.door_uses, local_io.door_uses))
DEVICE_USES.append(local_io.device_uses)
INPUT_USES.append(local_io.input_at)
OUTPUT_USES.append(local_io.output_at)
LEVEL_USES.append(local_io.level_uses)
RULE_USES.append(threats.rule_uses)
PROFILE_USES.append(threats.profile_uses)
ZONE_USES.extend((rules.zone_uses, threats.zone_uses))
AFTER_LAYOUT.append(threats.mark_doors_of_zones)
BEFORE_CARDHOLDER_DELETED.append(forget_cardholder)
BEFORE_PIN_ALONE.append(_refuse_shared_pins)
