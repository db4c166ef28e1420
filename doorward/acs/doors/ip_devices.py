"""What may be done to readers, intercoms and cameras on the network, and to the keys that they sign with."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.devices import DeviceKind, DeviceRole
from doorward.acs.doors.ip_settings import (
    ACCEPTS,
    IpChanges,
    IpSettings,
    Kept,
    as_json,
    checked,
    kept_of,
    opened,
    sealed,
    settings_of,
    stream_host,
)
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

KEY_BYTES = 32
PUSH_SECRET_BYTES = 24
MAX_GRACE_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class IpDeviceSecrets:
    """The device with its key in 64 hexadecimal digits, and the secret (empty: off) for plates without a signature."""

    device: Device
    key: str
    push_secret: str = ""

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"IpDeviceSecrets({self.device.id})"


@operation(Permission.CONFIGURATION_WRITE)
async def create_ip_device(work: Work, reader_id: str, given: IpSettings) -> IpDeviceSecrets:
    """The device that a reader of type IP, barcode camera or plate camera is, with a new key."""
    reader = await Reader.select_for_update().using_db(work.connection).get_or_none(id=reader_id)
    if reader is None:
        raise NotFound("There is no such reader.", "readerId")
    if reader.type not in ACCEPTS:
        raise ValidationFailed("This is for IP readers, barcode cameras and plate cameras.", "readerId")
    if await Device.filter(reader_id=reader_id).using_db(work.connection).exists():
        raise Conflict("This reader has a device already. Delete it first.", "readerId")
    given = checked(given, reader.type)
    door = await Door.get(id=reader.door_id, using_db=work.connection)
    device_id, key = new_id(), secrets.token_bytes(KEY_BYTES)
    kept = _with_settings(work, device_id, Kept(ACCEPTS[reader.type]), given)
    device = await Device.create(
        using_db=work.connection,
        id=device_id,
        kind=DeviceKind.IP,
        controller_id=door.controller_id,
        name=given.name,
        role=DeviceRole.READER,
        door_id=door.id,
        reader_id=reader.id,
        sealed_key=work.domain.sealer.seal(key, f"device:{device_id}"),
        settings=as_json(kept),
    )
    work.changed(PolicyPart.DEVICE, device_id)
    work.audit(EventType.DEVICE_CREATED, of=device, after=_snapshot(given), **_subjects(device, door))
    return IpDeviceSecrets(device, key.hex())


@operation(Permission.CONFIGURATION_WRITE)
async def update_ip_device(
    work: Work, device_id: str, changes: IpChanges, expected_version: int | None = None
) -> Device:
    """Change what is set on a device."""
    device, door, reader_type = await _locked(work, device_id)
    check.version(device.version, expected_version)
    before = settings_of(work.domain.sealer, device)
    after = checked(replace(before, **changes), reader_type)
    if after == before:
        return device
    device.name = after.name
    await _save(work, device, _with_settings(work, device.id, kept_of(device), after))
    old, new = _snapshot(before), _snapshot(after)
    if old == new:  # of the stream, only what is secret has changed
        old["stream"], new["stream"] = f"{old['stream']} (old)", f"{new['stream']} (new)"
    work.audit(EventType.DEVICE_UPDATED, of=device, before=old, after=new, **_subjects(device, door))
    return device


@operation(Permission.CONFIGURATION_WRITE)
async def show_ip_device_key(work: Work, device_id: str) -> IpDeviceSecrets:
    """The device's key again, to type it into the device; that somebody saw it is audited."""
    device, door, _ = await _locked(work, device_id)
    work.audit(EventType.DEVICE_KEY_SHOWN, of=device, **_subjects(device, door))
    return _secrets(work, device)


