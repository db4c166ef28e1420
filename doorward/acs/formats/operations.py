"""What may be done to card formats and to the formats of readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.card_format import BitField, CardFormat, Parity
from doorward.acs.decision.format_check import FormatRefused, check_format
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.formats.models import CardFormatRow, ReaderCardFormat
from doorward.acs.formats.pin_operations import count_change, locked_reader
from doorward.acs.formats.stored import StoredFormat, layout_of, stored_formats
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.people.models import Cardholder
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site

_NAMED = 3
"""How many users of a format a refusal names."""


@dataclass(frozen=True, slots=True)
class CardFormatDraft:
    """A card format that is not stored, or not yet. See `CardFormat`."""

    name: str
    bits: int
    number: BitField | None = None
    facility: BitField | None = None
    parities: tuple[Parity, ...] = ()
    invert_bits: bool = False
    invert_bytes: bool = False

    def as_format(self, format_id: str) -> CardFormat:
        """The format under an id. Raises ValidationFailed if cards cannot be of it."""
        drawn = CardFormat(
            format_id,
            self.name,
            self.bits,
            self.number,
            self.facility,
            self.parities,
            self.invert_bits,
            self.invert_bytes,
        )
        return _checked(drawn)


class CardFormatChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. Of a predefined format only the inversions can be."""

    name: str
    bits: int
    number: BitField | None
    facility: BitField | None
    parities: tuple[Parity, ...]
    invert_bits: bool
    invert_bytes: bool


@operation(Permission.CONFIGURATION_WRITE)
async def create_card_format(work: Work, draft: CardFormatDraft) -> StoredFormat:
    """A new card format, not active yet. Raises Conflict if another has its name."""
    formats = await _locked_formats(work)
    made = draft.as_format(new_id())
    made = msgspec.structs.replace(made, name=_free_name(formats, made.name, made.id))
    await _store(work, StoredFormat(made, active=False, predefined=False, version=1), new=True)
    work.changed(PolicyPart.FORMAT, made.id)
    work.audit(EventType.CARD_FORMAT_CREATED, of=made, after={"id": made.id, **_layout(made)})
    return StoredFormat(made, active=False, predefined=False, version=1)


@operation(Permission.CONFIGURATION_WRITE)
async def update_card_format(
    work: Work, format_id: str, changes: CardFormatChanges, expected_version: int | None = None
) -> StoredFormat:
    """Change a card format; of a predefined one the inversions only.

    Raises Conflict if it is no longer at `expected_version`, or if its new length is that of another format that the
    same readers use.
    """
    formats = await _locked_formats(work)
    old = _known(formats, format_id)
    check.version(old.version, expected_version)
    changed = msgspec.structs.replace(old.format, **changes)
    if old.predefined and _without_inversions(changed) != _without_inversions(old.format):
        raise ValidationFailed(
            f"{old.format.name} is predefined: only its bit order and byte order can be changed. "
            "Create a card format of your own for another layout.",
            "id",
        )
    if changed == old.format:
        return old
    changed = msgspec.structs.replace(_checked(changed), name=_free_name(formats, changed.name, format_id))
    await _refuse_length(work, formats, StoredFormat(changed, old.active, old.predefined, old.version))
    return await _replace(work, old, changed, EventType.CARD_FORMAT_UPDATED)


@operation(Permission.CONFIGURATION_WRITE)
async def reset_card_format(work: Work, format_id: str, expected_version: int | None = None) -> StoredFormat:
    """Give a predefined card format its own bit order and byte order back. It stays active or not."""
    formats = await _locked_formats(work)
    old = _known(formats, format_id)
    check.version(old.version, expected_version)
    if not old.predefined:
        raise ValidationFailed(
            f"{old.format.name} is not predefined, so there is nothing to reset it to. Change it instead.", "id"
        )
    if old.format == PREDEFINED[format_id]:
        return old
    return await _replace(work, old, PREDEFINED[format_id], EventType.CARD_FORMAT_RESET)


