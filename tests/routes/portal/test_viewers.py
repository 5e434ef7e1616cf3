"""The same attack through the whole portal behind CloudFront: an address is what CloudFront's function says it is."""

from collections.abc import Iterator
from itertools import islice

import pytest

from latchkey.codes.check_code import PER_SOURCE
from latchkey.codes.model import codes
from tests.support.portal import Portal, open_portal
from tests.support.system import running_system

SECRET = "s" * 32


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with running_system() as system:
        system.environment["ORIGIN_SECRET"] = SECRET
        with open_portal(system, monkeypatch) as made:
            yield made


def guesses(portal: Portal, addresses: Iterator[str], tries: int) -> list[int]:
    """What wrong PINs, each of another student, are answered, each from the next address."""
    key = portal.wiring.code_key("northbridge")
    numbers = iter(range(1_000, 9_000))
    return [
        portal.post(
            "/schools/northbridge/codes/check",
            {"code": codes.code("pin", next(numbers), 1, key)},
            X_Latchkey_Viewer=address,
            X_Latchkey_Origin=SECRET,
        ).status_code
        for address in islice(addresses, tries)
    ]


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("one /64", "2001:db8:7:9::{0:x}"),
        ("one /64 in capitals and at length", "2001:0DB8:0007:0009:{0:04X}:0000:0000:0001"),
        ("zones of one address", "fe80::1%eth{0}"),
        ("IPv4 in IPv6, one address in several forms", "::ffff:203.0.113.9%{0}"),
        ("what is no address", "nonsense {0}"),
        ("two addresses in one", "198.51.100.{0}, 203.0.113.9"),
        ("addresses with a port", "203.0.113.9:{0}"),
    ],
)
def test_fifty_five_wrong_pins_from_one_home_are_refused_as_from_one_address(portal: Portal, name: str, home: str) -> None:
    answers = guesses(portal, (home.format(number) for number in range(1, 100)), 55)
    assert answers == [410] * PER_SOURCE.limit + [429] * 5, name


def test_fifty_five_homes_are_fifty_five_addresses(portal: Portal) -> None:
    assert guesses(portal, (f"2001:db8:0:{number:x}::1" for number in range(1, 100)), 55) == [410] * 55
    assert guesses(portal, (f"::ffff:198.51.100.{number}" for number in range(1, 100)), 40) == [410] * 40


def test_without_the_secret_nobody_says_where_they_are(portal: Portal) -> None:
    answer = portal.post("/schools/northbridge/codes/check", {"code": "P"}, X_Latchkey_Viewer="203.0.113.9")
    assert answer.status_code == 403
