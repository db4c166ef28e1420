"""Random policies, worlds and reads, small enough that everything meets everything else."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, encode_h10301
from doorward.acs.decision.decision import Conditions, DoorCondition
from doorward.acs.decision.keypad import Lockout
from doorward.acs.decision.memory import Change, Memory, Presence, Swipe, Table, Use, Waiter, Waiting, place_key
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    AntiPassback,
    BorderPolicy,
    CardholderPolicy,
    CredentialKind,
    CredentialPolicy,
    CredentialStatus,
    DoorKind,
    DoorPolicy,
    DoorSide,
    DoubleSwipe,
    IdentificationType,
    InterlockPolicy,
    Method,
    PinRules,
    Policy,
    ProfilePolicy,
    ReaderPolicy,
    RelativeValidity,
    Side,
    TwoPersonRule,
    ValidityStart,
    ValidityUnit,
    WhenIsolated,
    ZonePolicy,
)
from doorward.acs.decision.read import MobileTap, PinEntry, PlateRead, QrCode, Read, Shown
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.decision.tokens import dynamic_qr, mobile_token, pin_token, qr_token, step_of

KEY = b"t" * 32
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
PEOPLE = [f"person{number}" for number in range(5)]
GROUPS = ["staff", "guards"]
DOORS = ["front", "back", "vault"]
ZONES = ["site", "building", "safe"]
ZONE_NAMES = ["Europe/Berlin", "UTC", "Australia/Lord_Howe"]
NUMBER_32 = CardFormat("own32", "Own 32", 32, number=BitField(9, 32), facility=BitField(1, 8, hexadecimal=True))
T = IdentificationType
TYPES = [(T.CARD,), (T.CARD,), (T.PIN,), (T.CARD, T.PIN), (T.QR,), (T.DYNAMIC_QR, T.PIN), (T.PLATE,), (T.MOBILE_TAP,),
         (T.MOBILE_TOUCH,), (T.PLATE, T.CARD)]  # fmt: skip
SECRETS = {person: f"secret of {person}".encode().ljust(32) for person in PEOPLE}


class Scene:
    """A policy, and worlds and reads that suit it. The same seed is the same scene."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.policy = self._policy()

    def reads(self, count: int) -> Iterator[tuple[Conditions, Read, datetime]]:
        """Worlds, and what is shown in them."""
        for _ in range(count):
            now = NOON + timedelta(minutes=self.dice.randrange(-3000, 3000), seconds=self.dice.randrange(60))
            yield self._world(now), self._read(now), now

    def some(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _policy(self) -> Policy:
        dice, some = self.dice, self.some
        return Policy(
            version=0 if some(0.01) else 7,
            time_zone=dice.choice(ZONE_NAMES),
            doors=tuple(self._door(name) for name in DOORS),
            readers=tuple(
                ReaderPolicy(
                    f"{door}-{side.value}",
                    "nowhere" if some(0.02) else door,
                    side,
                    ("own32", "H10301") if some(0.3) else None,
                    PinRules(lockout_after=2) if some(0.3) else None,
                )
                for door in DOORS
                for side in Side
            ),
            credentials=tuple(self._credentials()),
            cardholders=tuple(self._cardholder(name) for name in PEOPLE if not some(0.03)),
            schedules=tuple(self._schedule(name) for name in ("office", "night", "always")),
            rules=tuple(self._rule(number) for number in range(5)),
            formats=(NUMBER_32,),
            active_formats=None if some(0.5) else ("H10301", "H10306", "own32"),
            profiles=tuple(
                ProfilePolicy(name, name, self._methods(), self._methods(), some(0.6)) for name in ("one", "two")
            ),
            zones=(
                self._zone("site", None),
                self._zone("building", "site" if some(0.7) else None),
                self._zone("safe", "building" if some(0.7) else None),
            ),
            borders=tuple(self._borders()),
            interlocks=(InterlockPolicy("trap", "Mantrap", ("front", "back")),) if some(0.2) else (),
            pin=PinRules(lockout_after=dice.choice([0, 1, 3])),
            token_key=KEY,
            stale_after_s=60 if some(0.1) else None,
        )

    def _door(self, name: str) -> DoorPolicy:
        dice, some = self.dice, self.some
        two = None
        if some(0.25):
            two = TwoPersonRule(
                dice.choice([(Side.A,), (Side.A, Side.B)]),
                (dice.choice(["office", "office", "gone"]),) if some(0.3) else (),
                groups=("guards",) if some(0.5) else (),
            )
        return DoorPolicy(
            name,
            name.capitalize(),
            kind=dice.choice([DoorKind.PROVISIONED, DoorKind.MONITORING]) if some(0.03) else DoorKind.DOOR,
            maintenance=some(0.03),
            lockdown=some(0.05),
            profile_id=None
            if some(0.5)
            else dice.choice(["one", "two", "two", "gone"] if some(0.1) else ["one", "two"]),
            two_person=two,
            double_swipe=DoubleSwipe() if some(0.3) else None,
            escort_required=some(0.3),
        )

    def _methods(self) -> tuple[Method, ...]:
        chosen = self.dice.sample(TYPES, self.dice.randrange(1, 4))
        return tuple(
            Method(types, () if self.some(0.6) else (self.dice.choice(["office", "night", "gone"]),))
            for types in chosen
        )

    def _cardholder(self, name: str) -> CardholderPolicy:
        some = self.some
        return CardholderPolicy(
            name,
            tuple(group for group in GROUPS if some(0.5)),
            suspended=some(0.04),
            valid_from=NOON - timedelta(days=1) if some(0.1) else None,
            valid_to=NOON + timedelta(hours=5) if some(0.05) else None,
            long_access=some(0.2),
            double_swipe=some(0.5),
            exempt_lockdown=some(0.3),
            exempt_antipassback=some(0.1),
            visitor=some(0.2),
            escort_required=some(0.1),
            forgiven_at=NOON - timedelta(hours=3) if some(0.1) else None,
        )

    def _credentials(self) -> Iterator[CredentialPolicy]:
        dice = self.dice
        for number, person in enumerate(PEOPLE):
            made = [
                CredentialPolicy(f"card-{person}", person, "H10301", 17, number),
                CredentialPolicy(f"card32-{person}", person, "own32", 5, number),
                CredentialPolicy(f"raw-{person}", person, "raw40", None, 0, token=bytes([0, number])),
                CredentialPolicy(
                    f"pin-{person}", person, kind=CredentialKind.PIN,
                    token=pin_token(KEY, f"{1000 + number}"), duress=pin_token(KEY, f"{2000 + number}"),
                ),
                CredentialPolicy(
                    f"qr-{person}", person, kind=CredentialKind.QR, token=qr_token(KEY, f"code {person}")
                ),
                CredentialPolicy(self.qr_id(number), person, kind=CredentialKind.DYNAMIC_QR, token=SECRETS[person]),
                CredentialPolicy(
                    f"phone-{person}", person, kind=CredentialKind.MOBILE, token=mobile_token(KEY, SECRETS[person])
                ),
                CredentialPolicy(f"plate-{person}", person, kind=CredentialKind.PLATE, token=f"BAB{number}".encode()),
            ]  # fmt: skip
            for credential in made:
                if not self.some(0.1):
                    yield self._worn(credential)
        if self.some(0.15):
            owner = dice.choice(PEOPLE)
            yield CredentialPolicy("other-facility", owner, "H10301", 18, 0)
            yield CredentialPolicy("double", owner, "H10301", 17, 1)
            yield CredentialPolicy("same-pin", owner, kind=CredentialKind.PIN, token=pin_token(KEY, "1003"))

    @staticmethod
    def qr_id(number: int) -> str:
        return f"00000000-0000-7000-8000-00000000000{number}"

    def _worn(self, credential: CredentialPolicy) -> CredentialPolicy:
        """The credential, sometimes with something wrong about it."""
        some, dice = self.some, self.dice
        relative = None
        if some(0.15):
            start = dice.choice(list(ValidityStart))
            units = [ValidityUnit.DAYS, ValidityUnit.MONTHS, ValidityUnit.YEARS]
            unit = dice.choice([*units, ValidityUnit.USES] if start is ValidityStart.FIRST_USE else units)
            relative = RelativeValidity(start, dice.choice([1, 2]), unit)
        return msgspec.structs.replace(
            credential,
            status=dice.choice(list(CredentialStatus)) if some(0.08) else CredentialStatus.ACTIVE,
            valid_from=NOON if some(0.05) else None,
            valid_to=NOON if some(0.05) else None,
            relative=relative,
            traced=some(0.1),
            starts_lockdown=some(0.03),
        )

    def _schedule(self, name: str) -> Schedule:
        day = {
            "office": (Interval(480, 1020),),
            "night": (Interval(0, 360), Interval(1200, 1440)),
            "always": (Interval(0, 1440),),
        }[name]
        overrides: dict[str, tuple[Interval, ...]] = {"2026-07-02": ()} if self.some(0.2) and name == "office" else {}
        return Schedule(id=name, name=name.capitalize(), weekly=(day,) * 7, overrides=overrides)

    def _rule(self, number: int) -> AccessRulePolicy:
        dice, some = self.dice, self.some
        places = [DoorSide(door, side) for door in DOORS for side in Side]
        return AccessRulePolicy(
            f"rule{number}",
            f"Rule {number}",
            tuple(group for group in GROUPS if some(0.5)),
            tuple(dice.sample(PEOPLE, dice.randrange(3))),
            tuple(dice.sample(["office", "night", "always", "always", "always", "gone"], dice.randrange(1, 4))),
            tuple(dice.sample(places, dice.randrange(2, 7))),
            valid_from=NOON - timedelta(hours=10) if some(0.1) else None,
            valid_to=NOON + timedelta(hours=10) if some(0.1) else None,
        )

    def _zone(self, name: str, parent: str | None) -> ZonePolicy:
        dice, some = self.dice, self.some
        rule = None
        if some(0.5):
            forgive = dice.randrange(1440) if some(0.3) else None
            rule = AntiPassback(some(0.5), dice.choice([0, 0, 1800]), some(0.4), forgive)
        return ZonePolicy(
            name,
            name.capitalize(),
            parent,
            rule,
            forgiven_at=NOON - timedelta(hours=2) if some(0.1) else None,
            min_occupancy=dice.choice([0, 0, 0, 0, 2, 3]),
            max_occupancy=dice.choice([None, None, 2, 4]),
            shared=some(0.3),
            when_isolated=dice.choice(list(WhenIsolated)),
        )

    def _borders(self) -> Iterator[BorderPolicy]:
        for door in DOORS:
            zones = self.dice.sample(ZONES, self.dice.randrange(3))
            for zone, side in zip(zones, self.dice.sample(list(Side), 2), strict=False):
                yield BorderPolicy(zone, door, side)

    def _world(self, now: datetime) -> Conditions:
        dice, some = self.dice, self.some
        memory = Memory()
        changes = []
        for person in PEOPLE:
            if some(0.6):
                since = now - timedelta(minutes=dice.randrange(2000))
                changes.append(Change(Table.PRESENCE, person, Presence(dice.choice([None, *ZONES]), since)))
        changes += [Change(Table.OCCUPANCY, zone, dice.randrange(4)) for zone in ZONES if some(0.7)]
        for credential in self.policy.credentials:
            if credential.relative is not None and some(0.6):
                first, last = sorted(now - timedelta(hours=dice.randrange(2000)) for _ in range(2))
                changes.append(Change(Table.USE, credential.id, Use(first, last, dice.randrange(1, 3))))
        for reader in self.policy.readers:
            if some(0.2):
                until = now + timedelta(seconds=dice.randrange(-60, 30)) if some(0.5) else None
                changes.append(Change(Table.FAILURES, reader.id, Lockout(dice.randrange(1, 4), until)))
        for number in range(len(PEOPLE)):
            if some(0.3):
                changes.append(Change(Table.QR_STEP, self.qr_id(number), step_of(now) - dice.randrange(3)))
        for door in DOORS:
            if some(0.3):
                at = now - timedelta(seconds=dice.randrange(10))
                changes.append(Change(Table.SWIPE, door, Swipe(dice.choice(PEOPLE), at)))
            for side in Side:
                if some(0.3):
                    people = tuple(
                        Waiter(person, f"card-{person}") for person in dice.sample(PEOPLE, dice.randrange(1, 3))
                    )
                    until = now + timedelta(seconds=dice.randrange(-5, 40))
                    changes.append(Change(Table.WAITING, place_key(door, side), Waiting(people, until)))
        memory.apply(changes)
        doors = {
            door: DoorCondition(
                lockdown=some(0.1), online=some(0.95), closed=dice.choice([True, True, False, None]),
                locked=dice.choice([True, True, True, False, None]),
            )
            for door in DOORS
            if some(0.95)
        }  # fmt: skip
        return Conditions(memory, doors, some(0.7), some(0.99), dice.choice([0.0, 0.0, 0.0, 90.0]))

    def _read(self, now: datetime) -> Read:
        dice, some = self.dice, self.some
        reader = "unknown" if some(0.02) else f"{dice.choice(DOORS)}-{dice.choice('AB')}"
        person = dice.randrange(len(PEOPLE))
        kinds = dice.choice(TYPES) if some(0.2) else self._accepted(reader)
        shown: list[Shown] = [self._item(kind, person, now) for kind in kinds]
        if some(0.1):
            shown.append(self._item(T.PIN, person, now))
        if some(0.1) and len(shown) > 1:
            shown = shown[::-1] if some(0.5) else shown[:1]
        return replace(Read(reader, tuple(shown)), fresh=some(0.97))

    def _accepted(self, reader: str) -> tuple[IdentificationType, ...]:
        """What the reader's door side accepts at some time, more or less."""
        door = next((one for one in self.policy.doors if reader.startswith(one.id)), None)
        profile = next((one for one in self.policy.profiles if door and one.id == door.profile_id), None)
        if profile is None:
            return (T.CARD,)
        return self.dice.choice(profile.side_a if reader.endswith("A") else profile.side_b).types

    def _item(self, kind: IdentificationType, person: int, now: datetime) -> Shown:
        dice, some = self.dice, self.some
        if some(0.03):
            person = dice.randrange(len(PEOPLE))
        name = PEOPLE[person]
        match kind:
            case T.PIN:
                digits = dice.choice([f"{1000 + person}"] * 6 + [f"{2000 + person}", "9999", "12", "123456789"])
                return PinEntry(digits)
            case T.QR:
                return QrCode(f"code {name}" if some(0.95) else "no code")
            case T.DYNAMIC_QR:
                secret = SECRETS[name] if some(0.95) else b"x" * 32
                code = dynamic_qr(secret, self.qr_id(person), step_of(now) + dice.choice([0, 0, 0, 0, -1, 1, 2, -3]))
                return QrCode(code if some(0.95) else code[:-1])
            case T.PLATE:
                return PlateRead(f"b ab-{person}" if some(0.95) else "B XX 1")
            case T.MOBILE_TAP | T.MOBILE_TOUCH:
                return MobileTap(SECRETS[name] if some(0.95) else b"?", kind is T.MOBILE_TOUCH)
        return dice.choice(
            [
                *[encode_h10301(17, person)] * 20,
                encode_h10301(18, person),
                CardBits.from_int(5 << 24 | person, 32),
                CardBits.from_int(person, 40),
                CardBits.from_int(3, 26),
                CardBits.from_int(3, 34),
            ]
        )
