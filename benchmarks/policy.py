"""Policies of large sites: compile, delta, memory and event loop lag, beside cedarpy and casbin with the same entities.

Tables -> whole policy of one controller (a SQLite database filled by bulk inserts; read and built aside while the
event loop's lag is measured), the decision core's index, the controller's file, and a change of one cardholder on its
way from the operation to the controller that decides by it. Memory is the growth of the resident set of a process.
"""

import argparse
import asyncio
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import casbin
import cedarpy
from tortoise.transactions import in_transaction

from benchmarks.decision import CASBIN_MODEL, OFFICE
from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.cards import card_key
from doorward.acs.credentials.models import Credential
from doorward.acs.database import open_database, sqlite_url
from doorward.acs.decision.card_format import H10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.patch import PolicyStore
from doorward.acs.decision.policy import RelockOn, Side
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Door, Reader
from doorward.acs.messages import PolicyDelta, PolicySnapshot
from doorward.acs.operation import Work, finish
from doorward.acs.people.models import Cardholder, Group, GroupMember
from doorward.acs.policy.content import content_of
from doorward.acs.policy.garbage import no_full_collections
from doorward.acs.policy.pipeline import PolicyFeed
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.sealing import Sealer
from doorward.acs.site.operations import ensure_site
from doorward.hardware.policy_file import PolicyFile
from doorward.hardware.policy_worker import PolicyNews, PolicyWorker, ReadyPolicy

KEY = b"k" * 32
GROUPS_OF_A_PERSON = 2
DOORS_OF_A_RULE = 10
TICK_S = 0.001


@dataclass(frozen=True, slots=True)
class Size:
    """How large the site is. A rule is for one group, and every group has at least one rule."""

    people: int
    doors: int
    rules: int

    @property
    def groups(self) -> int:
        return self.rules


