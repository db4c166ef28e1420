"""What is sent to give somebody a credential, or to change one."""

from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.credentials.operations import CredentialChanges, NewCard, Terms
from doorward.acs.decision import policy
from doorward.acs.decision.card_format import H10301
from doorward.acs.errors import ValidationFailed
from doorward.graphql.enums import CredentialStatus, ValidityStart, ValidityUnit
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed
from doorward.graphql.scalars import CardBits

CARD_FIELDS = ("name", "status", "valid_from", "valid_to")
MAY_BE_NULL = frozenset({"valid_from", "valid_to", "relative_validity"})


@strawberry.input(description="A 26-bit H10301 card to create.")
class CreateCardInput(Keyed):
    """See Card."""

    cardholder_id: strawberry.ID
    facility_code: int = strawberry.field(description="0-255")
    number: int = strawberry.field(description="0-65535")
    name: str = "Card"
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@strawberry.input(description="What to change of a card; a field left out stays as it is.")
class UpdateCardInput(Keyed):
    """See Card."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    status: CredentialStatus | None = UNSET
    valid_from: datetime | None = UNSET
    valid_to: datetime | None = UNSET


@strawberry.input(description="An end counted from a use: 1 to 36500 days, 1200 months, 100 years or 1000000 uses.")
class RelativeValidityInput:
    """See RelativeValidity."""

    start: ValidityStart
    amount: int
    unit: ValidityUnit

    def of(self) -> policy.RelativeValidity:
        """As the domain has it."""
        return policy.RelativeValidity(self.start, self.amount, self.unit)


@strawberry.input(description="For how long a credential is valid, and what showing it sets off.")
class TermsInput:
    """See Credential. At most one of validTo and relativeValidity; neither: it never expires."""

    name: str | None = strawberry.field(default=None, description="Null: what kind of credential it is.")
    valid_from: datetime | None = None
    """Before it the credential opens nothing; null: from now on."""
    valid_to: datetime | None = None
    relative_validity: RelativeValidityInput | None = None
    traced: bool = False
    starts_lockdown: bool = False

    def of(self, name: str) -> Terms:
        """As the domain has it; `name` is for those without one."""
        relative = self.relative_validity.of() if self.relative_validity else None
        return Terms(
            name if self.name is None else self.name,
            self.valid_from,
            self.valid_to,
            relative,
            self.traced,
            self.starts_lockdown,
        )


def _no_terms() -> TermsInput:
    return TermsInput()


@strawberry.input(description="A card of any format, or of raw bits, to create.")
class CreateCardCredentialInput(Keyed):
    """See Credential. Give `number` (and `facilityCode` where the format has one), or `rawBits`."""

    cardholder_id: strawberry.ID
    format: str = H10301
    facility_code: str | None = strawberry.field(default=None, description="Decimal.")
    number: str | None = strawberry.field(default=None, description="Decimal.")
    raw_bits: CardBits | None = None
    terms: TermsInput = strawberry.field(default_factory=_no_terms)

    def of(self) -> NewCard:
        """As the domain has it."""
        terms = self.terms.of("Card")
        return NewCard(
            self.cardholder_id,
            _number(self.facility_code, "facilityCode"),
            _number(self.number, "number"),
            terms.name,
            terms.valid_from,
            terms.valid_to,
            self.format,
            self.raw_bits,
            terms.relative,
            terms.traced,
            terms.starts_lockdown,
        )


def _number(text: str | None, path: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 78):
        raise ValidationFailed("Give a decimal number.", path)
    return int(text)


@strawberry.input(description="A PIN to create.")
class CreatePinInput(Keyed):
    """See Credential."""

    cardholder_id: strawberry.ID
    pin: str
    duress_pin: str = strawberry.field(
        default="", description="Opens the door and raises a silent alarm. Empty: there is none."
    )
    terms: TermsInput = strawberry.field(default_factory=_no_terms)


@strawberry.input(description="Another PIN; a field left out stays as it is.")
class ChangePinInput(Keyed):
    """See Credential."""

    id: strawberry.ID
    expected_version: int | None = None
    pin: str | None = None
    duress_pin: str | None = strawberry.field(default=None, description="Empty: there is none from now on.")


@strawberry.input(description="A QR code to create.")
class CreateQrInput(Keyed):
    """See Credential."""

    cardholder_id: strawberry.ID
    dynamic: bool = strawberry.field(
        default=True, description="Another code every 30 seconds, taken only together with a PIN."
    )
    terms: TermsInput = strawberry.field(default_factory=_no_terms)


@strawberry.input(description="A mobile credential to create.")
class CreateMobileInput(Keyed):
    """See Credential."""

    cardholder_id: strawberry.ID
    terms: TermsInput = strawberry.field(default_factory=_no_terms)


@strawberry.input(description="A licence plate to create; how it is spelled does not matter.")
class CreatePlateInput(Keyed):
    """See Credential."""

    cardholder_id: strawberry.ID
    plate: str
    terms: TermsInput = strawberry.field(default_factory=_no_terms)


@strawberry.input(description="What to change of a credential; a field left out stays as it is.")
class UpdateCredentialInput(Keyed):
    """See Credential. To replace validTo by relativeValidity, or the other way, send the other as null."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    status: CredentialStatus | None = UNSET
    valid_from: datetime | None = UNSET
    valid_to: datetime | None = UNSET
    relative_validity: RelativeValidityInput | None = UNSET
    traced: bool | None = UNSET
    starts_lockdown: bool | None = UNSET

    def changes(self) -> CredentialChanges:
        """The fields that were sent, as the operations take them."""
        names = (*CARD_FIELDS, "traced", "starts_lockdown", "relative_validity")
        given = sent(self, names, may_be_null=MAY_BE_NULL)
        if "relative_validity" in given:
            relative = given.pop("relative_validity")
            given["relative"] = relative.of() if relative else None
        return cast(CredentialChanges, given)
