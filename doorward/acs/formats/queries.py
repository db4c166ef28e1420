"""What may be asked about card formats and PIN rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.card_explanation import Explanation, explain
from doorward.acs.decision.card_format import CardBits, CardFormat
from doorward.acs.decision.policy import PinRules
from doorward.acs.doors.models import Reader
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.formats.operations import CardFormatDraft
from doorward.acs.formats.policy import pin_rules, pin_rules_in_force, reader_formats, reader_pin_rules
from doorward.acs.formats.stored import StoredFormat, stored_formats
from doorward.acs.keyset import NAMES, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest, page_within


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader reads cards and PINs by. None: by the system's. `warnings` are sentences: where it differs."""

    reader: Reader
    formats: tuple[StoredFormat, ...] | None
    pin: PinRules | None
    warnings: tuple[str, ...]


async def list_card_formats(actor: Actor) -> list[StoredFormat]:
    """Every card format, predefined or not, shortest first."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return list((await stored_formats()).values())


async def page_card_formats(
    actor: Actor, request: PageRequest, *, active: bool | None = None, predefined: bool | None = None
) -> Page[StoredFormat]:
    """Card formats, shortest first. Most are in the code and not in a table: all are read for each page."""
    words = [word.casefold() for word in request.words]
    found = [
        stored
        for stored in await list_card_formats(actor)
        if (active is None or stored.active is active)
        and (predefined is None or stored.predefined is predefined)
        and all(word in stored.format.name.casefold() for word in words)
        and (request.ids is None or stored.format.id in request.ids)
    ]
    return page_within(
        found,
        lambda stored: (stored.format.bits, stored.format.name, stored.format.id),
        (int, str, str),
        request,
        "card_format",
    )


async def system_pin_rules(actor: Actor) -> tuple[PinRules, int]:
    """The PIN rules of readers without their own, and their version."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await pin_rules_in_force()


async def page_reader_settings(
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    door_id: str | None = None,
    type: ReaderType | None = None,
) -> Page[ReaderSettings]:
    """Readers by name, with their own card formats and PIN rules if they have any."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = where(named(among(Reader.all(), ids), request), door_id=door_id, type=type)
    page = await page_rows(rows, NAMES, request)
    return page.of(await _settings_of(page.rows))


async def reader_settings(reader_ids: Sequence[str]) -> list[ReaderSettings]:
    """The settings of readers by name, for callers that were allowed to read, or to set, them."""
    return await _settings_of(await Reader.filter(id__in=list(reader_ids)).order_by("name", "id"))


async def _settings_of(readers: Sequence[Reader]) -> list[ReaderSettings]:
    ids = [reader.id for reader in readers]
    formats, sets = await stored_formats(), await reader_formats(ids)
    rules, own_rules = await pin_rules(), await reader_pin_rules(ids)
    return [_settings(reader, formats, sets.get(reader.id), rules, own_rules.get(reader.id)) for reader in readers]


def _settings(
    reader: Reader,
    formats: dict[str, StoredFormat],
    own: tuple[str, ...] | None,
    system_rules: PinRules,
    own_rules: PinRules | None,
) -> ReaderSettings:
    chosen = None if own is None else tuple(formats[format_id] for format_id in own if format_id in formats)
    warnings = [] if chosen is None else _format_warnings(chosen, formats.values())
    if own_rules is not None and own_rules != system_rules:
        warnings.append(f"This reader takes {_pins(own_rules)}; the system takes {_pins(system_rules)}.")
    return ReaderSettings(reader, chosen, own_rules, tuple(warnings))


def _format_warnings(own: tuple[StoredFormat, ...], formats: Collection[StoredFormat]) -> list[str]:
    """Where cards are read otherwise at this reader than elsewhere: one token at both only by the same format."""
    here = {stored.format.bits: stored.format for stored in own}
    elsewhere = {stored.format.bits: stored.format for stored in formats if stored.active}
    warnings = []
    for bits in sorted(here.keys() | elsewhere.keys()):
        mine, theirs = here.get(bits), elsewhere.get(bits)
        if mine == theirs:
            continue
        if mine is None and theirs is not None:
            warnings.append(f"Cards of {bits} bits ({theirs.name}) are not read here, but are elsewhere.")
        elif mine is not None and theirs is None:
            warnings.append(f"Cards of {bits} bits are read here ({mine.name}), but not elsewhere.")
        elif mine is not None and theirs is not None:
            warnings.append(
                f"Cards of {bits} bits are read as {mine.name} here and as {theirs.name} elsewhere: "
                "a person needs a card for each."
            )
    return warnings


def _pins(rules: PinRules) -> str:
    length = (
        f"{rules.min_length}" if rules.min_length == rules.max_length else f"{rules.min_length} to {rules.max_length}"
    )
    ended = f"ended with {rules.end}" if rules.end else "without an end key"
    lockout = (
        f"{rules.lockout_ms / 1000:g} s lockout after {rules.lockout_after} wrong ones"
        if rules.lockout_after
        else "no lockout"
    )
    return f"PINs of {length} digits {ended} ({rules.digit_timeout_ms / 1000:g} s between digits, {lockout})"


async def try_card_format(
    actor: Actor, tried: str | CardFormatDraft, bits: str, bit_count: int | None = None
) -> tuple[CardFormat, Explanation]:
    """What a stored format (its id) or a draft makes of a card.

    `bits` is a string of 0 and 1, or with `bit_count` a hexadecimal number whose last bits these are.
    """
    actor.require(Permission.CONFIGURATION_VIEW)
    if isinstance(tried, CardFormatDraft):
        card_format = tried.as_format("draft")
    else:
        found = (await stored_formats()).get(tried)
        if found is None:
            raise NotFound("There is no such card format.", "formatId")
        card_format = found.format
    try:
        card = CardBits.from_text(bits) if bit_count is None else CardBits.from_hexadecimal(bits, bit_count)
    except ValueError as error:
        raise ValidationFailed(
            f"This is no card: {error}. Give its bits as 0 and 1, or in hexadecimal with their number.", "bits"
        ) from error
    return card_format, explain(card_format, card)
