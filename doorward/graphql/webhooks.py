"""Webhooks in the API."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from doorward.acs.events.queries import EventFilter as LogFilter
from doorward.acs.paging import page_of
from doorward.acs.webhooks import filters, models
from doorward.acs.webhooks import queries as ask
from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.messages import message_id
from doorward.acs.webhooks.models import DeliveryStatus, StopReason
from doorward.acs.webhooks.operations import (
    MadeSecret,
    NewWebhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    rotate_webhook_secret,
    update_webhook,
)
from doorward.acs.webhooks.replay import replay_delivery, replay_since, send_test
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import EventCategory, NameOrder, Severity
from doorward.graphql.errors import OperationError
from doorward.graphql.event_data import Message, messages_of
from doorward.graphql.events import EventFilter, wanted_events
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import (
    Connection,
    Node,
    by_actor,
    connection,
    decode_position,
    in_context,
    listed,
    page_request,
)

strawberry.enum(DeliveryStatus, name="WebhookDeliveryStatus", description="What became of a message.")
strawberry.enum(StopReason, name="WebhookStopReason", description="Why a webhook is not enabled.")


@strawberry.type(description="Which events a webhook is sent; what is empty does not restrict.")
class WebhookFilter:
    """As EventFilter."""

    categories: list[EventCategory]
    """Events of these categories."""
    types: list[str]
    """Events of these types, such as door.forced."""
    severities: list[Severity]
    """Events of these severities."""
    door_id: strawberry.ID | None
    """Events of this door; null: of any or none."""
    cardholder_id: strawberry.ID | None
    """Events of this cardholder; null: of any or none."""
    correlation: str | None
    """Events that belong together by this id; null: all."""

    @classmethod
    def of(cls, wanted: LogFilter) -> "WebhookFilter":
        """The filter as it is shown."""
        return cls(
            categories=list(wanted.categories),
            types=[each.value for each in wanted.types],
            severities=list(wanted.severities),
            door_id=_id(wanted.door_id),
            cardholder_id=_id(wanted.cardholder_id),
            correlation=wanted.correlation,
        )


@strawberry.type(description="Where events are sent as they are stored, signed as Standard Webhooks has it.")
class Webhook(Node):
    """A webhook and how it is."""

    id: strawberry.ID
    name: str
    url: str
    """Where messages go: an https address, or http where the server allows it."""
    enabled: bool
    """Whether it is sent events."""
    stop_reason: StopReason | None = strawberry.field(description="Why it is not enabled; null while it is.")
    is_paused: bool = strawberry.field(description="Enabled, but whoever answers for it may see nothing at the moment.")
    state: str = strawberry.field(description="How it is, in a sentence.")
    filter: WebhookFilter
    """Which events it is sent."""
    owner_id: strawberry.ID | None = strawberry.field(description="Who saved it last: it sees what they may see.")
    owner_name: str | None
    """Who that is; null for nobody."""
    pending: int = strawberry.field(description="Messages that wait for their first or another attempt.")
    failing_since: datetime | None = strawberry.field(description="The first failure since the last success.")
    previous_secret_until: datetime | None = strawberry.field(
        description="Until then the secret before the present one signs as well; null: it does not."
    )
    created_at: datetime
    version: int


@strawberry.type(description="A message to a webhook, and what became of it.")
class WebhookDelivery:
    """An entry of the delivery log."""

    id: strawberry.ID
    message_id: str = strawberry.field(description="The header webhook-id, the same however often it is sent.")
    type: str
    """The type of its event, such as door.forced."""
    event_id: strawberry.ID | None = strawberry.field(description="Null: it is a test.")
    status: DeliveryStatus
    """What became of it."""
    attempts: int
    """How often it was tried."""
    created_at: datetime
    """When it was queued."""
    last_attempt_at: datetime | None
    """When it was last tried; null: not yet."""
    next_attempt_at: datetime | None = strawberry.field(description="Null: there is none.")
    response_status: int | None = strawberry.field(description="Of the last attempt; null: there was no answer.")
    response_ms: int | None = strawberry.field(description="How long the last attempt took.")
    response: str | None = strawberry.field(description="The first 1,024 bytes of the last answer, as text.")
    error: str | None = strawberry.field(description="Why it has not arrived, in a sentence.")

    @classmethod
    def of(cls, row: models.WebhookDelivery) -> "WebhookDelivery":
        """The entry of a row."""
        return cls(
            id=strawberry.ID(row.id),
            message_id=row.message_id,
            type=row.type,
            event_id=_id(row.event_id),
            status=row.status,
            attempts=row.attempts,
            created_at=row.created_at,
            last_attempt_at=row.last_attempt_at,
            next_attempt_at=row.next_attempt_at,
            response_status=row.last_status,
            response_ms=row.last_ms,
            response=row.response,
            error=row.error,
        )


@strawberry.type(description="What a webhook was to be sent.")
class WebhookMessage:
    """A message to pull."""

    message_id: str = strawberry.field(description="As in the header webhook-id.")
    type: str
    """The type of its event, such as door.forced."""
    timestamp: datetime
    """When its event happened."""
    body: str = strawberry.field(description="JSON, as it was to be sent.")


@strawberry.input(description="A webhook to create.")
class CreateWebhookInput(Keyed):
    """See Webhook."""

    name: str
    url: str
    """Where events are sent (POST): an https address, or http where the server was told to allow it."""
    filter: EventFilter | None = None
    """Which events are sent. Left out: everything that its owner may see."""


@strawberry.input(description="What is to change; what is left out stays.")
class UpdateWebhookInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    url: str | None = UNSET
    filter: EventFilter | None = strawberry.field(default=UNSET, description="In place of the whole filter before.")


@strawberry.input(description="A webhook to enable.")
class EnableWebhookInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    expected_version: int | None = None
    from_now: bool = strawberry.field(
        default=False, description="Leave out what it has missed; otherwise it goes on from where it stopped."
    )


@strawberry.input(description="The webhook that is meant.")
class WebhookIdInput:
    """See Webhook."""

    id: strawberry.ID


@strawberry.input(description="A webhook to disable.")
class DisableWebhookInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    expected_version: int | None = None


@strawberry.input(description="A webhook to delete.")
class DeleteWebhookInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    expected_version: int | None = None


@strawberry.input(description="The webhook that is to have another secret.")
class RotateWebhookSecretInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    expected_version: int | None = None
    grace: timedelta = strawberry.field(
        default=timedelta(days=1),
        description="So long the present secret signs as well, up to seven days. PT0S: it is known to others.",
    )


@strawberry.input(description="A message to send again.")
class ReplayWebhookDeliveryInput(Keyed):
    """See WebhookDelivery."""

    id: strawberry.ID


@strawberry.input(description="From where to send everything again: exactly one of after and since.")
class ReplayWebhookInput(Keyed):
    """See Webhook."""

    id: strawberry.ID
    after: str | None = strawberry.field(
        default=None, description="A cursor of events or webhookMessages, or the header doorward-cursor."
    )
    since: datetime | None = strawberry.field(default=None, description="What was stored from this moment on.")


@strawberry.type(description="The webhook as it is now, or why nothing was done.")
class WebhookPayload:
    """Result of a change."""

    webhook: Webhook | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="A webhook with its secret, which is shown this once, or why there is none.")
class WebhookSecretPayload:
    """Result of making a secret."""

    webhook: Webhook | None = None
    secret: str | None = strawberry.field(default=None, description="whsec_ and base64, as receivers are given it.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The message as it is now, or why nothing was done.")
class WebhookDeliveryPayload:
    """Result of sending something."""

    delivery: WebhookDelivery | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None


def _shown(context: ApiContext, listed: ask.ListedWebhook) -> Webhook:
    row, owner = listed.webhook, listed.owner
    until = row.previous_until if row.previous_until and row.previous_until > context.domain.clock() else None
    return Webhook(
        id=strawberry.ID(row.id),
        name=row.name,
        url=row.url,
        enabled=row.enabled,
        stop_reason=row.stop_reason,
        is_paused=row.enabled and listed.is_paused,
        state=listed.words,
        filter=WebhookFilter.of(filters.loaded(row.wanted)),
        owner_id=_id(row.owner_id),
        owner_name=owner.name if owner else None,
        pending=listed.pending,
        failing_since=row.failing_since,
        previous_secret_until=until,
        created_at=row.created_at,
        version=row.version,
    )


async def _one(context: ApiContext, row: models.Webhook) -> Webhook:
    return _shown(context, (await ask.listed([row]))[0])


async def _secret(context: ApiContext, made: MadeSecret) -> WebhookSecretPayload:
    return WebhookSecretPayload(webhook=await _one(context, made.webhook), secret=made.secret)


def _message(webhook: models.Webhook, message: Message) -> WebhookMessage:
    return WebhookMessage(
        message_id=message_id(webhook.id, message.event.id),
        type=message.event.type.value,
        timestamp=message.event.at,
        body=message.body.decode(),
    )


async def _listed(context: ApiContext, rows: Sequence[models.Webhook]) -> list[Webhook]:
    return [_shown(context, each) for each in await ask.listed(rows)]


@strawberry.type
class WebhookQuery:
    """Queries about webhooks."""

    webhooks = listed(
        Webhook,
        by_actor(ask.page_webhooks),
        in_context(_listed),
        "Webhooks, by name. Permission: webhook.write.",
        order=NameOrder,
        rows=models.Webhook,
    )

    @strawberry.field(description="One webhook. Permission: webhook.write.")
    async def webhook(self, info: ApiInfo, id: strawberry.ID) -> Webhook | None:
        row = await ask.webhook_by_id(info.context.actor, id)
        return await _one(info.context, row) if row else None

    @strawberry.field(
        description="The delivery log of a webhook, in the order of the event log: first or last (1-100) is required. "
        "It goes back 14 days. Permission: webhook.write."
    )
    async def webhook_deliveries(
        self,
        info: ApiInfo,
        webhook_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        statuses: Annotated[
            list[DeliveryStatus] | None, strawberry.argument(description="Only those that came so far. Null: all.")
        ] = None,
    ) -> Connection[WebhookDelivery]:
        request = page_request(first, after, last, before)
        page = await ask.page_deliveries(info.context.actor, request, webhook_id, statuses or ())
        return connection(page, [WebhookDelivery.of(row) for row in page.rows])

    @strawberry.field(
        description="What a webhook was to be sent after a cursor (without one: ever), from the event log, for a "
        "receiver that has lost some. Only for whoever answers for the webhook. Permission: event.view."
    )
    async def webhook_messages(
        self, info: ApiInfo, webhook_id: strawberry.ID, first: int, after: str | None = None
    ) -> Connection[WebhookMessage]:
        request = page_request(first, after, None, None)
        position = decode_position(after)
        found = await ask.messages_after(info.context.actor, webhook_id, position, request.size + 1)
        page = page_of(request, found.events, lambda event: str(event.position))
        messages = await messages_of(info.context.domain, found.view, page.rows)
        return connection(page, [_message(found.webhook, message) for message in messages])


@strawberry.type
class WebhookMutation:
    """Changes to webhooks."""

    @mutation(
        description="Create a webhook. Its secret is shown this once, and it is not enabled yet. "
        "Permission: webhook.write."
    )
    async def create_webhook(self, info: ApiInfo, input: CreateWebhookInput) -> WebhookSecretPayload:
        context = info.context
        given = NewWebhook(input.name, input.url, wanted_events(input.filter))
        return await _secret(context, await create_webhook(context.domain, context.actor, given))

    @mutation(
        description="Change a webhook. With another URL it has to be enabled again. Whoever saves it answers for it. "
        "Permission: webhook.write."
    )
    async def update_webhook(self, info: ApiInfo, input: UpdateWebhookInput) -> WebhookPayload:
        context = info.context
        changes: dict[str, Any] = sent(input, ("name", "url"))
        if input.filter is not UNSET:
            changes["wanted"] = wanted_events(input.filter)
        row = await update_webhook(context.domain, context.actor, input.id, changes, input.expected_version)
        return WebhookPayload(webhook=await _one(context, row))

    @mutation(
        description="Enable a webhook: its receiver is sent a challenge (webhook.verification) and must echo it within "
        "15 seconds. Permission: webhook.write."
    )
    async def enable_webhook(self, info: ApiInfo, input: EnableWebhookInput) -> WebhookPayload:
        context = info.context
        row = await enable_webhook(
            context.domain,
            context.actor,
            input.id,
            from_now=input.from_now,
            expected_version=input.expected_version,
        )
        return WebhookPayload(webhook=await _one(context, row))

    @mutation(description="Send it nothing any more. What waits stays. Permission: webhook.write.")
    async def disable_webhook(self, info: ApiInfo, input: DisableWebhookInput) -> WebhookPayload:
        context = info.context
        row = await disable_webhook(context.domain, context.actor, input.id, input.expected_version)
        return WebhookPayload(webhook=await _one(context, row))

    @mutation(description="Delete a webhook with its delivery log. Permission: webhook.write.")
    async def delete_webhook(self, info: ApiInfo, input: DeleteWebhookInput) -> DeletedPayload:
        await delete_webhook(info.context.domain, info.context.actor, input.id, input.expected_version)
        return DeletedPayload(deleted_id=input.id)

    @mutation(description="A new secret, shown this once; until the grace ends both sign. Permission: webhook.write.")
    async def rotate_webhook_secret(self, info: ApiInfo, input: RotateWebhookSecretInput) -> WebhookSecretPayload:
        context = info.context
        made = await rotate_webhook_secret(context.domain, context.actor, input.id, input.grace, input.expected_version)
        return await _secret(context, made)

    @mutation(
        description="Send a message of the type webhook.test; look at webhookDeliveries for what became of it. "
        "Permission: webhook.write."
    )
    async def test_webhook(self, info: ApiInfo, input: WebhookIdInput) -> WebhookDeliveryPayload:
        row = await send_test(info.context.domain, info.context.actor, input.id)
        return WebhookDeliveryPayload(delivery=WebhookDelivery.of(row))

    @mutation(description="Send one message again, whatever became of it. Permission: webhook.write.")
    async def replay_webhook_delivery(self, info: ApiInfo, input: ReplayWebhookDeliveryInput) -> WebhookDeliveryPayload:
        row = await replay_delivery(info.context.domain, info.context.actor, input.id)
        return WebhookDeliveryPayload(delivery=WebhookDelivery.of(row))

    @mutation(
        description="Send everything again from some point on, under the same message ids. Permission: webhook.write."
    )
    async def replay_webhook(self, info: ApiInfo, input: ReplayWebhookInput) -> WebhookPayload:
        context = info.context
        after = decode_position(input.after)
        row = await replay_since(context.domain, context.actor, input.id, after=after, since=input.since)
        return WebhookPayload(webhook=await _one(context, row))