@operation(Permission.CONFIGURATION_WRITE)
async def set_card_format_active(
    work: Work, format_id: str, active: bool, expected_version: int | None = None
) -> StoredFormat:
    """Let the readers without a set of their own read cards of this format, or no longer.

    Raises Conflict if another active format has its length.
    """
    formats = await _locked_formats(work)
    old = _known(formats, format_id)
    check.version(old.version, expected_version)
    if old.active == active:
        return old
    new = StoredFormat(old.format, active, old.predefined, old.version + 1)
    await _refuse_length(work, formats, new)
    await _store(work, new, new=old.version == 0)
    work.changed(PolicyPart.SITE, SITE_ID)
    work.audit(
        EventType.CARD_FORMAT_ACTIVATED if active else EventType.CARD_FORMAT_DEACTIVATED,
        of=old.format,
        before={"active": old.active},
        after={"active": active},
    )
    return new


@operation(Permission.CONFIGURATION_WRITE)
async def delete_card_format(work: Work, format_id: str, expected_version: int | None = None) -> None:
    """Remove a card format of the site. Raises Conflict, with the users, while cards or readers use it."""
    formats = await _locked_formats(work)
    old = _known(formats, format_id)
    check.version(old.version, expected_version)
    if old.predefined:
        raise ValidationFailed(f"{old.format.name} is predefined and cannot be deleted. Deactivate it instead.", "id")
    await _refuse_used(work, old.format)
    await CardFormatRow.filter(id=format_id).using_db(work.connection).delete()
    work.changed(PolicyPart.FORMAT, format_id)
    if old.active:
        work.changed(PolicyPart.SITE, SITE_ID)
    before = {"id": format_id, "active": old.active, **_layout(old.format)}
    work.audit(EventType.CARD_FORMAT_DELETED, of=old.format, before=before)


@operation(Permission.CONFIGURATION_WRITE)
async def set_reader_formats(
    work: Work, reader_id: str, format_ids: Sequence[str] | None, expected_version: int | None = None
) -> None:
    """Give a reader card formats of its own, one per length, instead of the system's; None: the system's again."""
    formats = await _locked_formats(work)
    reader, door = await locked_reader(work, reader_id, expected_version)
    wanted = None if format_ids is None else list(dict.fromkeys(format_ids))
    if wanted is not None:
        _refuse_set(formats, wanted)
    rows = ReaderCardFormat.filter(reader_id=reader_id).using_db(work.connection)
    before = [str(format_id) for format_id in await rows.order_by("id").values_list("format_id", flat=True)]
    if before == (wanted or []):
        return
    await rows.delete()
    for format_id in wanted or ():
        await ReaderCardFormat.create(using_db=work.connection, reader_id=reader_id, format_id=format_id)
    await count_change(work, reader)
    work.audit(
        EventType.READER_CARD_FORMATS_CHANGED,
        of=reader,
        before={"format_ids": before or None},
        after={"format_ids": wanted},
        reader_id=reader_id,
        door_id=door.id,
        door_name=door.name,
        side=reader.side,
    )


async def _locked_formats(work: Work) -> dict[str, StoredFormat]:
    """All formats, while nobody else changes any: two of one length must not become active at the same time."""
    await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    return await stored_formats(work.connection)


def _known(formats: dict[str, StoredFormat], format_id: str) -> StoredFormat:
    found = formats.get(format_id)
    if found is None:
        raise NotFound("There is no such card format.", "id")
    return found


def _checked(card_format: CardFormat) -> CardFormat:
    try:
        check_format(card_format)
    except FormatRefused as error:
        raise ValidationFailed(error.message, *error.path) from error
    return card_format


def _without_inversions(card_format: CardFormat) -> CardFormat:
    return msgspec.structs.replace(card_format, invert_bits=False, invert_bytes=False)


def _free_name(formats: dict[str, StoredFormat], name: str, format_id: str) -> str:
    name = check.text(name, "name", longest=100)
    for other_id, other in formats.items():
        if other_id != format_id and other.format.name.casefold() == name.casefold():
            raise Conflict(f"There is a card format called {other.format.name} already.", "name")
    return name


