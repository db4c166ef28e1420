"""Who can pass a door side, at some time: everybody whom a rule names there, with what would be decided."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision import questions
from doorward.acs.decision.decide import rules_for
from doorward.acs.decision.decision import Decision, Outcome
from doorward.acs.decision.policy import CredentialPolicy, Side
from doorward.acs.decision.reason import Reason
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.paging import Page, PageRequest, page_within
from doorward.acs.people.models import Cardholder
from doorward.acs.policy.reading import aside, consistent
from doorward.acs.questions.conditions import Assumption, assumptions_of, read_conditions
from doorward.acs.questions.kept import Crowd, Passer, SitePolicy
from doorward.acs.questions.names import FEW, sort_names
from doorward.acs.questions.pages import in_order
from doorward.acs.questions.passing import checked_door, checked_moment, credentials_of
from doorward.acs.questions.site_policy import site_policy
from doorward.acs.reach import PlaceKind

MOST_PEOPLE = 200_000
"""As many people as one answer goes through; that takes some seconds."""
KEPT = timedelta(minutes=1)
"""So long further pages are of the same moment as the first."""
MOST_WORDS = 5
Place = tuple[str, Side]


@dataclass(frozen=True, slots=True)
class WhoCanPass:
    """How many would be decided how, and a page of them by name, with the people's rows.

    `unnamed` people are named by no rule here; they are in no page. `rules`: the names of all rules, by id.
    """

    at: datetime
    door_name: str
    assumptions: tuple[Assumption, ...]
    counts: Counter[tuple[Outcome, Reason]]
    unnamed: int
    rules: Mapping[str, str]
    page: Page[tuple[Passer, Cardholder]]


async def who_can_pass(
    domain: Domain,
    actor: Actor,
    door_id: str,
    side: Side,
    at: datetime | None,
    request: PageRequest,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
    search: str | None = None,
) -> WhoCanPass:
    """Who would be let through, who would need others, and who not and why; the page may be of one of these only.

    `search`: each of its first five words is a part of the name.
    """
    reach = actor.reach(Permission.CONFIGURATION_VIEW)
    actor.require(Permission.CARDHOLDER_VIEW)
    if not reach.has(PlaceKind.DOOR, door_id):
        raise NotFound("There is no such door.", "doorId")
    moment = checked_moment(at)
    async with domain.kept.turn:
        site = await site_policy(domain)
        name = checked_door(site, door_id)
        further = request.after is not None or request.before is not None
        crowd = await _crowd(domain, site, (door_id, side), moment, further=further)
    words = (search or "").casefold().split()[:MOST_WORDS]
    found = [
        passer
        for passer in crowd.people
        if (outcome is None or passer.outcome is outcome)
        and (reason is None or passer.reason is reason)
        and all(word in passer.sort_name for word in words)
    ]
    page = page_within(found, _key, (str, str), request, "passer")
    rows = {row.id: row for row in await Cardholder.filter(id__in=[passer.cardholder_id for passer in page.rows])}
    return WhoCanPass(
        at=crowd.at,
        door_name=name,
        assumptions=assumptions_of(site, site.compiled.places[door_id, side], moment),
        counts=crowd.counts,
        rules={rule.id: rule.name for rule in site.compiled.rules},
        unnamed=len(site.compiled.cardholders) - len(crowd.people),
        page=_with_people(page, rows),
    )


def _with_people(page: Page[Passer], people: Mapping[str, Cardholder]) -> Page[tuple[Passer, Cardholder]]:
    there = page.without(lambda one: one.cardholder_id not in people)
    return there.of([(one, people[one.cardholder_id]) for one in there.rows])


async def _crowd(domain: Domain, site: SitePolicy, place: Place, at: datetime | None, *, further: bool) -> Crowd:
    """Everybody with what would be decided: as kept for a further page of the same question, or anew."""
    key, now, kept = (site.policy.version, *place, at), domain.clock(), domain.kept.crowd
    if kept is not None and kept.key == key and further and now - kept.made_at <= KEPT:
        return kept
    people, counts = await aside(partial(_decide_all, domain, site, place, at, at or now))
    domain.kept.crowd = Crowd(key, now, at or now, people, counts)
    return domain.kept.crowd


async def _decide_all(
    domain: Domain, site: SitePolicy, place: Place, at: datetime | None, moment: datetime
) -> tuple[list[Passer], Counter[tuple[Outcome, Reason]]]:
    """In a thread of its own: reads everything, then decides without a pause."""
    policy = site.compiled
    here = policy.places[place]
    named = [person.id for person in policy.cardholders.values() if rules_for(policy, here, person)]
    if len(named) > MOST_PEOPLE:
        raise ValidationFailed(
            f"The rules at this side of the door name {len(named):,} people; {MOST_PEOPLE:,} are the most that can be "
            "gone through. Ask about one person instead, or look at the rules.",
            "doorId",
        )
    few = named if len(named) <= FEW else None
    async with consistent():
        conditions = await read_conditions(domain, site, place[0], at, few)
        held = await _held(domain, few)
        names = await sort_names(few)
    decided = questions.who_can_pass(policy, conditions, lambda who: held.get(who, ()), place, moment)
    people = [_passer(names.get(who, ""), who, decision) for who, decision in decided]
    return in_order(people, _key), Counter((passer.outcome, passer.reason) for passer in people)


def _passer(sort_name: str, cardholder_id: str, decision: Decision) -> Passer:
    schedule = next((step.detail for step in decision.trace if step.check == "schedule" and step.passed), None)
    return Passer(
        sort_name, cardholder_id, decision.outcome, decision.reason, decision.credential_id, decision.rule_id, schedule
    )


async def _held(domain: Domain, cardholder_ids: Collection[str] | None) -> dict[str, list[CredentialPolicy]]:
    found: dict[str, list[CredentialPolicy]] = defaultdict(list)
    few = cardholder_ids is not None
    for credential in await (credentials_of(cardholder_ids or (), domain) if few else credential_policies(domain)):
        found[credential.cardholder_id].append(credential)
    return found


def _key(passer: Passer) -> tuple[str, str]:
    return passer.sort_name, passer.cardholder_id
