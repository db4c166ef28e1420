"""Every operation with valid arguments, and data before and after: who may not do it changes nothing.

It is tried by nobody, by somebody who may everything but this, and by somebody who may everything elsewhere only. Then
whoever has the one permission (and what the table below adds) does it.
"""

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from tortoise import Tortoise
from tortoise.connection import get_connection

from doorward.acs.actor import Actor, Permission, Role, anonymous
from doorward.acs.cameras.models import Bookmark
from doorward.acs.cameras.motion import set_motion_detection
from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.acs.cameras.operations import create_camera, open_bookmark, set_camera_url
from doorward.acs.cameras.playback import open_playback
from doorward.acs.controllers.operations import (
    create_controller,
    delete_controller,
    issue_enrolment_code,
    rename_controller,
    revoke_controller,
)
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.door import DoorAction
from doorward.acs.doors.commands import Manual, record_command_failure, request_command
from doorward.acs.doors.maintenance import download_capture, note_order_ended, plan_capture, plan_file
from doorward.acs.doors.models import Controller, Device
from doorward.acs.errors import NotFound, NotPermitted, Unauthenticated
from doorward.acs.jobs.batch import new_job_id
from doorward.acs.jobs.models import JobKind
from doorward.acs.jobs.operations import cancel_job, create_job
from doorward.acs.local_io.commands import ByHandOrder, record_output_failure, request_output_command
from doorward.acs.local_io.given import NewAuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.messages import Captured, CommandStatus, OrderProgress, OrderStep
from doorward.acs.operation import OPERATIONS
from doorward.acs.privilege import EVERYWHERE_ONLY
from doorward.acs.reach import Place, PlaceKind, Reach
from doorward.acs.users.failures import begin_attempt
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import OidcLink, Session, User
from doorward.acs.users.oidc_providers import (
    NewProvider,
    create_oidc_provider,
    delete_oidc_provider,
    update_oidc_provider,
)
from doorward.acs.users.oidc_sign_in import create_oidc_user, link_oidc, remove_oidc_link, unlink_oidc
from doorward.acs.users.operations import (
    create_first_user,
    create_service_account,
    create_user,
    delete_user,
    end_session,
    end_sessions_of,
    remove_second_factor,
    reset_password,
    set_password,
    unlock_user,
    update_sign_in_rules,
    update_user,
)
from doorward.acs.users.own import (
    confirm_second_factor,
    end_other_sessions,
    end_own_session,
    prepare_second_factor,
    remove_own_second_factor,
    replace_recovery_codes,
    set_own_password,
)
from doorward.acs.users.passkey_check import Made
from doorward.acs.users.passkeys import (
    Challenge,
    Purpose,
    add_passkey,
    drop_own_passkey,
    remove_passkey,
    rename_passkey,
)
from doorward.acs.users.role_operations import (
    Assigned,
    NewRole,
    assign_roles,
    copy_role,
    create_role,
    create_user_group,
    delete_role,
    delete_user_group,
    update_role,
    update_user_group,
)
from doorward.acs.users.sessions import Caller, session_id
from doorward.acs.users.sign_in import sign_in
from doorward.acs.users.tokens import NewToken, add_own_token, create_service_token, revoke_own_token, revoke_token
from doorward.acs.users.totp import code_at, new_recovery_codes, new_secret
from doorward.acs.webhooks.handshake import admit_webhook, note_unverified
from doorward.acs.webhooks.models import StopReason
from doorward.acs.webhooks.operations import (
    NewWebhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    rotate_webhook_secret,
    stop_webhook,
    update_webhook,
)
from doorward.acs.webhooks.replay import replay_delivery, replay_since, send_test
from doorward.acs.zones.commands import DoorAnswer, record_zone_failures, request_zone_command
from tests.acs import test_permissions  # noqa: F401 - imports every area, so that all operations are registered
from tests.acs.policy import walk as walks
from tests.acs.policy.walk import Walk
from tests.world import START, make_site, open_world

