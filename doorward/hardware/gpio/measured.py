"""Resistances of lines, measured by an analogue converter that Linux shows under /sys/bus/iio.

Linux documents the files in Documentation/ABI/testing/sysfs-bus-iio: millivolts are (raw + offset) * scale.
"""

from math import inf, isclose, isinf
from pathlib import Path

from doorward.acs.devices import MeasuredInput
from doorward.hardware.driver import Reading

IIO = Path("/sys/bus/iio/devices")
FULL_SHARE = 0.995
"""A channel at this share of the supply or above has no current through it: the line is open."""
DEAD_BAND_SHARE, DEAD_BAND_OHM = 0.02, 20.0
"""A converter's last digit is never still. What has moved by less than this is the same as before."""


def measure(given: MeasuredInput, root: Path = IIO) -> float | None:
    """The resistance of the line in ohms; infinity: no current. None: it cannot be read, or makes no sense."""
    folder = root / given.converter
    try:
        raw = _number(folder / f"in_voltage{given.channel}_raw")
        scale = _shared(folder, given.channel, "scale", 1.0)
        offset = _shared(folder, given.channel, "offset", 0.0)
    except (OSError, ValueError):
        return None
    return resistance((raw + offset) * scale, given.supply_mv, given.pull_up_ohm)


def resistance(voltage_mv: float, supply_mv: int, pull_up_ohm: int) -> float | None:
    """The lower resistor of a divider, from the voltage between the two. None for a voltage that cannot be."""
    if not -0.05 * supply_mv <= voltage_mv <= 1.1 * supply_mv:
        return None
    if voltage_mv >= FULL_SHARE * supply_mv:
        return inf
    voltage_mv = max(0.0, voltage_mv)
    return pull_up_ohm * voltage_mv / (supply_mv - voltage_mv)


def is_same(one: Reading, other: Reading) -> bool:
    """Whether two readings of an input are the same, but for what a converter's last digit does."""
    if isinstance(one, float) and isinstance(other, float) and not isinf(one) and not isinf(other):
        return isclose(one, other, rel_tol=DEAD_BAND_SHARE, abs_tol=DEAD_BAND_OHM)
    return one == other and type(one) is type(other)


def _shared(folder: Path, channel: int, what: str, otherwise: float) -> float:
    """What a channel has of its own, or all channels have together, or neither."""
    for name in (f"in_voltage{channel}_{what}", f"in_voltage_{what}"):
        try:
            return _number(folder / name)
        except FileNotFoundError:
            continue
    return otherwise


def _number(path: Path) -> float:
    return float(path.read_text("ascii"))
