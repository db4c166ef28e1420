"""What hangs on a simulated output that no lock is on: whether it is on can be seen."""

from doorward.hardware.simulators.happening import Happening, What
from doorward.hardware.simulators.site_device import SiteDevice
from doorward.hardware.simulators.site_spec import AuxOutputSpec


class SiteAuxOutput:
    """Times are monotonic seconds."""

    def __init__(self, spec: AuxOutputSpec, device: SiteDevice) -> None:
        self.spec = spec
        self._device = device
        self._on = False

    def look(self, now: float) -> list[Happening]:
        """What is to be seen of it that is new."""
        on = self._device.output_active(self.spec.output, now)
        if on is self._on:
            return []
        self._on = on
        return [Happening(now, What.OUTPUT_ON if on else What.OUTPUT_OFF, self.spec.name)]

    def next_due(self, now: float) -> float | None:
        """When it changes by itself."""
        return self._device.next_output_change(self.spec.output, now)
