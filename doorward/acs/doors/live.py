"""The present state of doors, and the way to the controllers that own them. In memory only."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum

from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.errors import ControllerOffline
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand, DoorStatus, OutputCommand, ToController
from doorward.acs.versions import Versions


class DoorCondition(StrEnum):
    """A door's state in one word, the most urgent that is true."""

    OFFLINE = "offline"
    """Its controller or its device is not connected, so that nothing is known of it."""
    FORCED = "forced"
    """It was opened without being released."""
    HELD = "held"
    """It has stood open for longer than it may."""
    LOCKDOWN = "lockdown"
    """Locked, and only the exempt are let in."""
    OPEN = "open"
    """It stands open, as it may."""
    UNLOCKED = "unlocked"
    """It is closed, and opens for everybody."""
    RELEASED = "released"
    """It is closed, and can be opened for this moment."""
    LOCKED = "locked"
    """It is closed and locked, as is usual."""


def condition(status: DoorStatus) -> DoorCondition:
    """The most urgent word for a door."""
    if not status.online:
        return DoorCondition.OFFLINE
    if status.forced:
        return DoorCondition.FORCED
    if status.held:
        return DoorCondition.HELD
    if status.mode is DoorMode.LOCKDOWN:
        return DoorCondition.LOCKDOWN
    if status.position is Position.OPEN:
        return DoorCondition.OPEN
    if status.mode is DoorMode.UNLOCKED:
        return DoorCondition.UNLOCKED
    return DoorCondition.RELEASED if status.released else DoorCondition.LOCKED


def unknown_status(door_id: str) -> DoorStatus:
    """What is said of a door whose controller is not connected."""
    return DoorStatus(door_id, DoorMode.LOCKED, Position.UNKNOWN, False, False, False, False)


class LiveDoors:
    """Statuses by door, senders by controller, and commands that await their answer. One event loop owns it."""

    def __init__(self) -> None:
        self._statuses: dict[str, DoorStatus] = {}
        self._owners: dict[str, str] = {}
        self._senders: dict[str, Callable[[ToController], None]] = {}
        self._pending: dict[str, asyncio.Future[CommandResult]] = {}
        self.versions = Versions()

    def known(self) -> Mapping[str, DoorStatus]:
        """What was last said of each door; of all others nothing is known, as of one that is offline."""
        return self._statuses

    def attach(self, controller_id: str, send: Callable[[ToController], None]) -> None:
        """A controller is connected."""
        self._senders[controller_id] = send

    def detach(self, controller_id: str) -> None:
        """A controller is gone: its doors are offline for all we know."""
        self._senders.pop(controller_id, None)
        for door_id, owner in self._owners.items():
            if owner == controller_id:
                self._set(unknown_status(door_id))

    def update(self, controller_id: str, status: DoorStatus) -> None:
        """A controller reports one of its doors."""
        self._owners[status.door_id] = controller_id
        self._set(status)

    def status(self, door_id: str) -> DoorStatus:
        """The present state of a door."""
        return self._statuses.get(door_id) or unknown_status(door_id)

    def _set(self, status: DoorStatus) -> None:
        self._statuses[status.door_id] = status
        self.versions.changed(status.door_id)

    async def command(
        self, controller_id: str, command: DoorCommand | OutputCommand, timeout_s: float
    ) -> CommandResult:
        """Send a command and wait for its answer; without one in time it has expired. Nothing is queued."""
        send = self._senders.get(controller_id)
        if send is None:
            whose = "door" if isinstance(command, DoorCommand) else "output"
            raise ControllerOffline(f"The {whose}'s controller is not connected. The command was not sent.")
        future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        self._pending[command.id] = future
        try:
            send(command)
            return await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            return CommandResult(
                command.id,
                CommandStatus.EXPIRED,
                "The controller did not answer in time; the command has expired.",
            )
        finally:
            self._pending.pop(command.id, None)

    def resolve(self, result: CommandResult) -> None:
        """A controller answers a command."""
        future = self._pending.get(result.command_id)
        if future and not future.done():
            future.set_result(result)

    def broadcast(self, message: ToController, but: str = "") -> None:
        """Send to every connected controller but one."""
        for controller_id, send in self._senders.items():
            if controller_id != but:
                send(message)

    def send(self, controller_id: str, message: ToController) -> bool:
        """Send to a controller if it is connected."""
        send = self._senders.get(controller_id)
        if send is None:
            return False
        send(message)
        return True
