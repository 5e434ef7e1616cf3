"""Claims: a key stands for the first run that a request of one kind starts with it, in one school."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from latchkey.shared.stores.claims import Claims, Kind
from tests.support.system import START, TestSystem

NOW = int(START)


@pytest.fixture
def claims(system: TestSystem) -> Claims:
    return system.wiring("console").claims("northbridge")


@pytest.mark.parametrize("kind", ["send", "export", "roster"])
def test_a_key_stands_for_the_first_run(claims: Claims, kind: Kind) -> None:
    assert claims.claim(kind, "key", "first", NOW) == "first"
    assert claims.claim(kind, "key", "second", NOW) == "first"
    assert claims.claim(kind, "other", "second", NOW) == "second"


def test_kinds_and_schools_have_their_own_keys(system: TestSystem, claims: Claims) -> None:
    assert claims.claim("send", "key", "first", NOW) == "first"
    assert claims.claim("export", "key", "second", NOW) == "second"
    assert claims.claim("roster", "key", "fourth", NOW) == "fourth"
    assert system.wiring("console").claims("southgate").claim("send", "key", "third", NOW) == "third"


def test_keys_are_in_no_list(system: TestSystem, claims: Claims) -> None:
    claims.claim("send", "key", "first", NOW)
    claims.claim("export", "key", "second", NOW)
    console = system.wiring("console")
    assert (console.sends("northbridge").page(), console.exports("northbridge").page()) == (([], None), ([], None))


def test_of_requests_at_once_all_are_told_the_same_run(claims: Claims) -> None:
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda run: claims.claim("send", "key", f"run-{run}", NOW), range(8)))
    assert len(set(told)) == 1
