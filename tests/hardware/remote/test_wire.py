"""Whatever comes over the wire is a message, or is refused in words that show nothing of it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.patch import PolicyChanges, PolicyStore
from doorward.acs.decision.policy import CardholderPolicy, CredentialPolicy, Policy
from doorward.acs.devices import Wiring
from doorward.acs.events.catalogue import CATALOGUE, Category, EventType
from doorward.acs.messages import (
    DoorStatus,
    Health,
    Hello,
    JournalBatch,
    JournalRecord,
    PolicyDelta,
    PolicySnapshot,
    TimeReport,
    ToController,
    ToServer,
    Welcome,
)
from doorward.acs.policy_part import PolicyPart
from doorward.hardware.remote.enrolment_messages import decode_answer, decode_question
from doorward.hardware.remote.parts import PART_ENTITIES, Assembly, framed
from doorward.hardware.remote.wire import (
    MOST_BYTES_TO_SERVER,
    Framed,
    PartsBegun,
    PolicyPieces,
    WireBroken,
    decode_to_controller,
    decode_to_server,
    encode,
)
from doorward.server.link_check import MOST_RECORDS, NotAllowed, check, weigh

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
RECORD = JournalRecord(1, "boot", NOW, 5, EventType.ACCESS_DENIED, "c", data={"bits": "0101"})
VALID: list[ToServer] = [
    Hello("controller", "boot", 7, 3, "content"),
    JournalBatch((RECORD,)),
    Health(False, "full"),
    TimeReport(1, NOW, 9),
]

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_bytes_are_a_message_or_refused(data: bytes) -> None:
    for decode in (decode_to_server, decode_to_controller, decode_question, decode_answer):
        try:
            decode(data)
        except WireBroken:
            continue


@settings(max_examples=300)
@given(st.sampled_from(["Hello", "JournalBatch", "DoorStatus", "Health", "PolicySnapshot", "?"]), plain)
def test_objects_of_another_form_are_refused(tag: str, body: Any) -> None:
    fields = body if isinstance(body, dict) else {"records": body, "policy": body}
    data = msgspec.msgpack.encode({"type": tag, **fields})
    for decode in (decode_to_server, decode_to_controller):
        try:
            message = decode(data)
        except WireBroken:
            continue
        try:
            check(message, "controller")  # type: ignore[arg-type]
        except NotAllowed:
            continue


@settings(max_examples=200)
@given(st.sampled_from(VALID), st.data())
def test_a_damaged_message_is_refused_or_another_message(message: Any, data: st.DataObject) -> None:
    encoded = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 4))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        check(decode_to_server(bytes(encoded)), "controller")
    except (WireBroken, NotAllowed):
        return


def test_messages_come_through_unchanged() -> None:
    assert [decode_to_server(encode(message)) for message in VALID] == VALID
    assert decode_to_controller(encode(Welcome(4, NOW, ((7, 9),)))) == Welcome(4, NOW, ((7, 9),))


def test_what_is_refused_is_not_shown() -> None:
    secret = {"type": "Hello", "controller_id": {"secret": "4711"}, "boot_id": 5}
    with pytest.raises(WireBroken) as caught:
        decode_to_server(msgspec.msgpack.encode(secret))
    assert "4711" not in str(caught.value)
    assert caught.value.__cause__ is None, "no other exception tells more"


@pytest.mark.parametrize(
    "data",
    [
        "a text",
        b"\x91" * 100_000,
        b"\xc1",
        b"",
        bytes(MOST_BYTES_TO_SERVER + 1),
        msgspec.msgpack.encode({"type": "Hello"}),
        msgspec.msgpack.encode({"type": "Welcome", "stored_sequence": 1}),
    ],
    ids=["text", "deep", "never used byte", "nothing", "huge", "without fields", "of the server"],
)
def test_broken_messages_are_refused(data: bytes | str) -> None:
    with pytest.raises(WireBroken):
        decode_to_server(data)


def changed(**changes: Any) -> JournalBatch:
    return JournalBatch((msgspec.structs.replace(RECORD, **changes),))


@pytest.mark.parametrize(
    "message",
    [
        Hello("another", "boot", 0, 0),
        Hello("controller", "b" * 37, 0, 0),
        JournalBatch(()),
        JournalBatch((RECORD,) * (MOST_RECORDS + 1)),
        changed(sequence=0),
        changed(sequence=2**63),
        changed(at=datetime(2026, 1, 1)),
        changed(correlation="zero\x00"),
        changed(door_id="d" * 37),
        changed(reason="r" * 65),
        changed(data={"bytes": b"no JSON"}),
        changed(data={"text": "zero\x00"}),
        changed(data={"long": "x" * 70_000}),
        changed(data={"nan": float("nan")}),
        DoorStatus("d" * 40, "locked", "closed", True, False, False, False),  # type: ignore[arg-type]
        Health(False, "x" * 2_000),
    ],
)
def test_what_types_cannot_say_is_checked(message: Any) -> None:
    with pytest.raises(NotAllowed):
        check(message, "controller")


def test_a_controller_forges_no_audit_and_nothing_that_is_the_servers_to_say() -> None:
    forged = [kind for kind in EventType if CATALOGUE[kind].category in {Category.AUDIT, Category.VIDEO}]
    forged += [EventType.SERVER_STARTED, EventType.THREAT_RELEASED, EventType.DOOR_REACHABLE]
    for kind in forged:
        with pytest.raises(NotAllowed):
            check(changed(type=kind), "controller")
    for kind in (EventType.ACCESS_GRANTED, EventType.CONTROLLER_STARTED, EventType.CLOCK_STEPPED):
        check(changed(type=kind), "controller")


def test_deep_data_is_not_weighed_for_ever() -> None:
    deep: Any = []
    for _ in range(50):
        deep = [deep]
    assert weigh({"deep": deep}) == float("inf")
    assert weigh({"a": [1, 2.5, None, "b"]}) < 100


# Large policies.


def people(count: int) -> tuple[CardholderPolicy, ...]:
    return tuple(CardholderPolicy(f"person-{number}", groups=("staff", "night")) for number in range(count))


def through(message: ToController) -> ToController:
    """As it comes out at the other end."""
    assembly = Assembly()
    frames = [decode_to_controller(encode(frame)) for frame in framed(message)]
    made = [whole for frame in frames if (whole := assembly.take(frame)) is not None]
    assert len(made) == 1
    return made[0]


@pytest.mark.parametrize("count", [0, 1, PART_ENTITIES, PART_ENTITIES + 1, 5 * PART_ENTITIES + 3])
def test_a_policy_is_the_same_after_its_parts_are_put_together(count: int) -> None:
    cards = tuple(CredentialPolicy(f"card-{n}", f"person-{n}", "H10301", 1, n) for n in range(count))
    whole = PolicySnapshot(Policy(7, "UTC", cardholders=people(count), credentials=cards, content="c"), Wiring())
    assert through(whole) == whole


def test_a_large_delta_is_the_same_after_its_parts_are_put_together() -> None:
    removed = {PolicyPart.CREDENTIAL: tuple(f"card-{n}" for n in range(5_000)), PolicyPart.RULE: ("r",)}
    changes = PolicyChanges(cardholders=people(900), removed=removed, settings=Policy(0, "Europe/Berlin"))
    delta = PolicyDelta(1, "a", 2, "b", changes)
    assert through(delta) == delta
    store = PolicyStore(Policy(1, "UTC"))
    store.apply(delta.changes, 2, "b")
    assert len(store) == 900


def test_parts_that_have_no_place_are_refused() -> None:
    begun = PartsBegun(PolicySnapshot(Policy(1, "UTC"), Wiring()), 2)
    refused: list[list[Framed]] = [
        [PolicyPieces(PolicyChanges())],
        [begun, begun],
        [begun, PolicySnapshot(Policy(2, "UTC"), Wiring())],
        [PartsBegun(begun.message, 0)],
        [PartsBegun(begun.message, 10**9)],
    ]
    for frames in refused:
        assembly = Assembly()
        for frame in frames[:-1]:
            assembly.take(frame)
        with pytest.raises(WireBroken):
            assembly.take(frames[-1])


def test_other_messages_pass_between_the_parts() -> None:
    assembly = Assembly()
    frames = list(framed(PolicySnapshot(Policy(1, "UTC", cardholders=people(500)), Wiring())))
    for frame in frames[:-1]:
        assert assembly.take(frame) is None
        assert assembly.take(Welcome(1)) == Welcome(1)
    assert isinstance(assembly.take(frames[-1]), PolicySnapshot)
