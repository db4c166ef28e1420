"""`decide` says what the slow, obvious reference says, over random policies, worlds and reads."""

from collections import Counter

import pytest

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.memory import Table
from doorward.acs.decision.reason import Reason
from tests.acs.decision.reference import expected
from tests.acs.decision.scenes import Scene

READS = 20
NOT_DECIDED_HERE = {
    Reason.JOURNAL_UNAVAILABLE,  # the controller's own
}


def compare(first_seed: int, scenes: int) -> Counter[Reason]:
    """Every decision of the scenes as the reference has it; returns how often each reason came."""
    seen: Counter[Reason] = Counter()
    for seed in range(first_seed, first_seed + scenes):
        scene = Scene(seed)
        compiled = CompiledPolicy(scene.policy)
        for number, (world, read, now) in enumerate(scene.reads(READS)):
            decision = decide(compiled, world, read, now)
            wanted = expected(scene.policy, world, read, now)
            waiting = {
                person.cardholder_id
                for change in decision.changes
                if change.table is Table.WAITING and change.value is not None
                for person in change.value.people
            }
            where = f"seed {seed}, read {number}: {read}, {decision.trace}"
            assert (decision.outcome, decision.reason) == (wanted.outcome, wanted.reason), where
            assert decision.rule_id == wanted.rule, where
            assert set(decision.notices) == wanted.notices, where
            assert waiting == wanted.waiting, where
            assert {one.cardholder_id for one in decision.companions} == wanted.companions, where
            if decision.outcome is Outcome.GRANTED:
                assert decision.response is wanted.response, where
            assert (decision.move.zone_id if decision.move else "no move") == wanted.zone, where
            if decision.outcome is not Outcome.GRANTED:
                assert not decision.trace[-1].passed, where
            seen[decision.reason] += 1
    return seen


def test_decisions_are_those_of_the_reference() -> None:
    seen = compare(0, 1_000)
    assert seen[Reason.GRANTED] > 1_000


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_decisions_are_those_of_the_reference() -> None:
    seen = compare(1_000, 5_000)
    assert seen.total() >= 100_000
    assert set(Reason) - NOT_DECIDED_HERE <= set(seen), set(Reason) - set(seen)
