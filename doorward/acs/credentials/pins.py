"""PINs, and duress PINs: what somebody who is threatened enters instead.

Only keyed hashes are kept. Nobody is told whose PIN another one equals: that would be telling a PIN.
"""

from collections import defaultdict
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q

from doorward.acs.actor import Permission
from doorward.acs.credentials import site_rules
from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.record import Terms, add, keep, locked_credential, locked_owner
from doorward.acs.decision.policy import CredentialKind, CredentialStatus, PinRules
from doorward.acs.decision.tokens import pin_token
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.people.models import Cardholder
from doorward.acs.site.models import Site

_TERMS = Terms("PIN")


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN to create; `duress_pin` "" is none."""

    cardholder_id: str
    pin: str
    duress_pin: str = ""
    terms: Terms = _TERMS


@operation(Permission.PIN_MANAGE)
async def create_pin(work: Work, given: NewPin) -> Credential:
    """A new PIN. Raises Conflict if the cardholder has an active one."""
    rules = await site_rules.pin_rules(work)
    owner = await locked_owner(work, given.cardholder_id)
    row = Credential(id=new_id(), kind=CredentialKind.PIN, cardholder_id=owner.id)
    row.token = _hash(work, given.pin, rules, "pin")
    row.duress = _hash(work, given.duress_pin, rules, "duressPin") if given.duress_pin else None
    await refuse_second_pin(work, row, owner)
    await _refuse_collision(work, row)
    return await add(work, row, owner, given.terms, "pin")


@operation(Permission.PIN_MANAGE)
async def change_pin(
    work: Work,
    credential_id: str,
    pin: str | None = None,
    duress_pin: str | None = None,
    expected_version: int | None = None,
) -> Credential:
    """Another PIN, another duress PIN, or both; None leaves it, and "" takes the duress PIN away."""
    rules = await site_rules.pin_rules(work)
    row, owner = await locked_credential(work, credential_id, CredentialKind.PIN, expected_version=expected_version)
    old = (row.token, row.duress)
    if pin is not None:
        row.token = _hash(work, pin, rules, "pin")
    if duress_pin is not None:
        row.duress = _hash(work, duress_pin, rules, "duressPin") if duress_pin else None
    if old == (row.token, row.duress):
        return row
    await _refuse_collision(work, row)
    await keep(
        work,
        row,
        owner,
        EventType.CREDENTIAL_PIN_CHANGED,
        before={"pin": "old", "duress_pin": "set" if old[1] else "none"},
        after={
            "pin": "new" if row.token != old[0] else "old",
            "duress_pin": _duress_word(row.duress, old[1]),
        },
    )
    return row


def _duress_word(duress: str | None, before: str | None) -> str:
    if duress is None:
        return "none"
    return "new" if before and duress != before else "set"


async def refuse_second_pin(work: Work, row: Credential, owner: Cardholder) -> None:
    """One active PIN a person: a controller must know which one is theirs."""
    others = Credential.filter(cardholder_id=owner.id, kind=CredentialKind.PIN, status=CredentialStatus.ACTIVE).exclude(
        id=row.id
    )
    if await others.using_db(work.connection).exists():
        raise Conflict(f"{owner.display_name} has an active PIN already. Change that one, or suspend it first.", "pin")


def _hash(work: Work, pin: str, rules: PinRules, path: str) -> str:
    check_pin(pin, rules, path)
    return pin_token(token_key(work.domain), pin).hex()


def check_pin(pin: str, rules: PinRules, path: str) -> None:
    """Raise ValidationFailed unless the PIN is of digits, as long as the rules say, and not trivial."""
    if not (pin.isascii() and pin.isdigit()):
        raise ValidationFailed("A PIN has digits only.", path)
    if not rules.min_length <= len(pin) <= rules.max_length:
        raise ValidationFailed(f"A PIN has {rules.min_length} to {rules.max_length} digits.", path)
    if is_trivial(pin):
        raise ValidationFailed("This PIN is too easy to guess: choose one that does not repeat or count.", path)


def is_trivial(pin: str) -> bool:
    """One digit repeated (1111), two in turn (1212), or counting up or down (1234, 4321, 8901)."""
    steps = {(int(after) - int(before)) % 10 for before, after in zip(pin, pin[1:], strict=False)}
    return steps <= {0} or steps <= {1} or steps <= {9} or (len(pin) > 3 and pin[:-2] == pin[2:])


async def owners_of_shared_pins(connection: BaseDBAsyncClient | None = None) -> set[str]:
    """The cardholders whose PIN or duress PIN somebody else has too: who must change theirs before PINs open alone."""
    rows = Credential.filter(kind=CredentialKind.PIN).using_db(connection)
    owners: dict[str, set[str]] = defaultdict(set)
    for owner_id, token, duress in await rows.values_list("cardholder_id", "token", "duress"):
        for hashed in (token, duress):
            if hashed:
                owners[hashed].add(owner_id)
    return set().union(*[found for found in owners.values() if len(found) > 1])


async def _refuse_collision(work: Work, row: Credential) -> None:
    if row.token == row.duress:
        raise ValidationFailed("The duress PIN must differ from the PIN.", "duressPin")
    if not await site_rules.pin_alone_in_use(work):
        return
    # Two people given one PIN at one moment: whoever comes second must see the first.
    await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    for token, path in ((row.token, "pin"), (row.duress, "duressPin")):
        same = Credential.filter(Q(token=token) | Q(duress=token), kind=CredentialKind.PIN).exclude(id=row.id)
        if token and await same.using_db(work.connection).exists():
            raise Conflict(
                "This PIN is in use. Where a PIN alone opens a door, everybody needs one of their own: choose another.",
                path,
            )
