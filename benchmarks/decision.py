"""Access decisions per second, beside the policy engines cedarpy and casbin on the same policy.

The same cardholders, groups, doors, rules and schedules are given to each engine in its own form. Everything that
can be prepared beforehand is: parsed policies and entities for Cedar, the object-indexed enforcer for casbin, each
question in the engine's own form. Each answers the same questions one at a time, as a door asks them. Before anything
is timed the answers are compared: an engine that disagrees stops the run.
"""

import argparse
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import casbin
import cedarpy

from doorward.acs.decision.card_format import H10301, encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Conditions, DoorCondition, Outcome
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    DoorSide,
    Policy,
    ReaderPolicy,
    Side,
)
from doorward.acs.decision.read import Read
from doorward.acs.decision.schedule import Interval, Schedule

DOORS = 100
GROUPS = 40
DOORS_OF_A_GROUP = 10
GROUPS_OF_A_PERSON = 2
ROUNDS = 40
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
OFFICE = (7 * 60, 19 * 60)

CASBIN_MODEL = """
[request_definition]
r = sub, obj, weekday, minute
[policy_definition]
p = sub, obj, first, last
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && in_hours(r.weekday, r.minute, p.first, p.last) && g(r.sub, p.sub)
"""


@dataclass(frozen=True, slots=True)
class Question:
    """May this person pass this door at this time?"""

    person: int
    door: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """The policy as plain numbers: who is in which groups, which group passes which doors (office hours only)."""

    groups_of: list[list[int]]
    doors_of: list[list[int]]
    questions: list[Question]


def make_scene(people: int, questions: int, seed: int) -> Scene:
    """The same scene for the same numbers."""
    chance = random.Random(seed)
    groups_of = [sorted(chance.sample(range(GROUPS), GROUPS_OF_A_PERSON)) for _ in range(people)]
    doors_of = [sorted(chance.sample(range(DOORS), DOORS_OF_A_GROUP)) for _ in range(GROUPS)]
    asked = []
    for _ in range(questions):
        person = chance.randrange(people)
        own = doors_of[chance.choice(groups_of[person])]
        door = chance.choice(own) if chance.random() < 0.6 else chance.randrange(DOORS)
        asked.append(Question(person, door, MONDAY + timedelta(minutes=chance.randrange(7 * 24 * 60))))
    return Scene(groups_of, doors_of, asked)


Ask = Callable[[], bool]


def doorward_engine(scene: Scene) -> Callable[[Question], Ask]:
    """The decision core: from card bits to an explained decision."""
    always_office = ((Interval(*OFFICE),),) * 5 + ((), ())
    policy = CompiledPolicy(
        Policy(
            version=1,
            time_zone="UTC",
            doors=tuple(DoorPolicy(f"d{door}", f"Door {door}") for door in range(DOORS)),
            readers=tuple(ReaderPolicy(f"r{door}", f"d{door}", Side.A) for door in range(DOORS)),
            credentials=tuple(
                CredentialPolicy(f"c{person}", f"p{person}", H10301, person >> 16, person & 0xFFFF)
                for person in range(len(scene.groups_of))
            ),
            cardholders=tuple(
                CardholderPolicy(f"p{person}", tuple(f"g{group}" for group in groups))
                for person, groups in enumerate(scene.groups_of)
            ),
            schedules=(Schedule(id="office", name="Office hours", weekly=always_office),),
            rules=tuple(
                AccessRulePolicy(
                    f"rule{group}",
                    f"Group {group}",
                    (f"g{group}",),
                    (),
                    ("office",),
                    tuple(DoorSide(f"d{door}", Side.A) for door in doors),
                )
                for group, doors in enumerate(scene.doors_of)
            ),
        )
    )
    conditions = Conditions(doors={f"d{door}": DoorCondition() for door in range(DOORS)})

    def prepare(question: Question) -> Ask:
        read = Read.card(f"r{question.door}", encode_h10301(question.person >> 16, question.person & 0xFFFF))
        return lambda: decide(policy, conditions, read, question.at).outcome is Outcome.GRANTED

    return prepare


def cedar_engine(scene: Scene) -> Callable[[Question], Ask]:
    """Cedar: one permit a group, doors in door sets, the people and their groups as entities; all parsed once."""
    first, last = OFFICE
    policies = cedarpy.PolicySet.from_str(
        "\n".join(
            f'permit(principal in Group::"g{group}", action == Action::"pass", resource in DoorSet::"s{group}")'
            f" when {{ context.weekday < 5 && context.minute >= {first} && context.minute < {last} }};"
            for group in range(GROUPS)
        )
    )
    entities: list[dict[str, object]] = [
        {
            "uid": {"type": "Person", "id": f"p{person}"},
            "attrs": {},
            "parents": [{"type": "Group", "id": f"g{group}"} for group in groups],
        }
        for person, groups in enumerate(scene.groups_of)
    ]
    sets_of: list[list[int]] = [
        [group for group, doors in enumerate(scene.doors_of) if door in doors] for door in range(DOORS)
    ]
    entities += [
        {
            "uid": {"type": "Door", "id": f"d{door}"},
            "attrs": {},
            "parents": [{"type": "DoorSet", "id": f"s{group}"} for group in sets],
        }
        for door, sets in enumerate(sets_of)
    ]
    parsed = cedarpy.Entities.from_json_str(json.dumps(entities))

    def prepare(question: Question) -> Ask:
        request = {
            "principal": {"type": "Person", "id": f"p{question.person}"},
            "action": {"type": "Action", "id": "pass"},
            "resource": {"type": "Door", "id": f"d{question.door}"},
            "context": {
                "weekday": question.at.weekday(),
                "minute": question.at.hour * 60 + question.at.minute,
            },
        }
        return lambda: bool(cedarpy.is_authorized(request, policies, parsed).allowed)

    return prepare


