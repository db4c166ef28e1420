"""Keys of OSDP devices: the site's main key, the key of each device, and how a device gets another.

A device's key is derived from the main key, the device's id and the number of the key, so that no two devices and
no two windows ever share one; or it is set by hand. All are stored sealed, and none is ever told. A new key waits
beside the old one until the device was heard with it.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Device, Door
from doorward.acs.errors import Conflict, ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord, KeyOrder, KeyWay
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.requests.keyed import id_under_key
from doorward.acs.site.models import Site

KEY_BYTES = 16
DEFAULT_KEY = bytes(range(0x30, 0x40))
"""The key that the standard publishes for install mode. It may be nobody's key."""
_WEAK = frozenset({DEFAULT_KEY, bytes(KEY_BYTES), b"\xff" * KEY_BYTES})
_MAIN_KEY = "site:osdp_key"
_KEY_CHANGED = frozenset({EventType.READER_KEY_CHANGED, EventType.DEVICE_KEY_CHANGED})
USUAL_WINDOW_S = 120.0
LONGEST_WINDOW_S = 600.0
SHORTEST_WINDOW_S = 5.0
SERVER = Actor(None, "Doorward", frozenset(Permission), "system")


def key_context(device_id: str) -> str:
    """What a device's key is sealed for."""
    return f"device:{device_id}"


def next_key_context(device_id: str) -> str:
    """What a device's next key is sealed for."""
    return f"device-next:{device_id}"


def derived_key(main_key: bytes, device_id: str, number: int) -> bytes:
    """The key `number` of a device: HKDF-SHA-256, so that none leads to another or to the main key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"osdp:{device_id}:{number}".encode()).derive(main_key)


def check_key(key: bytes, path: str = "key") -> bytes:
    """Raises ValidationFailed unless it is 16 bytes that are not the published default or all alike."""
    if len(key) != KEY_BYTES:
        raise ValidationFailed(f"A secure-channel key has {KEY_BYTES} bytes.", path)
    if key in _WEAK:
        raise ValidationFailed("This key is known to everybody. Use another.", path)
    return key


async def main_key(work: Work) -> bytes:
    """The site's main key; a random one is made the first time."""
    site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    if site.sealed_osdp_key is None:
        await _put_main_key(work, site, secrets.token_bytes(KEY_BYTES))
    return work.domain.sealer.open(site.sealed_osdp_key or b"", _MAIN_KEY)


async def key_for(work: Work, device_id: str, number: int, by_hand: bytes | None, path: str = "key") -> bytes:
    """The key that a device is to have: the one given, or derived."""
    if by_hand is not None:
        return check_key(by_hand, path)
    return derived_key(await main_key(work), device_id, number)


async def _put_main_key(work: Work, site: Site, key: bytes) -> None:
    site.sealed_osdp_key = work.domain.sealer.seal(key, _MAIN_KEY)
    await site.save(using_db=work.connection, update_fields=["sealed_osdp_key"])


@operation(Permission.CONFIGURATION_WRITE)
async def set_main_key(work: Work, key: bytes) -> None:
    """Set the site's main key. Devices keep their keys until each gets its next one."""
    site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    await _put_main_key(work, site, check_key(key))
    work.audit(EventType.OSDP_MAIN_KEY_CHANGED, of=site)


@operation(Permission.CONFIGURATION_WRITE)
async def plan_key(
    work: Work, device_id: str, way: KeyWay, key: bytes | None = None, window_s: float = USUAL_WINDOW_S
) -> tuple[str, KeyOrder]:
    """Write down the next key of a device, and that it is to get it. The controller to ask, and the order for it."""
    if not SHORTEST_WINDOW_S <= window_s <= LONGEST_WINDOW_S:
        raise ValidationFailed(f"A window lasts {SHORTEST_WINDOW_S:.0f} to {LONGEST_WINDOW_S:.0f} seconds.", "window")
    device = await osdp_device(work, device_id)
    if device.controller_id is None:
        raise ControllerOffline("The device has no controller.", "deviceId")
    if work.domain.orders.busy(device.id):
        raise Conflict("Something is being done with this device already. Wait for its end, or stop it.", "deviceId")
    number = max(device.key_number, device.next_key_number or 0) + 1
    planned = await key_for(work, device.id, number, key)
    device.next_key_number = number
    device.sealed_next_key = work.domain.sealer.seal(planned, next_key_context(device.id))
    await device.save(using_db=work.connection, update_fields=["next_key_number", "sealed_next_key"])
    order = KeyOrder(id_under_key(), device.id, number, way, window_s)
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(
        EventType.DEVICE_KEY_ORDERED,
        of=device,
        after={"way": way.value, "number": number, "window_s": window_s, "by_hand": key is not None},
        **await place_of(work, device),
        correlation=order.id,
    )
    return device.controller_id, order


@operation(Permission.CONFIGURATION_WRITE)
async def drop_next_key(work: Work, device_id: str, number: int | None = None) -> None:
    """Forget the next key of a device (only the one with this number), which then counts nothing any more."""
    device = await osdp_device(work, device_id)
    if device.sealed_next_key is None or number not in (None, device.next_key_number):
        return
    device.sealed_next_key = None
    await device.save(using_db=work.connection, update_fields=["sealed_next_key"])
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(
        EventType.DEVICE_KEY_DROPPED,
        of=device,
        before={"number": device.next_key_number},
        **await place_of(work, device),
    )


@operation(Permission.CONFIGURATION_WRITE)
async def commit_key(work: Work, controller_id: str, device_id: str, number: int) -> None:
    """The device was heard with its next key: that is its key from now on."""
    device = await osdp_device(work, device_id)
    if (device.controller_id, device.next_key_number) != (controller_id, number):
        return
    if device.sealed_next_key is None:
        return
    sealer = work.domain.sealer
    key = sealer.open(device.sealed_next_key, next_key_context(device.id))
    device.sealed_key, device.sealed_next_key = sealer.seal(key, key_context(device.id)), None
    device.key_number = number
    await device.save(using_db=work.connection, update_fields=["sealed_key", "sealed_next_key", "key_number"])
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(
        EventType.DEVICE_KEY_COMMITTED,
        of=device,
        after={"number": number},
        **await place_of(work, device),
    )


async def commit_keys(domain: Domain, controller_id: str, records: Iterable[JournalRecord]) -> None:
    """Heed what a controller's journal says of keys. Doing it again changes nothing."""
    for record in records:
        if record.type in _KEY_CHANGED:
            with suppress(NotFound):  # it was deleted meanwhile
                await commit_key(domain, SERVER, controller_id, str(record.data["device"]), int(record.data["number"]))


async def osdp_device(work: Work, device_id: str) -> Device:
    """The OSDP device, held until the operation ends. Raises NotFound."""
    device = await Device.select_for_update().using_db(work.connection).get_or_none(id=device_id)
    if device is None or device.kind is not DeviceKind.OSDP:
        raise NotFound("There is no such OSDP device.", "deviceId")
    return device


async def place_of(work: Work, device: Device) -> dict[str, Any]:
    """The door that a device stands at and the reader that it is, as an event names them."""
    door = await Door.get_or_none(id=device.door_id or "", using_db=work.connection)
    return {"door_id": device.door_id, "door_name": door.name if door else None, "reader_id": device.reader_id}
