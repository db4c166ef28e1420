"""Giving credentials to cardholders, changing them and taking them back."""

import base64
from datetime import datetime, timedelta
from typing import Annotated, cast

import strawberry

from doorward.acs.credentials import models
from doorward.acs.credentials.codes import base32
from doorward.acs.credentials.operations import (
    CredentialChanges,
    Invitation,
    NewCard,
    NewMobile,
    NewPin,
    NewPlate,
    NewQr,
    QrContent,
    change_pin,
    create_card,
    create_dynamic_qr,
    create_mobile,
    create_pin,
    create_plate,
    create_qr,
    delete_credential,
    invite_mobile,
    pair_mobile,
    revoke_mobile,
    show_qr,
    update_card,
    update_credential,
)
from doorward.acs.credentials.qr_image import qr_svg
from doorward.acs.credentials.queries import cards_numbered, credential_by_id, last_read
from doorward.graphql.cardholder_name import CardholderName
from doorward.graphql.context import ApiInfo, address_of
from doorward.graphql.credential_input import (
    CARD_FIELDS,
    MAY_BE_NULL,
    ChangePinInput,
    CreateCardCredentialInput,
    CreateCardInput,
    CreateMobileInput,
    CreatePinInput,
    CreatePlateInput,
    CreateQrInput,
    UpdateCardInput,
    UpdateCredentialInput,
)
from doorward.graphql.credentials import Card, Credential, LastRead, shown_credentials
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import by_actor, each, listed


@strawberry.type(description="The card as it now is, or why nothing was done.")
class CardPayload:
    """Result of a card mutation."""

    card: Card | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The credential as it now is, or why nothing was done.")
class CredentialPayload:
    """Result of a credential mutation."""

    credential: Credential | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="What to show or send of a QR code.")
class QrCode:
    """Whoever has it can use it."""

    text: str = strawberry.field(description="What the code holds.")
    svg: str = strawberry.field(description="The code as a picture: one svg element.")
    valid_until: datetime | None = strawberry.field(
        description="Of a dynamic code: then the next one follows. Null: it does not change."
    )
    secret: str | None = strawberry.field(
        description="Of a dynamic code: what a phone needs to make the next ones (base32; docs/reference/credentials). "
        "Null otherwise."
    )


@strawberry.type(description="A QR code, or why there is none.")
class QrPayload:
    """Result of making or showing a QR code."""

    credential: Credential | None = None
    code: QrCode | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="What to send to a cardholder who gets a mobile credential; it is shown this once.")
class MobileInvitation:
    """An invitation."""

    code: str = strawberry.field(description="26 letters and digits, for pairMobile.")
    svg: str = strawberry.field(description="The code as a QR code: one svg element.")
    expires_at: datetime
    """Until when it can be used."""