async def _refuse_length(work: Work, formats: dict[str, StoredFormat], new: StoredFormat) -> None:
    """No reader may have two formats of one length, be it by the system's set or by its own."""
    alike = {
        format_id: other
        for format_id, other in formats.items()
        if format_id != new.format.id and other.format.bits == new.format.bits
    }
    if new.active:
        for other in alike.values():
            if other.active:
                raise Conflict(
                    f"{other.format.name} is active and has {new.format.bits} bits too. Deactivate it first, "
                    "or give the readers that need this one card formats of their own.",
                    "id",
                )
    own = ReaderCardFormat.filter(format_id=new.format.id).using_db(work.connection)
    readers = list(await own.values_list("reader_id", flat=True))
    rows = ReaderCardFormat.filter(reader_id__in=readers, format_id__in=list(alike)).using_db(work.connection)
    clash = await rows.prefetch_related("reader").first()
    if clash is not None:
        raise Conflict(
            f"The reader {clash.reader.name} uses {formats[clash.format_id].format.name}, which has "
            f"{new.format.bits} bits too. Take one of the two out of its card formats first.",
            "bits",
        )


def _refuse_set(formats: dict[str, StoredFormat], format_ids: Sequence[str]) -> None:
    if not format_ids:
        raise ValidationFailed("Name at least one card format, or none at all for those of the system.", "formatIds")
    by_length: dict[int, CardFormat] = {}
    for format_id in format_ids:
        found = formats.get(format_id)
        if found is None:
            raise NotFound(f"There is no such card format: {format_id}.", "formatIds")
        other = by_length.setdefault(found.format.bits, found.format)
        if other is not found.format:
            raise Conflict(
                f"{other.name} and {found.format.name} both have {other.bits} bits. Choose one of them.", "formatIds"
            )


async def _refuse_used(work: Work, card_format: CardFormat) -> None:
    readers = ReaderCardFormat.filter(format_id=card_format.id).using_db(work.connection)
    if names := sorted({row.reader.name for row in await readers.prefetch_related("reader")}):
        raise Conflict(
            f"{card_format.name} is among the card formats of {_some(names)}. Take it out of them first.", "id"
        )
    owners = list(
        await Credential.filter(format=card_format.id).using_db(work.connection).values_list("cardholder_id", flat=True)
    )
    if not owners:
        return
    whose = f"{len(owners)} card{'s' if len(owners) > 1 else ''}"
    if Permission.CARDHOLDER_VIEW in work.actor.permissions:
        people = Cardholder.filter(id__in=owners[:_NAMED]).using_db(work.connection)
        whose += f" (of {_some(sorted(person.display_name for person in await people), len(set(owners)))})"
    raise Conflict(f"{card_format.name} is the format of {whose}. Delete the cards first.", "id")


def _some(names: Sequence[str], count: int | None = None) -> str:
    """The first few names, and how many more there are."""
    more = (count or len(names)) - len(names[:_NAMED])
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


async def _replace(work: Work, old: StoredFormat, changed: CardFormat, event: EventType) -> StoredFormat:
    new = StoredFormat(changed, old.active, old.predefined, old.version + 1)
    await _store(work, new, new=old.version == 0)
    work.changed(PolicyPart.FORMAT, changed.id)
    before, after = _layout(old.format), _layout(changed)
    work.audit(event, of=changed, before=before, after=after)
    return new


async def _store(work: Work, stored: StoredFormat, *, new: bool) -> None:
    kept = stored.format
    row = CardFormatRow(
        id=kept.id,
        name=None if stored.predefined else kept.name,
        bits=None if stored.predefined else kept.bits,
        layout=None if stored.predefined else layout_of(kept),
        invert_bits=kept.invert_bits,
        invert_bytes=kept.invert_bytes,
        active=stored.active,
        version=stored.version,
    )
    await row.save(using_db=work.connection, force_create=new, force_update=not new)


def _layout(card_format: CardFormat) -> dict[str, Any]:
    """What the audit shows of a format."""
    shown: dict[str, Any] = msgspec.to_builtins(card_format)
    del shown["id"]
    return shown
