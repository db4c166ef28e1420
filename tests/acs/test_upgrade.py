"""One database of the first release with something of everything in it, after the upgrade."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.card_format import H10301, encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Conditions, DoorCondition
from doorward.acs.decision.policy import CredentialStatus, RelockOn, Side
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import Reason
from doorward.acs.doors.models import Controller, Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.events.catalogue import Category, EventType
from doorward.acs.events.models import Event
from doorward.acs.people.models import Cardholder, Group, GroupMember, Photo
from doorward.acs.people.operations import update_cardholder
from doorward.acs.policy.models import PolicyChange
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.sealing import Sealer
from doorward.acs.site.models import Site
from doorward.acs.site.operations import EMBEDDED_CONTROLLER
from doorward.acs.users.models import Session, User
from doorward.acs.zones.models import Zone, ZoneDoor
from tests.acs.test_policy_pipeline import Follower
from tests.first_version import first_version, insert
from tests.world import DATA_KEY, START, open_world

pytestmark = pytest.mark.anyio

PHOTO = "f" * 64
ALWAYS = json.dumps([[[0, 1440]]] * 7)
CLOSED = json.dumps({"2026-12-25": [], "2026-12-24": [[480, 720]]})
STATUSES = [status.value for status in CredentialStatus]


async def _fill(old: BaseDBAsyncClient) -> None:
    await insert(old, "site", id="site", name="Castle", time_zone="Europe/Berlin", policy_version=41)
    await insert(old, "controller", id="c1", name=EMBEDDED_CONTROLLER, stored_sequence=2, applied_version=40)
    await insert(old, "controller", id="c2", name="Annexe", stored_sequence=0, applied_version=0)
    await _fill_people(old)
    await _fill_doors(old)
    await insert(old, "schedule", id="s1", name="Always", weekly=ALWAYS, overrides=CLOSED)
    await insert(old, "access_rule", id="r1", name="Staff")
    await insert(old, "access_rule_group", rule_id="r1", group_id="g1")
    await insert(old, "access_rule_schedule", rule_id="r1", schedule_id="s1")
    for side in "AB":
        await insert(old, "access_rule_side", rule_id="r1", door_id="d1", side=side)
    await insert(old, "user_account", id="u1", name="admin", password_hash="x", role="administrator", enabled=True)
    moments = {"created_at": "2026-11-01 00:00:00+00:00", "expires_at": "2026-11-01 12:00:00+00:00"}
    await insert(old, "user_session", token_hash="t", user_id="u1", **moments)
    await insert(old, "camera", id="k1", name="Gate camera", sealed_url=b"url")
    await insert(old, "camera_view", camera_id="k1", door_id="d1", side="A")
    await _fill_log(old)


async def _fill_people(old: BaseDBAsyncClient) -> None:
    await insert(old, "photo", id=PHOTO, media_type="image/jpeg", content=b"jpeg")
    person = {"email": "", "suspended": False, "version": 2}
    await insert(
        old, "cardholder", id="p1", number="1", first_name="Ada", last_name="Lovelace", sort_name="lovelace ada",
        photo_id=PHOTO, valid_from="2026-01-01 00:00:00+00:00", **person,
    )  # fmt: skip
    await insert(
        old, "cardholder", id="p2", number="2", first_name="Bob", last_name="Babbage", sort_name="babbage bob", **person
    )
    await insert(old, "cardholder_group", id="g1", name="Staff")
    for cardholder_id in ("p1", "p2"):
        await insert(old, "cardholder_group_member", cardholder_id=cardholder_id, group_id="g1")
    for number, status in enumerate(STATUSES):
        card = {"name": status, "format": H10301, "facility": 17, "number": number, "status": status}
        await insert(old, "card", id=f"card-{status}", cardholder_id="p1", version=1, **card)
    await insert(
        old, "card", id="card-old", cardholder_id="p2", version=3, name="Old", format=H10301, facility=17, number=99,
        status="active", valid_to="2026-11-01 00:00:00+00:00",
    )  # fmt: skip


async def _fill_doors(old: BaseDBAsyncClient) -> None:
    await insert(old, "zone", id="z1", name="Inside")
    await insert(old, "zone", id="z2", name="Vault")
    times = {"access_time_ms": 5_000, "held_after_ms": 30_000, "relock_on": "open", "relock_delay_ms": 200}
    alarms = {"forced_alarm": True, "held_alarm": False, "rex_unlocks": True}
    for door_id, name, controller_id in (("d1", "Gate", "c1"), ("d2", "Vault door", "c1"), ("d3", "Far", "c2")):
        await insert(old, "door", id=door_id, name=name, controller_id=controller_id, **times, **alarms)
    readers: tuple[tuple[str, str, str, str | None], ...] = (
        ("in", "d1", "A", "z1"),
        ("out", "d1", "B", None),
        ("deeper", "d2", "A", "z2"),
        ("back", "d2", "B", "z1"),
    )
    for reader_id, door_id, side, enters_zone_id in readers:
        await insert(
            old, "reader", id=reader_id, name=reader_id, door_id=door_id, side=side, enters_zone_id=enters_zone_id
        )
    ports = {"strike_output": 1, "position_input": 2, "rex_input": 3, "baud": 9_600}
    for address, (device_id, role, at_reader) in enumerate((("io", "door_io", None), ("osdp", "reader", "in"))):
        key = Sealer(DATA_KEY).seal(b"k" * 16, f"device:{device_id}")
        place = {"door_id": "d1", "port": "/dev/x", "address": address, "sealed_key": key}
        await insert(old, "device", id=device_id, role=role, reader_id=at_reader, **place, **ports)


async def _fill_log(old: BaseDBAsyncClient) -> None:
    moment = {"at": "2026-11-01 08:00:00+00:00", "stored_at": "2026-11-01 08:00:01+00:00", "severity": "info"}
    who = {"cardholder_id": "p1", "cardholder_name": "Ada Lovelace", "photo_id": PHOTO, "door_id": "d1"}
    granted = {"category": "access", "type": "access.granted", "controller_id": "c1", "source": "controller"}
    for sequence in (1, 2):
        event = {"id": f"e{sequence}", "sequence": sequence, "correlation": "tap", "trace": "[]", "data": '{"a": 1}'}
        await insert(old, "event", **event, **granted, **who, **moment)
    changed = {"id": "e3", "category": "audit", "type": "audit.cardholder.updated", "source": "server"}
    after = json.dumps({"after": {"suspended": True}})
    await insert(old, "event", **changed, user_name="admin", correlation="x", trace="[]", data=after, **moment)
    span = {"starts_at": "2026-11-01 07:59:50+00:00", "ends_at": "2026-11-01 08:00:20+00:00"}
    await insert(old, "bookmark", id="b1", event_id="e1", camera_id="k1", **span)


async def test_everything_of_the_first_release_is_found_again(empty_database_url: str) -> None:
    async with first_version(empty_database_url) as old:
        await _fill(old)
    async with open_world(empty_database_url) as world:
        site = await Site.get()
        assert (site.name, site.time_zone, site.policy_version) == ("Castle", "Europe/Berlin", 41)
        assert world.controller.id == "c1"
        controllers = {row.name: (row.stored_sequence, row.applied_version) for row in await Controller.all()}
        assert controllers == {EMBEDDED_CONTROLLER: (2, 40), "Annexe": (0, 0)}
        await _check_people()
        await _check_doors()
        await _check_rules()
        await _check_log()
        user = await User.get()
        assert (user.name, user.role, (await Session.get()).user_id) == ("admin", Role.ADMINISTRATOR, "u1")
        (camera, view) = await Camera.get(), await CameraView.get()
        assert (bytes(camera.sealed_url), view.door_id, view.side) == (b"url", "d1", Side.A)


async def _check_people() -> None:
    ada, bob = await Cardholder.all().order_by("id")
    assert (ada.number, ada.version, ada.photo_id, bob.valid_from) == ("1", 2, PHOTO, None)
    assert ada.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert bytes((await Photo.get()).content) == b"jpeg"
    assert ((await Group.get()).name, await GroupMember.all().count()) == ("Staff", 2)
    cards = {row.id: (row.cardholder_id, row.number, row.status.value) for row in await Credential.all()}
    expected = {f"card-{status}": ("p1", str(number), status) for number, status in enumerate(STATUSES)}
    assert cards == expected | {"card-old": ("p2", "99", "active")}


async def _check_doors() -> None:
    doors = {row.id: row for row in await Door.all()}
    gate = doors["d1"]
    assert (gate.name, gate.access_time_ms, gate.held_after_ms, gate.relock_on, gate.relock_delay_ms) == (
        "Gate", 5_000, 30_000, RelockOn.OPEN, 200,
    )  # fmt: skip
    assert (gate.forced_alarm, gate.held_alarm, gate.rex_unlocks) == (True, False, True)
    assert [doors[door_id].controller_id for door_id in ("d1", "d2", "d3")] == ["c1", "c1", "c2"]
    assert {row.id: (row.door_id, row.side.value) for row in await Reader.all()} == {
        "in": ("d1", "A"), "out": ("d1", "B"), "deeper": ("d2", "A"), "back": ("d2", "B"),
    }  # fmt: skip
    assert {row.id: row.reader_id for row in await Device.all()} == {"io": None, "osdp": "in"}
    assert (await DoorLock.get()).output == 1
    assert sorted(row.port for row in await DoorInput.all()) == [2, 3]
    assert {row.id: row.name for row in await Zone.all()} == {"z1": "Inside", "z2": "Vault"}
    borders = {(row.zone_id, row.door_id): row.enter_side for row in await ZoneDoor.all()}
    assert borders == {("z1", "d1"): Side.A, ("z2", "d2"): Side.A, ("z1", "d2"): Side.B}


async def _check_rules() -> None:
    schedule, rule = await ScheduleRow.get(), await AccessRule.get()
    assert (schedule.name, schedule.overrides) == ("Always", json.loads(CLOSED))
    assert (rule.name, rule.enabled, rule.version) == ("Staff", True, 1)
    assert ((await AccessRuleGroup.get()).group_id, (await AccessRuleSchedule.get()).schedule_id) == ("g1", "s1")
    assert sorted(row.side.value for row in await AccessRuleSide.all()) == ["A", "B"]


async def _check_log() -> None:
    first, second, third = await Event.all().order_by("position")
    assert [row.id for row in (first, second, third)] == ["e1", "e2", "e3"]
    assert (first.type, first.sequence, first.photo_id, first.data) == (EventType.ACCESS_GRANTED, 1, PHOTO, {"a": 1})
    assert (third.category, third.data) == (Category.AUDIT, {"after": {"suspended": True}})
    mark = await Bookmark.get()
    assert (mark.event_id, mark.camera_id, mark.ends_at - mark.starts_at) == ("e1", "k1", timedelta(seconds=30))


async def test_who_might_pass_before_the_upgrade_may_after_it_and_changes_reach_the_controllers(
    empty_database_url: str,
) -> None:
    async with first_version(empty_database_url) as old:
        await _fill(old)
    async with open_world(empty_database_url) as world:
        policy = CompiledPolicy((await compile_policy(world.domain, "c1")).policy)

        def judge(reader_id: str, number: int, now: datetime) -> Reason:
            conditions = Conditions(doors={door_id: DoorCondition() for door_id in ("d1", "d2")})
            return decide(policy, conditions, Read.card(reader_id, encode_h10301(17, number)), now).reason

        assert judge("in", STATUSES.index("active"), START) is Reason.GRANTED
        assert judge("out", STATUSES.index("active"), START) is Reason.GRANTED
        assert judge("in", STATUSES.index("lost"), START) is Reason.CREDENTIAL_LOST
        assert judge("in", 99, START) is Reason.CREDENTIAL_EXPIRED
        assert judge("deeper", STATUSES.index("active"), START) is Reason.NO_ACCESS_RULE
        christmas = datetime.combine(date(2026, 12, 25), START.timetz())
        assert judge("in", STATUSES.index("active"), christmas) is Reason.OUTSIDE_SCHEDULE
        assert not await PolicyChange.exists()
        followers = [Follower(world, controller_id) for controller_id in ("c1", "c2")]
        for follower in followers:
            await follower.follow()
        await update_cardholder(world.domain, COMMAND_LINE, "p1", {"suspended": True})
        for follower in followers:
            await follower.follow()
            assert follower.policy.version == 42
