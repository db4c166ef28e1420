"""Random layouts that the product would accept, and doors passed through them."""

from hypothesis import strategies as st

from doorward.acs.decision.policy import Side
from doorward.acs.zones.borders import ZoneDoorPlace
from doorward.acs.zones.layout import Layout

ZONES = tuple("uvwxyz")
DOORS = tuple(f"door-{number}" for number in range(8))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """A forest of zones, and doors that are internal to one or border one or two of them."""
    parents: dict[str, str | None] = {}
    for zone in ZONES:
        parents[zone] = draw(st.sampled_from([None, *parents]))
    places: list[ZoneDoorPlace] = []
    for door in DOORS:
        chosen = draw(st.lists(st.sampled_from(ZONES), unique=True, max_size=2))
        if len(chosen) == 1 and draw(st.booleans()):
            places.append(ZoneDoorPlace(chosen[0], door, None))
            continue
        side = draw(st.sampled_from(Side))
        for zone in chosen:
            places.append(ZoneDoorPlace(zone, door, side))
            side = side.other
    return Layout(parents, places)