def size_of(people: int) -> Size:
    """Doors and rules in proportion, up to 2,000 doors and 5,000 rules."""
    return Size(people, min(2_000, max(10, people // 50)), min(5_000, max(20, people // 20)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is in which groups, and which doors each group's rule is for."""

    groups_of: list[list[int]]
    doors_of: list[list[int]]


def make_scene(size: Size, seed: int) -> Scene:
    """The same scene for the same numbers."""
    chance = random.Random(seed)
    groups_of = [sorted(chance.sample(range(size.groups), GROUPS_OF_A_PERSON)) for _ in range(size.people)]
    doors_of = [sorted(chance.sample(range(size.doors), DOORS_OF_A_RULE)) for _ in range(size.rules)]
    return Scene(groups_of, doors_of)


def name(kind: str, number: int) -> str:
    """An id as long as a real one."""
    return f"{number:012x}-{kind:0>23}"


# Filling the tables.


async def fill(size: Size, scene: Scene, controller_id: str) -> None:
    """The scene as rows."""
    people = [name("p", number) for number in range(size.people)]
    groups = [name("g", number) for number in range(size.groups)]
    doors = [name("d", number) for number in range(size.doors)]
    rules = [name("r", number) for number in range(size.rules)]
    await ScheduleRow.create(id="office", name="Office", weekly=[[list(OFFICE)]] * 5 + [[], []], overrides={})
    await insert(Group, ("id", "name"), [(group, group) for group in groups])
    person = ("id", "number", "first_name", "last_name", "email", "suspended", "sort_name", "version")
    await insert(Cardholder, person, [(one, one, "Ada", one, "", 0, one, 1) for one in people])
    card = ("id", "cardholder_id", "kind", "name", "format", "facility", "number", "unique_key", "status")
    rest = ("traced", "starts_lockdown", "uses", "version")
    cards = [
        (name("c", i), one, "card", "", H10301, i >> 16, str(i), card_key(H10301, i >> 16, i), "active", 0, 0, 0, 1)
        for i, one in enumerate(people)
    ]
    await insert(Credential, (*card, *rest), cards)
    members = [(people[i], groups[group]) for i, own in enumerate(scene.groups_of) for group in own]
    await insert(GroupMember, ("cardholder_id", "group_id"), members)
    door = ("id", "name", "controller_id", "access_time_ms", "held_after_ms", "relock_on", "relock_delay_ms")
    switches = ("forced_alarm", "held_alarm", "rex_unlocks")
    close = RelockOn.CLOSE.value
    await insert(
        Door, (*door, *switches), [(one, one, controller_id, 7_000, 20_000, close, 0, 1, 1, 1) for one in doors]
    )
    await insert(Reader, ("id", "name", "door_id", "side"), [(f"R{one[1:]}", one, one, Side.A.value) for one in doors])
    await insert(AccessRule, ("id", "name"), [(rule, rule) for rule in rules])
    await insert(AccessRuleGroup, ("rule_id", "group_id"), list(zip(rules, groups, strict=True)))
    await insert(AccessRuleSchedule, ("rule_id", "schedule_id"), [(rule, "office") for rule in rules])
    sides = [(rules[i], doors[one], Side.A.value) for i, own in enumerate(scene.doors_of) for one in own]
    await insert(AccessRuleSide, ("rule_id", "door_id", "side"), sides)


async def insert(model: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Many rows at once, without models."""
    places = ", ".join("?" * len(columns))
    query = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) VALUES ({places})'  # noqa: S608
    async with in_transaction("default") as connection:
        for start in range(0, len(rows), 50_000):
            await connection.execute_many(query, [list(row) for row in rows[start : start + 50_000]])


# Measuring.


class LagMeter:
    """How late the event loop comes to a task that wants to run every millisecond."""

    def __init__(self) -> None:
        self.lags_ms: list[float] = []
        self._task = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.lags_ms.append((time.perf_counter() - start - TICK_S) * 1_000)

    async def stop(self) -> tuple[float, float]:
        """The 99th percentile and the worst, in milliseconds."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        ordered = sorted(self.lags_ms) or [0.0]
        return ordered[int(len(ordered) * 0.99)], ordered[-1]


def resident_bytes() -> int:
    """The memory that this process has now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1_024
    raise SystemExit("this system does not tell how much memory a process has")


def size_mb(path: Path) -> float:
    """The size of a file."""
    return path.stat().st_size / 1e6


async def change_one(domain: Domain, person: str) -> None:
    """An operation that suspends somebody."""
    async with in_transaction("default") as connection:
        work = Work(domain, COMMAND_LINE, domain.clock(), connection)
        await Cardholder.filter(id=person).using_db(connection).update(suspended=True)
        work.changed(PolicyPart.CARDHOLDER, person)
        await finish(work)


async def measure(size: Size, scene: Scene, folder: Path) -> dict[str, float]:
    """All of Doorward's figures for one size."""
    figures: dict[str, float] = {}
    async with open_database(sqlite_url(str(folder / "site.db"))):
        controller = await ensure_site()
        domain = Domain(Sealer(KEY), lambda: datetime.now(UTC))
        await fill(size, scene, controller.id)
        feed = PolicyFeed(domain, controller.id)
        feed.begin(0, "")
        meter = LagMeter()
        await asyncio.sleep(1)
        figures["idle_lag_p99_ms"], figures["idle_lag_worst_ms"] = await meter.stop()
        meter = LagMeter()
        start, used = time.perf_counter(), time.process_time()
        whole = await feed.next()
        figures["compile_s"] = time.perf_counter() - start
        figures["compile_cpu_s"] = time.process_time() - used
        figures["lag_p99_ms"], figures["lag_worst_ms"] = await meter.stop()
        assert isinstance(whole, PolicySnapshot)
        assert len(whole.policy.cardholders) == size.people
        start = time.perf_counter()
        CompiledPolicy(whole.policy)
        figures["index_s"] = time.perf_counter() - start
        start = time.perf_counter()
        assert content_of(whole.policy, whole.wiring) == whole.policy.content
        figures["content_s"] = time.perf_counter() - start
        await _delta_figures(figures, domain, feed, whole, folder / "controller.policy")
    return figures


async def _delta_figures(
    figures: dict[str, float], domain: Domain, feed: PolicyFeed, whole: PolicySnapshot, path: Path
) -> None:
    """The controller takes the whole policy in, and then a change of one person."""
    file = PolicyFile(path, KEY)
    store = PolicyStore(whole.policy)
    start = time.perf_counter()
    file.save(store, whole.wiring)
    figures["save_s"] = time.perf_counter() - start
    figures["disk_mb"] = size_mb(path)
    start = time.perf_counter()
    assert PolicyFile(path, KEY).load() is not None
    figures["load_s"] = time.perf_counter() - start
    del store
    news: asyncio.Queue[object] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(one: PolicyNews) -> None:
        loop.call_soon_threadsafe(news.put_nowait, one)

    worker = PolicyWorker(file, tell)
    worker.start()
    try:
        worker.put(whole)
        assert isinstance(await news.get(), ReadyPolicy)
        times, made = [], []
        for number in range(5):
            person = whole.policy.cardholders[number].id
            start = time.perf_counter()
            await change_one(domain, person)
            delta = await feed.next()
            assert isinstance(delta, PolicyDelta)
            made.append(time.perf_counter() - start)
            worker.put(delta)
            ready = await news.get()
            times.append(time.perf_counter() - start)
            assert isinstance(ready, ReadyPolicy)
            assert ready.compiled.cardholders[person].suspended
        figures["delta_made_ms"] = sorted(made)[2] * 1_000
        figures["delta_applied_ms"] = sorted(times)[2] * 1_000
    finally:
        await asyncio.to_thread(worker.stop)


# The peers, and memory; each in a process of its own.


def build_doorward(size: Size, scene: Scene, folder: Path) -> Callable[[], object]:
    """What a controller of its own does at a start: load its file and build the index."""
    path = folder / "controller.policy"
    del size, scene

    def build() -> object:
        kept = PolicyFile(path, KEY).load()
        assert kept is not None
        return kept[0], CompiledPolicy(kept[0].policy())

    return build


def build_cedar(size: Size, scene: Scene, folder: Path) -> Callable[[], object]:
    """The same entities for Cedar."""
    del folder
    sets_of: list[list[int]] = [[] for _ in range(size.doors)]
    for rule, doors in enumerate(scene.doors_of):
        for door in doors:
            sets_of[door].append(rule)
    entities = [
        {
            "uid": {"type": "Person", "id": name("p", person)},
            "attrs": {},
            "parents": [{"type": "Group", "id": name("g", group)} for group in groups],
        }
        for person, groups in enumerate(scene.groups_of)
    ] + [
        {
            "uid": {"type": "Door", "id": name("d", door)},
            "attrs": {},
            "parents": [{"type": "DoorSet", "id": name("r", rule)} for rule in rules],
        }
        for door, rules in enumerate(sets_of)
    ]
    first, last = OFFICE
    policies = "\n".join(
        f'permit(principal in Group::"{name("g", rule)}", action == Action::"pass", '
        f'resource in DoorSet::"{name("r", rule)}")'
        f" when {{ context.weekday < 5 && context.minute >= {first} && context.minute < {last} }};"
        for rule in range(size.rules)
    )
    text = json.dumps(entities)
    return lambda: (cedarpy.PolicySet.from_str(policies), cedarpy.Entities.from_json_str(text))


def build_casbin(size: Size, scene: Scene, folder: Path) -> Callable[[], object]:
    """The same entities for casbin."""
    model, policy = folder / "model.conf", folder / "policy.csv"
    model.write_text(CASBIN_MODEL)
    with policy.open("w") as file:
        for rule, doors in enumerate(scene.doors_of):
            for door in doors:
                file.write(f"p, {name('g', rule)}, {name('d', door)}, {OFFICE[0]}, {OFFICE[1]}\n")
        for person, groups in enumerate(scene.groups_of):
            for group in groups:
                file.write(f"g, {name('p', person)}, {name('g', group)}\n")
    del size
    return lambda: casbin.FastEnforcer(str(model), str(policy), cache_key_order=[1])


BUILDERS: dict[str, Callable[[Size, Scene, Path], Callable[[], object]]] = {
    "doorward": build_doorward,
    "cedarpy": build_cedar,
    "casbin": build_casbin,
}


def child(engine: str, people: int, seed: int, folder: Path) -> None:
    """Build one engine in this process and say how long it took and how much memory stayed."""
    size = size_of(people)
    build = BUILDERS[engine](size, make_scene(size, seed), folder)
    gc.collect()
    before = resident_bytes()
    start = time.perf_counter()
    with no_full_collections():
        built = build()
    seconds = time.perf_counter() - start
    gc.collect()
    start = time.thread_time()
    gc.collect()
    pause = time.thread_time() - start
    print(json.dumps({"build_s": seconds, "bytes": resident_bytes() - before, "gc_ms": pause * 1_000}))
    del built


def in_child(engine: str, people: int, seed: int, folder: Path) -> dict[str, float]:
    """The same from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.policy", "--child", engine, "--seed", str(seed)]
    command += ["--people", str(people), "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    """Print the tables and the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--peers-up-to", type=int, default=1_000_000, help="cardholders beyond which peers are left out"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", choices=BUILDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.people[0], options.seed, options.folder)
        return
    run(options.people, options.peers_up_to, options.seed)


def run(sizes: list[int], peers_up_to: int, seed: int) -> None:
    """Every size, smallest first."""
    ours: dict[str, float] = {}
    peer: dict[str, float] = {}
    ratio: dict[str, float] = {}
    memory: dict[str, dict[str, float]] = {}
    for people in sizes:
        size = size_of(people)
        print(f"\n{people:,} cardholders with a card each, {size.doors:,} doors, {size.rules:,} rules")
        with tempfile.TemporaryDirectory() as folder:
            figures = asyncio.run(measure(size, make_scene(size, seed), Path(folder)))
            for label, value in figures.items():
                print(f"  {label:<18} {value:>12,.3f}")
            built = {
                engine: in_child(engine, people, seed, Path(folder))
                for engine in BUILDERS
                if engine == "doorward" or people <= peers_up_to
            }
        print(f"  {'engine':<10} {'build s':>9} {'MB':>9} {'bytes/person':>13} {'full gc ms':>11}")
        for engine, one in built.items():
            each = one["bytes"] / people
            print(
                f"  {engine:<10} {one['build_s']:>9.2f} {one['bytes'] / 1e6:>9.1f} {each:>13,.0f} {one['gc_ms']:>11.1f}"
            )
        key = str(people)
        ours[key] = round(built["doorward"]["build_s"], 3)
        memory[key] = {engine: round(one["bytes"] / people) for engine, one in built.items()}
        if len(built) > 1:
            peer[key] = round(min(one["build_s"] for engine, one in built.items() if engine != "doorward"), 3)
            ratio[key] = round(peer[key] / ours[key], 1)
    result: dict[str, object] = {"name": "policy", "unit": "seconds to load a policy, by cardholders", "ours": ours}
    result |= {"peer": peer, "ratio": ratio, "ratio_unit": "fastest peer / ours", "bytes_a_cardholder": memory}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
