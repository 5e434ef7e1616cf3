"""The mark of a visitor: the same for one line, another for each school, gone when the request is answered."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.audit.model.visitors import LENGTH, asking, mark, who_asks

KEY, OTHER = b"k" * 32, b"o" * 32


def test_nobody_asks_outside_of_a_request() -> None:
    assert who_asks() == ""
    with asking("203.0.113.9"):
        assert who_asks() == "203.0.113.9"
    assert who_asks() == ""


def test_a_request_that_fails_is_over_too() -> None:
    with pytest.raises(ValueError, match="x"), asking("203.0.113.9"):
        raise ValueError("x")
    assert who_asks() == ""


def test_two_requests_at_once_have_their_own() -> None:
    seen = []
    ready = threading.Barrier(2)

    def ask(address: str) -> None:
        with asking(address):
            ready.wait()
            seen.append((address, who_asks()))

    threads = [threading.Thread(target=ask, args=(f"203.0.113.{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [("203.0.113.1", "203.0.113.1"), ("203.0.113.2", "203.0.113.2")]


@given(st.ip_addresses(v=4))
def test_an_address_has_one_mark_for_each_school(address: object) -> None:
    text = str(address)
    assert mark(KEY, text) == mark(KEY, f"::ffff:{text}") != mark(OTHER, text)
    assert len(mark(KEY, text)) == LENGTH


@given(st.ip_addresses(v=6, network="2001:db8::/48"), st.integers(0, 2**64 - 1))
def test_a_home_has_one_mark(address: object, other: int) -> None:
    import ipaddress

    line = int(address) >> 64 << 64  # type: ignore[call-overload]
    assert mark(KEY, str(address)) == mark(KEY, str(ipaddress.IPv6Address(line + other)))
