"""Questions about access in the API: why was this decided, would they pass, who can, and what would a draft change."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from doorward.acs.decision.questions import Span
from doorward.acs.decision.reason import Reason
from doorward.acs.errors import AcsError, ValidationFailed
from doorward.acs.people.models import Cardholder as CardholderRow
from doorward.acs.questions import comparing, conditions, crowd, passing
from doorward.acs.questions.explaining import explain
from doorward.acs.questions.subjects import Subject, subjects_of
from doorward.acs.questions.words import ToldStep, reason_words, told
from doorward.graphql.cardholder_name import CardholderName
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.draft_input import DraftChangeInput, given_draft
from doorward.graphql.enums import Assumption, CredentialKind, Outcome, Side, SubjectKind
from doorward.graphql.errors import OperationError
from doorward.graphql.paging import Connection, connection, page_request
from doorward.graphql.zones import DoorName


@strawberry.type(description="A thing that a check is about, as it is there now.")
class StepSubject:
    """Its kind, id and name."""

    kind: SubjectKind
    """What kind of thing it is."""
    id: strawberry.ID
    name: str


@strawberry.type(description="One check of a decision, in words.")
class DecisionStep:
    """A step of a decision, in order."""

    check: str
    """The check as a stable code."""
    name: str = strawberry.field(description="The check in words.")
    passed: bool
    """Whether it spoke against access (false) or not."""
    saw: str = strawberry.field(description="What it saw: names are those of the moment of the decision.")
    sentence: str
    """The check and what it saw, in one sentence."""
    about: list[StepSubject] = strawberry.field(
        description="The rule, schedule, zone, interlock or door that it names, unless that is gone or has another "
        "name by now. Empty without configuration.view."
    )

    @classmethod
    def of(cls, step: ToldStep, about: Iterable[Subject]) -> "DecisionStep":
        """The step as the API shows it."""
        named = [StepSubject(kind=one.kind, id=strawberry.ID(one.id), name=one.name) for one in about]
        return cls(
            check=step.check, name=step.name, passed=step.passed, saw=step.saw, sentence=step.sentence, about=named
        )


@strawberry.type(description="Something that an answer takes for granted, because it cannot be known.")
class AssumptionMade:
    """An assumption and its sentence."""

    code: Assumption
    """Which one it is."""
    text: str
    """The same as a sentence."""


@strawberry.type(description="A credential, by name.")
class CredentialName:
    """A credential's id, kind and name."""

    id: strawberry.ID
    kind: CredentialKind
    """What kind of credential it is."""
    name: str


@strawberry.type(description="What would be decided if somebody came to a door side and showed the best they carry.")
class PassAnswer:
    """An answer, for the moment `at`."""

    at: datetime
    """The moment for which it is answered."""
    outcome: Outcome
    """What would be decided."""
    reason: str = strawberry.field(description="A stable code.")
    reason_text: str
    """The reason in words."""
    steps: list[DecisionStep]
    """Every check that was made, in order."""
    assumptions: list[AssumptionMade]
    """What the answer takes for granted."""
    cardholder: CardholderName
    """Who would come."""
    door: DoorName
    """Where they would come to."""
    side: Side
    """The side of the door that they would come from."""
    rule_name: str | None = strawberry.field(
        description="The access rule that lets them through, or does not now; null: none."
    )
    credential: CredentialName | None = strawberry.field(description="What they would show first; null: nothing.")


@strawberry.type(description="Why access was granted or denied, from what was written down then.")
class DecisionExplanation:
    """A stored decision in words."""

    event_id: strawberry.ID
    """The event that tells of the decision."""
    at: datetime
    """When it was made."""
    outcome: Outcome
    """What was decided."""
    reason: str | None
    """The one of the event: a stable code. Null: it has none."""
    reason_text: str
    """The reason in words, for the person who must act."""
    steps: list[DecisionStep]
    """Its checks, in order; the first that failed is the reason."""
    door_name: str | None
    side: Side | None
    """The side of the door at which they stood. Null: not known."""
    cardholder_name: str | None
    """What they were called then. Null without cardholder.view, and where nobody was recognised."""
    rule_name: str | None
    """The access rule that let them through, as it was called. Null: none did."""
    schedule_name: str | None
    """The schedule that applied, as it was called. Null: none did."""
    now: PassAnswer | None = strawberry.field(
        description="What would be decided now if they showed the same; null where the person or the door is not "
        "known any more, and without configuration.view and cardholder.view."
    )


@strawberry.type(description="What would be decided of a cardholder.")
class Passer:
    """One of those whom a rule names at a door side."""

    cardholder: CardholderName
    """Who it is."""
    outcome: Outcome
    """What would be decided."""
    reason: str
    """Why, as a stable code."""
    reason_text: str
    """Why, in words."""
    credential_id: strawberry.ID | None = strawberry.field(description="What they would show first; null: nothing.")
    rule_id: strawberry.ID | None = strawberry.field(
        description="The access rule that lets them in, or not now; null: none."
    )
    rule_name: str | None
    schedule_name: str | None = strawberry.field(description="The schedule of the rule that applies; null: none.")


