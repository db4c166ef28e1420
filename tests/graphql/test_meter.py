"""Whose bucket it is: everybody has their own, and so has each of their tokens."""

from doorward.acs.actor import Actor, anonymous
from doorward.graphql.limits import Limits
from doorward.graphql.meter import Meter
from tests.world import Clock

ADA = Actor("ada", "Ada", frozenset(), "api", "192.0.2.1")
TOKEN = Actor("ada", "Ada", frozenset(), "token", "192.0.2.1", token=("t-1", "Badges"))
OTHER_TOKEN = Actor("ada", "Ada", frozenset(), "token", "192.0.2.1", token=("t-2", "Reports"))
EVE = Actor("eve", "Eve", frozenset(), "api", "192.0.2.1")
EVERYBODY = (ADA, TOKEN, OTHER_TOKEN, EVE, anonymous("192.0.2.1"), anonymous("192.0.2.2"))


def test_what_one_spends_is_taken_from_nobody_else_at_the_same_address() -> None:
    for spender in EVERYBODY:
        meter = Meter(Limits(), Clock())
        assert meter.spend(spender, meter.at_once(spender)) == 0
        assert meter.left(spender) == 0
        assert meter.spend(spender, 1) > 0
        assert meter.empty_for_s(spender) > 0
        for other in EVERYBODY:
            if other != spender:
                assert meter.left(other) == meter.at_once(other)


def test_one_has_the_same_bucket_from_every_address_and_after_every_change_of_rights() -> None:
    meter = Meter(Limits(), Clock())
    moved = Actor("ada", "Ada Lovelace", frozenset(), "api", "198.51.100.7", clearance=50)
    meter.charge(ADA, meter.at_once(ADA))
    assert meter.left(moved) == 0
