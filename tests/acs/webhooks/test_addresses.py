"""To which addresses webhooks go."""

import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.webhooks.addresses import address_of, is_allowed, is_public

SPECIAL = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "::/96", "::1/128", "::ffff:0:0:0/96", "64:ff9b:1::/48",
        "100::/64", "2001::/32", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
PRIVATE_V4 = [network for network in SPECIAL if network.version == 4]


def within(networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> st.SearchStrategy[str]:
    """Addresses of these networks, their ends more often than others."""

    def of(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> st.SearchStrategy[str]:
        last = network.num_addresses - 1
        numbers = st.integers(0, last) | st.sampled_from([0, last])
        return numbers.map(lambda number: str(network[number]))

    return st.sampled_from(networks).flatmap(of)


@given(within(SPECIAL))
def test_nothing_special_is_public(text: str) -> None:
    assert not is_public(address_of(text))


@given(within(PRIVATE_V4), st.sampled_from(["::ffff:", "64:ff9b::", "::", "2002:"]))
def test_nor_is_it_when_written_as_ipv6(text: str, prefix: str) -> None:
    number = int(ipaddress.IPv4Address(text))
    written = f"{prefix}{number >> 16:x}:{number & 0xFFFF:x}" + ("::" if prefix == "2002:" else "")
    assert not is_public(address_of(written))


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_is_public_is_so_by_the_library_of_python_as_well(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address_of(str(address))):
        assert address.is_global or address in ipaddress.ip_network("64:ff9b::/96")
        assert not address.is_multicast


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1", "64:ff9b::8.8.8.8"]
)
def test_the_public_internet_is_public(text: str) -> None:
    assert is_public(address_of(text))


def test_what_the_settings_allow_is_allowed_and_no_more() -> None:
    networks = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32")]
    assert is_allowed(address_of("10.1.2.3"), networks)
    assert is_allowed(address_of("::ffff:10.1.2.3"), networks)
    assert is_allowed(address_of("fd00:1::5"), networks)
    assert not is_allowed(address_of("10.2.0.1"), networks)
    assert not is_allowed(address_of("fe80::1%eth0"), networks)
    assert not is_allowed(address_of("127.0.0.1"), networks)