@operation(Permission.CONFIGURATION_WRITE)
async def rotate_ip_device_key(
    work: Work, device_id: str, grace_s: int = 0, expected_version: int | None = None
) -> IpDeviceSecrets:
    """A new key for a device. The one before is good for `grace_s` (at most a week) longer; any older ends now."""
    if not 0 <= grace_s <= MAX_GRACE_S:
        raise ValidationFailed(f"An old key is good for 0 to {MAX_GRACE_S} seconds longer.", "grace")
    device, door, _ = await _locked(work, device_id)
    check.version(device.version, expected_version)
    old = work.domain.sealer.open(device.sealed_key or b"", f"device:{device.id}")
    device.sealed_key = work.domain.sealer.seal(secrets.token_bytes(KEY_BYTES), f"device:{device.id}")
    kept = kept_of(device)
    kept.sealed_old_key = sealed(work.domain.sealer, device.id, "old_key", old.hex()) if grace_s else ""
    kept.old_key_until = work.now + timedelta(seconds=grace_s) if grace_s else None
    await _save(work, device, kept)
    work.audit(EventType.DEVICE_KEY_ROTATED, of=device, after={"grace_s": grace_s}, **_subjects(device, door))
    return _secrets(work, device)


@operation(Permission.CONFIGURATION_WRITE)
async def allow_unsigned_plates(
    work: Work, device_id: str, allowed: bool, expected_version: int | None = None
) -> IpDeviceSecrets:
    """Let a plate camera that cannot sign show a secret instead (a new one each time), or end that."""
    device, door, reader_type = await _locked(work, device_id)
    check.version(device.version, expected_version)
    if allowed and reader_type is not ReaderType.PLATE_CAMERA:
        raise ValidationFailed("Only a plate camera may send without a signature.", "id")
    kept = kept_of(device)
    before = bool(kept.sealed_push_secret)
    if not before and not allowed:
        return _secrets(work, device)
    secret = secrets.token_urlsafe(PUSH_SECRET_BYTES) if allowed else ""
    kept.sealed_push_secret = sealed(work.domain.sealer, device.id, "push_secret", secret)
    await _save(work, device, kept)
    work.audit(
        EventType.DEVICE_UPDATED,
        of=device,
        before={"unsigned_plates": "allowed" if before else "refused"},
        after={"unsigned_plates": "allowed, with a new secret" if allowed else "refused"},
        **_subjects(device, door),
    )
    return _secrets(work, device)


async def _locked(work: Work, device_id: str) -> tuple[Device, Door, ReaderType]:
    device = await Device.select_for_update().using_db(work.connection).get_or_none(id=device_id, kind=DeviceKind.IP)
    if device is None or device.door_id is None or device.reader_id is None:
        raise NotFound("There is no such device on the network.", "id")
    reader = await Reader.get(id=device.reader_id, using_db=work.connection)
    return device, await Door.get(id=device.door_id, using_db=work.connection), reader.type


async def _save(work: Work, device: Device, kept: Kept) -> None:
    device.settings = as_json(kept)
    device.version += 1
    await device.save(using_db=work.connection, update_fields=["name", "sealed_key", "settings", "version"])
    work.changed(PolicyPart.DEVICE, device.id)


def _with_settings(work: Work, device_id: str, kept: Kept, given: IpSettings) -> Kept:
    kept.region, kept.min_confidence = given.region, given.min_confidence
    kept.sealed_stream = sealed(work.domain.sealer, device_id, "stream", given.stream_url)
    return kept


def _secrets(work: Work, device: Device) -> IpDeviceSecrets:
    sealer = work.domain.sealer
    key = sealer.open(device.sealed_key or b"", f"device:{device.id}")
    secret = opened(sealer, device.id, "push_secret", kept_of(device).sealed_push_secret)
    return IpDeviceSecrets(device, key.hex(), secret)


def _subjects(device: Device, door: Door) -> dict[str, Any]:
    return {"door_id": door.id, "door_name": door.name, "reader_id": device.reader_id}


def _snapshot(given: IpSettings) -> dict[str, Any]:
    region = given.region
    return {
        "name": given.name,
        "stream": stream_host(given.stream_url),
        "region": [region.left, region.top, region.right, region.bottom],
        "min_confidence": given.min_confidence,
    }