@strawberry.type(description="How many would be decided so.")
class PasserCount:
    """An outcome with a reason, and how many people."""

    outcome: Outcome
    """What would be decided."""
    reason: str
    """Why, as a stable code."""
    reason_text: str
    """Why, in words."""
    people: int
    """How many cardholders."""


@strawberry.type(description="Everybody whom an access rule names at a door side, with what would be decided.")
class WhoCanPass:
    """An answer, for the moment `at`."""

    at: datetime
    """The moment for which it is answered."""
    door: DoorName
    """Where they would come to."""
    side: Side
    """The side of the door that they would come from."""
    assumptions: list[AssumptionMade]
    """What the answers take for granted."""
    counts: list[PasserCount] = strawberry.field(description="Of all of them, not only of this page; most first.")
    unnamed: int = strawberry.field(description="So many cardholders are named by no rule here, and listed nowhere.")
    people: Connection[Passer]
    """Those of this page, by name."""


@strawberry.type(description="A time, its end excluded.")
class AccessSpan:
    """From `startsAt` to `endsAt`."""

    starts_at: datetime
    """The first moment."""
    ends_at: datetime
    """The end, excluded."""


@strawberry.type(description="What a draft changes for one cardholder at one door side.")
class AccessDifference:
    """When they may pass now, and when after the draft."""

    cardholder: CardholderName
    """Whose access changes."""
    door: DoorName
    """The door where it does."""
    side: Side
    """The side from which they pass."""
    gained: list[AccessSpan] = strawberry.field(description="When they may pass, and might not before.")
    lost: list[AccessSpan] = strawberry.field(description="When they may no longer pass.")
    before: list[AccessSpan]
    """When they may pass as things are."""
    after: list[AccessSpan]
    """When they might pass with the draft."""


@strawberry.type(description="Who gains and who loses access if a draft is applied.")
class DraftComparison:
    """What was compared, how many people, and a page of the differences."""

    start: datetime
    """The beginning of the time that was compared."""
    end: datetime
    """The end of that time, excluded; 31 days after its beginning at the latest."""
    gaining: int = strawberry.field(description="People who gain access somewhere; they may lose it elsewhere.")
    losing: int
    """People who lose access somewhere; they may gain it elsewhere."""
    differences: Connection[AccessDifference] = strawberry.field(description="By cardholder, then by door.")
    total: int = strawberry.field(description="How many differences there are.")


