"""What readers show and sound, in the API."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from doorward.acs import signals as domain
from doorward.acs.doors import models
from doorward.acs.doors import models as doors_rows
from doorward.acs.doors import signal_sets as sets
from doorward.acs.doors.signals import reader_signals, set_reader_signals
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder, SignalColour
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import Node, by_actor, each, listed


@strawberry.type(description="A light for two seconds, tones, and a text for readers that have a display.")
class ReaderSignal:
    """The signal of one outcome."""

    colour: SignalColour
    """The colour of the light."""
    blinks: bool
    """Whether the light blinks; otherwise it is steady."""
    tones: int
    """How many tones, 0 to 10."""
    text: str
    """What a display shows, at most 32 ASCII characters; empty: nothing."""

    @classmethod
    def of(cls, signal: domain.Signal) -> "ReaderSignal":
        """The signal as the API shows it."""
        return cls(colour=signal.colour, blinks=signal.blinks, tones=signal.tones, text=signal.text)


@strawberry.type(description="Signals of readers, by outcome. Duress is shown as granted.")
class ReaderSignals:
    """Of the site, or of a set with a name."""

    granted: ReaderSignal
    """Shown when somebody may pass."""
    denied: ReaderSignal
    """Shown when somebody may not pass."""
    waiting: ReaderSignal
    """Shown while something or somebody more must be shown."""
    lockdown: ReaderSignal
    """Shown to those who may not pass because of a lockdown."""
    version: int = strawberry.field(
        description="Grows with every change of the site's signals, or of their set; send it back as expectedVersion."
    )

    @classmethod
    def of(cls, signals: domain.Signals, version: int) -> "ReaderSignals":
        """The signals as the API shows them."""
        return cls(
            granted=ReaderSignal.of(signals.granted),
            denied=ReaderSignal.of(signals.denied),
            waiting=ReaderSignal.of(signals.waiting),
            lockdown=ReaderSignal.of(signals.lockdown),
            version=version,
        )


@strawberry.input(description="See ReaderSignal: 0 to 10 tones, at most 32 ASCII characters.")
class ReaderSignalInput:
    """The signal of one outcome."""

    colour: SignalColour = SignalColour.NONE
    blinks: bool = False
    tones: int = 0
    text: str = ""


@strawberry.input(description="All signals; see ReaderSignals.")
class ReaderSignalsInput:
    """Of the site, or of a set with a name."""

    granted: ReaderSignalInput
    denied: ReaderSignalInput
    waiting: ReaderSignalInput
    lockdown: ReaderSignalInput


@strawberry.type(description="The signals as they now are, or why nothing was done.")
class ReaderSignalsPayload:
    """Result of setting the signals."""

    signals: ReaderSignals | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="A reader that shows a set of signals.")
class SignalSetReader:
    """By name."""

    id: strawberry.ID
    name: str


@strawberry.type(description="Signals with a name, for the readers that show these instead of the site's.")
class SignalSet(Node):
    """`version` grows with every change."""

    id: strawberry.ID
    name: str
    signals: ReaderSignals
    """What its readers show."""
    readers: list[SignalSetReader]
    """The readers that show it."""
    version: int

    @classmethod
    def of(cls, row: models.SignalSet, readers: Sequence[models.Reader] = ()) -> "SignalSet":
        """The set as the API shows it."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            signals=ReaderSignals.of(sets.signals_of(row), row.version),
            readers=[SignalSetReader(id=strawberry.ID(reader.id), name=reader.name) for reader in readers],
            version=row.version,
        )


@strawberry.type(description="The set as it now is, or why nothing was done.")
class SignalSetPayload:
    """Result of changing a set. Its readers are told by the query."""

    signal_set: SignalSet | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Whether it was done, or why not.")
class ChooseSignalsPayload:
    """Result of choosing a reader's signals."""

    reader_id: strawberry.ID | None = None
    """The reader that shows them from now on. Null where nothing was done."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _set(one: sets.SignalSetUse) -> SignalSet:
    return SignalSet.of(one.row, one.readers)


@strawberry.type
class ReaderSignalsQuery:
    """Queries about signals."""

    @strawberry.field(description="What readers show and sound. Permission: configuration.view.")
    async def reader_signals(self, info: ApiInfo) -> ReaderSignals:
        return ReaderSignals.of(*await reader_signals(info.context.actor))

    signal_sets = listed(
        SignalSet,
        by_actor(sets.page_signal_sets),
        each(_set),
        "The sets of signals that readers may show instead, by name. Permission: configuration.view.",
        order=NameOrder,
        rows=doors_rows.SignalSet,
    )


@strawberry.type
class ReaderSignalsMutation:
    """Changes of signals."""

    @mutation(description="Set what readers show and sound. Permission: configuration.write.")
    async def set_reader_signals(
        self, info: ApiInfo, input: ReaderSignalsInput, expected_version: int | None = None
    ) -> ReaderSignalsPayload:
        context = info.context
        await set_reader_signals(context.domain, context.actor, _signals(input), expected_version)
        return ReaderSignalsPayload(signals=ReaderSignals.of(*await reader_signals(context.actor)))

    @mutation(description="Add a set of signals. Permission: configuration.write.")
    async def create_signal_set(
        self,
        info: ApiInfo,
        name: str,
        signals: Annotated[ReaderSignalsInput, strawberry.argument(description="What its readers show and sound.")],
    ) -> SignalSetPayload:
        row = await sets.create_signal_set(info.context.domain, info.context.actor, name, _signals(signals))
        return SignalSetPayload(signal_set=SignalSet.of(row))

    @mutation(
        description="Change a set of signals; what is null stays. Its readers show it at once. "
        "Permission: configuration.write."
    )
    async def update_signal_set(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        name: str | None = None,
        signals: Annotated[
            ReaderSignalsInput | None, strawberry.argument(description="What its readers are to show. Null: as before.")
        ] = None,
        expected_version: int | None = None,
    ) -> SignalSetPayload:
        changes: sets.SignalSetChanges = {}
        if name is not None:
            changes["name"] = name
        if signals is not None:
            changes["signals"] = _signals(signals)
        row = await sets.update_signal_set(info.context.domain, info.context.actor, id, changes, expected_version)
        return SignalSetPayload(signal_set=SignalSet.of(row))

    @mutation(description="Delete a set of signals. Refused while a reader shows it. Permission: configuration.write.")
    async def delete_signal_set(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await sets.delete_signal_set(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(description="Let a reader show a set of signals, or (null) the site's. Permission: configuration.write.")
    async def choose_reader_signals(
        self,
        info: ApiInfo,
        reader_id: strawberry.ID,
        signal_set_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="What it is to show. Null: the site's signals.")
        ] = None,
        expected_version: int | None = None,
    ) -> ChooseSignalsPayload:
        await sets.choose_signals(info.context.domain, info.context.actor, reader_id, signal_set_id, expected_version)
        return ChooseSignalsPayload(reader_id=reader_id)


def _signals(given: ReaderSignalsInput) -> domain.Signals:
    return domain.Signals(*(_signal(one) for one in (given.granted, given.denied, given.waiting, given.lockdown)))


def _signal(given: ReaderSignalInput) -> domain.Signal:
    return domain.Signal(given.colour, given.blinks, given.tones, given.text)
