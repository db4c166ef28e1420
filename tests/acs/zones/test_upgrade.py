"""The zones that readers used to lead into become borders when a populated database is upgraded."""

import pytest
from tortoise.connection import get_connection

from doorward.acs.database import open_database
from doorward.acs.decision.policy import Side
from doorward.acs.rules.models import AccessRule
from doorward.acs.zones.models import AntiPassbackMode, Zone, ZoneDoor
from tests.first_version import first_version

pytestmark = pytest.mark.anyio

POPULATED = """
INSERT INTO controller (id, name, stored_sequence, applied_version) VALUES ('c', 'Embedded', 0, 0);
INSERT INTO zone (id, name) VALUES ('inside', 'Inside'), ('lab', 'Lab'), ('yard', 'Yard');
INSERT INTO door (id, name, controller_id, access_time_ms, held_after_ms, relock_on, relock_delay_ms, forced_alarm,
  held_alarm, rex_unlocks) VALUES
  ('gate', 'Gate', 'c', 7000, 20000, 'close', 0, TRUE, TRUE, TRUE),
  ('lab-door', 'Lab door', 'c', 7000, 20000, 'close', 0, TRUE, TRUE, TRUE),
  ('corridor', 'Corridor', 'c', 7000, 20000, 'close', 0, TRUE, TRUE, TRUE);
INSERT INTO reader (id, name, door_id, side, enters_zone_id) VALUES
  ('1', 'in', 'gate', 'A', 'inside'), ('2', 'out', 'gate', 'B', NULL),
  ('3', 'in', 'lab-door', 'A', 'lab'), ('4', 'out', 'lab-door', 'B', 'inside'),
  ('5', 'there', 'corridor', 'A', 'inside'), ('6', 'back', 'corridor', 'B', 'inside');
INSERT INTO device (id, role, door_id, reader_id, port, baud, address, sealed_key, strike_output, position_input,
  rex_input) VALUES ('x', 'reader', 'gate', '1', '/dev/x', 9600, 1, 'k', 0, 0, 1);
INSERT INTO access_rule (id, name) VALUES ('r', 'Rule');
"""


async def test_a_populated_database_of_the_first_version_keeps_where_its_doors_lead(empty_database_url: str) -> None:
    async with first_version(empty_database_url) as old:
        await old.execute_script(POPULATED)
    async with open_database(empty_database_url):
        borders = {(row.zone_id, row.door_id): row.enter_side for row in await ZoneDoor.all()}
        assert borders == {
            ("inside", "gate"): Side.A,
            ("lab", "lab-door"): Side.A,
            ("inside", "lab-door"): Side.B,
            ("inside", "corridor"): None,
        }
        zone = await Zone.get(id="yard")
        assert (zone.anti_passback, zone.timeout_s, zone.version) == (AntiPassbackMode.OFF, 0, 1)
        rule = await AccessRule.get()
        assert rule.enabled
        rows = await get_connection("default").execute_query_dict("SELECT reader_id FROM device")
        assert [row["reader_id"] for row in rows] == ["1"]
