"""Every limit by address counts a visitor's IPv6 /64, not each of its 2^64 addresses."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from latchkey.codes.check_code import PER_SOURCE, check_code
from latchkey.codes.model import codes
from latchkey.errors import Gone, SignInFailed, TooMany
from latchkey.password_links.forgot_password import ask
from latchkey.sign_in import budgets
from tests.support import sam
from tests.support.portal import Portal
from tests.support.sign_in import sign_in


def home(line: int) -> Iterator[str]:
    """Addresses that one home can choose from."""
    return (f"2001:db8:0:{line:x}::{number:x}" for number in range(1, 100))


def test_codes_are_guessed_fifty_times_from_one_home_and_no_more(portal: Portal) -> None:
    key = portal.wiring.code_key("northbridge")
    for number, address in zip(range(PER_SOURCE.limit), home(1), strict=False):
        with pytest.raises(Gone):
            check_code(portal.wiring, "northbridge", codes.code("pin", 1_000 + number, 1, key), address)
    one_more = codes.code("pin", 2_000, 1, key)
    with pytest.raises(TooMany):
        check_code(portal.wiring, "northbridge", one_more, "2001:db8:0:1:ffff:ffff:ffff:ffff")
    with pytest.raises(Gone):
        check_code(portal.wiring, "northbridge", one_more, portal.beside(next(home(1))))


def test_passwords_are_guessed_from_one_home_within_one_budget(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PER_ADDRESS", replace(budgets.PER_ADDRESS, limit=3))
    addresses = home(1)
    for name in ("ann", "ben", "cat"):
        with pytest.raises(SignInFailed):
            sign_in(portal.wiring, "northbridge", name, "wrong", source_ip=next(addresses))
    with pytest.raises(TooMany):
        sign_in(portal.wiring, "northbridge", "dan", "wrong", source_ip=next(addresses))
    with pytest.raises(SignInFailed):
        sign_in(portal.wiring, "northbridge", "dan", "wrong", source_ip=next(home(2)))


def test_forgotten_passwords_are_asked_for_from_one_home_under_one_key(portal: Portal) -> None:
    for address in (*list(home(1))[:2], next(home(2)), "::ffff:203.0.113.9", "203.0.113.9"):
        ask(portal.wiring, "northbridge", "ann", address)
    first, second, elsewhere, mapped, plain = (each["from"] for each in portal.requests())
    assert first == second != elsewhere
    assert mapped == plain


def test_no_other_module_makes_a_key_of_an_address() -> None:
    domain = sam.ROOT / "layers" / "domain" / "latchkey"
    makers = {path.name for path in domain.rglob("*.py") if re.search(r'lookup\([^)]*"address"', path.read_text())}
    assert makers == {"addresses.py"}