@strawberry.type(description="An invitation, or why there is none.")
class InvitationPayload:
    """Result of inviting a phone."""

    credential: Credential | None = None
    invitation: MobileInvitation | None = None
    """What to send; it is shown this once. Null where nothing was done."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="What a phone presents at readers from now on, or why it was not paired.")
class PairPayload:
    """Result of pairing."""

    credential_id: strawberry.ID | None = None
    token: str | None = strawberry.field(default=None, description="32 bytes in base64, given this once.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _credential(info: ApiInfo, row: models.Credential) -> Credential:
    context = info.context
    return (await shown_credentials(context.actor, [row], context.domain.clock()))[0]


async def _qr_payload(info: ApiInfo, content: QrContent) -> QrPayload:
    secret = base32(content.secret) if content.secret else None
    code = QrCode(text=content.text, svg=qr_svg(content.text), valid_until=content.valid_until, secret=secret)
    return QrPayload(credential=await _credential(info, content.credential), code=code)


async def _invitation_payload(info: ApiInfo, made: Invitation) -> InvitationPayload:
    invitation = MobileInvitation(code=made.code, svg=qr_svg(made.code), expires_at=made.expires_at)
    return InvitationPayload(credential=await _credential(info, made.credential), invitation=invitation)


@strawberry.type(description="A card and whose it is.")
class CardOwner:
    """A card that was looked for by its number."""

    credential_id: strawberry.ID
    credential_name: str
    facility_code: str | None
    """Decimal. Null: its format has none."""
    cardholder: CardholderName
    """Whose it is."""


def _owner(card: models.Credential) -> CardOwner:
    owner = card.cardholder
    return CardOwner(
        credential_id=strawberry.ID(card.id),
        credential_name=card.name,
        facility_code=str(card.facility) if card.facility is not None else None,
        cardholder=CardholderName(id=strawberry.ID(owner.id), number=owner.number, name=owner.display_name),
    )


@strawberry.type
class CredentialQuery:
    """Queries about credentials."""

    @strawberry.field(description="One credential. Permission: cardholder.view.")
    async def credential(self, info: ApiInfo, id: strawberry.ID) -> Credential | None:
        row = await credential_by_id(info.context.actor, id)
        return await _credential(info, row) if row else None

    cards_numbered = listed(
        CardOwner,
        by_actor(cards_numbered),
        each(_owner),
        "The cards with this number, of any facility code, oldest first. Permissions: cardholder.view and "
        "card_number.view.",
        search=None,
        given={"number": Annotated[str, strawberry.argument(description="As it is printed on the card.")]},
    )

    @strawberry.field(
        description="The last card shown at a reader in the last 1 to 600 seconds, so that it can be given to "
        "somebody. Permission: credential.write; the numbers of a known card also need card_number.view."
    )
    async def last_read(
        self,
        info: ApiInfo,
        reader_id: strawberry.ID,
        within: Annotated[timedelta, strawberry.argument(description="How long ago at most.")] = timedelta(minutes=1),
    ) -> LastRead | None:
        context = info.context
        found = await last_read(context.domain, context.actor, reader_id, within)
        return await LastRead.of(context.actor, found, context.domain.clock()) if found else None


@strawberry.type
class CredentialMutation:
    """Changes to credentials."""

    @mutation(description="Give a cardholder a 26-bit card. Permission: credential.write.")
    async def create_card(self, info: ApiInfo, input: CreateCardInput) -> CardPayload:
        given = NewCard(
            input.cardholder_id,
            input.facility_code,
            input.number,
            input.name,
            input.valid_from,
            input.valid_to,
        )
        row = await create_card(info.context.domain, info.context.actor, given)
        return CardPayload(card=Card.of(info.context.actor, row))

    @mutation(description="Change a card. Permission: credential.write.")
    async def update_card(self, info: ApiInfo, input: UpdateCardInput) -> CardPayload:
        changes = cast(CredentialChanges, sent(input, CARD_FIELDS, may_be_null=MAY_BE_NULL))
        row = await update_card(info.context.domain, info.context.actor, input.id, changes, input.expected_version)
        return CardPayload(card=Card.of(info.context.actor, row))

    @mutation(description="Give a cardholder a card of any format. Permission: credential.write.")
    async def create_card_credential(self, info: ApiInfo, input: CreateCardCredentialInput) -> CredentialPayload:
        row = await create_card(info.context.domain, info.context.actor, input.of())
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Give a cardholder a PIN. Permission: pin.manage.")
    async def create_pin(self, info: ApiInfo, input: CreatePinInput) -> CredentialPayload:
        given = NewPin(input.cardholder_id, input.pin, input.duress_pin, input.terms.of("PIN"))
        row = await create_pin(info.context.domain, info.context.actor, given)
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Give a PIN other digits. Permission: pin.manage.")
    async def change_pin(self, info: ApiInfo, input: ChangePinInput) -> CredentialPayload:
        row = await change_pin(
            info.context.domain, info.context.actor, input.id, input.pin, input.duress_pin, input.expected_version
        )
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Give a cardholder a QR code. Permission: credential.write.")
    async def create_qr(self, info: ApiInfo, input: CreateQrInput) -> QrPayload:
        create = create_dynamic_qr if input.dynamic else create_qr
        given = NewQr(input.cardholder_id, input.terms.of("QR code"))
        content = await create(info.context.domain, info.context.actor, given)
        return await _qr_payload(info, content)

    @mutation(description="Show a QR code again; it is audited. Permission: credential.write.")
    async def show_qr(self, info: ApiInfo, id: strawberry.ID) -> QrPayload:
        content = await show_qr(info.context.domain, info.context.actor, id)
        return await _qr_payload(info, content)

    @mutation(description="Give a cardholder a mobile credential, with an invitation. Permission: credential.write.")
    async def create_mobile(self, info: ApiInfo, input: CreateMobileInput) -> InvitationPayload:
        given = NewMobile(input.cardholder_id, input.terms.of("Mobile credential"))
        made = await create_mobile(info.context.domain, info.context.actor, given)
        return await _invitation_payload(info, made)

    @mutation(description="A new invitation instead of the one before. Permission: credential.write.")
    async def invite_mobile(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> InvitationPayload:
        made = await invite_mobile(info.context.domain, info.context.actor, id, expected_version)
        return await _invitation_payload(info, made)

    @mutation(description="Pair a phone by its invitation's code, once. Needs no permission.", keyed=False)
    async def pair_mobile(
        self,
        info: ApiInfo,
        code: Annotated[str, strawberry.argument(description="The invitation's.")],
        device_name: Annotated[str, strawberry.argument(description="What the phone calls itself.")],
    ) -> PairPayload:
        context = info.context
        paired = await pair_mobile(context.domain, code, device_name, address_of(context.connection))
        return PairPayload(
            credential_id=strawberry.ID(paired.credential.id), token=base64.b64encode(paired.token).decode()
        )

    @mutation(description="Take a mobile credential from its phone. Permission: credential.write.")
    async def revoke_mobile(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> CredentialPayload:
        row = await revoke_mobile(info.context.domain, info.context.actor, id, expected_version)
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Give a cardholder a licence plate. Permission: credential.write.")
    async def create_plate(self, info: ApiInfo, input: CreatePlateInput) -> CredentialPayload:
        given = NewPlate(input.cardholder_id, input.plate, input.terms.of("Licence plate"))
        row = await create_plate(info.context.domain, info.context.actor, given)
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Change a credential of any kind. Permission: credential.write.")
    async def update_credential(self, info: ApiInfo, input: UpdateCredentialInput) -> CredentialPayload:
        changes = input.changes()
        row = await update_credential(
            info.context.domain,
            info.context.actor,
            input.id,
            changes,
            input.expected_version,
        )
        return CredentialPayload(credential=await _credential(info, row))

    @mutation(description="Delete a credential for good. Permission: credential.write.")
    async def delete_credential(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_credential(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
