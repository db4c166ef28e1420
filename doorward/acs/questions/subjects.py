"""What the steps of a decision are about: the things that they name, as they are there now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tortoise.models import Model

from doorward.acs.actor import Actor, Permission
from doorward.acs.doors.models import Door
from doorward.acs.questions.words import ToldStep
from doorward.acs.rules.models import AccessRule
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.zones.models import Interlock, Zone


class SubjectKind(StrEnum):
    """What kind of thing a step names."""

    ACCESS_RULE = "access_rule"
    """An access rule that names them."""
    SCHEDULE = "schedule"
    """A schedule of the rule or of the door."""
    DOOR = "door"
    """The door that they came to."""
    ZONE = "zone"
    """A zone that the door leads into or out of."""
    INTERLOCK = "interlock"
    """An interlock: doors of which one may be open at a time."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that a step names."""

    kind: SubjectKind
    id: str
    name: str


Subjects = tuple[Subject, ...]

_KINDS = {
    "reader": SubjectKind.DOOR,
    "access_rule": SubjectKind.ACCESS_RULE,
    "schedule": SubjectKind.SCHEDULE,
    "zone": SubjectKind.ZONE,
    "anti_passback": SubjectKind.ZONE,
    "occupancy": SubjectKind.ZONE,
    "interlock": SubjectKind.INTERLOCK,
}
_ROWS: dict[SubjectKind, type[Model]] = {
    SubjectKind.ACCESS_RULE: AccessRule,
    SubjectKind.SCHEDULE: ScheduleRow,
    SubjectKind.ZONE: Zone,
    SubjectKind.INTERLOCK: Interlock,
}


async def subjects_of(actor: Actor, steps: Sequence[ToldStep], door_id: str | None) -> list[Subjects]:
    """For each step what it names, in its order: nothing where that is gone or has another name by now.

    A step tells names alone; those of each kind are unique. Only the door is known by its id. Empty for those who may
    not look at the configuration.
    """
    if Permission.CONFIGURATION_VIEW not in actor.permissions:
        return [() for _ in steps]
    wanted: dict[SubjectKind, set[str]] = defaultdict(set)
    for step in steps:
        if (kind := _KINDS.get(step.check)) is not None:
            wanted[kind].update(name for names in _readings(step) for name in names)
    found = {kind: await _by_name(_ROWS[kind], names) for kind, names in wanted.items() if kind in _ROWS}
    door = await Door.get_or_none(id=door_id) if door_id is not None and SubjectKind.DOOR in wanted else None
    return [_subjects(step, found, door) for step in steps]


async def _by_name(model: type[Model], names: Iterable[str]) -> dict[str, str]:
    return dict(await model.filter(name__in=list(names)).values_list("name", "id"))


def _subjects(step: ToldStep, found: dict[SubjectKind, dict[str, str]], door: Door | None) -> Subjects:
    kind = _KINDS.get(step.check)
    if kind is None:
        return ()
    if kind is SubjectKind.DOOR:
        return (Subject(kind, door.id, door.name),) if door is not None else ()
    ids = found[kind]
    for names in _readings(step):
        if known := tuple(Subject(kind, ids[name], name) for name in names if name in ids):
            return known
    return ()


def _readings(step: ToldStep) -> Iterator[list[str]]:
    """What the detail of a step may mean: one name, several with commas, or a name and what was seen of it."""
    yield [step.saw]
    if step.check == "access_rule":
        yield step.saw.split(", ")
    for mark in (": ", ", since "):
        name, found, _ = step.saw.rpartition(mark)
        if found:
            yield [name]
