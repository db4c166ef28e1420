"""What readers show and sound, in the API."""

import strawberry

from doorward.acs import signals as domain
from doorward.acs.doors.signals import reader_signals, set_reader_signals
from doorward.acs.errors import AcsError
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import SignalColour
from doorward.graphql.errors import OperationError


@strawberry.type(description="A light for two seconds, tones, and a text for readers that have a display.")
class ReaderSignal:
    """The signal of one outcome."""

    colour: SignalColour
    blinks: bool
    tones: int
    text: str

    @classmethod
    def of(cls, signal: domain.Signal) -> "ReaderSignal":
        """The signal as the API shows it."""
        return cls(colour=signal.colour, blinks=signal.blinks, tones=signal.tones, text=signal.text)


@strawberry.type(description="The signals of all readers, by outcome. Duress is shown as granted.")
class ReaderSignals:
    """One set for the site."""

    granted: ReaderSignal
    denied: ReaderSignal
    waiting: ReaderSignal
    lockdown: ReaderSignal

    @classmethod
    def of(cls, signals: domain.Signals) -> "ReaderSignals":
        """The signals as the API shows them."""
        return cls(
            granted=ReaderSignal.of(signals.granted),
            denied=ReaderSignal.of(signals.denied),
            waiting=ReaderSignal.of(signals.waiting),
            lockdown=ReaderSignal.of(signals.lockdown),
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
    """One set for the site."""

    granted: ReaderSignalInput
    denied: ReaderSignalInput
    waiting: ReaderSignalInput
    lockdown: ReaderSignalInput


@strawberry.type(description="The signals as they now are, or why nothing was done.")
class ReaderSignalsPayload:
    """Result of setting the signals."""

    signals: ReaderSignals | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type
class ReaderSignalsQuery:
    """Queries about signals."""

    @strawberry.field(description="What readers show and sound. Permission: configuration.view.")
    async def reader_signals(self, info: ApiInfo) -> ReaderSignals:
        return ReaderSignals.of(await reader_signals(info.context.actor))


@strawberry.type
class ReaderSignalsMutation:
    """Changes of signals."""

    @strawberry.mutation(description="Set what readers show and sound. Permission: configuration.write.")
    async def set_reader_signals(self, info: ApiInfo, input: ReaderSignalsInput) -> ReaderSignalsPayload:
        given = domain.Signals(*(_signal(one) for one in (input.granted, input.denied, input.waiting, input.lockdown)))
        try:
            signals = await set_reader_signals(info.context.domain, info.context.actor, given)
        except AcsError as error:
            return ReaderSignalsPayload(errors=[OperationError.of(error)])
        return ReaderSignalsPayload(signals=ReaderSignals.of(signals))


def _signal(given: ReaderSignalInput) -> domain.Signal:
    return domain.Signal(given.colour, given.blinks, given.tones, given.text)
