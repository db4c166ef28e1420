"""An ONVIF device made of software, for the demo and for tests: it checks who asks, and keeps what it is told."""

from doorward.video.onvif.simulator.device import Behaviour, SimulatedDevice

__all__ = ["Behaviour", "SimulatedDevice"]
