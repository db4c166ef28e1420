"""The people of a policy and what they carry, as decisions look them up. Never changed; a changed copy is cheap."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from doorward.acs.decision.card_format import CardToken
from doorward.acs.decision.policy import CardholderPolicy, CredentialKind, CredentialPolicy
from doorward.acs.decision.shards import Shards

Token = CardToken | tuple[CredentialKind, bytes]
"""What a credential is found by."""
Entry = CredentialPolicy | tuple[CredentialPolicy, ...]
"""What is found: one credential, or several that should not be alike but are, in order of their ids."""

Key = TypeVar("Key", bound=Hashable)
Keys = Callable[[CredentialPolicy], tuple[Key, ...]]
"""The keys that a credential is found by in one of the indexes."""

_CARD, _PIN, _DYNAMIC_QR = CredentialKind.CARD, CredentialKind.PIN, CredentialKind.DYNAMIC_QR


class PeopleIndex:
    """Cardholders by id; credentials by token, PINs by their owner too, dynamic QR codes by their id.

    `by_number` finds cards by format and number alone; it is empty unless `lax`, that is unless some door side looks
    at no facility code.
    """

    __slots__ = ("by_number", "by_token", "cardholders", "dynamic_qr", "lax", "pins_of")

    cardholders: Shards[str, CardholderPolicy]
    by_token: Shards[Token, Entry]
    by_number: Shards[tuple[str, int], Entry]
    pins_of: Shards[str, Entry]
    dynamic_qr: Shards[str, Entry]

    def __init__(
        self, cardholders: Iterable[CardholderPolicy], credentials: Iterable[CredentialPolicy], *, lax: bool
    ) -> None:
        self.lax = lax
        people, held = tuple(cardholders), tuple(credentials)
        self.cardholders = Shards(((one.id, one) for one in people), len(people))
        self.by_token = _found_by(_tokens, held)
        self.by_number = _found_by(_numbers, held if lax else ())
        self.pins_of = _found_by(_owners, [one for one in held if one.kind is _PIN])
        self.dynamic_qr = _found_by(_codes, [one for one in held if one.kind is _DYNAMIC_QR])

    def changed(
        self,
        people: Mapping[str, CardholderPolicy | None],
        gone: Iterable[CredentialPolicy],
        new: Iterable[CredentialPolicy],
    ) -> "PeopleIndex":
        """This index with other people (None: without), without the credentials `gone`, and with the `new` ones."""
        gone, new = tuple(gone), tuple(new)
        other = PeopleIndex((), (), lax=self.lax)
        other.cardholders = self.cardholders.changed(people)
        other.by_token = _changed(self.by_token, _tokens, gone, new)
        other.by_number = _changed(self.by_number, _numbers, gone, new) if self.lax else self.by_number
        other.pins_of = _changed(self.pins_of, _owners, gone, new)
        other.dynamic_qr = _changed(self.dynamic_qr, _codes, gone, new)
        return other


def several(entry: Entry | None) -> tuple[CredentialPolicy, ...]:
    """All that was found."""
    if entry is None:
        return ()
    return entry if isinstance(entry, tuple) else (entry,)


def card_token(credential: CredentialPolicy) -> CardToken:
    """The token of a card credential."""
    number = int.from_bytes(credential.token, "big") if credential.token else credential.number
    return CardToken(credential.format, credential.facility, number)


def _tokens(credential: CredentialPolicy) -> tuple[Token, ...]:
    kind = credential.kind
    if kind is _CARD:
        return (card_token(credential),)
    if kind is _DYNAMIC_QR:
        return ()
    return tuple((kind, secret) for secret in (credential.token, credential.duress) if secret)


def _numbers(credential: CredentialPolicy) -> tuple[tuple[str, int], ...]:
    if credential.kind is not _CARD:
        return ()
    token = card_token(credential)
    return ((token.format, token.number),)


def _owners(credential: CredentialPolicy) -> tuple[str, ...]:
    return (credential.cardholder_id,) if credential.kind is _PIN else ()


def _codes(credential: CredentialPolicy) -> tuple[str, ...]:
    return (credential.id,) if credential.kind is _DYNAMIC_QR else ()


def _found_by(keys: Keys[Key], credentials: Sequence[CredentialPolicy]) -> Shards[Key, Entry]:
    entries: Iterable[tuple[Key, Entry]] = ((key, one) for one in credentials for key in keys(one))
    return Shards(entries, len(credentials), _both)


def _both(entry: Entry, other: Entry) -> Entry:
    """Two credentials with one token should not be; if they are, neither is taken for the other."""
    return _entry({one.id: one for one in (*several(entry), *several(other))}.values())


def _entry(credentials: Iterable[CredentialPolicy]) -> Entry:
    found = tuple(sorted(credentials, key=lambda one: one.id))
    return found[0] if len(found) == 1 else found


def _changed(
    index: Shards[Key, Entry], keys: Keys[Key], gone: Iterable[CredentialPolicy], new: Iterable[CredentialPolicy]
) -> Shards[Key, Entry]:
    entries: dict[Key, dict[str, CredentialPolicy]] = {}

    def entry(key: Key) -> dict[str, CredentialPolicy]:
        if key not in entries:
            entries[key] = {one.id: one for one in several(index.get(key))}
        return entries[key]

    for credential in gone:
        for key in keys(credential):
            entry(key).pop(credential.id, None)
    for credential in new:
        for key in keys(credential):
            entry(key)[credential.id] = credential
    return index.changed({key: _entry(found.values()) if found else None for key, found in entries.items()})
