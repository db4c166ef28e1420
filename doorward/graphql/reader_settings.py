"""How readers read cards and take PINs, in the API."""

from typing import Annotated

import strawberry

from doorward.acs.decision import policy
from doorward.acs.formats import queries
from doorward.acs.formats.operations import set_reader_formats
from doorward.acs.formats.pin_operations import set_pin_rules, set_reader_pin_rules
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import NameOrder, ReaderType, Side
from doorward.graphql.errors import OperationError
from doorward.graphql.formats import CardFormat
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import by_actor, each, listed


@strawberry.type(description="How a keypad takes PINs, and when it locks its reader.")
class PinRules:
    """See PinRules of the policy."""

    min_length: int
    """How many digits a PIN has at least."""
    max_length: int
    """How many digits a PIN has at most; with so many it is taken without an end key."""
    end_key: str = strawberry.field(description="The key that ends a PIN; empty for none.")
    digit_timeout_ms: int = strawberry.field(description="The longest time between two digits, in milliseconds.")
    lockout_after: int = strawberry.field(description="Wrong PINs in a row that lock the reader; 0 for never.")
    lockout_ms: int
    """How long the reader then takes nobody, in milliseconds."""
    version: int = strawberry.field(
        description="Grows with every change of the system's rules, or of their reader; send it back as "
        "expectedVersion."
    )

    @classmethod
    def of(cls, rules: policy.PinRules, version: int) -> "PinRules":
        """The rules as the API shows them."""
        return cls(
            min_length=rules.min_length,
            max_length=rules.max_length,
            end_key=rules.end,
            digit_timeout_ms=rules.digit_timeout_ms,
            lockout_after=rules.lockout_after,
            lockout_ms=rules.lockout_ms,
            version=version,
        )


@strawberry.input(description="See PinRules.")
class PinRulesInput:
    """See PinRules of the policy."""

    min_length: int = strawberry.field(default=4, description="Digits a PIN has at least, 3 to 16.")
    max_length: int = strawberry.field(default=8, description="Digits a PIN has at most, from minLength to 16.")
    end_key: str = strawberry.field(
        default="#", description="One of # * A B C D; empty only if minLength and maxLength are the same."
    )
    digit_timeout_ms: int = strawberry.field(
        default=5_000, description="The longest time between two digits, 1000 to 60000 ms."
    )
    lockout_after: int = strawberry.field(
        default=5, description="Wrong PINs in a row that lock it, up to 20; 0: never."
    )
    lockout_ms: int = strawberry.field(
        default=30_000, description="How long the reader then takes nobody, 1000 to 3600000 ms."
    )

    def given(self) -> policy.PinRules:
        """The rules as the domain knows them."""
        return policy.PinRules(
            self.min_length,
            self.max_length,
            self.end_key,
            self.digit_timeout_ms,
            self.lockout_after,
            self.lockout_ms,
        )


@strawberry.type(description="How a reader reads cards and takes PINs. Null: as the system's settings say.")
class ReaderSettings:
    """A reader's own settings."""

    reader_id: strawberry.ID
    reader_name: str
    door_id: strawberry.ID
    side: Side
    """The side of the door that it is on."""
    card_formats: list[CardFormat] | None
    """The formats that it reads, one of each length. Null: the active ones of the system."""
    pin_rules: PinRules | None
    """How it takes PINs. Null: as the system's settings say."""
    warnings: list[str] = strawberry.field(description="Sentences: where it differs from the system's settings.")
    version: int = strawberry.field(
        description="That of the reader: grows with every change; send it back as expectedVersion."
    )

    @classmethod
    def of(cls, settings: queries.ReaderSettings) -> "ReaderSettings":
        """The settings as the API shows them."""
        reader = settings.reader
        return cls(
            reader_id=strawberry.ID(reader.id),
            reader_name=reader.name,
            door_id=strawberry.ID(reader.door_id),
            side=reader.side,
            card_formats=None if settings.formats is None else [CardFormat.of(found) for found in settings.formats],
            pin_rules=None if settings.pin is None else PinRules.of(settings.pin, reader.version),
            warnings=list(settings.warnings),
            version=reader.version,
        )


@strawberry.type(description="The reader's settings as they now are, or why nothing was done.")
class ReaderSettingsPayload:
    """Result of a mutation of a reader's settings."""

    reader: ReaderSettings | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The system's PIN rules as they now are, or why nothing was done.")
class PinRulesPayload:
    """Result of setPinRules."""

    pin_rules: PinRules | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _reader_payload(reader_id: str) -> ReaderSettingsPayload:
    found = await queries.reader_settings([reader_id])
    return ReaderSettingsPayload(reader=ReaderSettings.of(found[0]) if found else None)


@strawberry.input(description="Which readers; what is left out, or null, does not restrict.")
class ReaderFilter:
    """See Reader."""

    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="At most 100.")
    door_id: strawberry.ID | None = None
    """Those of this door."""
    type: ReaderType | None = None
    """Those of this type."""


@strawberry.type
class ReaderSettingsQuery:
    """Queries about readers' settings and PIN rules."""

    @strawberry.field(description="The PIN rules of readers without their own. Permission: configuration.view.")
    async def pin_rules(self, info: ApiInfo) -> PinRules:
        return PinRules.of(*await queries.system_pin_rules(info.context.actor))

    reader_settings = listed(
        ReaderSettings,
        by_actor(queries.page_reader_settings),
        each(ReaderSettings.of),
        "Readers' own settings, by name. Permission: configuration.view.",
        filter=ReaderFilter,
        order=NameOrder,
    )


@strawberry.type
class ReaderSettingsMutation:
    """Changes to readers' settings and PIN rules."""

    @mutation(
        description="Give a reader card formats of its own, one per length; null: the system's. "
        "Permission: configuration.write."
    )
    async def set_reader_card_formats(
        self,
        info: ApiInfo,
        reader_id: strawberry.ID,
        format_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="The formats that it is to read, one of each length. Null: the active ones of the system."
            ),
        ] = None,
        expected_version: int | None = None,
    ) -> ReaderSettingsPayload:
        await set_reader_formats(info.context.domain, info.context.actor, reader_id, format_ids, expected_version)
        return await _reader_payload(reader_id)

    @mutation(description="Set the system's PIN rules. Permission: configuration.write.")
    async def set_pin_rules(
        self, info: ApiInfo, input: PinRulesInput, expected_version: int | None = None
    ) -> PinRulesPayload:
        context = info.context
        await set_pin_rules(context.domain, context.actor, input.given(), expected_version)
        return PinRulesPayload(pin_rules=PinRules.of(*await queries.system_pin_rules(context.actor)))

    @mutation(description="Give a reader PIN rules of its own; null: the system's. Permission: configuration.write.")
    async def set_reader_pin_rules(
        self,
        info: ApiInfo,
        reader_id: strawberry.ID,
        rules: Annotated[
            PinRulesInput | None, strawberry.argument(description="All its rules. Null: as the system's settings say.")
        ] = None,
        expected_version: int | None = None,
    ) -> ReaderSettingsPayload:
        given = rules.given() if rules else None
        await set_reader_pin_rules(info.context.domain, info.context.actor, reader_id, given, expected_version)
        return await _reader_payload(reader_id)
