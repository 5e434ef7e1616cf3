"""What limits count of a visitor's address."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model.addresses import UNKNOWN, counted, visitor
from latchkey.shared.model.identifiers import lookup

KEY = b"k" * 32
V4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
V6 = st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address).filter(lambda each: each.ipv4_mapped is None)


@given(V4)
def test_an_ipv4_address_counts_whole_also_inside_ipv6(address: ipaddress.IPv4Address) -> None:
    assert counted(str(address)) == str(address)
    assert counted(f"::ffff:{address}") == counted(f"::FFFF:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}") == str(address)


@given(V6, st.integers(0, 2**64 - 1))
def test_an_ipv6_address_counts_by_its_64_however_it_is_written(address: ipaddress.IPv6Address, other: int) -> None:
    neighbour = ipaddress.IPv6Address((int(address) >> 64 << 64) | other)
    if neighbour.ipv4_mapped is None:
        assert counted(str(neighbour)) == counted(str(address))
    assert counted(address.exploded.upper()) == counted(f" {address} ") == counted(f"{address}%eth0") == counted(str(address))


@given(V6, V6)
def test_two_homes_have_two_counts(one: ipaddress.IPv6Address, other: ipaddress.IPv6Address) -> None:
    assert (counted(str(one)) == counted(str(other))) is (int(one) >> 64 == int(other) >> 64)


@given(V4, V6)
def test_the_two_kinds_never_share_a_count(old: ipaddress.IPv4Address, new: ipaddress.IPv6Address) -> None:
    assert counted(str(old)) != counted(str(new))


@given(st.text())
def test_no_text_breaks_it_and_what_is_no_address_is_one_count(text: str) -> None:
    try:
        ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        assert counted(text) == UNKNOWN


@pytest.mark.parametrize(
    "text", ["", "unknown", "1.2.3", "1.2.3.4, 5.6.7.8", "1.2.3.4:80", "[::1]", "01.2.3.4", "1.2.3.4/8", "::1/64"]
)
def test_nonsense_gains_no_budget(text: str) -> None:
    assert counted(text) == UNKNOWN


def test_what_is_counted_today_stays_counted_under_the_same_key() -> None:
    """A release must not give everybody a fresh budget: IPv4, which nearly all have, keeps its key."""
    assert visitor(KEY, "203.0.113.9") == lookup(KEY, "address", "203.0.113.9")
    assert visitor(KEY, "2001:db8::1") == visitor(KEY, "2001:db8::2") != visitor(KEY, "2001:db8:0:1::1")
