"""Where the running simulation listens, kept beside its data for those who may act on it."""

import msgspec

from doorward.demo.directory import DemoDirectory, write_private
from doorward.demo.errors import NoSimulation

CONTROL_PATH = "/control"


class ControlAddress(msgspec.Struct, frozen=True):
    """The URL to send acts to, and the token that allows it."""

    url: str
    token: str


def save_control(directory: DemoDirectory, control: ControlAddress) -> None:
    """Tell those who can read the owner's files."""
    write_private(directory.control_file, msgspec.json.encode(control))


def load_control(directory: DemoDirectory) -> ControlAddress:
    """Where the simulation listens, if it still does. Raises NoSimulation."""
    try:
        return msgspec.json.decode(directory.control_file.read_bytes(), type=ControlAddress)
    except (OSError, msgspec.DecodeError) as error:
        raise no_simulation(directory) from error


def no_simulation(directory: DemoDirectory) -> NoSimulation:
    """The refusal, in words."""
    return NoSimulation(
        f"No simulation is running in {directory.root}. "
        f"Start one with `doorward demo --data {directory.root}`, or name another directory with --data."
    )