def casbin_engine(scene: Scene) -> Callable[[Question], Ask]:
    """casbin: role-based policy, indexed by door; the schedule is a function of ours."""
    lines = [
        f"p, g{group}, d{door}, {OFFICE[0]}, {OFFICE[1]}"
        for group, doors in enumerate(scene.doors_of)
        for door in doors
    ]
    lines += [f"g, p{person}, g{group}" for person, groups in enumerate(scene.groups_of) for group in groups]
    with tempfile.TemporaryDirectory() as folder:
        model, policy = Path(folder, "model.conf"), Path(folder, "policy.csv")
        model.write_text(CASBIN_MODEL)
        policy.write_text("\n".join(lines))
        enforcer = casbin.FastEnforcer(str(model), str(policy), cache_key_order=[1])
    enforcer.add_function(
        "in_hours",
        lambda weekday, minute, first, last: weekday < 5 and int(first) <= minute < int(last),
    )

    def prepare(question: Question) -> Ask:
        minute = question.at.hour * 60 + question.at.minute
        request = (f"p{question.person}", f"d{question.door}", question.at.weekday(), minute)
        return lambda: bool(enforcer.enforce(*request))

    return prepare


ENGINES: dict[str, Callable[[Scene], Callable[[Question], Ask]]] = {
    "doorward": doorward_engine,
    "cedarpy": cedar_engine,
    "casbin": casbin_engine,
}


def per_second(questions: Sequence[Ask], seconds: float) -> float:
    """Questions answered in a second: the best of many short rounds that share the time, and with it the machine."""
    best = 0.0
    for _ in range(ROUNDS):
        answered, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds / ROUNDS:
            for ask in questions:
                ask()
            answered += len(questions)
        best = max(best, answered / elapsed)
    return best


@dataclass(frozen=True, slots=True)
class Measured:
    """Decisions per second, and how long the engine took to take the policy in."""

    rate: float
    built_s: float


def measure(people: int, seconds: float, seed: int) -> dict[str, Measured]:
    """What each engine does, after all have given the same answers."""
    scene = make_scene(people, 400, seed)
    found: dict[str, Measured] = {}
    reference: list[bool] | None = None
    for name, build in ENGINES.items():
        start = time.perf_counter()
        prepare = build(scene)
        built_s = time.perf_counter() - start
        questions = [prepare(question) for question in scene.questions]
        answers = [ask() for ask in questions]
        if reference is None:
            reference = answers
        elif answers != reference:
            differ = sum(ours != theirs for ours, theirs in zip(reference, answers, strict=True))
            raise SystemExit(f"{name} answers {differ} of {len(answers)} questions differently: nothing to compare")
        found[name] = Measured(per_second(questions, seconds), built_s)
        del prepare, questions
        gc.collect()
    if reference is None or len(set(reference)) != 2:
        raise SystemExit("the questions are all alike: nothing to compare")
    return found


def main() -> None:
    """Print the table and the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each engine and size (default: 3)")
    parser.add_argument("--people", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    out = sys.stdout.write
    out(f"{'cardholders':>12} {'engine':<10} {'decisions/s':>12} {'ns each':>9} {'ours is':>10} {'policy in s':>12}\n")
    ours: dict[str, float] = {}
    peer: dict[str, float] = {}
    ratio: dict[str, float] = {}
    for people in options.people:
        found = measure(people, options.seconds, options.seed)
        own = found["doorward"].rate
        for name, one in found.items():
            out(f"{people:>12,} {name:<10} {one.rate:>12,.0f} {1e9 / one.rate:>9,.0f} {own / one.rate:>9.1f}x")
            out(f" {one.built_s:>12.2f}\n")
        fastest = max(one.rate for name, one in found.items() if name != "doorward")
        ours[str(people)], peer[str(people)] = round(own), round(fastest)
        ratio[str(people)] = round(own / fastest, 1)
    growth = max(ours.values()) / min(ours.values())
    out(f"slowest against fastest of ours: {growth:.2f}x (the aim is at most 1.5x)\n")
    result = {"name": "decision", "unit": "decisions per second, by cardholders", "ours": ours, "peer": peer}
    out(json.dumps({**result, "ratio": ratio, "ratio_unit": "ours / fastest peer"}) + "\n")


if __name__ == "__main__":
    main()
