"""Would somebody pass a door side, at some time: decided by the code that decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.credentials.queries import may_see
from doorward.acs.decision import questions
from doorward.acs.decision.decision import Decision
from doorward.acs.decision.policy import CredentialPolicy, Side
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.people.models import Cardholder
from doorward.acs.questions.conditions import Assumption, assumptions_of, read_conditions
from doorward.acs.questions.kept import SitePolicy
from doorward.acs.questions.site_policy import site_policy
from doorward.acs.reach import PlaceKind


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be decided at `at`, and what that takes for granted.

    The names are those of the policy; None where the decision came to none. `credential`: what would be shown first.
    """

    at: datetime
    decision: Decision
    assumptions: tuple[Assumption, ...]
    cardholder: Cardholder
    door_id: str
    door_name: str
    side: Side
    rule_name: str | None
    credential: Credential | None


async def would_pass(
    domain: Domain,
    actor: Actor,
    cardholder_id: str,
    door_id: str,
    side: Side,
    at: datetime | None = None,
    credential_ids: Collection[str] | None = None,
) -> Answer:
    """What would be decided if the cardholder came with all that they carry and showed the best.

    `credential_ids`: they come with these of their credentials only, and show them.
    `at` None: now, with doors and people as they are; otherwise see the assumptions.
    """
    reach = actor.reach(Permission.CONFIGURATION_VIEW)
    actor.require(Permission.CARDHOLDER_VIEW)
    if not reach.has(PlaceKind.DOOR, door_id):
        raise NotFound("There is no such door.", "doorId")
    moment = checked_moment(at)
    cardholder = await Cardholder.get_or_none(id=cardholder_id)
    if cardholder is None:
        raise NotFound("There is no such cardholder.", "cardholderId")
    carried = await credentials_of([cardholder_id], domain)
    if credential_ids is not None:
        carried = _chosen(carried, credential_ids)
    return told_to(actor, await answer(domain, cardholder, door_id, side, moment, carried))


def told_to(actor: Actor, found: Answer) -> Answer:
    """The answer without the credential for whoever may not know that there is one."""
    if found.credential is None or may_see(actor, found.credential):
        return found
    return replace(found, credential=None)


def _chosen(carried: tuple[CredentialPolicy, ...], ids: Collection[str]) -> tuple[CredentialPolicy, ...]:
    chosen = tuple(credential for credential in carried if credential.id in ids)
    if not chosen or {credential.id for credential in chosen} != set(ids):
        raise NotFound("The cardholder has no such credential. Choose among those that they carry.", "credentialIds")
    return chosen


async def answer(
    domain: Domain,
    cardholder: Cardholder,
    door_id: str,
    side: Side,
    at: datetime | None,
    credentials: Sequence[CredentialPolicy],
) -> Answer:
    """The same with these credentials, for callers who may ask it."""
    site = await site_policy(domain)
    door = checked_door(site, door_id)
    conditions = await read_conditions(domain, site, door_id, at, [cardholder.id])
    moment = at or domain.clock()
    place = (door_id, side)
    decision = questions.would_pass(site.compiled, conditions, cardholder.id, credentials, place, moment)
    rules = {rule.id: rule.name for rule in site.compiled.rules}
    return Answer(
        at=moment,
        decision=decision,
        assumptions=assumptions_of(site, site.compiled.places[place], at),
        cardholder=cardholder,
        door_id=door_id,
        door_name=door,
        side=side,
        rule_name=rules.get(decision.rule_id or ""),
        credential=await Credential.get_or_none(id=decision.credential_id) if decision.credential_id else None,
    )


def checked_moment(at: datetime | None) -> datetime | None:
    """The moment in UTC."""
    if at is not None and at.tzinfo is None:
        raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", "at")
    return None if at is None else at.astimezone(UTC)


def checked_door(site: SitePolicy, door_id: str) -> str:
    """The door's name. Raises NotFound."""
    door = site.compiled.doors.get(door_id)
    if door is None:
        raise NotFound("There is no such door.", "doorId")
    return door.name


async def credentials_of(cardholder_ids: Collection[str], domain: Domain) -> tuple[CredentialPolicy, ...]:
    """What some few people carry, as controllers have it, oldest first."""
    rows = Credential.filter(cardholder_id__in=list(cardholder_ids))
    return await credential_policies(domain, await rows.values_list("id", flat=True))  # type: ignore[arg-type]
