"""Why a decision was made: what was checked then, in words, and what would be decided now."""

from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.policy import CredentialPolicy, Side
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Door
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.queries import event_by_id
from doorward.acs.people.models import Cardholder
from doorward.acs.questions.passing import Answer, answer, credentials_of, told_to
from doorward.acs.questions.words import ToldStep, reason_words, told

_DECISIONS = {EventType.ACCESS_GRANTED: Outcome.GRANTED, EventType.ACCESS_DENIED: Outcome.DENIED}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stored decision in words. The names of the rule and the schedule are those of that time, from its trace.

    `now` is None where nothing can be said: of unknown people, of doors that are gone, to those who may not ask.
    """

    event: Event
    outcome: Outcome
    cardholder_name: str | None
    reason_words: str
    steps: tuple[ToldStep, ...]
    rule_name: str | None
    schedule_name: str | None
    now: Answer | None


async def explain(domain: Domain, actor: Actor, event_id: str) -> Explanation:
    """Why access was granted or denied. Who it was is for those who may see cardholders."""
    event = await event_by_id(actor, event_id)
    if event is None:
        raise NotFound("There is no such event.", "eventId")
    if event.type not in _DECISIONS:
        raise ValidationFailed("This event is no access decision. Choose one that grants or denies access.", "eventId")
    steps = told(event.trace)
    sees_people = Permission.CARDHOLDER_VIEW in actor.permissions
    return Explanation(
        event=event,
        outcome=_DECISIONS[event.type],
        cardholder_name=event.cardholder_name if sees_people else None,
        reason_words=reason_words(event.reason or ""),
        steps=steps,
        rule_name=_seen(steps, "access_rule"),
        schedule_name=_seen(steps, "schedule"),
        now=await _now(domain, actor, event)
        if sees_people and Permission.CONFIGURATION_VIEW in actor.permissions
        else None,
    )


def _seen(steps: tuple[ToldStep, ...], check: str) -> str | None:
    return next((step.saw for step in steps if step.check == check and step.passed), None)


async def _now(domain: Domain, actor: Actor, event: Event) -> Answer | None:
    door, side = await Door.get_or_none(id=event.door_id), _side(event)
    if side is None or door is None:
        return None
    cardholder = await Cardholder.get_or_none(id=event.cardholder_id)
    if cardholder is None:
        return None
    held = await credentials_of([cardholder.id], domain)
    shown = {event.credential_id, *event.data.get("credential_ids", ())}
    found = await answer(domain, cardholder, door.id, side, None, _as_shown(held, shown))
    return told_to(actor, found)


def _side(event: Event) -> Side | None:
    return event.side


def _as_shown(held: tuple[CredentialPolicy, ...], shown: set[str | None]) -> list[CredentialPolicy]:
    """What they carry, but of the kinds that they showed then, only what they showed."""
    kinds = {credential.kind for credential in held if credential.id in shown}
    return [credential for credential in held if credential.id in shown or credential.kind not in kinds]