pytestmark = pytest.mark.anyio
R = TypeVar("R")

PASSWORD = "correct horse battery"
BESIDES = {
    "people.operations.set_photo": {Permission.PHOTO_VIEW},
    "people.operations.create_cardholder": {Permission.PERSONAL_VIEW},
    "people.operations.update_cardholder": {Permission.PERSONAL_VIEW},
    "threats.setting.release_threat_level": {Permission.THREAT_RELEASE},
}
"""What else an operation takes for what the walk gives it."""
MANAGERS = {Permission.USER_WRITE, Permission.ACCOUNT_OWN}
URL = "https://example.org/hook"
ELSEWHERE = Reach(
    False, *(frozenset({"elsewhere"}) for _ in ("zones", "doors", "cameras", "views", "inputs", "outputs"))
)


def short(name: str) -> str:
    return name.removeprefix("doorward.acs.")


async def everything() -> str:
    """All that the database holds, as one digest."""
    digest, connection = hashlib.sha256(), get_connection("default")
    for model in sorted(Tortoise.apps["acs"].values(), key=lambda each: each._meta.db_table):
        rows = await connection.execute_query_dict(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608 - our tables
        digest.update(repr(sorted(map(repr, rows))).encode())
    return digest.hexdigest()


@dataclass
class TriedWalk(Walk):
    """A walk whose every step is first tried by those who may not do it."""

    seen: str = ""
    user_id: str = "user-x"

    async def do(self, run: Callable[..., Coroutine[Any, Any, R]], *args: Any, **options: Any) -> R:
        """Have it refused three times with nothing changed, then done by whoever may."""
        self.world.clock.advance(timedelta(minutes=1))
        name = f"{run.__module__}.{run.__name__}"
        permission, before = OPERATIONS[name].permission, await everything()
        others = frozenset(Permission) - {permission}
        everywhere_else = others & EVERYWHERE_ONLY
        wrong = {each: ELSEWHERE for each in Permission if each not in EVERYWHERE_ONLY}
        strangers = [anonymous(), self._actor(others)]
        if permission not in EVERYWHERE_ONLY:
            strangers.append(self._actor(everywhere_else, wrong))
        for stranger in strangers:
            try:
                await run(self.world.domain, stranger, *args, **options)
            except (Unauthenticated, NotPermitted, NotFound):
                pass
            else:
                assert stranger.reaches, f"{name} was done by {stranger.name}"
        assert await everything() == before, f"{name} changed something for somebody who may not do it"
        may = frozenset({permission} | BESIDES.get(short(name), set()))
        if permission in MANAGERS:
            may = frozenset(Permission)  # nobody gives what they do not have
        result = await run(self.world.domain, self._actor(may), *args, **options)
        if await everything() != before:
            self.done.add(name)
        return result

    def _actor(self, permissions: frozenset[Permission], reaches: dict[Permission, Reach] | None = None) -> Actor:
        return Actor(self.user_id, "Somebody", permissions, "api", None, 100, reaches=reaches or {})


async def cameras_and_controllers(walk: Walk) -> None:
    """Cameras, a bookmark, and controllers."""
    do = walk.do
    camera = await do(create_camera, "Yard", "rtsp://camera/9")
    await do(set_camera_url, camera.id, "rtsp://camera/10")
    await do(set_motion_detection, camera.id, MotionSettings(enabled=True))
    bookmark = await Bookmark.create(
        id="bookmark", event_id="x", camera_id=camera.id, starts_at=START, ends_at=START + timedelta(seconds=15)
    )
    await do(open_bookmark, bookmark.id)
    await do(open_playback, camera.id, START, START + timedelta(hours=1))
    controller = await do(create_controller, "Shed")
    await do(rename_controller, controller.id, "Barn")
    await do(issue_enrolment_code, controller.id)
    await do(revoke_controller, controller.id)
    await do(delete_controller, controller.id)


async def orders(walk: Walk) -> None:
    """What devices on a bus are to do. The controller that would do it is not there: the test speaks for it."""
    do, kept = walk.do, walk.world.domain.orders
    device = await Device.filter(reader_id=walk.site.reader_a.id).first()
    assert device is not None
    await do(plan_file, device.id, 1, b"firmware")
    controller_id, order = await do(plan_capture, device.id, 60.0, 1_000)
    kept.begin(controller_id, order, lambda *_: True)
    kept.note(controller_id, Captured(order.id, b"pcap"))
    ended = kept.note(controller_id, OrderProgress(order.id, OrderStep.DONE))
    assert ended is not None
    await do(note_order_ended, ended)
    await do(download_capture, order.id)


async def commands(walk: Walk) -> None:
    """What is asked of doors, zones and outputs, and that it failed."""
    do, door = walk.do, walk.site.door
    _, command = await do(request_command, door.id, Manual(DoorAction.UNLOCK, "delivery"), "c-1")
    await do(record_command_failure, command, CommandStatus.FAILED, "It did not answer.")
    await do(request_zone_command, walk.site.zones[0], Manual(DoorAction.LOCK, ""), False, "c-2")
    await do(
        record_zone_failures, DoorAction.LOCK, (DoorAnswer(door, CommandStatus.FAILED, "It did not answer."),), "c-2"
    )
    device = await Device.filter(door_id=door.id, reader_id__isnull=True).first()
    assert device is not None
    siren = await do(create_aux_output, NewAuxOutput("Bell", device.id, 7))
    _, ordered = await do(request_output_command, siren.id, ByHandOrder(HandAction.ON), "c-3")
    await do(record_output_failure, ordered, CommandStatus.FAILED, "It did not answer.")


async def users(walk: Walk) -> None:
    """Users, their sessions, tokens, roles and groups."""
    do, domain = walk.do, walk.world.domain
    assert isinstance(walk, TriedWalk)
    first = await do(create_first_user, "root", PASSWORD)
    walk.user_id = first.id
    eve = await do(create_user, "eve", PASSWORD, Role.VIEWER)
    await do(update_user, eve.id, {"name": "Eve"})
    await begin_attempt(domain, "Eve", None)
    await do(unlock_user, eve.id)
    await do(set_password, "Eve", "another horse battery")
    await do(reset_password, eve.id, PASSWORD)
    await do(update_sign_in_rules, {"min_password_length": 11})
    program = await do(create_service_account, "Badges", Role.OPERATOR)
    new = NewToken("One", (Permission.DOOR_VIEW,), walk.world.clock() + timedelta(days=2))
    made = await do(create_service_token, program.id, new)
    await do(revoke_token, made.token.id)
    own = await do(add_own_token, new)
    await do(revoke_own_token, own.token.id)
    await _sessions(walk)
    await do(set_own_password, "a third horse battery")
    role = await do(create_role, NewRole("Guard", (Grant(Permission.DOOR_VIEW),)))
    await do(update_role, role.id, {"name": "Night guard"})
    copy = await do(copy_role, "operator", "Day")
    await do(delete_role, copy.id)
    place = Place(PlaceKind.DOOR, walk.site.door.id)
    await do(assign_roles, eve.id, [Assigned(role.id, (place,))])
    group = await do(create_user_group, "Guards", "", [eve.id], [Assigned(role.id)])
    await do(update_user_group, group.id, {"user_ids": []})
    await do(delete_user_group, group.id)
    await do(delete_user, eve.id)


async def _sessions(walk: Walk) -> None:
    do, domain, caller = walk.do, walk.world.domain, Caller()
    for name, end in (("root", end_own_session), ("root", end_session)):
        await sign_in(domain, name, PASSWORD, caller)
        session = await Session.all().order_by("-created_at").first()
        assert session is not None
        await do(end, session_id(session.token_hash))
    await sign_in(domain, "root", PASSWORD, caller)
    await do(end_other_sessions, None)
    await sign_in(domain, "root", PASSWORD, caller)
    root = await User.get(name="root")
    await do(end_sessions_of, root.id)


async def factors(walk: Walk) -> None:
    """Authenticators, recovery codes and passkeys: one's own, and those of somebody else."""
    do = walk.do
    assert isinstance(walk, TriedWalk)
    secret = new_secret()
    await do(prepare_second_factor, secret)
    walk.world.clock.advance(timedelta(minutes=5))
    await do(confirm_second_factor, code_at(secret, walk.world.clock() + timedelta(minutes=1)))
    await do(replace_recovery_codes, new_recovery_codes())
    first = await do(add_passkey, "Key", *_made("one", walk.user_id))
    await do(remove_own_second_factor, True)
    await do(rename_passkey, first.passkey.id, "Small key")
    await do(drop_own_passkey, first.passkey.id)
    # Somebody else has both, and loses them by the hand of whoever looks after users.
    mallory = await do(create_user, "mallory", PASSWORD, Role.VIEWER)
    own, walk.user_id = walk.user_id, mallory.id
    passkeys = [await do(add_passkey, each, *_made(each, mallory.id)) for each in ("two", "three")]
    walk.user_id = own
    await do(remove_passkey, passkeys[0].passkey.id)
    await do(remove_second_factor, mallory.id)


def _made(key: str, user_id: str) -> tuple[Made, Challenge]:
    challenge = Challenge(Purpose.ADD, b"c" * 32, "https://doors.example", "doors.example", user_id, b"h" * 32)
    return Made(key, b"public", 0, ("usb",), False), challenge


async def elsewhere(walk: Walk) -> None:
    """Where else people sign in, and who they are there."""
    do = walk.do
    assert isinstance(walk, TriedWalk)
    new = NewProvider("Company", "https://id.example", "doors", group_claim="g", groups={"guards": Role.OPERATOR})
    provider = await do(create_oidc_provider, new)
    await do(update_oidc_provider, provider.id, {"name": "The company"})
    grace = await do(create_oidc_user, "grace", Role.VIEWER, provider.id, "subject-1")
    await do(remove_oidc_link, (await OidcLink.get(user_id=grace.id)).id)
    link = await do(link_oidc, provider.id, "subject-2")
    await do(unlink_oidc, link.id)
    await do(delete_user, grace.id)
    await do(delete_oidc_provider, provider.id)


async def webhooks(walk: Walk) -> None:
    """Webhooks, as far as nothing is sent."""
    do = walk.do
    hook = (await do(create_webhook, NewWebhook("Desk", URL))).webhook
    await do(note_unverified, hook.id, URL, "It did not answer.")
    await do(admit_webhook, hook.id, URL, False)
    await do(update_webhook, hook.id, {"name": "The desk"})
    await do(rotate_webhook_secret, hook.id)
    test = await do(send_test, hook.id)
    await do(replay_delivery, test.id)
    await do(replay_since, hook.id, after=0)
    await do(disable_webhook, hook.id)
    await do(admit_webhook, hook.id, URL, False)
    await do(stop_webhook, hook.id, StopReason.GONE, "It answered 410.")
    await do(delete_webhook, hook.id)


async def imports(walk: Walk) -> None:
    """Jobs, of which nothing is worked off."""
    job = await walk.do(create_job, new_job_id(), JobKind.CARDHOLDERS, 1, False)
    await walk.do(cancel_job, job.id)


async def test_who_may_not_do_it_changes_nothing_and_who_may_does(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))
    async with open_world(database_url) as world:
        site = await make_site(world)
        other = await Controller.create(id="other", name="Other")

        async def nothing(_: str) -> None:
            pass

        walk = TriedWalk(world, site, other, nothing)
        areas = (cameras_and_controllers, orders, commands, users, factors, elsewhere, webhooks, imports)
        for area in (*areas, *walks.AREAS):
            await area(walk)
        assert {short(name) for name in OPERATIONS} == {short(name) for name in walk.done}
