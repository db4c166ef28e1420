"""What questions are asked about: the small site with its door ready, and more people with and without access."""

from collections.abc import Sequence

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.messages import DoorStatus
from doorward.acs.people.operations import NewCardholder, create_cardholder
from tests.world import Site, World


def door_stands(world: World, door_id: str, mode: DoorMode = DoorMode.LOCKED, online: bool = True) -> None:
    """The controller reports the door: closed, in this mode."""
    status = DoorStatus(door_id, mode, Position.CLOSED, online, False, False, False)
    world.domain.doors.update(world.controller.id, status)


async def add_person(
    world: World, site: Site, name: str, card: int | None = None, *, groups: Sequence[str] | None = None
) -> str:
    """A cardholder of that name, in the group that may pass side A unless said otherwise, with a card or none."""
    member = (site.group.id,) if groups is None else tuple(groups)
    given = NewCardholder(name, name, "Person", group_ids=member)
    person = await create_cardholder(world.domain, COMMAND_LINE, given)
    if card is not None:
        await create_card(world.domain, COMMAND_LINE, NewCard(person.id, 17, card))
    return person.id
