"""Many readers alike on many buses: the same site for a controller and for the simulator."""

from pathlib import Path

from doorward.acs.devices import OsdpDevice
from doorward.hardware.simulators.site_spec import DeviceSpec, SiteSpec


def reader_buses(buses: int, readers: int) -> SiteSpec:
    """`buses` lines with `readers` each, named "bus.address"."""
    return SiteSpec(
        name="reader buses",
        devices=tuple(
            DeviceSpec(
                name=f"{bus}.{reader}",
                port=f"bus{bus}",
                address=reader,
                key=(bytes((bus, reader)) * 8).hex(),
                reader=True,
            )
            for bus in range(buses)
            for reader in range(1, readers + 1)
        ),
    )


def wired_to(spec: SiteSpec, ports: Path) -> list[OsdpDevice]:
    """The controller's side of a site's devices, which have keys and are simulated with their lines in `ports`."""
    return [
        OsdpDevice(device.name, str(ports / device.port), device.address, bytes.fromhex(device.key))
        for device in spec.devices
        if device.key is not None
    ]
