"""Who would gain and who would lose access, where and when, if a draft were applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.questions import AccessChange, Spans, compare
from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed
from doorward.acs.paging import Page, PageRequest, page_within
from doorward.acs.people.models import Cardholder
from doorward.acs.policy.reading import aside
from doorward.acs.questions.draft import Draft, drafted_policies
from doorward.acs.questions.names import FEW, sort_names
from doorward.acs.questions.pages import in_order
from doorward.acs.questions.passing import checked_moment
from doorward.acs.questions.spans import without

LONGEST = timedelta(days=31)
MOST_DIFFERENCES = 200_000
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for one cardholder at one door side. `key` is its place in the list: by name, then by door."""

    key: Key
    cardholder: Cardholder
    door_name: str
    change: AccessChange

    @property
    def gained(self) -> Spans:
        """When they may pass, and might not before."""
        return without(self.change.after, self.change.before)

    @property
    def lost(self) -> Spans:
        """When they may no longer pass."""
        return without(self.change.before, self.change.after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many people gain and lose access within [`start`, `end`) (somebody may do both), and a page of it."""

    start: datetime
    end: datetime
    gaining: int
    losing: int
    differences: int
    page: Page[Difference]


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many differences there are, and how many people gain and lose by them."""

    differences: int
    gaining: int
    losing: int


async def compare_draft(
    domain: Domain,
    actor: Actor,
    draft: Draft,
    request: PageRequest,
    start: datetime | None = None,
    length: timedelta = timedelta(days=7),
) -> Comparison:
    """What the draft would change: by rules, schedules, groups and dates; see `decision.questions.compare`.

    Nothing of it remains. The actor needs the permission of each of its operations. `start` None: now.
    """
    actor.require(Permission.CONFIGURATION_VIEW)
    actor.require(Permission.CARDHOLDER_VIEW)
    if not timedelta(days=1) <= length <= LONGEST:
        raise ValidationFailed(f"Compare 1 to {LONGEST.days} days.", "days")
    begin = checked_moment(start) or domain.clock()
    async with domain.kept.turn:
        site, after = await drafted_policies(domain, actor, draft)
        found, page = await aside(partial(_work_out, site.compiled, after, begin, length, request))
    rows = {row.id: row for row in await Cardholder.filter(id__in=[key[1] for key, _ in page.rows])}
    return Comparison(
        start=begin,
        end=begin + length,
        gaining=found.gaining,
        losing=found.losing,
        differences=found.differences,
        page=_with_people(page, rows),
    )


def _with_people(page: Page[tuple[Key, AccessChange]], people: Mapping[str, Cardholder]) -> Page[Difference]:
    there = page.without(lambda one: one[0][1] not in people)
    return there.of([Difference(key, people[key[1]], key[2], change) for key, change in there.rows])


async def _work_out(
    before: CompiledPolicy, after: CompiledPolicy, start: datetime, length: timedelta, request: PageRequest
) -> tuple[_Counts, Page[tuple[Key, AccessChange]]]:
    """In a thread of its own, where the many differences that are on no page are also forgotten."""
    changes = _differences(before, after, start, length)
    people = {change.cardholder_id for change in changes}
    names = await sort_names(people if len(people) <= FEW else None)
    doors = {door.id: door.name for door in (*after.doors.values(), *before.doors.values())}
    page = page_within(_keyed(changes, names, doors), _first, (str,) * 5, request, "difference")
    gaining = len({change.cardholder_id for change in changes if change.gains})
    losing = len({change.cardholder_id for change in changes if change.loses})
    return _Counts(len(changes), gaining, losing), page


def _differences(
    before: CompiledPolicy, after: CompiledPolicy, start: datetime, length: timedelta
) -> list[AccessChange]:
    found: list[AccessChange] = []
    for change in compare(before, after, start, length):
        found.append(change)
        if len(found) > MOST_DIFFERENCES:
            raise ValidationFailed(
                f"The draft changes access in more than {MOST_DIFFERENCES:,} places, counting each person at each "
                "door side. Divide it, or try it on a smaller group first.",
                "draft",
            )
    return found


def _key(change: AccessChange, sort_name: str, door_name: str) -> Key:
    return sort_name, change.cardholder_id, door_name, change.door_id, change.side.value


def _keyed(
    found: Sequence[AccessChange], names: Mapping[str, str], doors: Mapping[str, str]
) -> list[tuple[Key, AccessChange]]:
    keyed = [(_key(one, names.get(one.cardholder_id, ""), doors[one.door_id]), one) for one in found]
    return in_order(keyed, _first)


def _first(keyed: tuple[Key, AccessChange]) -> Key:
    return keyed[0]
