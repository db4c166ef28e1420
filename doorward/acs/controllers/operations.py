"""What may be done to controllers: creating, renaming, enrolling, revoking and deleting them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.controllers.authority import fingerprint
from doorward.acs.controllers.enrolment import digest_of
from doorward.acs.controllers.enrolment_code import new_code
from doorward.acs.controllers.models import ControllerCertificate, ControllerCode
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.doors.models import Controller, Device, Door, Elevator
from doorward.acs.errors import Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.site.operations import EMBEDDED_CONTROLLER

CODE_LIFETIME = timedelta(minutes=15)
_SHOWN_USERS = 5


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """An enrolment code, which is shown this once, and until when it can be used."""

    code: str = field(repr=False)
    expires_at: datetime


@operation(Permission.CONFIGURATION_WRITE)
async def create_controller(work: Work, name: str) -> Controller:
    """A controller without doors, not enrolled yet."""
    name = await _free_name(work, name)
    controller = await Controller.create(using_db=work.connection, id=new_id(), name=name)
    work.audit(EventType.CONTROLLER_CREATED, of=controller, after={"name": name}, controller_id=controller.id)
    return controller


@operation(Permission.CONFIGURATION_WRITE)
async def rename_controller(
    work: Work, controller_id: str, name: str, expected_version: int | None = None
) -> Controller:
    """Give a controller another name. That of the server's own is fixed."""
    controller = await _apart(work, controller_id)
    check.version(controller.version, expected_version)
    before = controller.name
    controller.name = await _free_name(work, name, but=controller.id)
    if controller.name != before:
        controller.version += 1
        await controller.save(using_db=work.connection, update_fields=["name", "version"])
        work.audit(
            EventType.CONTROLLER_UPDATED,
            of=controller,
            before={"name": before},
            after={"name": controller.name},
            controller_id=controller.id,
        )
    return controller


@operation(Permission.CONFIGURATION_WRITE)
async def issue_enrolment_code(work: Work, controller_id: str) -> IssuedCode:
    """A code by which a controller enrols once within 15 minutes. Any code that it had before ends.

    A controller that is enrolled already may be enrolled anew, on another computer too: what it had before counts
    until the new one has first connected.
    """
    controller = await _apart(work, controller_id)
    authority = await the_authority(work.domain)
    code = new_code(fingerprint(authority.certificate))
    expires_at = work.now + CODE_LIFETIME
    await ControllerCode.filter(controller_id=controller.id).using_db(work.connection).delete()
    await ControllerCode.create(
        using_db=work.connection,
        controller_id=controller.id,
        digest=digest_of(work.domain.sealer, code.secret),
        expires_at=expires_at,
    )
    work.audit(
        EventType.CONTROLLER_CODE_ISSUED,
        of=controller,
        after={"name": controller.name, "expires_at": expires_at},
        controller_id=controller.id,
    )
    return IssuedCode(str(code), expires_at)


@operation(Permission.CONFIGURATION_WRITE)
async def revoke_controller(work: Work, controller_id: str, expected_version: int | None = None) -> Controller:
    """End a controller's certificates and code: its link is closed, and none comes about until it is enrolled anew.

    Its doors go on by the policy that it has, until the site's limit of being alone.
    """
    controller = await _apart(work, controller_id)
    check.version(controller.version, expected_version)
    counting = ControllerCertificate.filter(controller_id=controller.id, ended_at=None).using_db(work.connection)
    serials = sorted(str(serial) for serial in await counting.values_list("serial", flat=True))
    await counting.update(ended_at=work.now)
    codes = await ControllerCode.filter(controller_id=controller.id).using_db(work.connection).delete()
    if serials or codes:
        work.audit(
            EventType.CONTROLLER_REVOKED,
            of=controller,
            before={"serials": serials, "code": bool(codes)},
            after={"serials": [], "code": False},
            controller_id=controller.id,
        )
    work.after.append(lambda: work.domain.controllers.drop(controller.id, "revoked"))
    return controller


@operation(Permission.CONFIGURATION_WRITE)
async def delete_controller(work: Work, controller_id: str, expected_version: int | None = None) -> None:
    """Delete a controller that has no doors and no devices; its events stay."""
    controller = await _apart(work, controller_id)
    check.version(controller.version, expected_version)
    doors = Door.filter(controller_id=controller.id).using_db(work.connection).order_by("name")
    elevators = Elevator.filter(controller_id=controller.id).using_db(work.connection).order_by("name")
    devices = Device.filter(controller_id=controller.id, door_id=None).using_db(work.connection).order_by("name")
    users = [
        *(f"door {name}" for name in await doors.values_list("name", flat=True)),
        *(f"elevator {name}" for name in await elevators.values_list("name", flat=True)),
        *(f"device {name}" for name in await devices.values_list("name", flat=True)),
    ]
    if users:
        shown = ", ".join(users[:_SHOWN_USERS]) + (
            f" and {len(users) - _SHOWN_USERS} more" * (len(users) > _SHOWN_USERS)
        )
        raise Conflict(
            f"The controller {controller.name} still has: {shown}. Give them another controller first.", "id"
        )
    await controller.delete(using_db=work.connection)
    name = {"name": controller.name}
    work.audit(EventType.CONTROLLER_DELETED, of=controller, before=name, controller_id=controller.id)
    work.after.append(lambda: work.domain.controllers.drop(controller.id, "deleted"))


async def _apart(work: Work, controller_id: str) -> Controller:
    """The controller, locked; not the server's own, which can be nothing else than it is."""
    controller = await Controller.select_for_update().using_db(work.connection).get_or_none(id=controller_id)
    if controller is None:
        raise NotFound("There is no such controller.", "id")
    if controller.name == EMBEDDED_CONTROLLER:
        raise Conflict("This is the controller inside the server; it has no computer of its own.", "id")
    return controller


async def _free_name(work: Work, name: str, but: str = "") -> str:
    name = check.text(name, "name", longest=100)
    await check.unique(Controller, work.connection, f"Another controller is called {name}.", "name", but=but, name=name)
    return name