@strawberry.type(description="The comparison, or why there is none.")
class DraftComparisonPayload:
    """Result of a rehearsal."""

    comparison: DraftComparison | None = None
    """What the draft would change. Null where nothing could be compared."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _name(row: CardholderRow) -> CardholderName:
    return CardholderName(id=strawberry.ID(row.id), number=row.number, name=row.display_name)


def _assumptions(made: Iterable[conditions.Assumption]) -> list[AssumptionMade]:
    return [AssumptionMade(code=one, text=conditions.WORDS[one]) for one in made]


async def _steps(context: ApiContext, steps: Sequence[ToldStep], door_id: str | None) -> list[DecisionStep]:
    about = await subjects_of(context.actor, steps, door_id)
    return [DecisionStep.of(step, subjects) for step, subjects in zip(steps, about, strict=True)]


async def _answer(context: ApiContext, found: passing.Answer) -> PassAnswer:
    decision, credential = found.decision, found.credential
    return PassAnswer(
        at=found.at,
        outcome=decision.outcome,
        reason=decision.reason.value,
        reason_text=reason_words(decision.reason),
        steps=await _steps(context, told(decision.trace), found.door_id),
        assumptions=_assumptions(found.assumptions),
        cardholder=_name(found.cardholder),
        door=DoorName(id=strawberry.ID(found.door_id), name=found.door_name),
        side=found.side,
        rule_name=found.rule_name,
        credential=CredentialName(id=strawberry.ID(credential.id), kind=credential.kind, name=credential.name)
        if credential
        else None,
    )


def _people(found: crowd.WhoCanPass) -> Connection[Passer]:
    return connection(
        found.page,
        [
            Passer(
                cardholder=_name(row),
                outcome=one.outcome,
                reason=one.reason.value,
                reason_text=reason_words(one.reason),
                credential_id=strawberry.ID(one.credential_id) if one.credential_id else None,
                rule_id=strawberry.ID(one.rule_id) if one.rule_id and one.rule_id in found.rules else None,
                rule_name=found.rules.get(one.rule_id or ""),
                schedule_name=one.schedule,
            )
            for one, row in found.page.rows
        ],
    )


def _spans(spans: Iterable[Span]) -> list[AccessSpan]:
    return [AccessSpan(starts_at=span.start, ends_at=span.end) for span in spans]


def _differences(found: comparing.Comparison) -> Connection[AccessDifference]:
    return connection(
        found.page,
        [
            AccessDifference(
                cardholder=_name(one.cardholder),
                door=DoorName(id=strawberry.ID(one.change.door_id), name=one.door_name),
                side=one.change.side,
                gained=_spans(one.gained),
                lost=_spans(one.lost),
                before=_spans(one.change.before),
                after=_spans(one.change.after),
            )
            for one in found.page.rows
        ],
    )


def _reason(code: str | None) -> Reason | None:
    try:
        return Reason(code) if code is not None else None
    except ValueError as error:
        raise ValidationFailed("There is no such reason; see the reference of decisions.", "reason") from error


_AtSide = Annotated[Side, strawberry.argument(description="The side of the door that they come from.")]
_AtMoment = Annotated[
    datetime | None, strawberry.argument(description="When. Null: now, with doors and people as they are.")
]


@strawberry.type
class QuestionQuery:
    """Questions that the deciding code answers. Asking changes nothing."""

    @strawberry.field(
        description="Why an event granted or denied access: every check in words, the names of that time, and what "
        "would be decided now. Permission: event.view; who it was takes cardholder.view."
    )
    async def explain_decision(self, info: ApiInfo, event_id: strawberry.ID) -> DecisionExplanation:
        found = await explain(info.context.domain, info.context.actor, event_id)
        event = found.event
        return DecisionExplanation(
            event_id=event_id,
            at=event.at,
            outcome=found.outcome,
            reason=event.reason,
            reason_text=found.reason_words,
            steps=await _steps(info.context, found.steps, event.door_id),
            door_name=event.door_name,
            side=event.side,
            cardholder_name=found.cardholder_name,
            rule_name=found.rule_name,
            schedule_name=found.schedule_name,
            now=await _answer(info.context, found.now) if found.now else None,
        )

    @strawberry.field(
        description="What would be decided if the cardholder came to this side of the door: now (`at` left out), with "
        "doors and people as they are, or at another time. With all that they carry, or only with these credentials of "
        "theirs. Permissions: configuration.view and cardholder.view."
    )
    async def would_pass(
        self,
        info: ApiInfo,
        cardholder_id: strawberry.ID,
        door_id: strawberry.ID,
        side: _AtSide,
        at: _AtMoment = None,
        credential_ids: Annotated[
            list[strawberry.ID] | None, strawberry.argument(description="Only these credentials of theirs. Null: all.")
        ] = None,
    ) -> PassAnswer:
        context = info.context
        found = await passing.would_pass(
            context.domain, context.actor, cardholder_id, door_id, side, at, credential_ids
        )
        return await _answer(context, found)

    @strawberry.field(
        description="Who can pass this side of the door, now or at another time: everybody whom a rule names there, by "
        "name, or those of one `outcome` or `reason`, or with a name that has all words of `search`; first or last "
        "(1-100) is required. Further pages within a "
        "minute are of the same moment. Permissions: configuration.view and cardholder.view."
    )
    async def who_can_pass(
        self,
        info: ApiInfo,
        door_id: strawberry.ID,
        side: _AtSide,
        at: _AtMoment = None,
        outcome: Annotated[Outcome | None, strawberry.argument(description="Only those with this outcome.")] = None,
        reason: Annotated[str | None, strawberry.argument(description="Only those with this reason, a code.")] = None,
        search: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WhoCanPass:
        request = page_request(first, after, last, before)
        found = await crowd.who_can_pass(
            info.context.domain, info.context.actor, door_id, side, at, request, outcome, _reason(reason), search
        )
        return WhoCanPass(
            at=found.at,
            door=DoorName(id=door_id, name=found.door_name),
            side=side,
            assumptions=_assumptions(found.assumptions),
            counts=[
                PasserCount(outcome=kind, reason=code.value, reason_text=reason_words(code), people=people)
                for (kind, code), people in found.counts.most_common()
            ],
            unnamed=found.unnamed,
            people=_people(found),
        )

    @strawberry.field(
        description="Who would gain and who would lose access, where and when, if these changes were made one after "
        "the other: by rules, schedules, groups, dates and the lockdowns of a threat level, in the `days` (1-31) from "
        "`start` (left out: now). Nothing is changed. Permissions: configuration.view, cardholder.view, and that of "
        "each change."
    )
    async def compare_draft(
        self,
        info: ApiInfo,
        draft: Annotated[list[DraftChangeInput], strawberry.argument(description="The changes, in their order.")],
        start: Annotated[datetime | None, strawberry.argument(description="From when on. Null: now.")] = None,
        days: Annotated[int, strawberry.argument(description="For how many days from there, 1 to 31.")] = 7,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> DraftComparisonPayload:
        context = info.context
        try:
            request, changes = page_request(first, after, last, before), given_draft(draft)
            if not 1 <= days <= comparing.LONGEST.days:
                raise ValidationFailed(f"Compare 1 to {comparing.LONGEST.days} days.", "days")
            found = await comparing.compare_draft(
                context.domain, context.actor, changes, request, start, timedelta(days=days)
            )
        except AcsError as error:
            return DraftComparisonPayload(errors=[OperationError.of(error)])
        return DraftComparisonPayload(
            comparison=DraftComparison(
                start=found.start,
                end=found.end,
                gaining=found.gaining,
                losing=found.losing,
                differences=_differences(found),
                total=found.differences,
            )
        )
