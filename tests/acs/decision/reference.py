"""The access decision once more, slow and obvious, to compare the fast one with.

It goes over the policy's lists as they are, without an index, and follows the documented order of checks from top to
bottom. It says the outcome, the reason, the rule, who comes along, where one gets to, and what is told and remembered.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from doorward.acs.decision.card_format import CardBits, CardToken
from doorward.acs.decision.card_reader import decode_as
from doorward.acs.decision.decision import Conditions, DoorResponse, Notice, Outcome
from doorward.acs.decision.policy import (
    CardholderPolicy,
    CredentialKind,
    CredentialPolicy,
    CredentialStatus,
    DoorKind,
    DoorPolicy,
    IdentificationType,
    Method,
    PinRules,
    Policy,
    ReaderPolicy,
    Side,
    ValidityUnit,
    WhenIsolated,
    ZonePolicy,
)
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.decision.read import MobileTap, PinEntry, PlateRead, QrCode, Read
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import is_active
from doorward.acs.decision.tokens import (
    mobile_token,
    normalise_plate,
    pin_token,
    qr_token,
    read_dynamic_qr,
    step_of,
    verify,
)
from doorward.acs.decision.validity import relative_end

T = IdentificationType
DENIED, WAITING = Outcome.DENIED, Outcome.WAITING


class Ended(Exception):
    """A check that ended the decision."""

    def __init__(self, reason: Reason, outcome: Outcome = DENIED) -> None:
        self.reason, self.outcome = reason, outcome


@dataclass
class Expected:
    """What `decide` should say."""

    outcome: Outcome = Outcome.GRANTED
    reason: Reason = Reason.GRANTED
    rule: str | None = None
    response: DoorResponse = DoorResponse.RELEASE
    companions: set[str] = field(default_factory=set)
    zone: Any = "no move"
    notices: set[Notice] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)


def expected(policy: Policy, world: Conditions, read: Read, now: datetime) -> Expected:
    found = Expected()
    try:
        _decide(policy, world, read, now, found)
    except Ended as end:
        found.outcome, found.reason = end.outcome, end.reason
        found.companions, found.zone = set(), "no move"
    return found


def _decide(policy: Policy, world: Conditions, read: Read, now: datetime, found: Expected) -> None:
    if policy.version == 0:
        raise Ended(Reason.NO_POLICY)
    if not world.clock_ok:
        raise Ended(Reason.CLOCK_UNRELIABLE)
    if policy.stale_after_s is not None and world.contact_age_s > policy.stale_after_s:
        raise Ended(Reason.POLICY_STALE)

    reader = next((one for one in policy.readers if one.id == read.reader_id), None)
    doors = [one for one in policy.doors if reader is not None and one.id == reader.door_id]
    if reader is None or not doors:
        raise Ended(Reason.READER_UNKNOWN)
    door = doors[0]
    if door.kind in (DoorKind.MONITORING, DoorKind.PROVISIONED) or door.maintenance:
        raise Ended(Reason.DOOR_NOT_READY)
    facility_needed, methods = _methods(policy, door, reader.side)
    methods = [one for one in methods if not one.schedules or _any_active(policy, one.schedules, now)]

    used, types = _identify(policy, world, reader, read, now, facility_needed, methods, found)
    for credential in used:
        if credential.traced:
            found.notices.add(Notice.TRACED)
        _credential_ok(policy, world, credential, now)
    person = next((one for one in policy.cardholders if one.id == used[0].cardholder_id), None)
    _person_ok(person, now)
    assert person is not None

    if not read.fresh:
        raise Ended(Reason.READER_WAS_OFFLINE)
    state = world.doors.get(door.id)
    if ((state and state.lockdown) or door.lockdown) and not person.exempt_lockdown:
        raise Ended(Reason.DOOR_LOCKDOWN)
    found.rule = _rule(policy, person, door, reader.side, now, found)

    if not any(set(one.types) == types for one in methods):
        longer = [one for one in methods if set(one.types) > types]
        if not longer:
            raise Ended(Reason.METHOD_NOT_ACCEPTED)
        missing = set(longer[-1].types) - types
        raise Ended(Reason.PIN_REQUIRED if missing == {T.PIN} else Reason.CARD_REQUIRED, WAITING)
    if any(one.starts_lockdown for one in used):
        found.response = DoorResponse.LOCKDOWN
        return

    _zones(policy, world, person, door, reader.side, now, found)
    for interlock in policy.interlocks:
        if door.id in interlock.doors:
            for other in sorted(set(interlock.doors) - {door.id}):
                there = world.doors.get(other)
                if there is None or there.closed is None or there.locked is None or not there.online:
                    raise Ended(Reason.INTERLOCK_UNKNOWN)
                if not there.closed or not there.locked:
                    raise Ended(Reason.INTERLOCK_OPEN)
    if state is None or not state.online:
        raise Ended(Reason.DOOR_OFFLINE)
    _together(policy, world, person, door, reader.side, now, found)

    entered, left = _borders(policy, door, reader.side)
    if entered:
        found.zone = max(entered, key=lambda zone: len(_around(policy, zone.id))).id
    elif left:
        found.zone = min(left, key=lambda zone: len(_around(policy, zone.id))).parent
    if door.double_swipe and person.double_swipe:
        last = world.memory.swipe.get(door.id)
        if last and last.cardholder_id == person.id:
            if now - last.at <= timedelta(milliseconds=door.double_swipe.timeout_ms):
                found.response = DoorResponse.TOGGLE


def _any_active(policy: Policy, schedule_ids: tuple[str, ...], now: datetime) -> bool:
    zone = ZoneInfo(policy.time_zone)
    return any(one.id in schedule_ids and is_active(one, now, zone) for one in policy.schedules)


def _methods(policy: Policy, door: DoorPolicy, side: Side) -> tuple[bool, list[Method]]:
    if door.profile_id is None:
        return True, [Method((T.CARD,), ())]
    for profile in policy.profiles:
        if profile.id == door.profile_id:
            return profile.facility, list(profile.side_a if side is Side.A else profile.side_b)
    raise Ended(Reason.PROFILE_UNKNOWN)


def _identify(
    policy: Policy,
    world: Conditions,
    reader: ReaderPolicy,
    read: Read,
    now: datetime,
    facility_needed: bool,
    methods: list[Method],
    found: Expected,
) -> tuple[list[CredentialPolicy], set[IdentificationType]]:
    used: list[CredentialPolicy] = []
    types: set[IdentificationType] = set()
    for item in read.shown:
        match item:
            case PinEntry():
                continue
            case CardBits():
                credential, kind = _card(policy, reader, item, facility_needed), T.CARD
            case QrCode(text) if text.startswith("DW1"):
                credential, kind = _dynamic(policy, world, text, now), T.DYNAMIC_QR
            case QrCode(text):
                token = qr_token(policy.token_key, text)
                credential, kind = _by(policy, CredentialKind.QR, token, Reason.QR_UNKNOWN), T.QR
            case MobileTap(secret, touched):
                token = mobile_token(policy.token_key, secret)
                credential = _by(policy, CredentialKind.MOBILE, token, Reason.MOBILE_UNKNOWN)
                kind = T.MOBILE_TOUCH if touched else T.MOBILE_TAP
            case PlateRead(text):
                token = normalise_plate(text).encode()
                credential, kind = _by(policy, CredentialKind.PLATE, token, Reason.PLATE_UNKNOWN), T.PLATE
        if used and used[0].cardholder_id != credential.cardholder_id:
            raise Ended(Reason.CREDENTIALS_DIFFER)
        used.append(credential)
        types.add(kind)
    for item in read.shown:
        if isinstance(item, PinEntry):
            types.add(T.PIN)
            used.append(_pin(policy, world, reader, item, used, methods, now, found))
    return used, types


def _card(policy: Policy, reader: ReaderPolicy, bits: CardBits, facility_needed: bool) -> CredentialPolicy:
    active = ("H10301",) if policy.active_formats is None else policy.active_formats
    names = active if reader.formats is None else reader.formats
    own = {one.id: one for one in policy.formats}
    formats = [own.get(name) or PREDEFINED[name] for name in names if name in own or name in PREDEFINED]
    problem = Reason.CARD_LENGTH_UNKNOWN
    tokens = []
    for card_format in formats:
        if card_format.bits == bits.bit_count:
            token = decode_as(card_format, bits)
            problem = Reason.CARD_PARITY_ERROR
            if isinstance(token, CardToken):
                tokens.append(token)
    cards = [one for one in policy.credentials if one.kind is CredentialKind.CARD]
    if tokens:
        problem, token = Reason.CARD_UNKNOWN, tokens[0]
        exact = [one for one in cards if _is(one, token)]
        if len(exact) > 1:
            raise Ended(Reason.CARD_AMBIGUOUS)
        if exact:
            return exact[0]
        if not facility_needed:
            loose = [one for one in cards if one.format == token.format and _number(one) == token.number]
            if len(loose) > 1:
                raise Ended(Reason.CARD_AMBIGUOUS)
            if loose:
                return loose[0]
    raw = [one for one in cards if one.format == f"raw{bits.bit_count}" and _number(one) == bits.as_int()]
    if len(raw) == 1:
        return raw[0]
    raise Ended(problem)


def _number(card: CredentialPolicy) -> int:
    return int.from_bytes(card.token, "big") if card.token else card.number


def _is(card: CredentialPolicy, token: CardToken) -> bool:
    return (card.format, card.facility, _number(card)) == (token.format, token.facility, token.number)


def _by(policy: Policy, kind: CredentialKind, token: bytes, unknown: Reason) -> CredentialPolicy:
    matching = [one for one in policy.credentials if one.kind is kind and one.token == token]
    if len(matching) != 1:
        raise Ended(unknown)
    return matching[0]


def _dynamic(policy: Policy, world: Conditions, text: str, now: datetime) -> CredentialPolicy:
    code = read_dynamic_qr(text)
    if code is None:
        raise Ended(Reason.QR_INVALID)
    for credential in policy.credentials:
        if credential.kind is CredentialKind.DYNAMIC_QR and credential.id == code.credential_id:
            if not verify(credential.token, code):
                raise Ended(Reason.QR_INVALID)
            if abs(code.step - step_of(now)) > policy.qr_skew_steps:
                raise Ended(Reason.QR_OUT_OF_TIME)
            if code.step <= (world.memory.qr_step.get(credential.id) or 0):
                raise Ended(Reason.QR_REPLAYED)
            return credential
    raise Ended(Reason.QR_UNKNOWN)


def _pin(
    policy: Policy,
    world: Conditions,
    reader: ReaderPolicy,
    entry: PinEntry,
    used: list[CredentialPolicy],
    methods: list[Method],
    now: datetime,
    found: Expected,
) -> CredentialPolicy:
    rules = reader.pin or policy.pin
    lockout = world.memory.failures.get(reader.id)
    if lockout and lockout.until and now < lockout.until and rules.lockout_after:
        raise Ended(Reason.READER_LOCKED_OUT)
    if not used and not any(set(one.types) == {T.PIN} for one in methods):
        if any(T.PIN in one.types for one in methods):
            raise Ended(Reason.CARD_REQUIRED, WAITING)
        raise Ended(Reason.METHOD_NOT_ACCEPTED)
    try:
        return _right_pin(policy, rules, entry, used, found)
    except Ended:
        failures = 1 if lockout is None or lockout.until else lockout.failures + 1
        if rules.lockout_after and failures >= rules.lockout_after:
            found.notices.add(Notice.LOCKED_OUT)
        raise


def _right_pin(
    policy: Policy, rules: PinRules, entry: PinEntry, used: list[CredentialPolicy], found: Expected
) -> CredentialPolicy:
    if len(entry.digits) < rules.min_length or len(entry.digits) > rules.max_length:
        raise Ended(Reason.PIN_LENGTH_WRONG)
    token = pin_token(policy.token_key, entry.digits)
    pins = [one for one in policy.credentials if one.kind is CredentialKind.PIN and token in (one.token, one.duress)]
    if used:
        pins = [one for one in pins if one.cardholder_id == used[0].cardholder_id]
        if not pins:
            raise Ended(Reason.PIN_WRONG)
    elif not pins:
        raise Ended(Reason.PIN_UNKNOWN)
    elif len(pins) > 1:
        raise Ended(Reason.PIN_AMBIGUOUS)
    if pins[0].duress == token:
        found.notices.add(Notice.DURESS)
    return pins[0]


def _credential_ok(policy: Policy, world: Conditions, credential: CredentialPolicy, now: datetime) -> None:
    if credential.status is not CredentialStatus.ACTIVE:
        raise Ended(Reason(f"credential_{credential.status.value}"))
    if credential.valid_from and now < credential.valid_from:
        raise Ended(Reason.CREDENTIAL_NOT_YET_VALID)
    if credential.valid_to and now >= credential.valid_to:
        raise Ended(Reason.CREDENTIAL_EXPIRED)
    use = world.memory.use.get(credential.id)
    if credential.relative and use:
        if credential.relative.unit is ValidityUnit.USES:
            if use.count >= credential.relative.amount:
                raise Ended(Reason.CREDENTIAL_USED_UP)
        else:
            end = relative_end(credential.relative, use.first, use.last, ZoneInfo(policy.time_zone))
            if end is not None and now >= end:
                raise Ended(Reason.CREDENTIAL_EXPIRED)
    if credential.relative and credential.relative.unit is ValidityUnit.USES and credential.relative.amount <= 0:
        raise Ended(Reason.CREDENTIAL_USED_UP)


def _person_ok(person: CardholderPolicy | None, now: datetime) -> None:
    if person is None:
        raise Ended(Reason.CARDHOLDER_UNKNOWN)
    if person.suspended:
        raise Ended(Reason.CARDHOLDER_SUSPENDED)
    if person.valid_from and now < person.valid_from:
        raise Ended(Reason.CARDHOLDER_NOT_YET_VALID)
    if person.valid_to and now >= person.valid_to:
        raise Ended(Reason.CARDHOLDER_EXPIRED)


def _rule(
    policy: Policy, person: CardholderPolicy, door: DoorPolicy, side: Side, now: datetime, found: Expected
) -> str:
    naming = []
    for rule in policy.rules:
        who = person.id in rule.cardholders or any(group in rule.groups for group in person.groups)
        where = any(place.door_id == door.id and place.side is side for place in rule.door_sides)
        if who and where:
            naming.append(rule)
    if not naming:
        raise Ended(Reason.NO_ACCESS_RULE)
    for rule in naming:
        begun = rule.valid_from is None or now >= rule.valid_from
        over = rule.valid_to is not None and now >= rule.valid_to
        if begun and not over and _any_active(policy, rule.schedules, now):
            return rule.id
    found.rule = naming[0].id
    raise Ended(Reason.OUTSIDE_SCHEDULE)


def _zone(policy: Policy, zone_id: str) -> ZonePolicy:
    return next(one for one in policy.zones if one.id == zone_id)


def _around(policy: Policy, zone_id: str | None) -> list[str]:
    """The zone and all around it."""
    chain = []
    while zone_id is not None:
        chain.append(zone_id)
        zone_id = _zone(policy, zone_id).parent
    return chain


def _borders(policy: Policy, door: DoorPolicy, side: Side) -> tuple[list[ZonePolicy], list[ZonePolicy]]:
    """The zones that one enters, and those that one leaves."""
    mine = [one for one in policy.borders if one.door_id == door.id]
    entered = [_zone(policy, one.zone_id) for one in mine if one.enter_side is side]
    left = [_zone(policy, one.zone_id) for one in mine if one.enter_side is not side]
    return entered, left


def _zones(
    policy: Policy,
    world: Conditions,
    person: CardholderPolicy,
    door: DoorPolicy,
    side: Side,
    now: datetime,
    found: Expected,
) -> None:
    entered, left = _borders(policy, door, side)
    for zone in entered + left:
        cut_off = zone.shared and not world.connected
        if cut_off and zone.when_isolated is WhenIsolated.DENY and zone in entered:
            raise Ended(Reason.ZONE_ISOLATED)
        if cut_off and zone.when_isolated is not WhenIsolated.LOCAL:
            continue
        rule, known = zone.anti_passback, world.memory.presence.get(person.id)
        if rule is None or person.exempt_antipassback or known is None:
            continue
        if zone.forgiven_at and known.since <= zone.forgiven_at:
            continue
        if person.forgiven_at and known.since <= person.forgiven_at:
            continue
        if rule.forgive_at is not None and _forgiven_since(policy, rule.forgive_at, known.since, now):
            continue
        inside = zone.id in _around(policy, known.zone_id)
        reason = None
        if zone in entered and inside:
            if rule.timeout_s == 0 or now - known.since < timedelta(seconds=rule.timeout_s):
                reason = Reason.ANTI_PASSBACK
        if zone in left and rule.check_exit and not inside:
            reason = Reason.ANTI_PASSBACK_EXIT
        if reason:
            found.notices.add(Notice.ANTI_PASSBACK)
            if rule.hard:
                raise Ended(reason)


def _forgiven_since(policy: Policy, minute: int, since: datetime, now: datetime) -> bool:
    """Whether the wall clock has shown that minute since, looking at each minute."""
    zone = ZoneInfo(policy.time_zone)
    if now - since > timedelta(hours=26):
        return True
    moment = since.replace(second=0, microsecond=0)
    while moment <= now:
        local = moment.astimezone(zone)
        if local.hour * 60 + local.minute == minute and moment >= since:
            return True
        moment += timedelta(minutes=1)
    return False


def _together(
    policy: Policy,
    world: Conditions,
    person: CardholderPolicy,
    door: DoorPolicy,
    side: Side,
    now: datetime,
    found: Expected,
) -> None:
    people = {one.id: one for one in policy.cardholders}
    waiting = world.memory.waiting.get(f"{door.id}/{side.value}")
    others: list[CardholderPolicy] = []
    longest_ms = policy.escort_timeout_ms
    if door.two_person:
        longest_ms = max(longest_ms, door.two_person.timeout_ms)
    known_door = world.doors.get(door.id)
    lockdown = door.lockdown or (known_door is not None and known_door.lockdown)
    if waiting and now < waiting.until <= now + timedelta(milliseconds=longest_ms):
        for waiter in waiting.people:
            if waiter.cardholder_id != person.id and waiter.cardholder_id in people:
                if lockdown and not people[waiter.cardholder_id].exempt_lockdown:
                    continue
                try:
                    _person_ok(people[waiter.cardholder_id], now)
                except Ended:
                    continue
                others.append(people[waiter.cardholder_id])

    rule = door.two_person
    if rule and side not in rule.sides:
        rule = None
    if rule and rule.schedules and not _any_active(policy, rule.schedules, now):
        if all(any(one.id == name for one in policy.schedules) for name in rule.schedules):
            rule = None

    def escorted(one: CardholderPolicy) -> bool:
        return one.escort_required or (one.visitor and door.escort_required)

    entered, left = _borders(policy, door, side)
    if rule is None and _needed(policy, world, entered, left, 1) == 1:
        if not escorted(person):
            found.waiting = {one.id for one in others}
            others = [] if person.visitor else [one for one in others if escorted(one)]
    group = [person, *others]

    for zone in entered:
        for around in _around(policy, zone.id):
            limit = _zone(policy, around)
            if limit.max_occupancy is None or _ignored(limit, world):
                continue
            newcomers = 0
            for one in group:
                known = world.memory.presence.get(one.id)
                if known is None or around not in _around(policy, known.zone_id):
                    newcomers += 1
            if newcomers and (world.memory.occupancy.get(around) or 0) + newcomers > limit.max_occupancy:
                found.waiting = set()
                raise Ended(Reason.ZONE_FULL)

    missing = None
    if rule and len(group) < 2:
        missing = Reason.SECOND_PERSON_REQUIRED
    elif rule and rule.groups and not any(name in rule.groups for one in group for name in one.groups):
        missing = Reason.GROUP_REQUIRED
    elif len(group) < _needed(policy, world, entered, left, len(group)):
        missing = Reason.OCCUPANTS_REQUIRED
    elif any(escorted(one) for one in group):
        if not any(not one.visitor and not escorted(one) for one in group):
            missing = Reason.ESCORT_REQUIRED
    if missing:
        found.waiting = {one.id for one in group}
        raise Ended(missing, WAITING)
    found.companions = {one.id for one in others}
    found.waiting -= found.companions


def _ignored(zone: ZonePolicy, world: Conditions) -> bool:
    return zone.shared and not world.connected and zone.when_isolated is WhenIsolated.IGNORE


def _needed(policy: Policy, world: Conditions, entered: list[ZonePolicy], left: list[ZonePolicy], group: int) -> int:
    needed = [1]
    for zone in entered + left:
        inside = world.memory.occupancy.get(zone.id) or 0
        if zone.min_occupancy < 2 or _ignored(zone, world):
            continue
        if zone in entered:
            needed.append(zone.min_occupancy - inside)
        elif 0 < inside - group < zone.min_occupancy:
            needed.append(inside)
    return max(needed)
