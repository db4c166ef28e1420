"""Random policies, small but with something in every part, and the changes that lead from one to another."""

from datetime import UTC
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardFormat
from doorward.acs.decision.patch import FIELDS, PolicyChanges, PolicyStore, key_of, settings_of
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    BorderPolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    InterlockPolicy,
    Policy,
    ProfilePolicy,
    ReaderPolicy,
    Side,
    ZonePolicy,
)
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.devices import LockLine, OsdpDevice, WiegandDevice, Wiring

IDS = st.sampled_from([f"id-{number}" for number in range(6)])
WORDS = st.sampled_from(["", "one", "two"])
SIDES = st.sampled_from(Side)
GROUPS = st.lists(IDS, max_size=2, unique=True).map(lambda ids: tuple(sorted(ids)))
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
DAYS = st.tuples(*[st.just((Interval(0, 60),)) for _ in range(7)])

ENTITIES: dict[str, st.SearchStrategy[Any]] = {
    "doors": st.builds(DoorPolicy, IDS, WORDS, st.integers(1, 3)),
    "readers": st.builds(ReaderPolicy, IDS, IDS, SIDES),
    "credentials": st.builds(CredentialPolicy, IDS, IDS, WORDS, st.none() | st.integers(0, 3), st.integers(0, 3)),
    "cardholders": st.builds(CardholderPolicy, IDS, GROUPS, st.booleans(), MOMENTS),
    "schedules": st.builds(Schedule, IDS, WORDS, DAYS, st.dictionaries(st.just("2026-12-25"), st.just(()))),
    "rules": st.builds(AccessRulePolicy, IDS, WORDS, GROUPS, GROUPS, GROUPS, st.just(())),
    "formats": st.builds(CardFormat, IDS, WORDS, st.integers(1, 3)),
    "profiles": st.builds(ProfilePolicy, IDS, WORDS, st.just(()), st.just(())),
    "zones": st.builds(ZonePolicy, IDS, WORDS),
    "borders": st.builds(BorderPolicy, IDS, IDS, SIDES),
    "interlocks": st.builds(InterlockPolicy, IDS, WORDS, GROUPS),
}
_DEVICE = st.one_of(
    st.builds(OsdpDevice, IDS, WORDS, st.integers(0, 3), st.just(b"k")),
    st.builds(WiegandDevice, IDS, WORDS, WORDS, st.integers(0, 3)),
)
_LOCK = st.builds(LockLine, IDS, IDS, st.integers(0, 3))
WIRINGS = st.builds(Wiring, st.lists(_DEVICE, max_size=2).map(tuple), locks=st.lists(_LOCK, max_size=2).map(tuple))

FEW = settings(max_examples=30, deadline=None)
"""A policy takes long to draw."""


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy without a content, each entity's id once, in order."""
    parts: dict[str, Any] = {
        field: tuple(sorted(draw(st.lists(kind, max_size=3, unique_by=key_of)), key=key_of))
        for field, kind in ENTITIES.items()
    }
    time_zone = draw(st.sampled_from(["UTC", "Europe/Berlin"]))
    return Policy(draw(st.integers(1, 9)), time_zone, threat_level=draw(WORDS), **parts)


def difference(old: Policy, new: Policy) -> PolicyChanges:
    """What leads from one to the other."""
    before, after = PolicyStore(old), PolicyStore(new)
    changed: dict[str, Any] = {}
    removed = {}
    for part, field in FIELDS.items():
        had, has = before.parts[part], after.parts[part]
        changed[field] = tuple(entity for key, entity in has.items() if had.get(key) != entity)
        if gone := tuple(sorted(had.keys() - has.keys())):
            removed[part] = gone
    other = settings_of(new) if settings_of(old) != settings_of(new) else None
    return PolicyChanges(**changed, removed=removed, settings=other)


def in_order(policy: Policy) -> Policy:
    """The same with every part in order of its ids."""
    parts: dict[str, Any] = {field: tuple(sorted(getattr(policy, field), key=key_of)) for field in FIELDS.values()}
    return msgspec.structs.replace(policy, **parts)
