"""The stream of people."""

import asyncio
import random
from collections import Counter
from itertools import islice

from doorward.acs.decision.policy import Side
from doorward.demo.acts import Badge, DoorAct, PressExit
from doorward.demo.burnt_in import DOCK, ENTRANCE, SERVER_ROOM
from doorward.demo.cast import CAST, Team
from doorward.demo.errors import ActRefused
from doorward.demo.traffic import MEAN_GAP_S, UNKNOWN_CARDS, Step, TrafficLoop, traffic

PEOPLE = {person.card: person for person in CAST}


def steps(seed: int, count: int) -> list[Step]:
    return list(islice(traffic(random.Random(seed)), count))


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    assert steps(1, 200) == steps(1, 200)
    assert steps(1, 200) != steps(2, 200)


def test_gaps_are_those_of_a_demo() -> None:
    gaps = [step.after_s for step in steps(3, 5_000)]
    assert 6 < MEAN_GAP_S < 10
    assert abs(sum(gaps) / len(gaps) - MEAN_GAP_S) < 0.5
    assert min(gaps) >= 0


def test_nobody_arrives_twice_without_leaving_or_leaves_without_arriving() -> None:
    inside: set[int] = set()
    for step in steps(4, 3_000):
        act = step.act
        if not isinstance(act, Badge) or act.number not in PEOPLE or PEOPLE[act.number].trouble:
            continue
        if act.door == ENTRANCE and act.side is Side.A:
            assert act.number not in inside
            inside.add(act.number)
        elif act.door == ENTRANCE:
            inside.remove(act.number)
        else:
            assert act.number in inside
    assert inside


def test_now_and_then_something_is_out_of_order() -> None:
    seen: Counter[str] = Counter()
    for step in steps(5, 2_000):
        act = step.act
        if isinstance(act, PressExit):
            assert act.door == DOCK
            seen["exit button"] += 1
        elif isinstance(act, Badge) and act.number in UNKNOWN_CARDS:
            seen["unknown card"] += 1
        elif isinstance(act, Badge) and PEOPLE[act.number].trouble:
            seen["in trouble"] += 1
        elif isinstance(act, Badge) and act.door == SERVER_ROOM:
            lost = Team.IT not in PEOPLE[act.number].teams
            seen["wrong door" if lost else "right door"] += 1
        else:
            seen["ordinary"] += 1
    assert set(seen) == {"exit button", "unknown card", "in trouble", "wrong door", "right door", "ordinary"}
    assert seen["ordinary"] > 1_400


def test_traffic_goes_on_after_a_refusal_and_ends_when_told() -> None:
    done: list[DoorAct] = []

    async def scenario() -> None:
        third = asyncio.Event()

        def perform(act: DoorAct) -> str:
            done.append(act)
            if len(done) == 1:
                raise ActRefused("There is no such reader.")
            if len(done) == 3:
                third.set()
            return "Done."

        loop = TrafficLoop(perform)
        loop.begin(Step(0, PressExit(DOCK)) for _ in iter(int, 1))
        async with asyncio.timeout(5):
            await third.wait()
            await loop.stop()
        count = len(done)
        await asyncio.sleep(0)
        assert len(done) == count
        await loop.stop()

    asyncio.run(scenario())
