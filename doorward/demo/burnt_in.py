"""What the demo's hardware has burnt in: addresses, secure-channel keys, which camera looks where."""

import secrets
from collections.abc import Callable

import msgspec

from doorward.acs.decision.policy import Side
from doorward.demo.directory import DemoDirectory, write_private
from doorward.demo.errors import SiteMissing

KEY_BYTES = 16


class ReaderHardware(msgspec.Struct, frozen=True):
    """A reader: the name of its port, its OSDP address and its 16-byte key."""

    side: Side
    port: str
    address: int
    key: bytes


class DoorHardware(msgspec.Struct, frozen=True):
    """A door: its strike and contacts are one OSDP device, each reader another."""

    name: str
    slug: str
    port: str
    address: int
    key: bytes
    readers: tuple[ReaderHardware, ...]


class CameraHardware(msgspec.Struct, frozen=True):
    """A camera and the doors, by name, that it sees."""

    name: str
    slug: str
    doors: tuple[str, ...]


class SiteHardware(msgspec.Struct, frozen=True):
    """Everything that the simulation plays. `directory` is where the site with its serial ports was made."""

    directory: str
    http_port: int
    doors: tuple[DoorHardware, ...]
    cameras: tuple[CameraHardware, ...]

    def camera_url(self, camera: CameraHardware) -> str:
        """Where a camera's stream is."""
        return f"http://127.0.0.1:{self.http_port}/cameras/{camera.slug}.ts"


ENTRANCE, OFFICE, SERVER_ROOM, DOCK = "Main entrance", "Office", "Server room", "Loading dock"
DOOR_SIDES: dict[str, tuple[Side, ...]] = {
    ENTRANCE: (Side.A, Side.B),
    OFFICE: (Side.A,),
    SERVER_ROOM: (Side.A,),
    DOCK: (Side.A,),
}
CAMERA_DOORS = {
    "Entrance camera": (ENTRANCE, OFFICE),
    "Dock camera": (DOCK, SERVER_ROOM),
}


def slug_of(name: str) -> str:
    """A name as part of a file name or URL."""
    return name.lower().replace(" ", "-")


def new_hardware(
    directory: DemoDirectory, http_port: int, new_key: Callable[[int], bytes] = secrets.token_bytes
) -> SiteHardware:
    """The demo's doors and cameras, every device with an address and a key of its own."""
    addresses = iter(range(1, 0x7F))

    def reader(slug: str, side: Side) -> ReaderHardware:
        return ReaderHardware(side, f"{slug}-{side.value.lower()}", next(addresses), new_key(KEY_BYTES))

    doors = []
    for name, sides in DOOR_SIDES.items():
        slug = slug_of(name)
        io_address = next(addresses)
        readers = tuple(reader(slug, side) for side in sides)
        doors.append(DoorHardware(name, slug, f"{slug}-io", io_address, new_key(KEY_BYTES), readers))
    cameras = tuple(CameraHardware(name, slug_of(name), seen) for name, seen in CAMERA_DOORS.items())
    return SiteHardware(str(directory.root), http_port, tuple(doors), cameras)


def save_hardware(directory: DemoDirectory, site: SiteHardware) -> None:
    """Keep it, for the owner's eyes only."""
    write_private(directory.site_file, msgspec.json.format(msgspec.json.encode(site)))


def load_hardware(directory: DemoDirectory) -> SiteHardware:
    """What was kept. Raises SiteMissing if there is nothing, or if it was made for another place."""
    try:
        site = msgspec.json.decode(directory.site_file.read_bytes(), type=SiteHardware)
    except FileNotFoundError as error:
        raise SiteMissing(
            f"There is no demo site in {directory.root}. Make one with `doorward demo --data {directory.root}`."
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise SiteMissing(
            f"{directory.site_file} cannot be read: {error}. Restore it, or start a new demo in another directory."
        ) from error
    if site.directory != str(directory.root):
        raise SiteMissing(
            f"This demo site was made in {site.directory}, and its serial ports are there. "
            "Move it back, or start a new demo in another directory."
        )
    return site
