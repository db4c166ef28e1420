"""A policy that takes changes in, with its indexes: a change of people costs what it touches, not what there is."""

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.patch import FIELDS, UNORDERED, PolicyChanges, PolicyStore
from doorward.acs.decision.people_index import PeopleIndex
from doorward.acs.policy_part import PolicyPart


class LivePolicy:
    """One thread's at a time. What `compiled` gives stays as it is, whatever comes later.

    Changes of doors, rules and the like cost what there is of those; the index of the people is taken over. If
    something fails halfway, the next `compiled` begins from nothing.
    """

    __slots__ = ("_last", "_people", "_same_places", "store")

    def __init__(self, store: PolicyStore) -> None:
        self.store = store
        self._last: CompiledPolicy | None = None
        self._people: PeopleIndex | None = None
        self._same_places = True

    def apply(self, changes: PolicyChanges, version: int, content: str) -> None:
        """Take the changes in, as `PolicyStore.apply` does."""
        people, self._people = self._people, None
        if people is not None:
            people = self._changed(people, changes)
        self.store.apply(changes, version, content)
        self._people = people
        self._same_places = self._same_places and _people_only(changes)

    def compiled(self) -> CompiledPolicy:
        """The policy as it is now."""
        last, self._last = self._last, None
        self._last = self._compiled(last, self._people)
        self._people, self._same_places = self._last.people, True
        return self._last

    def _compiled(self, last: CompiledPolicy | None, people: PeopleIndex | None) -> CompiledPolicy:
        store = self.store
        if last is None or people is None:
            return CompiledPolicy(store.policy())
        if self._same_places:
            return last.with_people(people, store.version, store.content)
        found = CompiledPolicy(store.places(), people)
        # Whether facility codes matter is decided at the doors, but what it takes is found among the people.
        return found if found.lax is people.lax else CompiledPolicy(store.policy())

    def _changed(self, people: PeopleIndex, changes: PolicyChanges) -> PeopleIndex:
        held = self.store.parts[PolicyPart.CREDENTIAL]
        new = {one.id: one for one in changes.credentials}
        touched = {*changes.removed.get(PolicyPart.CREDENTIAL, ()), *new}
        return people.changed(
            {
                **dict.fromkeys(changes.removed.get(PolicyPart.CARDHOLDER, ())),
                **{one.id: one for one in changes.cardholders},
            },
            [held[one] for one in touched if one in held],
            new.values(),
        )


def _people_only(changes: PolicyChanges) -> bool:
    if changes.settings is not None or any(ids for part, ids in changes.removed.items() if part not in UNORDERED):
        return False
    return not any(getattr(changes, field) for part, field in FIELDS.items() if part not in UNORDERED)
